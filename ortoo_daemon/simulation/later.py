"""What becomes of a case's record as time passes and people act?

The same `flow.decide` as ever, asked when a step falls due and when somebody changed the record. What
each decision writes stands on the record for the next one, as it would in the org. Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ortoo_daemon.action.stamps import MODIFIED_AT, MODIFIED_BY, SLA_NEXT_AT, owner_write
from ortoo_daemon.decision import FOLLOW_UPS, Decision, Outcome
from ortoo_daemon.facts import Contact, ContactKind, Facts
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import FieldValue, Record, WorkItem, WorkReason

_FROM_THEM = frozenset({ContactKind.CALL_IN, ContactKind.EMAIL_IN})
_SOMEBODY = "005000000000000AAA"


class Life:
    """One record after its first decision."""

    def __init__(self, policies: PolicySet, facts: Facts, first: Decision) -> None:
        self._policies = policies
        self._facts = facts
        self._contacts: list[Contact] = []
        self._take(first)

    @property
    def record(self) -> Record:
        return self._facts.record

    def until(
        self,
        moment: datetime,
        given: Mapping[str, FieldValue],
        *,
        activity: Collection[ContactKind] = (),
    ) -> Decision | None:
        """The last decision by a moment at which somebody changes ``given``; None when there was none.

        A change that leads to nothing tells less than a step before it. ``activity`` is how somebody was in
        touch with the customer then: it is found when the next step falls due.
        """
        last = None
        while (due_at := self._due_by(moment)) is not None:
            decision = self._decide(WorkReason.SLA, due_at)
            if decision is None or decision.outcome is Outcome.NOTHING:
                break
            last = decision
        self._contacts += [Contact(kind, moment, kind in _FROM_THEM) for kind in activity]
        if given:
            by = {MODIFIED_AT: instant_text(moment), MODIFIED_BY: _SOMEBODY}
            self._set({**given, **by})
            after = self._decide(WorkReason.CHANGED, moment, changed=frozenset(given))
            if after is not None and after.outcome in FOLLOW_UPS:
                again = self._decide(WorkReason.CHANGED, moment, changed=frozenset(given))
                after = again if again and again.outcome is Outcome.REPORTED else after
            if after is not None and (last is None or after.outcome is not Outcome.NOTHING):
                last = after
        return last

    def _due_by(self, moment: datetime) -> datetime | None:
        due_at = instant(self.record.get(SLA_NEXT_AT))
        return due_at if due_at is not None and due_at <= moment else None

    def _decide(
        self, reason: WorkReason, now: datetime, *, changed: frozenset[str] = frozenset()
    ) -> Decision | None:
        """None when the decision asks for what a case can't give: earlier owners are unknown to it."""
        item = WorkItem(
            object=self.record.object,
            record_id=self.record.id,
            reason=reason,
            heard_at=now,
            changed_fields=changed,
        )
        contacts = tuple(self._contacts) if reason is WorkReason.SLA else None
        facts = replace(self._facts, item=item, now=now, contacts=contacts)
        found = decide(self._policies, facts)
        if isinstance(found, Needs):
            answers = {**facts.answers, **dict.fromkeys(found.questions)}
            found = decide(self._policies, replace(facts, answers=answers))
        if isinstance(found, Needs):
            return None
        self._take(found)
        return found

    def _take(self, decision: Decision) -> None:
        if decision.reservation is not None:
            workload = decision.reservation.applied_to(self._facts.workload)
            self._facts = replace(self._facts, workload=workload)
        self._set(owner_write(decision, self.record).whole)

    def _set(self, fields: Mapping[str, FieldValue]) -> None:
        record = replace(self.record, fields={**self.record.fields, **fields})
        self._facts = replace(self._facts, record=record)
