"""Is this value fit for this field?  JSON in, API form out, or the platform's refusal.

API form is also the stored form: text, numbers and booleans as themselves; dates `2026-11-21`;
times `09:00:00.000Z`; datetimes UTC, whole seconds, `2026-11-21T10:00:00.000+0000`, so that they
sort as text; ids of 18 characters; empty text is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.schema import NUMBERS, TEXTS, Field, FieldType

Coerce = Callable[[Any], Any]

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>.\"]+")


def coercer(field: Field) -> Coerce:
    """The check and conversion of one field's values; the function returned raises OrgError."""
    if field.type in TEXTS:
        check = _text_check(field)
    elif field.type in NUMBERS:
        check = _number_check(field)
    else:
        check = _OTHERS[field.type](field)

    def coerce(value: Any) -> Any:
        return None if value is None or value == "" else check(value)

    return _boolean_check(field) if field.type is FieldType.BOOLEAN else coerce


def format_datetime(moment: datetime) -> str:
    """A moment in API form, cut to the whole second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def parse_datetime(text: str) -> datetime:
    """A moment from API form or any ISO 8601 form with an offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return moment


def fold(text: str | None) -> str | None:
    """Text as comparisons see it: without case."""
    return None if text is None else text.lower()


def _wrong_type(field: Field, value: Any) -> OrgError:
    kind = {bool: "VALUE_TRUE" if value is True else "VALUE_FALSE", str: "VALUE_STRING"}.get(
        type(value), "START_OBJECT" if isinstance(value, dict) else "VALUE_NUMBER"
    )
    return OrgError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {field.type} from {kind} value {value} "
        f"or request may be missing a required field ({field.name})",
    )


def _text_check(field: Field) -> Coerce:
    longest = field.length or 255

    def text(value: Any) -> str | None:
        if not isinstance(value, str):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _wrong_type(field, value)
            value = str(value)
        if not value.isascii() and not _encodable(value):
            raise _wrong_type(field, ascii(value))
        if not value.strip():
            return None
        if len(value) > longest:
            shown = value if len(value) <= 255 else value[:255] + "..."
            raise OrgError(
                "STRING_TOO_LONG",
                f"{field.label}: data value too large: {shown} (max length={longest})",
                (field.name,),
            )
        return str(value)

    refine = _REFINEMENTS.get(field.type)
    if refine is None:
        return text

    def refined(value: Any) -> str | None:
        plain = text(value)
        return plain if plain is None else refine(field, plain)

    return refined


def _encodable(text: str) -> bool:
    """Whether the text is Unicode: JSON can smuggle in half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _email(field: Field, value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise OrgError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {value}",
            (field.name,),
        )
    return value


def _picklist(field: Field, value: str) -> str:
    """Restricted values are matched without case and stored as declared."""
    if value in field.picklist or not field.restricted:
        return value
    lowered = value.lower()
    for each in field.picklist:
        if each.lower() == lowered:
            return each
    raise OrgError(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{field.label}: bad value for restricted picklist field: {value}",
        (field.name,),
    )


def _multipicklist(field: Field, value: str) -> str | None:
    wanted = [_picklist(field, each.strip()) for each in value.split(";") if each.strip()]
    order = {each: position for position, each in enumerate(field.picklist)}
    unique = sorted(dict.fromkeys(wanted), key=lambda each: order.get(each, len(order)))
    return ";".join(unique) or None


_REFINEMENTS: dict[FieldType, Callable[[Field, str], str | None]] = {
    FieldType.EMAIL: _email,
    FieldType.PICKLIST: _picklist,
    FieldType.MULTIPICKLIST: _multipicklist,
}


def _number_check(field: Field) -> Coerce:
    whole = field.type is FieldType.INT
    digits = field.precision - field.scale
    bound = 10**digits if digits > 0 else 10**18

    def number(value: Any) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _wrong_type(field, value)
        try:
            amount = float(value)
        except ValueError:
            raise _wrong_type(field, value) from None
        if not -bound < amount < bound:  # also refuses NaN and the infinities
            raise OrgError(
                "NUMBER_OUTSIDE_VALID_RANGE",
                f"{field.label}: value outside of valid range on numeric field: {value}",
                (field.name,),
            )
        if whole:
            if amount != int(amount):
                raise _wrong_type(field, value)
            return int(amount)
        return round(amount, field.scale)

    return number


def _boolean_check(field: Field) -> Coerce:
    def boolean(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise _wrong_type(field, value)

    return boolean


def _id_check(field: Field) -> Coerce:
    def record_id(value: Any) -> str:
        found = to_18(value) if isinstance(value, str) else None
        if found is None:
            raise OrgError(
                "MALFORMED_ID",
                f"{field.label}: id value of incorrect type: {value}",
                (field.name,),
            )
        return found

    return record_id


def _date_check(field: Field) -> Coerce:
    def day(value: Any) -> str:
        try:
            return date.fromisoformat(value[:10]).isoformat()
        except (ValueError, TypeError):
            raise _wrong_type(field, value) from None

    return day


def _datetime_check(field: Field) -> Coerce:
    def moment(value: Any) -> str:
        try:
            return format_datetime(parse_datetime(value))
        except (ValueError, TypeError):
            raise _wrong_type(field, value) from None

    return moment


def _time_check(field: Field) -> Coerce:
    def clock_time(value: Any) -> str:
        try:
            parsed = time.fromisoformat(value.removesuffix("Z"))
        except (ValueError, AttributeError):
            raise _wrong_type(field, value) from None
        return parsed.strftime("%H:%M:%S.") + f"{parsed.microsecond // 1000:03d}Z"

    return clock_time


_OTHERS: dict[FieldType, Callable[[Field], Coerce]] = {
    FieldType.BOOLEAN: _boolean_check,
    FieldType.ID: _id_check,
    FieldType.REFERENCE: _id_check,
    FieldType.DATE: _date_check,
    FieldType.DATETIME: _datetime_check,
    FieldType.TIME: _time_check,
}
