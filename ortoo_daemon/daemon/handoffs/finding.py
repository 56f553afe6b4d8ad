"""Which handoffs are open that nobody is at? Asked of the org, where each record says how its own stands.

After a lost journal or a kill, where consent came, and what people want sent again.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ortoo_daemon.action.handoff import FAILED, HELD, NO_CONSENT, OPEN, handoff_key
from ortoo_daemon.action.stamps import DECISION_KEY, POLICY, ROOFTOP
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.consent import has_consent
from ortoo_daemon.daemon.handoffs.noting import TAKEN
from ortoo_daemon.daemon.noticing.outbox import HANDED
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_TO
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import HANDING, KeptNotice
from ortoo_daemon.work.tables import NoticeState

_EVERY = timedelta(minutes=1)
_OVERLAP = timedelta(minutes=2)

_COUNTED_EVERY = timedelta(minutes=5)
_MOST_GROUPS = 2000
"""An aggregate query has no second page: the org refuses to count more."""

OTHER = "other"
"""The way of records whose policy is gone, or hands nothing over any more."""

SENDING = "sending"
"""What the journal notes of a handoff before its document leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffCensus:
    """Records of the org that wait for consent, and dead letters, by way."""

    no_consent: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class OpenHandoffs:
    """Finds them, once a minute at most. ``census`` is None until they were counted."""

    org: Org
    box: NoticeBox
    knowledge: Knowledge
    clock: Callable[[], datetime]
    census: HandoffCensus | None = field(init=False, default=None)
    _looked_at: datetime | None = field(init=False, default=None)
    _counted_at: datetime | None = field(init=False, default=None)

    async def find(self, now: datetime) -> None:
        """Have them handed over. Raises OrgError, StateError."""
        policies = [each for each in self.knowledge.policies.policy_set.policies if each.handoff]
        if not policies or (self._looked_at and now - self._looked_at < _EVERY):
            return
        since = self._looked_at
        for name in sorted({each.object for each in policies}):
            await self._find_open(name, since)
        self._looked_at = now
        if self._counted_at is None or now - self._counted_at >= _COUNTED_EVERY:
            await self._count(policies)
            self._counted_at = now

    async def _count(self, policies: Sequence[Policy]) -> None:
        """What waits for consent or for a person: one call for each object."""
        ways = {each.name: each.handoff.by.value for each in policies if each.handoff is not None}
        counts = {word: Counter[str]() for word in (NO_CONSENT, FAILED)}
        waits = soql.any_of([soql.starts_with(HANDOFF, word) for word in counts])
        for name in sorted({each.object for each in policies}):
            read = [POLICY, HANDOFF, "COUNT(Id)"]
            grouped = [POLICY, HANDOFF]
            query = soql.select(name, read, where=[waits], group_by=grouped, limit=_MOST_GROUPS)
            for row in await self.org.query(query):
                word = NO_CONSENT if str(row[HANDOFF]) == NO_CONSENT else FAILED
                counts[word][ways.get(str(row[POLICY]), OTHER)] += int(row["expr0"] or 0)
        self.census = HandoffCensus(no_consent=counts[NO_CONSENT], failed=counts[FAILED])

    async def _find_open(self, name: str, since: datetime | None) -> None:
        """Those without consent are merely looked at: there may be many."""
        read = sorted(
            {HANDOFF, HANDOFF_TO, HANDOFF_AT, ROOFTOP, POLICY, DECISION_KEY} | self._asked(name)
        )
        where = [
            soql.any_of([soql.starts_with(HANDOFF, word) for word in OPEN]),
            soql.differs(ROOFTOP, None),
        ]
        if since is not None:
            where.append(soql.at_least("SystemModstamp", since - _OVERLAP))
        rows = await self.org.query(soql.select(name, ["Id", *read], where=where))
        now = self.clock()
        found = {each.key: each for row in rows if (each := self._kept(name, row, now)) is not None}
        held = await self.box.of_records([each.record_id for each in found.values()], HANDING)
        states = {each.key: (each, state) for each, state in held if each.key in found}
        await self.box.tell([each for key, each in found.items() if key not in states])
        asleep = [
            key
            for key, (each, state) in states.items()
            if state in (NoticeState.GIVEN_UP, NoticeState.DROPPED)
            or (state is NoticeState.READY and _sleeps(each, at_start=since is None))
        ]
        await self.box.wake(asleep, now)

    def _asked(self, name: str) -> set[str]:
        """What consent is told by."""
        rules = (each.handoff for each in self.knowledge.policies.policy_set.for_object(name))
        conditions = (rule.consent for rule in rules if rule is not None)
        found = {field for each in conditions if each is not None for field in each.fields()}
        return {field for field in found if field[:1] != "$"}

    def _kept(self, name: str, row: Mapping[str, FieldValue], now: datetime) -> KeptNotice | None:
        """As the decision would have kept it; None where no policy hands it over, or not yet."""
        record = Record(object=name, id=record_id(str(row["Id"])), fields=row)
        policies = self.knowledge.policies.policy_set.for_object(name)
        policy = next((each for each in policies if each.name == record.text(POLICY)), None)
        if policy is None or policy.handoff is None:
            return None
        rooftop = RecordId(record.text(ROOFTOP))
        agreed = has_consent(record, policy, self.knowledge.directory, now)
        if record.text(HANDOFF) == NO_CONSENT and not agreed:
            return None
        return KeptNotice(
            key=handoff_key(record, rooftop),
            decision_key=record.text(DECISION_KEY) or record.id,
            object=name,
            record_id=record.id,
            outcome=Outcome.ASSIGNED.value,
            told_to=HANDED,
            way=f"{HANDING}{policy.handoff.by.value}",
            template="adf",
            clock=policy.name,
            recipient=rooftop,
            held_at=now,
            due_at=now,
        )


def _sleeps(notice: KeptNotice, *, at_start: bool) -> bool:
    """Whether there is a reason to look at it before its time: what a killed daemon was sending, or had sent
    and not written down, and what was held and has changed since."""
    return notice.note in (SENDING, TAKEN) if at_start else notice.note.startswith(HELD)
