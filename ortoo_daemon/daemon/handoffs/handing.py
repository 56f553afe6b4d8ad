"""When is a record handed to the system of its rooftop, and what when that fails?

The record itself says what is to be done (`action.handoff`); the journal keeps how far each try has come. A
document may be sent twice, after a lost answer or a kill, and then bears the same id; none is left out, and
none goes to a second rooftop while a first one has the record.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.handoff import (
    FAILED,
    HELD,
    NO_CONSENT,
    OPEN,
    RESEND,
    has_alone,
    message_id,
)
from ortoo_daemon.action.replies import subject_of
from ortoo_daemon.action.stamps import (
    CUSTODY,
    DECISION_KEY,
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
from ortoo_daemon.daemon.handoffs.noting import IN_VAIN, TAKEN, Noting, way_of
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import OrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import (
    HANDOFF,
    HANDOFF_FIELDS,
    HANDOFF_ID,
    HandoffRule,
)
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing, Sender
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import HANDING, KeptNotice
from ortoo_daemon.work.tables import NoticeState

_log = structlog.get_logger("ortoo_daemon.handoffs")

_READ = frozenset(
    {OWNER, "CreatedDate", MODIFIED_AT, DECISION_KEY, POLICY, ROOFTOP, SLA_CLOCKS, CUSTODY}
    | HANDOFF_FIELDS
)
_AT_ONCE = 8
_HELD_FOR = timedelta(hours=1)
_SENDING_FOR = timedelta(minutes=2)


@dataclass(slots=True, kw_only=True)
class Handing:
    """Hands records over. ``senders`` are the ways that the settings name."""

    org: Org
    box: NoticeBox
    noting: Noting
    knowledge: Knowledge
    senders: Mapping[str, Sender]
    provider: str
    clock: Callable[[], datetime]

    async def use(self, senders: Mapping[str, Sender], provider: str) -> None:
        """From now on records go by these; what failed before is tried at once. Raises StateError."""
        self.senders, self.provider = senders, provider
        for way in senders:
            await self.box.hurry(f"{HANDING}{way}", IN_VAIN, self.clock())

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
                    await self.noting.again(notice, f"the org: {error}", note=notice.note)

        await asyncio.gather(*map(one, notices))

    async def _one(
        self, notice: KeptNotice, record: Record | None, others: Sequence[KeptNotice]
    ) -> None:
        policy = self._policy(notice.clock)
        rule = policy.handoff if policy is not None else None
        rooftop = self.knowledge.directory.rooftops.get(RecordId(notice.recipient))
        id = message_id(notice.key)
        if record is not None and record.text(HANDOFF_ID) == id:
            await self.noting.settle(notice, NoticeState.TOLD)  # a kill came before it was noted
            return
        if notice.note == TAKEN and record is not None:
            await self.noting.receipt(notice, record, id, rooftop)
            return
        if record is None or policy is None or rule is None or rooftop is None:
            await self.noting.drop(notice, "there is nothing to hand over any more")
            return
        stands = record.text(HANDOFF)
        if record.text(ROOFTOP) == notice.recipient and stands.startswith(FAILED):
            await self.noting.settle(notice, NoticeState.GIVEN_UP, note=stands)  # as above
            return
        if record.text(ROOFTOP) != notice.recipient or not record.text(HANDOFF).startswith(OPEN):
            await self.noting.drop(notice, "the record went elsewhere")
            return
        if not has_consent(record, policy, self.knowledge.directory, self.clock()):
            await self.noting.hold(notice, record, NO_CONSENT, self.clock() + _HELD_FOR)
            return
        if (taken := self._taken(record, rule, others)) is not None:
            await self.noting.hold(notice, record, *taken)
            return
        to: FieldValue = rooftop.code or rooftop.id
        if rule.to is not None:
            to = rule.to.evaluate(scope_of(record, policy, self.knowledge.directory, self.clock()))
        outgoing = Outgoing(
            id=id,
            to=str(to or ""),
            title=subject_of(record.object, record.id, notice.key),
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
        way = way_of(notice)
        sender = self.senders.get(way)
        try:
            if sender is None:
                raise HandoffError(f"the settings name no handoff.{way}", permanent=False)
            if not outgoing.to:
                raise HandoffError("the rooftop has no address", permanent=True)
            await self.noting.keep(notice, SENDING, self.clock() + _SENDING_FOR)
            receipt = await sender.send(outgoing)
        except HandoffError as error:
            await self.noting.failed(notice, record, error)
            return
        await self.noting.taken(notice, outgoing.id, receipt)
        await self.noting.receipt(notice, record, outgoing.id, rooftop)

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
