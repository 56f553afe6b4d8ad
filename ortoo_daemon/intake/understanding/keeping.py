"""How is a model's answer kept, so that a decision can be taken again without asking? As plain JSON. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from ortoo_daemon.facts import ModelAnswer


def kept_answer(answer: ModelAnswer) -> dict[str, Any]:
    """Everything of it; ``restored_answer`` gives the same back. It holds words of the record."""
    found: dict[str, Any] = _adapter().dump_python(answer, mode="json")
    return found


def restored_answer(kept: Mapping[str, Any]) -> ModelAnswer:
    """Raises ValueError for what was not kept like this."""
    return _adapter().validate_python(kept)


@cache
def _adapter() -> TypeAdapter[ModelAnswer]:
    return TypeAdapter(ModelAnswer)
