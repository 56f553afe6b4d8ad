"""What work is a record in which somebody said something that no event told of?"""

from collections.abc import Mapping
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, WorkItem, WorkReason, record_id

CHANGED_AT = "LastModifiedDate"
"""To be read with the record: it tells what is said now from what was said before."""


def said(name: str, row: Mapping[str, FieldValue], *, word: str, now: datetime) -> WorkItem:
    """One item for each change of the record, under the word of the sweep that found it."""
    changed_at = instant(row[CHANGED_AT]) or now
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.SLA,
        entry=f"{word}:{instant_text(changed_at)}",
        heard_at=now,
    )
