"""What have the stages found so far about one record?

A Handling is the one mutable thing in a decision: each stage reads it and adds to it, and the last
turns it into an immutable Decision. It lives for one call of `flow.decide` and is never shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ortoo_daemon.calendars import day_of
from ortoo_daemon.clocks import PastHolder, SlaClock, Waiting
from ortoo_daemon.consequences import CampaignJoin, Handoff, NewRecord, Notice, Reopening
from ortoo_daemon.decision import Returned
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.facts import Facts, Question
from ortoo_daemon.matches import MatchQuestion
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.person import Person
from ortoo_daemon.policy.govern_model import GovernRule
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import Programme, Rule
from ortoo_daemon.policy.sla_model import SlaRule, SlaStep
from ortoo_daemon.records import FieldValue, Owner, Record, RecordId
from ortoo_daemon.repeats import KnownUpdate
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.scope import RecordScope
from ortoo_daemon.trace import (
    CandidateStep,
    FieldChange,
    FieldOrigin,
    FieldReport,
    GateCount,
    RuleStep,
    ScoreStep,
    Trace,
)

KEPT_PER_GATE = 12
"""So many removed candidates of each gate stand in the trace by name; the rest are only counted."""

KEPT_IN_ORDER = 20
"""So many candidates that stayed in stand in the trace, best first."""


@dataclass(slots=True)
class _Removed:
    """So many candidates, and with which values the gate compared them."""

    number: int = 0
    detail: str = ""


@dataclass(slots=True, kw_only=True)
class TraceNotes:
    """The trace while it grows."""

    rules: list[RuleStep] = field(default_factory=list)
    candidates: list[CandidateStep] = field(default_factory=list)
    removed: dict[tuple[str, str], _Removed] = field(default_factory=dict)
    """By kind of candidate and gate."""
    changes: list[FieldChange] = field(default_factory=list)
    reports: list[FieldReport] = field(default_factory=list)
    scores: list[ScoreStep] = field(default_factory=list)
    origins: list[FieldOrigin] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, kind: str, gate: str, *, removed: int, detail: str = "") -> int:
        """Add to what a gate removed; the number it had removed before."""
        slot = self.removed.get((kind, gate))
        if slot is None:
            self.removed[kind, gate] = _Removed(removed, detail)
            return 0
        before = slot.number
        slot.number += removed
        return before

    def remove(
        self, kind: str, candidate: Rooftop | Person, gate: str, *, detail: str = ""
    ) -> None:
        """A candidate met the first gate that it does not pass."""
        slot = self.removed.get((kind, gate))
        if slot is None:
            slot = self.removed[kind, gate] = _Removed()
        slot.number += 1
        if slot.number <= KEPT_PER_GATE:
            step = CandidateStep(kind, candidate.id, candidate.name, gate, detail)
            self.candidates.append(step)

    def keep(
        self, kind: str, candidate: Rooftop | Person, *, rank: Mapping[str, FieldValue]
    ) -> None:
        """A candidate passed every gate."""
        step = CandidateStep(kind, candidate.id, candidate.name, rank=rank)
        self.candidates.append(step)

    def finished(self) -> Trace:
        return Trace(
            rules=tuple(self.rules),
            candidates=tuple(self.candidates),
            gates=tuple(
                [
                    GateCount(kind, gate, each.number, each.detail)
                    for (kind, gate), each in self.removed.items()
                ]
            ),
            changes=tuple(self.changes),
            reports=tuple(self.reports),
            scores=tuple(self.scores),
            origins=tuple(self.origins),
            notes=tuple(self.notes),
        )


class StepKind(StrEnum):
    """What a clock asks for; RETURN is asked by whoever holds the record, SHARE by the customer's consent,
    MEND by what somebody else wrote to the clocks' fields."""

    STOP = "stopped"
    REMOVE = "removed"
    END_WAIT = "wait_over"
    PAUSE = "paused"
    RESUME = "resumed"
    RESTART = "restarted"
    REOPEN = "reopened"
    ACKNOWLEDGE = "acknowledged"
    LOOK = "looked"
    HOLD = "held"
    RETURN = "returned"
    SHARE = "shared"
    MEND = "mended"
    WARN = "warning"
    VIOLATE = "violation"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStep:
    """What the clocks of a decided record ask for; ``name`` is the step's part of the decision's key.

    ``clocks`` are those it is about (one, but for ends). ``held_by_hand``: a person took the record
    from whom it was given to. ``also`` are turns of other clocks that the same change brings about.
    ``until``: as long as a step is held back, and ``why``; of a MEND what was wrong. ``returned`` is
    what a RETURN is about.
    """

    kind: StepKind
    name: str
    clocks: tuple[SlaClock, ...]
    rule: SlaRule | None
    held_by_hand: bool
    also: tuple[tuple[StepKind, SlaClock], ...] = ()
    until: datetime | None = None
    why: str = ""
    returned: Returned | None = None


@dataclass(slots=True, kw_only=True)
class SlaProgress:
    """A due step while it is taken.

    ``policy`` and ``rule`` name what gave the record to its owner, ``place`` the rooftop it belongs to.
    ``trail`` is who has lost the record to a clock or given it back before, and grows by who loses it now.
    ``steps_done`` counts steps of ``on_violation``, tried in vain or taken; ``taken`` are those that were,
    one of which may have ``acted`` on the owner; ``in_vain``: one found nobody. ``escalated_to`` may be
    somebody who does not get the record.
    """

    due: DueStep
    trail: list[PastHolder]
    policy: str
    rule: str
    place: RecordId | None
    steps_done: int = 0
    escalated_to: Owner | None = None
    acted: SlaStep | None = None
    taken: list[SlaStep] = field(default_factory=list)
    in_vain: bool = False
    routed_at: datetime | None = None
    first_response_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Handling:
    """One record on its way through the five stages.

    ``signals`` binds names such as ``customer_choice`` to names of the scope, ``key_sources`` says what
    the customer's keys are made from (None: there are none). ``received_at`` is when the record came in
    (UTC). A stage that sets ``parked_for`` or ``questions`` ends the way. ``findings`` is what its field
    is to keep of its e-mail, ``children`` are records to be made. ``decided_before``: it bears an earlier
    decision. ``trail`` is who has lost the record to a clock so far. ``waited`` is the wait that the record
    comes from, ``waiting`` that which it goes to. ``sla`` is set where a step is taken of a record that is
    decided already. ``programme`` is that of the rule that gives the record, or gave it.
    ``given_to``: to whom the daemon had given it, by the last decision.
    ``enriched`` counts the steps of enrichment that are done: one that asks is taken up where it stands.
    ``overstepped`` are boundaries that a person's assignment is outside of. ``customers`` are the
    ``key_sources`` of every object. ``asked_match`` is what was asked about the customer, as long as the
    answer is awaited. ``known`` is the earlier record of the customer, where the policy
    says what such a record gets, and ``known_update`` that; ``noted_on``, object and id, where it knows of
    this one already. ``rejected`` is the rule for which it is set
    aside, ``quality`` how good its data are, from 0 to 100, where the policy has rules.
    """

    policy: Policy
    signals: Mapping[str, str]
    key_sources: KeySources | None = None
    customers: Mapping[str, KeySources] = field(default_factory=dict)
    revision: str
    key: str
    facts: Facts
    scope: RecordScope
    received_at: datetime
    trace: TraceNotes = field(default_factory=TraceNotes)
    questions: list[Question] = field(default_factory=list)
    parked_for: str | None = None
    place: Place | None = None
    rule: Rule | None = None
    programme: Programme | None = None
    reason: ReasonCode | None = None
    reservation: Reservation | None = None
    clocks: list[SlaClock] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    handoff: Handoff | None = None
    findings: str | None = None
    children: list[NewRecord] = field(default_factory=list)
    reopening: Reopening | None = None
    decided_before: bool = False
    whole_trace: bool = False
    trail: tuple[PastHolder, ...] = ()
    waited: Waiting | None = None
    waiting: Waiting | None = None
    sla: SlaProgress | None = None
    given_to: RecordId | None = None
    enriched: int = 0
    overstepped: list[str] = field(default_factory=list)
    asked_match: MatchQuestion | None = None
    known: Record | None = None
    known_update: KnownUpdate | None = None
    noted_on: tuple[str, RecordId] | None = None
    rejected: GovernRule | None = None
    quality: int | None = None
    campaign: CampaignJoin | None = None

    @property
    def limits(self) -> tuple[Limits, ...]:
        """Those of the policy, then those of the programme; each holds for itself."""
        if self.programme is None:
            return (self.policy.limits,)
        return self.policy.limits, self.programme.limits

    @property
    def received_on(self) -> date:
        """The day of receipt in the policy's zone: dated tables and territories are read as of it."""
        return self._day_of(self.received_at)

    @property
    def today(self) -> date:
        """The day of the decision in the policy's zone."""
        return self._day_of(self.facts.now)

    def _day_of(self, at: datetime) -> date:
        return day_of(at, self.policy.zone)

    def give(self, name: str, after: FieldValue, *, stage: str, place: Place | None) -> None:
        """Give a field a value; what is the same already is no change."""
        before = self.scope.values.get(name)
        if same_value(before, after):
            return
        self.scope.values[name] = after
        self.trace.changes.append(FieldChange(stage, name, before, after, place))

    def report(
        self, name: str, *, stage: str, code: str, message: str, place: Place | None = None
    ) -> None:
        """Tell something about a field without stopping."""
        self.trace.reports.append(FieldReport(stage, name, code, message, place))

    def changed_fields(self) -> dict[str, FieldValue]:
        """Fields whose value now differs from what was read, in order of their first change."""
        read = self.facts.record.fields
        names = dict.fromkeys([change.field for change in self.trace.changes])
        values = self.scope.values
        return {n: values[n] for n in names if not same_value(read.get(n), values[n])}


def same_value(left: FieldValue, right: FieldValue) -> bool:
    """Whether two values are one to the org: it keeps no difference between empty text and none."""
    if left is None or left == "":
        return right is None or right == ""
    return left == right and isinstance(left, bool) is isinstance(right, bool)
