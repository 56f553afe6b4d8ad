"""What of a finding is written to its field? Type, translation and length, by one row of a map."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ortoo_daemon.errors import Place
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.values import fold, number, text_of
from ortoo_daemon.records import FieldValue


class MappedType(StrEnum):
    """As what a finding is written."""

    TEXT = "text"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"


class Longer(StrEnum):
    """What becomes of a text that is longer than its field."""

    CUT = "cut"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedField:
    """One row of a map: the finding ``name`` of ``root`` goes to ``field`` as ``type``.

    ``values`` translates, by folded value; ``otherwise`` is for all that it does not name, None leaves the
    field alone then. ``length`` 0 is without bound.
    """

    field: str
    name: str
    root: str = "triage"
    type: MappedType = MappedType.TEXT
    length: int = 0
    longer: Longer = Longer.CUT
    values: Mapping[str, str]
    otherwise: str | None = None
    only_empty: bool = False
    place: Place


class Mapped(NamedTuple):
    """``value`` is None where the field is left alone; ``trouble`` says why, "" where nothing is wrong.

    A ``trouble`` beside a value is told, and the value is written.
    """

    value: FieldValue = None
    trouble: str = ""


def mapped_value(row: MappedField, found: FieldValue, *, zone: str) -> Mapped:
    """The finding as the field takes it; what was not found leaves the field alone."""
    if found is None or found == "":
        return Mapped()
    if row.values or row.otherwise is not None:
        translated = row.values.get(fold(text_of(found)), row.otherwise)
        if translated is None:
            return Mapped(trouble=f"nothing is written for {text_of(found)[:80]!r}")
        found = translated
        if found == "":
            return Mapped()
    return _typed(row, found, zone)


def _typed(row: MappedField, found: FieldValue, zone: str) -> Mapped:
    match row.type:
        case MappedType.NUMBER:
            figure = number(text_of(found))
            return Mapped(figure) if figure is not None else _unfit(row)
        case MappedType.CHECKBOX:
            flag = {"true": True, "false": False}.get(text_of(found).casefold())
            return Mapped(flag) if flag is not None else _unfit(row)
        case MappedType.DATE | MappedType.DATETIME:
            return _moment(row, found, zone)
        case MappedType.LIST:
            parts = (part.strip() for part in text_of(found).split(";"))
            return Mapped(";".join(dict.fromkeys(filter(None, parts))))
        case MappedType.TEXT:
            return _text(row, text_of(found))


def _moment(row: MappedField, found: FieldValue, zone: str) -> Mapped:
    at = instant(found)
    if at is None:
        return _unfit(row)
    if row.type is MappedType.DATE:
        return Mapped(at.astimezone(ZoneInfo(zone)).date().isoformat())
    return Mapped(instant_text(at))


def _text(row: MappedField, text: str) -> Mapped:
    if not row.length or len(text) <= row.length:
        return Mapped(text)
    told = f"{len(text)} characters, {row.length} fit"
    if row.longer is Longer.LEAVE_OUT:
        return Mapped(trouble=f"{told}: left out")
    return Mapped(f"{text[: row.length - 1]}…", trouble=f"{told}: cut")


def _unfit(row: MappedField) -> Mapped:
    said = f"${row.root}.{row.name}" if row.root else row.name
    return Mapped(trouble=f"{said} is no {row.type.value}")
