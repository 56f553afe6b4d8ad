"""Which values of a customer may stand in no log line and no note of the journal? The record's in hand.

Nothing is written with such values on purpose. But errors quote what they stumble over, so what is logged or
noted while a record is handled is gone through once more: values of personal fields become ``…``. What is
held for a record is known to its own task alone, and forgotten with it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ortoo_daemon.records import FieldValue

PERSONAL_FIELDS = (
    "*Name",
    "Name__c",
    "Company",
    "SuppliedCompany",
    "*Email*",
    "*Phone*",
    "Fax",
    "*Street*",
    "*City*",
    "*PostalCode*",
    "*Address*",
    "Description",
    "Subject",
    "Comments",
    "*Text*",
    "*Comment*",
    "*Message*",
    "*Note*",
)
"""Names, e-mail, phone, address and free text, by the names of fields; small and capital letters alike."""

INSTEAD = "…"

_SHORTEST = 3
"""Shorter values would take letters out of every word."""

_SHORTEST_PART = 12
"""Of free text each sentence so long is looked for, too: an error quotes a part rather than all of it."""

_SENTENCES = re.compile(r"[\r\n]+|(?<=[.!?])\s+")
_DIGITS_OF_A_NUMBER = 7

_NAMED_BY_ADMINS = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "policy",
        "rule",
        "reason",
        "outcome",
        "object",
        "record",
    }
    | {
        "record_id",
        "key",
        "owner",
        "owner_before",
        "owner_kind",
        "rooftop",
        "way_in",
        "entry",
        "channel",
        "code",
    }
)
"""Members of a log line with ids, codes and names of the configuration: a rule may bear a city's name."""


_NUMBERS = frozenset({int, float, bool})


@dataclass(slots=True)
class _InHand:
    """The values of the record in hand; looked at when a text is to be cleared, which is seldom."""

    redaction: "Redaction"
    values: Mapping[str, FieldValue]
    _personal: tuple[str, ...] | None = None

    def personal(self) -> tuple[str, ...]:
        """How they may turn up, the longest first."""
        if self._personal is None:
            self._personal = self.redaction.personal(self.values)
        return self._personal


_IN_HAND: ContextVar[_InHand | None] = ContextVar("values_in_hand", default=None)


@dataclass(slots=True)
class Redaction:
    """``fields`` are names of personal fields, with ``*`` for any letters; of a path the last step counts."""

    fields: Sequence[str] = PERSONAL_FIELDS
    _known: dict[str, bool] = field(default_factory=dict)

    def hold(self, values: Mapping[str, FieldValue]) -> None:
        """From now on this task's log lines and notes show none of these values that is personal."""
        _IN_HAND.set(_InHand(self, values) if values else None)

    def personal(self, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
        """The forms in which personal values may turn up, the longest first."""
        found = {
            part
            for name, value in values.items()
            if isinstance(value, str) and value and self.is_personal(name)
            for part in _forms(value)
        }
        return tuple(sorted(found, key=lambda value: (-len(value), value)))

    def is_personal(self, name: str) -> bool:
        if name not in self._known:
            last = name.rpartition(".")[2].casefold()
            self._known[name] = any(fnmatchcase(last, each.casefold()) for each in self.fields)
        return self._known[name]


def redacted(text: str) -> str:
    """The text without personal values of the record in hand."""
    in_hand = _IN_HAND.get()
    if not text or in_hand is None:
        return text
    lower = text.lower()
    for value in in_hand.personal():
        if value.lower() in lower:
            text = _pattern(value).sub(INSTEAD, text)
    return text


def redacted_line(_logger: object, _method: str, line: Any) -> Any:
    """A processor of structlog: the same for every text of a log line."""
    if _IN_HAND.get() is not None:
        for name, value in line.items():
            if name not in _NAMED_BY_ADMINS and type(value) not in _NUMBERS:
                line[name] = _without(value)
    return line


def _without(value: Any) -> Any:
    """Texts within lists and mappings, too, as a traceback comes in; errors as the text they would be."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {name: _without(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without(each) for each in value]
    if isinstance(value, BaseException):
        return redacted(repr(value))
    return value


def _forms(value: str) -> Iterator[str]:
    """How a value may turn up: whole, by sentence, without the marks of a phone number."""
    yield from _long_enough([value.strip()], _SHORTEST)
    yield from _long_enough(_SENTENCES.split(value), _SHORTEST_PART)
    digits = re.sub(r"\D", "", value)
    if len(digits) >= _DIGITS_OF_A_NUMBER:
        yield digits


def _long_enough(parts: Iterable[str], shortest: int) -> Iterator[str]:
    yield from (part.strip() for part in parts if len(part.strip()) >= shortest)


def _pattern(value: str) -> re.Pattern[str]:
    """The value as a word of its own: Martin is no part of Martinique."""
    before = r"(?<!\w)" if value[0].isalnum() else ""
    after = r"(?!\w)" if value[-1].isalnum() else ""
    return re.compile(f"{before}{re.escape(value)}{after}", re.IGNORECASE)
