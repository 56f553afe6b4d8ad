"""What was decided about one record? The answer of `flow.decide`, before anything is written.

Field names of the daemon's own stamps stand in `action.stamps`; here values have the design's names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ortoo_daemon.clocks import PastHolder, SlaClock, Waiting
from ortoo_daemon.errors import Place
from ortoo_daemon.facts import FUSE_LEVEL, Given, Moved, Tally, Turns, Workload
from ortoo_daemon.records import FieldValue, Owner, RecordId
from ortoo_daemon.repeats import KnownUpdate
from ortoo_daemon.trace import Trace


class DuplicateRules(StrEnum):
    """What becomes of a record that a duplicate rule of the org takes for another one's repetition.

    LEAVE_OUT: business values that the rule refuses are left out, the owner lands. SAVE: it is written
    nevertheless, where the rule lets it. PARK: a person must look.
    """

    LEAVE_OUT = "leave_out"
    SAVE = "save"
    PARK = "park"


class Quality(NamedTuple):
    """How good the record's data are, from 0 to 100, and where it came from ("" where nobody says)."""

    points: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignJoin:
    """The Campaign whose field ``by`` holds ``value``, and the member's status there."""

    by: str
    value: str
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEvent:
    """A platform event for others, published with the proof of the decision: its API name and its fields."""

    name: str
    fields: Mapping[str, FieldValue]


class ShareState(StrEnum):
    """GIVEN: shared. HELD: not yet, for lack of consent. WITHDRAWN: no more, as consent was taken back."""

    GIVEN = "given"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShare:
    """Whom the record is shared with, beside its owner: ``name`` as the policy says it, ``to`` the id, None
    of a public group and of the members of a ``queue``, which are looked up. ``access`` is ``read`` or
    ``edit``, ``place`` where the policy says so."""

    name: str
    to: RecordId | None
    access: str
    queue: bool = False
    state: ShareState = ShareState.GIVEN
    place: Place | None = field(default=None, compare=False)


class Outcome(StrEnum):
    """What is to be done.

    ASSIGNED: owner and fields are written (the owner may be a queue). PARKED: a person must look; the
    reason is stamped. LEFT_ALONE: a person holds the record; only the stamps are written, so that
    sweeps don't bring it back; with an ``owner`` it is given back to that person. RECOVERED: an earlier
    run wrote the owner, its audit record is missing. NOTHING: no policy takes the record, or it is
    decided and proven already. REPORTED: a person gave the decided record to somebody outside the policy's
    boundaries; that is recorded and told, and nothing is written to the record.

    The rest follow a decision whose clocks run (FOLLOW_UPS). WARNED: part of the target has passed.
    VIOLATED: the target has passed and the owner stays. REASSIGNED: it went to a colleague. ESCALATED: it
    went to a superior or queue, or should be seen by them where a person took it by hand.
    CLOCK_STOPPED: a clock runs no more. CLOCK_CHANGED: it pauses, goes on, begins anew, waits, somebody has
    taken note of it, a record that was given back stays, or others may see the record, or see it no more; the
    reason says which.
    """

    ASSIGNED = "assigned"
    PARKED = "parked"
    LEFT_ALONE = "left_alone"
    RECOVERED = "recovered"
    NOTHING = "nothing"
    REPORTED = "reported"
    WARNED = "warned"
    VIOLATED = "violated"
    REASSIGNED = "reassigned"
    ESCALATED = "escalated"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_CHANGED = "clock_changed"


FOLLOW_UPS = frozenset(
    {
        Outcome.WARNED,
        Outcome.VIOLATED,
        Outcome.REASSIGNED,
        Outcome.ESCALATED,
        Outcome.CLOCK_STOPPED,
        Outcome.CLOCK_CHANGED,
    }
)
"""Steps of a clock of a record that is decided. A person may hold it, so each write is conditional."""


UNWRITTEN = frozenset({Outcome.RECOVERED, Outcome.NOTHING, Outcome.REPORTED})
"""Outcomes of which nothing is written to the record."""


class ReasonCode(StrEnum):
    """Why it came out so; listed in docs/operations.md."""

    RULE = "rule"
    RULE_ELSE = "rule_else"
    OTHERWISE = "otherwise"
    STICKY = "sticky"
    KEPT = "kept"
    WAITING = "waiting"
    WAIT_OVER = "wait_over"
    NO_CONTACT = "requirement_failed"
    REJECTED = "rejected"
    ADF_UNREADABLE = "adf_unreadable"
    TAKEN_BY_PERSON = "taken_by_person"
    PERSON_WINS = "person_wins"
    OUTSIDE_BOUNDARIES = "outside_boundaries"
    RECOVERED = "recovered"
    NO_POLICY = "no_policy"
    BEFORE_TAKE_FROM = "before_take_from"
    NOT_ENTERED = "not_entered"
    ALREADY_DECIDED = "already_decided"
    PARKED_ALREADY = "parked_already"
    RECORD_GONE = "record_gone"
    NO_TARGET = "no_target"
    FUSE = "fuse"
    TOO_MANY_TRIES = "too_many_tries"
    KEPT_CHANGING = "kept_changing"
    OWNER_FIGHT = "owner_fight"
    REFUSED_BY_ORG = "refused_by_org"
    DUPLICATES_DETECTED = "duplicates_detected"
    OWNER_AWAY = "owner_away"
    OWNER_LEFT = "owner_left"
    OWNER_BACK = "owner_back"
    OWNER_KEEPS = "owner_keeps"
    SLA_WARNING = "sla_warning"
    SLA_VIOLATION = "sla_violation"
    SLA_NOBODY = "sla_nobody"
    SLA_HELD_BY_PERSON = "sla_held_by_person"
    SLA_ANSWERED = "sla_answered"
    SLA_CLOCK_REMOVED = "sla_clock_removed"
    SLA_PAUSED = "sla_paused"
    SLA_RESUMED = "sla_resumed"
    SLA_RESTARTED = "sla_restarted"
    SLA_REOPENED = "sla_reopened"
    SLA_ACKNOWLEDGED = "sla_acknowledged"
    SLA_ONE_WAY = "sla_one_way"
    SLA_WAITING = "sla_waiting"
    SLA_HELD_BACK = "sla_held_back"
    SLA_PUT_RIGHT = "sla_put_right"
    SLA_MOVED_OFTEN = "sla_moved_often"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_LAPSED = "offer_lapsed"
    RETURNED = "returned"
    RETURNED_IN_VAIN = "returned_in_vain"
    CONSENT_CHANGED = "consent_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Counters this decision uses up, taken before anything is written.

    ``person`` gets one more piece of open work (None: it went to a queue); ``pool`` moves on to ``turns``.
    ``given`` is what rate limits and fuses count of it, None where the policy has none. ``load`` is what the
    record weighs, None where the policy does not weigh.
    """

    person: RecordId | None
    pool: str | None = None
    turns: Turns | None = None
    given: Given | None = None
    load: float | None = None

    def counting(self, given: Given) -> "Reservation":
        """The same with what rate limits and fuses count of it."""
        return Reservation(
            person=self.person, pool=self.pool, turns=self.turns, given=given, load=self.load
        )

    def applied_to(self, workload: Workload) -> Workload:
        """The counters as they stand once this reservation is taken."""
        open_work, load = {**workload.open_work}, {**workload.load}
        if self.person is not None:
            open_work[self.person] = open_work.get(self.person, 0) + 1
            if self.load is not None:
                load[self.person] = load.get(self.person, 0.0) + self.load
        turns = {**workload.turns}
        if self.pool is not None and self.turns is not None:
            turns[self.pool] = self.turns
        return Workload(
            open_work=open_work,
            turns=turns,
            given=self._given(workload),
            load=load,
            moved=self._moved(workload),
        )

    def _moved(self, workload: Workload) -> Mapping[str, Moved]:
        tallies = self.given.tallies if self.given else ()
        names = {tally.policy for tally in tallies if tally.level == FUSE_LEVEL}
        return {
            name: moved._replace(had=moved.had + 1) if name in names else moved
            for name, moved in workload.moved.items()
        }

    def _given(self, workload: Workload) -> Mapping[Tally, Sequence[int]]:
        if self.given is None:
            return workload.given
        at, before = self.given.at, workload.given
        return {
            **before,
            **{tally: sorted((*before.get(tally, ()), at)) for tally in self.given.tallies},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The record was given back: ``by`` whom it was held, and the words in ``field``, which is emptied."""

    by: RecordId
    field: str
    reason: str


class NoticeTo(StrEnum):
    """Who is told.

    OWNER: who holds the record once it is decided; of a queue its members. MANAGER: the owner's manager,
    else the manager of the record's rooftop. ROOFTOP: the managers of the record's rooftop. QUEUE: the
    members of a queue. USER: somebody by name. ON_CALL: whoever reads the channel; no user of the org.
    ASSIGNER: who gave the record to its owner by hand.
    """

    OWNER = "owner"
    MANAGER = "manager"
    ROOFTOP = "rooftop"
    QUEUE = "queue"
    USER = "user"
    ON_CALL = "on_call"
    ASSIGNER = "assigner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody is to be told of a decision. Texts are made when it is sent, from ids alone.

    ``by`` is a way of the org's (``salesforce``, ``chatter``, ``task``, ``email_alert``) or the name of a
    channel in ``ortoo.yaml``; ``template`` the name of a template. ``recipients`` are ids of users (of a
    queue: its own), empty where a channel alone is told. An ``urgent`` one heeds neither quiet hours nor
    ``digest_for``, the time within which notices to the same recipient are told together. ``clock`` names
    the SLA clock that it is about.
    """

    to: NoticeTo
    by: str
    template: str
    recipients: tuple[RecordId, ...] = ()
    urgent: bool = False
    digest_for: timedelta | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """The record is handed to the system of a rooftop, ``by`` smtp, http or file, under the policy's rule.

    ``key`` is the same over all tries. ``held``: not before there is consent.
    """

    rooftop: RecordId
    by: str
    policy: str
    key: str
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record that is to be made, unless one with ``key`` in ``key_field`` stands already."""

    object: str
    key_field: str
    key: str
    fields: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """A closed record that an e-mail answers, and what it gets so that somebody sees to it again."""

    object: str
    record_id: RecordId
    fields: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for one record, with everything needed to write it and to explain it.

    ``clocks`` are all clocks of the record as they stand afterwards, ``trail`` those who have lost it to a
    clock or given it back, oldest first; ``returned`` where that has just been done. ``escalated_to`` may
    differ from ``owner``: a person who took the record keeps it.
    ``routed_at`` is when the decision was made that a follow-up follows. ``waiting``: the owner is a queue
    in which the record waits for somebody with the wished skills.

    ``fields`` are the business fields to write (API names), owner and stamps excepted; ``parked_for``
    is the reason stamped on a parked record; ``seen_owner`` is the owner that was read. ``custody`` is
    the readable trail of holders as it is to stand on the record, None where it stays. ``notices`` are
    sent once the decision stands in the org. ``children`` are made before the decision is written, and
    enter like any record; ``reopening`` and ``known`` are of other records, done before, too; ``noted_on`` is
    the earlier record, object and id, that knows of this one already. ``overstepped``
    names the policy's boundaries that an assignment by hand is outside of. ``events`` go out with the proof;
    ``shares`` are made after the owner; ``withheld`` are those without consent.
    """

    object: str
    record_id: RecordId
    key: str
    outcome: Outcome
    reason: ReasonCode
    decided_at: datetime
    policy: str | None = None
    revision: str = ""
    rule: str | None = None
    place: Place | None = None
    seen_owner: RecordId | None = None
    owner: Owner | None = None
    rooftop: RecordId | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    clocks: tuple[SlaClock, ...] = ()
    trail: tuple[PastHolder, ...] = ()
    returned: Returned | None = None
    waiting: Waiting | None = None
    escalated_to: Owner | None = None
    first_response_at: datetime | None = None
    routed_at: datetime | None = None
    parked_for: str | None = None
    handoff: Handoff | None = None
    notices: tuple[Notice, ...] = ()
    custody: str | None = None
    overstepped: tuple[str, ...] = ()
    reservation: Reservation | None = None
    children: tuple[NewRecord, ...] = ()
    reopening: Reopening | None = None
    known: KnownUpdate | None = None
    noted_on: tuple[str, RecordId] | None = None
    duplicate_rules: DuplicateRules = DuplicateRules.LEAVE_OUT
    quality: Quality | None = None
    campaign: CampaignJoin | None = None
    events: tuple[PublishedEvent, ...] = ()
    shares: tuple[RecordShare, ...] = ()
    withheld: tuple[RecordShare, ...] = ()
    trace: Trace = field(default_factory=Trace)
