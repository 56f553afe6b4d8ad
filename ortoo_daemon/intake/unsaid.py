"""Does a filled field say nothing? ``n/a``, ``-`` and ``none@none.com`` stand where a form demands what
nobody wanted to tell.

What is required must be said: else whom nobody can reach waits with an adviser, and counts as a good record.
The field itself stays as it is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.handling import Handling
from ortoo_daemon.intake.keys import is_nobodys
from ortoo_daemon.intake.matching.no_names import says_nobody
from ortoo_daemon.intake.matching.written_names import name_words, plain_words
from ortoo_daemon.intake.trim import outer_trimmed
from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.records import FieldValue

_FEWEST_DIGITS = 6
"""A phone number in the place of an address."""


def no_email(text: str) -> bool:
    """One that is nobody's, or words; not what a person may still read an address or a number from
    (``ana(at)mail.example``)."""
    if "@" in text:
        return is_nobodys(text)
    written_about = any(sign in text.strip(".") for sign in (".", "(at)", "[at]", "%40"))
    return says_nobody(plain_words(text)) or not (written_about or _has_digits(text))


def no_phone(text: str) -> bool:
    """Without a digit, or of one digit alone (``0000000000``); not an address in the wrong field."""
    return "@" not in text and len({char for char in text if char.isdigit()}) < 2


def no_name(text: str) -> bool:
    """No letters, or words that name nobody."""
    return not name_words(text)


def _has_digits(text: str) -> bool:
    return sum(char.isdigit() for char in text) >= _FEWEST_DIGITS


def _nothing(text: str) -> bool:
    """Any other field: marks alone, or words for something that was not given."""
    bare = outer_trimmed(text)
    return not any(char.isalnum() for char in bare) or says_nobody(plain_words(bare))


_UNSAID: Mapping[CleanseKind, Callable[[str], bool]] = {
    CleanseKind.EMAIL: no_email,
    CleanseKind.PHONE: no_phone,
    CleanseKind.NAME: no_name,
}


class Said:
    """The record's scope, in which a field that says nothing is empty.

    ``contacts_only``: of addresses and phone numbers alone, as the policy cleanses them or the directory
    file names them.
    """

    __slots__ = ("_kinds", "_scope", "contacts_only")

    def __init__(self, handling: Handling, *, contacts_only: bool) -> None:
        self._scope = handling.scope
        self._kinds = _kinds(handling)
        self.contacts_only = contacts_only

    @property
    def now(self) -> datetime:
        return self._scope.now

    @property
    def zone(self) -> str:
        return self._scope.zone

    @property
    def hours(self) -> BusinessHours | None:
        return self._scope.hours

    def value(self, name: str) -> FieldValue:
        value = self._scope.value(name)
        if not isinstance(value, str) or not value:
            return value
        return None if self.is_unsaid(name, value) else value

    def is_unsaid(self, name: str, text: str) -> bool:
        kind = self._kinds.get(name)
        if self.contacts_only and kind not in (CleanseKind.EMAIL, CleanseKind.PHONE):
            return False
        return (_nothing if kind is None else _UNSAID.get(kind, _nothing))(text)

    def told(self, names: frozenset[str]) -> str:
        """Which of these fields are filled and say nothing; empty for none."""
        unsaid = [
            name
            for name in sorted(names)
            if (text := self._scope.text(name)) and self.is_unsaid(name, text)
        ]
        return f" ({', '.join(unsaid)} filled, but with nothing said)" if unsaid else ""


def _kinds(handling: Handling) -> Mapping[str, CleanseKind]:
    kinds = {each.field: each.kind for each in handling.policy.cleanse}
    sources = handling.key_sources
    if sources is not None:
        kinds.update(dict.fromkeys(sources.phone, CleanseKind.PHONE))
        kinds.update(dict.fromkeys(sources.email, CleanseKind.EMAIL))
    return kinds
