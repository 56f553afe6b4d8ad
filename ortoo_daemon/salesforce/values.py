"""How does the org take a field's value, and are two the same to it, however they are spelt? Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from email.utils import format_datetime

from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, Record, record_id

_A_SECOND = timedelta(seconds=1)


def same_value(one: FieldValue, other: FieldValue) -> bool:
    """Whether the org would store the same: blanks are empty, 1 is 1.0, ``...Z`` is ``...+0000``.

    Datetimes are kept to the second.
    The parts of a multi-select may stand in any order; an id of 15 characters is that of 18.
    """
    if type(one) is type(other) and one == other:
        return True  # nearly always
    one, other = _plain(one), _plain(other)
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if ";" in one and ";" in other:
        return sorted(one.split(";")) == sorted(other.split(";"))
    if {len(one), len(other)} == {15, 18}:
        return _is_id_of(*sorted((one, other), key=len))
    moment, another = (instant(text) if "T" in text else None for text in (one, other))
    return moment is not None and another is not None and abs(moment - another) < _A_SECOND


def differing(expected: Mapping[str, FieldValue], record: Record) -> tuple[str, ...]:
    """Names of the fields whose value in the record is another than expected."""
    if record.fields == expected or record.fields.items() >= expected.items():
        return ()  # nearly always
    return tuple(
        name for name, value in expected.items() if not same_value(value, record.get(name))
    )


def names_of(*groups: Iterable[str]) -> frozenset[str]:
    """All names of the groups, once each."""
    return frozenset().union(*groups)


def http_date(text: str) -> str:
    """``2026-11-23T09:15:00.000+0000`` as an HTTP date, cut to its second as HTTP wants it.

    Raises ValueError when the text is no datetime.
    """
    moment = instant(text)
    if moment is None:
        raise ValueError(f"{text!r} is not a datetime of the org")
    return format_datetime(moment, usegmt=True)


def without_references(fields: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
    """The values, with a blank in each ``@{``: a composite call takes that for a reference to another part.

    Customers' texts travel in such calls; a reference that leads nowhere would cost the record its write.
    """
    like_references = {
        name: value.replace("@{", "@ {")
        for name, value in fields.items()
        if isinstance(value, str) and "@{" in value
    }
    return {**fields, **like_references} if like_references else fields


def _is_id_of(short: str, long: str) -> bool:
    try:
        return record_id(short) == long
    except ValueError:
        return False


def _plain(value: FieldValue) -> FieldValue:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    return value
