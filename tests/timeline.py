"""One record's life under a policy: what the daemon decides and writes, while time passes and people act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.stamps import SLA_CLOCKS, SLA_NEXT_AT, owner_write
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Contact, ContactKind, Workload
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkItem, WorkReason
from tests.world import NOW, decided, facts, lead, policies

DAEMON = RecordId("005000000000999AAA")
PERSON = RecordId("005000000000998AAA")


class Timeline:
    """Times are minutes after `NOW`, when the record is created and first decided."""

    def __init__(
        self,
        policy: Policy | PolicySet,
        directory: Directory,
        *,
        open_work: Mapping[RecordId, int] | None = None,
        **fields: FieldValue,
    ) -> None:
        self.policies = policy if isinstance(policy, PolicySet) else policies(policy)
        self.directory = directory
        self.workload = Workload(open_work=dict(open_work or {}))
        web = RecordId("005000000000997AAA")
        given = {"CreatedDate": instant_text(NOW), "OwnerId": web, "CreatedById": web}
        self.record: Record = lead(**(given | {"Status": "New"} | fields))
        self.decisions: list[Decision] = []
        self.contacts: list[Contact] = []
        """How somebody was in touch with the customer: looked up when a step is due."""

    def contact(self, after: float, kind: ContactKind, *, both_ways: bool = False) -> None:
        self.contacts.append(Contact(kind, at(after), both_ways))

    def created(self, *, after: float = 0) -> Decision:
        return self.handle(WorkReason.CREATED, after)

    def sweep(self, after: float) -> Decision | None:
        """What the sweep does at a moment: nothing while no step is due."""
        due_at = instant(self.record.get(SLA_NEXT_AT))
        if due_at is None or due_at > at(after):
            return None
        return self.handle(WorkReason.SLA, after, entry=f"sla:{due_at:%Y%m%dT%H%M%SZ}")

    def person_sets(self, after: float, **fields: FieldValue) -> Decision:
        """Somebody changes the record, and the stream says so."""
        by = {"LastModifiedById": PERSON, "LastModifiedDate": instant_text(at(after))}
        self._set({**fields, **by})
        return self.handle(WorkReason.CHANGED, after, changed_fields=frozenset(fields))

    def handle(
        self, reason: WorkReason, after: float, *, write: bool = True, **given: object
    ) -> Decision:
        item = WorkItem(
            object="Lead",
            record_id=self.record.id,
            reason=reason,
            heard_at=at(after),
            **given,  # type: ignore[arg-type]
        )
        known = facts(
            self.record,
            self.directory,
            work=item,
            now=at(after),
            workload=self.workload,
            intake_owners=frozenset({DAEMON}),
        )
        if reason is WorkReason.SLA:
            known = replace(known, contacts=tuple(self.contacts))
        decision = decided(self.policies, known)
        if write:
            self._write(decision, after)
        return decision

    def _write(self, decision: Decision, after: float) -> None:
        self.decisions.append(decision)
        if decision.reservation is not None:
            self.workload = decision.reservation.applied_to(self.workload)
        fields = owner_write(decision, self.record).whole
        if fields:
            by = {"LastModifiedById": DAEMON, "LastModifiedDate": instant_text(at(after))}
            self._set({**fields, **by})

    def _set(self, fields: Mapping[str, FieldValue]) -> None:
        self.record = replace(self.record, fields={**self.record.fields, **fields})

    @property
    def owner(self) -> str:
        return self.record.text("OwnerId")

    @property
    def clocks(self) -> dict[str, SlaClock]:
        stamp = read_stamp(self.record.get(SLA_CLOCKS))
        return {clock.name: clock for clock in stamp.clocks}

    @property
    def status(self) -> str:
        return self.record.text("Ortoo_SLA_Status__c")

    def story(self) -> list[str]:
        """Outcomes so far, those of which nothing came left out."""
        return [
            each.outcome.value for each in self.decisions if each.outcome is not Outcome.NOTHING
        ]


def at(after: float) -> datetime:
    return NOW + timedelta(minutes=after)
