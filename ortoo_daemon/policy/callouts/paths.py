"""Which value does a JMESPath expression pick out of an answer?

The expression is written by an admin and compiled when its file is read; the answer is somebody else's. An
expression that does not fit it gives no value and says why, in words that quote nothing of the answer.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError, ParseError

from ortoo_daemon.policy.nodes import Node, Problems
from ortoo_daemon.policy.parsing.sections import text_in
from ortoo_daemon.records import FieldValue

LONGEST_PATH = 500
LONGEST_TEXT = 32_000
"""Characters of a value that a field may get."""


class Picked(NamedTuple):
    """``value`` is None where nothing was found; ``trouble`` says what did not fit, "" for nothing."""

    value: Any = None
    trouble: str = ""


@dataclass(frozen=True)
class AnswerPath:
    """An expression, ``text`` as it was written."""

    text: str
    _compiled: Any = field(compare=False, repr=False)

    def pick(self, answer: Any) -> Picked:
        """Any JSON."""
        try:
            return Picked(self._compiled.search(answer))
        except (JMESPathError, RecursionError) as error:
            return Picked(trouble=f"{self.text}: {type(error).__name__}")

    def pick_value(self, answer: Any) -> Picked:
        """What a field can take: a list of values becomes one of a multi-select."""
        found = self.pick(answer)
        if found.trouble or found.value is None:
            return found
        value = field_value(found.value)
        if value is None:
            return Picked(trouble=f"{self.text} is {_kind(found.value)}, which no field can take")
        return Picked(value)

    @cached_property
    def first_name(self) -> str | None:
        """The name in the answer that the expression begins with, None where it is not that plain."""
        node = self._compiled.parsed
        while node.get("children") and node["type"] != "field":
            node = node["children"][0]
        return node["value"] if node["type"] == "field" else None

    @cached_property
    def is_name(self) -> bool:
        """Whether it is a name and nothing else."""
        return bool(self._compiled.parsed["type"] == "field")


def field_value(value: Any) -> FieldValue:
    """The value as a field takes it; None where it can't."""
    if isinstance(value, list):
        parts = [field_value(each) for each in value if not isinstance(each, list)]
        if len(parts) != len(value) or None in parts:
            return None
        return ";".join(dict.fromkeys(_text(part) for part in parts))[:LONGEST_TEXT]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    return value if isinstance(value, bool | int | float) else None


def read_path(node: Node, problems: Problems, *, what: str) -> AnswerPath | None:
    """The expression of a node; what is wrong with it is told where it stands."""
    text = text_in(node, problems, what=what)
    if text is None:
        return None
    if len(text) > LONGEST_PATH:
        message = f"{what} may have {LONGEST_PATH} characters at most"
        problems.add(node, "wrong_path", message)
        return None
    try:
        return AnswerPath(text, jmespath.compile(text))
    except (ParseError, JMESPathError) as error:
        at = getattr(error, "lex_position", None)
        told = str(getattr(error, "msg", None) or type(error).__name__).rstrip(".")
        where = "" if at is None else f", at character {at + 1}"
        message = f"{what} is no JMESPath expression: {text!r}{where}: {told}"
        problems.add(node, "wrong_path", message, "write for example sites[0].code")
        return None


def _text(value: FieldValue) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list with more than plain values" if isinstance(value, list) else "no finite number"
