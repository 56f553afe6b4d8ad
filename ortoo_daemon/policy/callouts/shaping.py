"""What of a service's answer is a fact? Its named parts, each of its type, bounded in size."""

from datetime import date, datetime
from typing import Any, NamedTuple

from ortoo_daemon.json_text import json_text
from ortoo_daemon.policy.callouts.catalogue import AnswerPart, AnswerType, Service
from ortoo_daemon.policy.values import moment, number

LONGEST_ANSWER = 16_000
"""Characters of JSON that a decision keeps of one answer."""


class Shaped(NamedTuple):
    """``value`` is None where the answer can't be used, which ``trouble`` then says."""

    value: Any
    misfits: tuple[str, ...] = ()
    trouble: str = ""


def shaped(service: Service, answer: Any) -> Shaped:
    """The parts that the catalogue names, or the whole answer where it names none."""
    if not service.answer:
        return _bounded(answer, ())
    found: dict[str, Any] = {}
    misfits = []
    for part in service.answer:
        picked = part.path.pick(answer)
        value, trouble = picked
        if not trouble and value is not None:
            value, trouble = _typed(part, value)
        if trouble:
            misfits.append(trouble)
        found[part.name] = None if trouble else value
    return _bounded(found, tuple(misfits))


def _bounded(value: Any, misfits: tuple[str, ...]) -> Shaped:
    length = len(json_text(value))
    if length > LONGEST_ANSWER:
        trouble = (
            f"{length:,} characters of it would be kept, {LONGEST_ANSWER:,} fit: "
            "name under 'answer' what is needed"
        )
        return Shaped(None, trouble=trouble)
    return Shaped(value, misfits)


def _typed(part: AnswerPart, value: Any) -> tuple[Any, str]:
    found = _as(part.type, value)
    return found, "" if found is not None else f"{part.name} is no {part.type.value}"


def _as(kind: AnswerType, value: Any) -> Any:
    """The value as its type, None where it is none."""
    match kind:
        case AnswerType.ANY:
            return value
        case AnswerType.LIST:
            return value if isinstance(value, list) else None
        case AnswerType.TEXT:
            plain = isinstance(value, str | int | float) and not isinstance(value, bool)
            return str(value) if plain else None
        case AnswerType.NUMBER:
            return number(value) if isinstance(value, str | int | float) else None
        case AnswerType.CHECKBOX:
            return value if isinstance(value, bool) else None
        case AnswerType.DATE | AnswerType.DATETIME:
            return _moment(kind, value)


def _moment(kind: AnswerType, value: Any) -> str | None:
    """A day as ``2026-11-23``, a moment with its offset; text of another form is neither."""
    at = moment(value) if isinstance(value, str) else None
    if kind is AnswerType.DATETIME:
        return value if isinstance(at, datetime) else None
    if isinstance(at, datetime):
        return at.date().isoformat()
    return at.isoformat() if isinstance(at, date) else None
