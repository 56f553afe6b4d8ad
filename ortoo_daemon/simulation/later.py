"""What becomes of a case's record as time passes and people act?

The same `flow.decide` as ever, asked when a step falls due and when somebody changed the record. What
each decision writes stands on the record for the next one, as it would in the org. Pure.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ortoo_daemon.action.stamps import (
    MODIFIED_AT,
    MODIFIED_BY,
    OWNER,
    SLA_NEXT_AT,
    owner_write,
)
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Answer, Contact, ContactKind, Facts, Question
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.ownership.absence import AWAY, BACK, LEFT, entry_of
from ortoo_daemon.policy.cases import FORMER_OWNER, RosterChange
from ortoo_daemon.policy.cases import OWNER as HOLDER
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import FIRST_ENTRY, FieldValue, Record, RecordId, WorkItem, WorkReason
from ortoo_daemon.simulation.deciding import settled
from ortoo_daemon.simulation.sending import sent, waits
from ortoo_daemon.simulation.turnout import turned_out

_FROM_THEM = frozenset({ContactKind.CALL_IN, ContactKind.EMAIL_IN})
_SOMEBODY = "005000000000000AAA"
_DAEMON = RecordId("005000000000001AAA")


def _telling(before: Decision | None, after: Decision | None) -> Decision | None:
    """Of two decisions the one that tells more: the later, unless nothing came of it."""
    if after is None or (before is not None and after.outcome is Outcome.NOTHING):
        return before
    return after


class Life:
    """One record after its first decision."""

    def __init__(
        self,
        policies: PolicySet,
        facts: Facts,
        first: Decision,
        *,
        answer: Callable[[Question], Answer] = lambda question: None,
    ) -> None:
        self._policies = policies
        self._answer = answer
        self._facts = replace(facts, intake_owners=facts.intake_owners | {_DAEMON})
        self._contacts: list[Contact] = []
        self._moved: tuple[RecordId, str] | None = None
        """From whom an absence took the record, and the entry by which it did."""
        self.strangers: tuple[str, ...] = ()
        """Complaints about people whom the directory does not know."""
        self._take(first)

    @property
    def directory(self) -> Directory:
        """Who is there by now."""
        return self._facts.directory

    @property
    def record(self) -> Record:
        return self._facts.record

    def until(
        self,
        moment: datetime,
        given: Mapping[str, FieldValue],
        *,
        activity: Collection[ContactKind] = (),
        roster: Collection[RosterChange] = (),
    ) -> Decision | None:
        """The last decision by a moment at which somebody changes ``given``; None when there was none.

        What leads to nothing tells less than a step before it. ``activity`` is how somebody was in touch
        with the customer then: it is found when the next step falls due. ``roster`` is who goes away,
        leaves or comes back then.
        """
        last = None
        while (due_at := self._due_by(moment)) is not None:
            decision = self._decide(WorkReason.SLA, due_at)
            if decision is None or decision.outcome is Outcome.NOTHING:
                break
            last = decision
        if roster:
            last = _telling(last, self._turn_out(roster, moment))
        self._contacts += [Contact(kind, moment, kind in _FROM_THEM) for kind in activity]
        if given:
            by = {MODIFIED_AT: instant_text(moment), MODIFIED_BY: _SOMEBODY}
            self._set({**given, **by})
            after = self._decide(WorkReason.CHANGED, moment, changed=frozenset(given))
            if after is not None and after.outcome in FOLLOW_UPS:
                again = self._decide(WorkReason.CHANGED, moment, changed=frozenset(given))
                after = again if again and again.outcome is Outcome.REPORTED else after
            last = _telling(last, after)
        return last

    def _turn_out(self, roster: Collection[RosterChange], moment: datetime) -> Decision | None:
        """What becomes of the record as people go away or come back; None where that is none of its holder's
        or former holder's."""
        holder = RecordId(self.record.text(OWNER))
        former = self._moved[0] if self._moved else None
        directory, strangers = turned_out(
            self.directory, roster, also={HOLDER: holder, FORMER_OWNER: former}
        )
        self.strangers += strangers
        self._facts = replace(self._facts, directory=directory)
        person = directory.people.get(holder)
        if person is not None and not (person.active and not person.is_away(moment)):
            entry = entry_of(AWAY if person.active else LEFT, holder, f"{moment:%Y%m%dT%H%M%SZ}")
            decision = self._decide(WorkReason.ABSENCE, moment, entry=entry)
            if decision is not None and decision.reason is ReasonCode.OWNER_AWAY:
                self._moved = holder, entry
            return decision
        back = directory.people.get(former) if former is not None else None
        if self._moved is None or back is None or not back.active or back.is_away(moment):
            return None
        entry = self._moved[1].replace(AWAY, BACK, 1)
        return self._decide(WorkReason.ABSENCE, moment, entry=entry)

    def _due_by(self, moment: datetime) -> datetime | None:
        due_at = instant(self.record.get(SLA_NEXT_AT))
        return due_at if due_at is not None and due_at <= moment else None

    def _decide(
        self,
        reason: WorkReason,
        now: datetime,
        *,
        changed: frozenset[str] = frozenset(),
        entry: str = FIRST_ENTRY,
    ) -> Decision | None:
        """None when the decision never stops asking."""
        item = WorkItem(
            object=self.record.object,
            record_id=self.record.id,
            reason=reason,
            entry=entry,
            heard_at=now,
            changed_fields=changed,
        )
        contacts = tuple(self._contacts) if reason is WorkReason.SLA else None
        facts = replace(self._facts, item=item, now=now, contacts=contacts)
        _, found = settled(self._policies, facts, answer=self._answer)
        if found is None:
            return None
        self._take(found)
        return found

    def _take(self, decision: Decision) -> None:
        if decision.reservation is not None:
            workload = decision.reservation.applied_to(self._facts.workload)
            self._facts = replace(self._facts, workload=workload)
        before, written = self.record, owner_write(decision, self.record).whole
        self._set({**written, MODIFIED_BY: _DAEMON} if written else written)
        candidates = self._policies.for_object(before.object)
        policy = next((each for each in candidates if each.name == decision.policy), None)
        if decision.handoff is not None and not waits(decision, policy, before, self.directory):
            self._set(sent(self.record, decision))

    def _set(self, fields: Mapping[str, FieldValue]) -> None:
        record = replace(self.record, fields={**self.record.fields, **fields})
        self._facts = replace(self._facts, record=record)
