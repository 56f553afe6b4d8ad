"""What is written down of a try to hand a record over? On the record, in journal, figures and log."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.handoff import FAILED, SENT
from ortoo_daemon.action.stamps import CUSTODY, LENGTHS, MODIFIED_AT
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import OrgError, RecordGoneError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_ID, HANDOFF_TO
from ortoo_daemon.records import FieldValue, Record
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite
from ortoo_daemon.services.handoff.outgoing import HandoffError
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import HANDING, KeptNotice, Settled
from ortoo_daemon.work.tables import NoticeState
from ortoo_daemon.work.tries import HandoffTry, TryBox, TryOutcome

_log = structlog.get_logger("ortoo_daemon.handoffs")

_SENDING_FOR = timedelta(minutes=2)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
_MOST_TRIES = 100
"""About a day of tries."""

TAKEN = "taken"
"""What the journal notes once a document was taken."""

IN_VAIN = "failed: "
"""How the note of a try begins that was not the last one."""

_LONGEST = 255


@dataclass(slots=True, kw_only=True)
class Noting:
    """Writes it down. ``troubles`` are the latest errors of ways that took nothing since."""

    org: Org
    box: NoticeBox
    tries: TryBox
    meters: Meters
    clock: Callable[[], datetime]
    troubles: dict[str, str] = field(default_factory=dict)

    async def taken(self, notice: KeptNotice, id: str, receipt: str) -> None:
        """The receiver has the document; that comes first, so that nothing is sent again."""
        await self.keep(notice, TAKEN, self.clock() + _SENDING_FOR)
        self.troubles.pop(way_of(notice), None)
        await self._tried(notice, TryOutcome.SENT, receipt)
        _log.info(
            "handoff.sent",
            object=notice.object,
            record=notice.record_id,
            rooftop=notice.recipient,
            way=way_of(notice),
            id=id,
            receipt=receipt,
        )

    async def receipt(
        self, notice: KeptNotice, record: Record, id: str, rooftop: Rooftop | None
    ) -> None:
        """The record says who took it, when, and under which id."""
        at = self.clock()
        name = rooftop.name if rooftop else notice.recipient
        line = f"{at:%Y-%m-%d %H:%M} UTC: handed to {name} by {way_of(notice)}"
        trail = "\n".join(filter(None, (record.text(CUSTODY), line)))
        fields: dict[str, FieldValue] = {
            HANDOFF: SENT,
            HANDOFF_TO: notice.recipient,
            HANDOFF_AT: instant_text(at),
            HANDOFF_ID: id,
            CUSTODY: trail[-LENGTHS[CUSTODY] :],
        }
        try:
            await self._stamp(record, fields)
        except OrgError as error:
            await self.again(notice, f"the receipt: {error}", note=TAKEN)
            return
        await self.settle(notice, NoticeState.TOLD)

    async def failed(self, notice: KeptNotice, record: Record, error: HandoffError) -> None:
        """It was not taken: tried again later, or a person must look."""
        self.troubles[way_of(notice)] = str(error)
        if not error.permanent and notice.attempts < _MOST_TRIES:
            await self.again(notice, str(error), note=f"{IN_VAIN}{error}")
            return
        await self._stamp(record, {HANDOFF: f"{FAILED}: {error}"[:_LONGEST]})
        await self.settle(notice, NoticeState.GIVEN_UP, note=str(error))
        await self._tried(notice, TryOutcome.GIVEN_UP, str(error))
        _log.error("handoff.given_up", record=notice.record_id, way=notice.way, error=str(error))

    async def again(self, notice: KeptNotice, error: str, *, note: str) -> None:
        """Another try, after a pause that doubles each time."""
        doubled: int = 2 ** min(notice.attempts, 20)
        pause = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
        await self.keep(notice, note, self.clock() + pause, counts=True)
        await self._tried(notice, TryOutcome.FAILED, error)
        _log.warning("handoff.failed", record=notice.record_id, way=notice.way, error=error)

    async def hold(self, notice: KeptNotice, record: Record, why: str, until: datetime) -> None:
        if record.text(HANDOFF) != why:
            await self._stamp(record, {HANDOFF: why[:_LONGEST]})
            await self._tried(notice, TryOutcome.HELD, why)
            _log.info("handoff.held", record=notice.record_id, way=notice.way, why=why)
        await self.keep(notice, why, max(until, self.clock() + _FIRST_PAUSE))

    async def drop(self, notice: KeptNotice, why: str) -> None:
        await self.settle(notice, NoticeState.DROPPED, note=why)
        await self._tried(notice, TryOutcome.WITHDRAWN, why)
        _log.info("handoff.withdrawn", record=notice.record_id, way=notice.way, why=why)

    async def keep(
        self, notice: KeptNotice, note: str, due_at: datetime, *, counts: bool = False
    ) -> None:
        """It stays open, and is looked at again."""
        settled = Settled(
            key=notice.key,
            state=NoticeState.READY,
            at=self.clock(),
            due_at=due_at,
            note=note,
            counts=counts,
        )
        await self.box.settle([settled])

    async def settle(self, notice: KeptNotice, state: NoticeState, *, note: str = "") -> None:
        await self.box.settle([Settled(key=notice.key, state=state, at=self.clock(), note=note)])

    async def _tried(self, notice: KeptNotice, outcome: TryOutcome, note: str) -> None:
        at = self.clock()
        self.meters.handed_over(way_of(notice), outcome.value)
        made = HandoffTry(
            key=notice.key,
            record_id=notice.record_id,
            way=way_of(notice),
            recipient=notice.recipient,
            outcome=outcome,
            note=note,
            at=at,
            until=at,
        )
        await self.tries.note(made)

    async def _stamp(self, record: Record, fields: Mapping[str, FieldValue]) -> None:
        """Write to the record, whoever else has; one that is gone needs none. Raises OrgError."""
        write = RecordWrite(
            object=record.object,
            id=record.id,
            fields=fields,
            modified_at=record.text(MODIFIED_AT),
        )
        with suppress(RecordGoneError):
            await self.org.writer.write(write)


def way_of(notice: KeptNotice) -> str:
    """smtp, http or file."""
    return notice.way.removeprefix(HANDING)
