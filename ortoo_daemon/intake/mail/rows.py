"""Which Mail does a row of JSON describe, as sample files and exports of e-mail hold them?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ortoo_daemon.intake.mail.model import Mail


def mail_of_row(row: Mapping[str, Any]) -> Mail:
    """The mail in a row with ``subject``, ``from_address``, ``text_body``, ``html_body`` and so on.

    What is missing or null counts as empty; other keys are left alone. A date without zone is taken as
    UTC. Raises ValueError, naming the key, where a value is of the wrong type or the date can't be read.
    """
    return Mail(
        subject=_text(row, "subject"),
        from_address=_text(row, "from_address"),
        from_name=_text(row, "from_name"),
        to_address=_text(row, "to_address"),
        received_at=_moment(row),
        text_body=_text(row, "text_body"),
        html_body=_text(row, "html_body"),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key}: text is wanted, not {type(value).__name__}")
    return value


def _moment(row: Mapping[str, Any]) -> datetime | None:
    written = _text(row, "date")
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(
            f"date: {written!r} is no ISO 8601 date, such as 2025-03-12T09:41:07+01:00"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
