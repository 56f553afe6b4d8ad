"""What did dealers answer to the e-mails by which records were handed to them?

Any e-mail that came into the org is looked at whose subject bears the mark of a handoff, wherever the org
has attached it. What the answer means is set on the record, and the record goes its way as if a person had
set it: an offer is accepted, a return finds the next rooftop. Who answers late, after another rooftop has the
record, sets nothing.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from ortoo_daemon.action.handoff import SENT
from ortoo_daemon.action.replies import fields_of, marked_in, understood
from ortoo_daemon.action.stamps import MODIFIED_AT, POLICY, ROOFTOP
from ortoo_daemon.daemon.handling.children import PutToWork
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.mails.rows import FIELDS, mail_of
from ortoo_daemon.errors import PermanentOrgError, RecordGoneError, StaleRecordError
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_ID, HANDOFF_TO
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite

_log = structlog.get_logger("ortoo_daemon.handoffs")

_UNTIL = "replies_until"
_LATE_COMMITS = timedelta(minutes=1)
_PAGE = 200
_REMEMBERED = 1_000
_READ = (HANDOFF, HANDOFF_ID, HANDOFF_TO, ROOFTOP, POLICY, MODIFIED_AT)


@dataclass(slots=True, kw_only=True)
class DealerReplies:
    """Looks for them now and then. ``noted`` and ``note`` keep how far was looked, over restarts; ``within``
    is how far back a first look goes."""

    org: Org
    knowledge: Knowledge
    put: PutToWork
    noted: Callable[[str], Awaitable[str | None]]
    note: Callable[[str, str], Awaitable[None]]
    within: timedelta
    now: Callable[[], datetime]
    _seen: OrderedDict[RecordId, None] = field(init=False, default_factory=OrderedDict)

    async def look(self) -> None:
        """One call, and two for each answer. Raises OrgError, StateError."""
        answered = {
            policy.name: policy
            for policy in self.knowledge.policies.policy_set.policies
            if policy.handoff is not None and policy.handoff.replies
        }
        if not answered:
            return
        now, noted = self.now(), instant(await self.noted(_UNTIL))
        rows = await self.org.query(_came_in((noted or now - self.within) - _LATE_COMMITS, now))
        for row in rows:
            mail = record_id(str(row["Id"]))
            if mail not in self._seen:
                await self._heed(row, answered)
                self._seen[mail] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        last = instant(rows[-1]["CreatedDate"]) if len(rows) >= _PAGE else None
        await self.note(_UNTIL, instant_text(last or now))

    async def _heed(self, row: Mapping[str, Any], answered: Mapping[str, Policy]) -> None:
        from ortoo_daemon.intake.mail.reading import read_mail  # with the first answer

        marked = marked_in(str(row["Subject"] or ""))
        if marked is None:
            return
        for name in sorted({policy.object for policy in answered.values()}):
            record = await self.org.reader.read(name, marked.record, frozenset(_READ))
            if record is None:
                continue
            policy = answered.get(record.text(POLICY))
            if policy is None or not record.text(HANDOFF_ID).startswith(marked.mark):
                return
            reading = read_mail(mail_of(row))
            said = "\n".join(part.text for part in reading.body)
            await self._take(record, policy, said, automatic=bool(reading.automatic))
            return

    async def _take(self, record: Record, policy: Policy, said: str, *, automatic: bool) -> None:
        rule = policy.handoff
        reply = understood(said, rule.replies) if rule is not None and not automatic else None
        if reply is None:
            _log.info("handoff.reply_not_understood", record=record.id, automatic=automatic)
            return
        late = record.text(ROOFTOP) != record.text(HANDOFF_TO) or record.text(HANDOFF) != SENT
        if late:
            _log.info("handoff.reply_late", record=record.id)
            return
        fields = fields_of(reply, said)
        write = RecordWrite(
            object=record.object,
            id=record.id,
            fields=fields,
            expect={HANDOFF_ID: record.get(HANDOFF_ID)},
            modified_at=record.text(MODIFIED_AT),
            conditional=True,
        )
        try:
            await self.org.writer.write(write)
        except (StaleRecordError, RecordGoneError, PermanentOrgError) as error:
            _log.warning("handoff.reply_not_set", record=record.id, error=str(error))
            return
        rooftop = record.text(HANDOFF_TO)
        _log.info(
            "handoff.replied",
            object=record.object,
            record=record.id,
            rooftop=rooftop,
            fields=sorted(fields),
        )
        item = WorkItem(
            object=record.object,
            record_id=record.id,
            reason=WorkReason.CHANGED,  # our own writes are not told to us
            heard_at=self.now(),
            changed_fields=frozenset(fields),
        )
        await self.put([item])


def _came_in(since: datetime, until: datetime) -> str:
    return (
        f"SELECT {', '.join((*FIELDS, 'CreatedDate'))} FROM EmailMessage WHERE Incoming = true "
        f"AND CreatedDate >= {instant_text(since)} AND CreatedDate <= {instant_text(until)} "
        f"AND Subject LIKE '%(ref %' ORDER BY CreatedDate, Id LIMIT {_PAGE}"
    )
