"""When is a record handed to the system of its rooftop, and what when that fails?

The record itself says what is to be done (`action.handoff`); the journal keeps how far each try has come. A
document may be sent twice, after a lost answer or a kill, and then bears the same id; none is left out, and
none goes to a second rooftop while a first one has the record.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.handoff import (
    FAILED,
    HELD,
    NO_CONSENT,
    OPEN,
    RESEND,
    SENT,
    has_alone,
    message_id,
)
from ortoo_daemon.action.stamps import (
    CUSTODY,
    DECISION_KEY,
    LENGTHS,
    MODIFIED_AT,
    OWNER,
    POLICY,
    ROOFTOP,
    SLA_CLOCKS,
)
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.consent import has_consent, scope_of
from ortoo_daemon.daemon.handoffs.document import document_of
from ortoo_daemon.daemon.handoffs.finding import SENDING
from ortoo_daemon.daemon.noticing.outbox import HANDING
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import OrgError, RecordGoneError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import (
    HANDOFF,
    HANDOFF_AT,
    HANDOFF_FIELDS,
    HANDOFF_ID,
    HANDOFF_TO,
    HandoffRule,
)
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite
from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing, Sender
from ortoo_daemon.work.notices import KeptNotice, NoticeBox, Settled
from ortoo_daemon.work.tables import NoticeState

_log = structlog.get_logger("ortoo_daemon.handoffs")

_READ = frozenset(
    {OWNER, "CreatedDate", MODIFIED_AT, DECISION_KEY, POLICY, ROOFTOP, SLA_CLOCKS, CUSTODY}
    | HANDOFF_FIELDS
)
_AT_ONCE = 8
_HELD_FOR = timedelta(hours=1)
_SENDING_FOR = timedelta(minutes=2)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
_MOST_TRIES = 100
"""About a day of tries."""

_TAKEN = "taken"
"""What the journal notes once a document was taken."""

_FAILED = "failed: "
"""How the note of a try begins that was not the last one."""

_LONGEST = 255


@dataclass(slots=True, kw_only=True)
class Handing:
    """Hands records over. ``senders`` are the ways that the settings name."""

    org: Org
    box: NoticeBox
    knowledge: Knowledge
    senders: Mapping[str, Sender]
    provider: str
    meters: Meters
    clock: Callable[[], datetime]

    async def use(self, senders: Mapping[str, Sender], provider: str) -> None:
        """From now on records go by these; what failed before is tried at once. Raises StateError."""
        self.senders, self.provider = senders, provider
        for way in senders:
            await self.box.hurry(f"{HANDING}{way}", _FAILED, self.clock())

    async def hand(self, notices: Sequence[KeptNotice]) -> None:
        """Take each as far as it goes now. Raises OrgError, StateError."""
        records = await self._records(notices)
        known = await self.box.of_records([each.record_id for each in notices], HANDING)
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(notice: KeptNotice) -> None:
            others = [
                each
                for each, state in known
                if each.record_id == notice.record_id
                and each.recipient != notice.recipient
                and state is NoticeState.READY
                and each.note == SENDING
            ]
            async with room:
                try:
                    await self._one(notice, records.get(notice.record_id), others)
                except OrgError as error:
                    await self._again(notice, f"the org: {error}", note=notice.note)

        await asyncio.gather(*map(one, notices))

    async def _one(
        self, notice: KeptNotice, record: Record | None, others: Sequence[KeptNotice]
    ) -> None:
        policy = self._policy(notice.clock)
        rule = policy.handoff if policy is not None else None
        rooftop = self.knowledge.directory.rooftops.get(RecordId(notice.recipient))
        id = message_id(notice.key)
        if record is not None and record.text(HANDOFF_ID) == id:
            await self._settle(notice, NoticeState.TOLD)  # a kill came before it was noted
            return
        if notice.note == _TAKEN and record is not None:
            await self._receipt(notice, record, id, rooftop)
            return
        if record is None or policy is None or rule is None or rooftop is None:
            await self._drop(notice, "there is nothing to hand over any more")
            return
        if record.text(ROOFTOP) != notice.recipient or not record.text(HANDOFF).startswith(OPEN):
            await self._drop(notice, "the record went elsewhere")
            return
        if not has_consent(record, policy, self.knowledge.directory, self.clock()):
            await self._hold(notice, record, NO_CONSENT, self.clock() + _HELD_FOR)
            return
        if (taken := self._taken(record, rule, others)) is not None:
            await self._hold(notice, record, *taken)
            return
        to: FieldValue = rooftop.code or rooftop.id
        if rule.to is not None:
            to = rule.to.evaluate(scope_of(record, policy, self.knowledge.directory, self.clock()))
        outgoing = Outgoing(
            id=id,
            to=str(to or ""),
            title=f"Lead {record.id}",
            document=document_of(
                record,
                rule,
                rooftop,
                provider=self.provider,
                again=record.text(HANDOFF).startswith(RESEND),
                now=self.clock(),
            ),
        )
        await self._send(notice, record, outgoing, rooftop)

    def _taken(
        self, record: Record, rule: HandoffRule, others: Sequence[KeptNotice]
    ) -> tuple[str, datetime] | None:
        """Why and until when the record waits, as another rooftop has it, or may have it."""
        alone = has_alone(record, rule, self.knowledge.directory)
        holders = [] if alone is None else [alone]
        holders += [
            (RecordId(each.recipient), each.due_at - _SENDING_FOR + rule.exclusive_for)
            for each in others
        ]
        for holder, until in holders:
            if holder != record.text(ROOFTOP) and until > self.clock():
                name = self.knowledge.directory.rooftops.get(holder)
                who = name.name if name else holder
                return f"{HELD}: {who} has it until {instant_text(until)}", until
        return None

    async def _send(
        self, notice: KeptNotice, record: Record, outgoing: Outgoing, rooftop: Rooftop
    ) -> None:
        way = notice.way.removeprefix(HANDING)
        sender = self.senders.get(way)
        try:
            if sender is None:
                raise HandoffError(f"the settings name no handoff.{way}", permanent=False)
            if not outgoing.to:
                raise HandoffError("the rooftop has no address", permanent=True)
            await self._note(notice, SENDING, self.clock() + _SENDING_FOR)
            receipt = await sender.send(outgoing)
        except HandoffError as error:
            await self._failed(notice, record, error)
            return
        await self._note(notice, _TAKEN, self.clock() + _SENDING_FOR)
        _log.info(
            "handoff.sent",
            object=notice.object,
            record=notice.record_id,
            rooftop=notice.recipient,
            way=way,
            id=outgoing.id,
            receipt=receipt,
        )
        await self._receipt(notice, record, outgoing.id, rooftop)

    async def _receipt(
        self, notice: KeptNotice, record: Record, id: str, rooftop: Rooftop | None
    ) -> None:
        """The record says who took it, when, and under which id."""
        at = self.clock()
        name = rooftop.name if rooftop else notice.recipient
        way = notice.way.removeprefix(HANDING)
        line = f"{at:%Y-%m-%d %H:%M} UTC handed to {name} by {way}"
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
            await self._again(notice, f"the receipt: {error}", note=_TAKEN)
            return
        await self._settle(notice, NoticeState.TOLD)
        self.meters.noticed(notice.way, NoticeState.TOLD.value, 1)

    async def _failed(self, notice: KeptNotice, record: Record, error: HandoffError) -> None:
        self.meters.noticed(notice.way, "failed", 1)
        if not error.permanent and notice.attempts < _MOST_TRIES:
            await self._again(notice, str(error), note=f"{_FAILED}{error}")
            return
        await self._stamp(record, {HANDOFF: f"{FAILED}: {error}"[:_LONGEST]})
        await self._settle(notice, NoticeState.GIVEN_UP, note=str(error))
        _log.error("handoff.given_up", record=notice.record_id, way=notice.way, error=str(error))

    async def _again(self, notice: KeptNotice, error: str, *, note: str) -> None:
        doubled: int = 2 ** min(notice.attempts, 20)
        pause = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
        await self._note(notice, note, self.clock() + pause, counts=True)
        _log.warning("handoff.failed", record=notice.record_id, way=notice.way, error=error)

    async def _hold(self, notice: KeptNotice, record: Record, why: str, until: datetime) -> None:
        if record.text(HANDOFF) != why:
            await self._stamp(record, {HANDOFF: why[:_LONGEST]})
            _log.info("handoff.held", record=notice.record_id, way=notice.way, why=why)
        await self._note(notice, why, max(until, self.clock() + _FIRST_PAUSE))

    async def _drop(self, notice: KeptNotice, why: str) -> None:
        await self._settle(notice, NoticeState.DROPPED, note=why)
        self.meters.noticed(notice.way, NoticeState.DROPPED.value, 1)
        _log.info("handoff.withdrawn", record=notice.record_id, way=notice.way, why=why)

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

    async def _records(self, notices: Sequence[KeptNotice]) -> dict[RecordId, Record]:
        """As they stand now; who is missing is gone."""
        found: dict[RecordId, Record] = {}
        for name in sorted({each.object for each in notices}):
            rules = [
                policy.handoff
                for policy in self.knowledge.policies.policy_set.for_object(name)
                if policy.handoff is not None
            ]
            fields = sorted(_READ.union(*(rule.fields_sent() for rule in rules)))
            ids = sorted({each.record_id for each in notices if each.object == name})
            beside = soql.select(name, ["Id", *fields], where=[soql.one_of("Id", ["x"])])
            for some in soql.chunks(ids, beside=beside):
                query = soql.select(name, ["Id", *fields], where=[soql.one_of("Id", some)])
                for row in await self.org.query(query):
                    id = record_id(str(row["Id"]))
                    found[id] = Record(object=name, id=id, fields=row)
        return found

    def _policy(self, name: str) -> Policy | None:
        policies = self.knowledge.policies.policy_set.policies
        return next((each for each in policies if each.name == name), None)

    async def _note(
        self, notice: KeptNotice, note: str, due_at: datetime, *, counts: bool = False
    ) -> None:
        await self.box.settle(
            [
                Settled(
                    key=notice.key,
                    state=NoticeState.READY,
                    at=self.clock(),
                    due_at=due_at,
                    note=note,
                    counts=counts,
                )
            ]
        )

    async def _settle(self, notice: KeptNotice, state: NoticeState, *, note: str = "") -> None:
        await self.box.settle([Settled(key=notice.key, state=state, at=self.clock(), note=note)])
