"""How is one thing told that must hold? With what was counted, or which records broke it."""

from collections.abc import Iterable
from dataclasses import dataclass

_NAMED = 5
"""So many records are named where a check fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold; ``detail`` says what was counted, or which records broke it."""

    name: str
    holds: bool
    detail: str


def each_of(name: str, broken: Iterable[str], of: int) -> Check:
    """It holds for all but the ``broken`` ones."""
    found = sorted(broken)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    told = f"not so: {', '.join(found[:_NAMED])}{more}" if found else f"{of} of {of}"
    return Check(name=name, holds=not found, detail=told)
