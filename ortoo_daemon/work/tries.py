"""How was each record handed over, try by try? Kept for the story of a record; the org knows what came of it.

Tries that end alike one after the other are one row, so that a server which is away for a day fills nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ortoo_daemon.records import RecordId
from ortoo_daemon.work.tables import handoff_try
from ortoo_daemon.work.thread import StoreThread

_c = handoff_try.c
_LONGEST = 500


class TryOutcome(StrEnum):
    """``failed`` will be tried again, ``given_up`` will not."""

    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffTry:
    """``times`` tries of the handoff ``key``, from ``at`` to ``until``, that ended alike. ``note`` is the
    receiver's receipt, or why not."""

    key: str
    record_id: RecordId
    way: str
    recipient: str
    outcome: TryOutcome
    note: str
    at: datetime
    until: datetime
    times: int = 1


class TryBox:
    """The tries of one store. Every method raises StateError when the store fails."""

    def __init__(self, thread: StoreThread) -> None:
        self._thread = thread

    async def note(self, made: HandoffTry) -> None:
        await self._thread.call(_note, made, rows=1)

    async def of_record(self, record: RecordId) -> list[HandoffTry]:
        """Oldest first."""
        return await self._thread.call(_of_record, record)

    async def purge(self, before: datetime) -> None:
        """Forget tries of before a moment."""
        await self._thread.call(_purge, before)


def _note(connection: Connection, asked: Sequence[HandoffTry]) -> list[None]:
    for made in asked:
        latest = connection.execute(
            select(handoff_try).where(_c.handoff == made.key).order_by(_c.id.desc()).limit(1)
        ).first()
        note = made.note[:_LONGEST]
        if latest is not None and (latest.outcome, latest.note) == (made.outcome.value, note):
            again = update(handoff_try).where(_c.id == latest.id)
            connection.execute(again.values(times=latest.times + made.times, until=made.until))
        else:
            connection.execute(insert(handoff_try), _row(made, note))
    return [None for _ in asked]


def _row(made: HandoffTry, note: str) -> dict[str, Any]:
    return {
        "handoff": made.key,
        "record_id": made.record_id,
        "way": made.way,
        "recipient": made.recipient,
        "outcome": made.outcome.value,
        "note": note,
        "at": made.at,
        "until": made.until,
        "times": made.times,
    }


def _of_record(connection: Connection, asked: Sequence[RecordId]) -> list[list[HandoffTry]]:
    return [
        [
            HandoffTry(
                key=row.handoff,
                record_id=record,
                way=row.way,
                recipient=row.recipient,
                outcome=TryOutcome(row.outcome),
                note=row.note,
                at=row.at,
                until=row.until,
                times=row.times,
            )
            for row in connection.execute(
                select(handoff_try).where(_c.record_id == record).order_by(_c.id)
            )
        ]
        for record in asked
    ]


def _purge(connection: Connection, asked: Sequence[datetime]) -> list[None]:
    connection.execute(delete(handoff_try).where(_c.until < max(asked)))
    return [None for _ in asked]
