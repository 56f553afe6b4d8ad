"""What would each set of policies have decided, record by record, as the past is lived through again?

Every record goes through the same `flow.decide` as ever, once by the live policies and once by the
candidate: at the moment when it was really decided, over the directory that the history holds, with
counters of its own for each. What is of then and what of today is counted beside. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ortoo_daemon.action.stamps import MODIFIED_AT, MODIFIED_BY, OWNER, SLA_CLOCKS, STAMPS
from ortoo_daemon.callouts import UNKNOWN, CallQuestion, HoldQuestion
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import (
    Answer,
    EnquiryQuestion,
    Facts,
    LateFieldsQuestion,
    MailQuestion,
    Question,
    UnlistedQuestion,
)
from ortoo_daemon.flow import decide, resume
from ortoo_daemon.instants import instant_text
from ortoo_daemon.interpretation import InterpretQuestion
from ortoo_daemon.policy.handoff_model import HANDOFF_FIELDS
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.reach import fields_read_at_once, rules_of
from ortoo_daemon.policy.share_model import SHARING
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, Record, WorkItem
from ortoo_daemon.repeats import KnownQuestion
from ortoo_daemon.simulation.backtest.comparison import SOURCES, Difference, Groups, Side, Totals
from ortoo_daemon.simulation.backtest.counters import AnsweredBy, Counters
from ortoo_daemon.simulation.backtest.entering import of_then, told_of
from ortoo_daemon.simulation.backtest.history import LEFT_ALONE, History, PastDecision
from ortoo_daemon.simulation.backtest.past_values import FIXED, asked_of
from ortoo_daemon.simulation.backtest.placement import Placement, placement_of, placement_then
from ortoo_daemon.vehicles import VehicleQuestion

MOST_MOVERS = 200

_UNTOUCHED = {MODIFIED_AT: "CreatedDate", MODIFIED_BY: "CreatedById"}


@dataclass(slots=True)
class Values:
    """Where the records' values came from. ``todays`` counts records by field whose value is today's.

    ``answers`` counts questions about former owners by where the answer came from, ``calls`` those to
    services: of what was not asked then in these words nobody knows the answer.
    """

    records_of_then: int = 0
    records_with_todays: int = 0
    todays: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The whole comparison. ``candidate`` is None where only the live policies were looked at.

    ``reality`` compares then with the live policies, ``edit`` these with the candidate. ``not_read``
    are fields that the policies ask for and the history does not hold.
    """

    history: History
    records: int
    open_for: timedelta
    revisions: Mapping[Side, str]
    totals: Mapping[Side, Totals]
    reality: Difference
    edit: Difference | None
    groups: Groups
    values: Values
    not_read: tuple[str, ...] = ()

    @property
    def main(self) -> Difference:
        """What the reader came for: the edit, else how today's policies differ from what happened."""
        return self.edit or self.reality


_OF_NOW = (STAMPS | HANDOFF_FIELDS | {SHARING}) - {SLA_CLOCKS}
"""Stamps tell what came of it; but in this one a wait for wished skills stands that a record came from."""


class Replay:
    """Decisions of the past, given one by one in the order of time."""

    def __init__(
        self,
        history: History,
        live: PolicySet,
        candidate: PolicySet | None,
        *,
        postal: PostalIndex,
        open_for: timedelta,
        most_movers: int = MOST_MOVERS,
    ) -> None:
        self._history = history
        self._postal = postal
        self._open_for = open_for
        asked = {Side.LIVE: live} | ({Side.CANDIDATE: candidate} if candidate else {})
        self._policies = {side: of_then(each, live) for side, each in asked.items()}
        self._revisions = {side: each.revision for side, each in asked.items()}
        self._counters = {
            side: Counters(
                open_for,
                _customer_fields(each),
                since=history.since,
                fuses={policy.object: each.fuses(policy.object) for policy in each.policies},
                sources=each.key_sources,
            )
            for side, each in asked.items()
        }
        self._read = _fields_read(asked.values())
        self._totals = {side: Totals() for side in (Side.THEN, *asked)}
        self._reality = Difference(Side.THEN, Side.LIVE, most_movers)
        edit = Difference(Side.LIVE, Side.CANDIDATE, most_movers)
        self._edit = edit if candidate else None
        self._groups = Groups(history.directory)
        self._values = Values()
        self._records = 0
        daemon = history.daemon_user
        self._intake_owners = frozenset({daemon} if daemon else ())

    def add(self, past: PastDecision) -> None:
        """Decide one record by each set of policies, and compare."""
        self._records += 1
        source = str(past.fields.get(SOURCES.get(past.object, "")) or "")
        record = self._record(past)
        placed = {Side.THEN: placement_then(past.happened)}
        for side, policies in self._policies.items():
            decision = self._decide(side, policies, past, record)
            self._counters[side].take(decision, past)
            placed[side] = placement_of(decision, self._history.directory)
        for side, each in placed.items():
            self._totals[side].add(each)
            self._groups.add(side, each, source)
        self._compare(past, source, placed)

    def result(self) -> Result:
        return Result(
            history=self._history,
            records=self._records,
            open_for=self._open_for,
            revisions=self._revisions,
            totals=self._totals,
            reality=self._reality,
            edit=self._edit,
            groups=self._groups,
            values=self._values,
            not_read=self._not_read(),
        )

    def _compare(self, past: PastDecision, source: str, placed: Mapping[Side, Placement]) -> None:
        self._reality.add(past, source, placed[Side.THEN], placed[Side.LIVE])
        if self._edit is not None:
            self._edit.add(past, source, placed[Side.LIVE], placed[Side.CANDIDATE])

    def _record(self, past: PastDecision) -> Record:
        """The record as it came in: without stamps of what came of it, with the owner of then, and otherwise
        untouched."""
        asked = self._read.get(past.object, frozenset())
        todays = sorted(asked - past.of_then)
        if todays:
            self._values.records_with_todays += 1
            self._values.todays.update(todays)
        else:
            self._values.records_of_then += 1
        fields: dict[str, FieldValue] = {
            name: value for name, value in past.fields.items() if name not in _OF_NOW
        }
        fields |= told_of(past, todays)
        fields[OWNER] = past.seen_owner
        if past.happened.outcome == LEFT_ALONE:  # by a person's hand, which our stamps lie over
            fields |= {MODIFIED_AT: instant_text(past.decided_at), MODIFIED_BY: past.seen_owner}
        else:
            fields |= {name: fields.get(first) for name, first in _UNTOUCHED.items()}
        return Record(object=past.object, id=past.record, fields=fields)

    def _decide(
        self, side: Side, policies: PolicySet, past: PastDecision, record: Record
    ) -> Decision:
        counters = self._counters[side]
        item = WorkItem(
            object=past.object, record_id=past.record, reason=past.way_in, heard_at=past.decided_at
        )
        facts = Facts(
            item=item,
            record=record,
            now=past.decided_at,
            directory=self._history.directory,
            workload=counters.workload(past),
            postal=self._postal,
            intake_owners=self._intake_owners,
            usernames=self._history.usernames,
        )
        found = decide(policies, facts)
        while not isinstance(found, Decision):
            answers: dict[Question, Answer] = {**facts.answers}
            for question in found.questions:
                if isinstance(question, MailQuestion):
                    answers[question] = past.mail
                    continue
                if isinstance(question, EnquiryQuestion):
                    answers[question] = past.enquiry
                    continue
                if isinstance(question, VehicleQuestion):
                    answers[question] = past.vehicles
                    continue
                if isinstance(question, InterpretQuestion):
                    answers[question] = past.said.get(question.label)
                    continue
                if isinstance(question, KnownQuestion | LateFieldsQuestion):
                    answers[question] = (
                        None  # what earlier records got is past; no rule asks the others
                    )
                    continue
                if isinstance(question, UnlistedQuestion):
                    answers[question] = past.unlisted
                    continue
                if isinstance(question, HoldQuestion):
                    answers[question] = None
                    continue
                if isinstance(question, CallQuestion):
                    said = past.calls.get(asked_of(question))
                    answers[question] = said or UNKNOWN
                    self._values.calls[AnsweredBy.KEPT if said else AnsweredBy.NOBODY] += 1
                    continue
                answers[question], told_by = counters.answer(question, past)
                self._values.answers[told_by] += 1
            facts = replace(facts, answers=answers)
            found = resume(found, facts)
        return found

    def _not_read(self) -> tuple[str, ...]:
        there = self._history.fields
        return tuple(
            f"{name}.{each}"
            for name, asked in sorted(self._read.items())
            for each in sorted(asked - there.get(name, frozenset()))
        )


def fields_of(policies: PolicySet, object_name: str) -> frozenset[str]:
    """Fields of the object's records that some decision by these policies may look at.

    What is read late is only filled in where it is empty: who gets the record hangs on nothing of it.
    """
    found = (
        fields_read_at_once(each, policies.signals) for each in policies.for_object(object_name)
    )
    return policies.key_fields(object_name).union(*found) - STAMPS


def _fields_read(asked: Iterable[PolicySet]) -> dict[str, frozenset[str]]:
    """By object, of all these policies; without what never changes."""
    found: dict[str, frozenset[str]] = {}
    for policies in asked:
        for name in {policy.object for policy in policies.policies}:
            found[name] = found.get(name, frozenset()) | (fields_of(policies, name) - FIXED)
    return found


def _customer_fields(policies: PolicySet) -> dict[str, frozenset[str]]:
    """By which fields customers are known who come again, by object."""
    found: dict[str, frozenset[str]] = {}
    for policy in policies.policies:
        people = (rule.assign.person for rule in rules_of(policy))
        names = {person.sticky.on for person in people if person and person.sticky}
        found[policy.object] = found.get(policy.object, frozenset()) | names
    return found
