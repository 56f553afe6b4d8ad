"""What was decided about one record? The answer of `flow.decide`, before anything is written.

Field names of the daemon's own stamps stand in `action.stamps`; here values have the design's names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.facts import Turns, Workload
from ortoo_daemon.records import FieldValue, Owner, RecordId
from ortoo_daemon.trace import Trace


class Outcome(StrEnum):
    """What is to be done.

    ASSIGNED: owner and fields are written (the owner may be a queue). PARKED: a person must look; the
    reason is stamped. LEFT_ALONE: a person holds the record; only the stamps are written, so that
    sweeps don't bring it back; with an ``owner`` it is given back to that person. RECOVERED: an earlier run wrote the owner, its audit record is missing.
    NOTHING: no policy takes the record, or it is decided and proven already.
    """

    ASSIGNED = "assigned"
    PARKED = "parked"
    LEFT_ALONE = "left_alone"
    RECOVERED = "recovered"
    NOTHING = "nothing"


class ReasonCode(StrEnum):
    """Why it came out so; listed in docs/operations.md."""

    RULE = "rule"
    RULE_ELSE = "rule_else"
    OTHERWISE = "otherwise"
    STICKY = "sticky"
    NO_CONTACT = "requirement_failed"
    TAKEN_BY_PERSON = "taken_by_person"
    PERSON_WINS = "person_wins"
    RECOVERED = "recovered"
    NO_POLICY = "no_policy"
    BEFORE_TAKE_FROM = "before_take_from"
    NOT_ENTERED = "not_entered"
    ALREADY_DECIDED = "already_decided"
    PARKED_ALREADY = "parked_already"
    RECORD_GONE = "record_gone"
    NO_TARGET = "no_target"
    TOO_MANY_TRIES = "too_many_tries"
    KEPT_CHANGING = "kept_changing"
    REFUSED_BY_ORG = "refused_by_org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Counters this decision uses up, taken before anything is written.

    ``person`` gets one more piece of open work; ``pool`` moves on to ``turns``.
    """

    person: RecordId
    pool: str | None = None
    turns: Turns | None = None

    def applied_to(self, workload: Workload) -> Workload:
        """The counters as they stand once this reservation is taken."""
        open_work = {**workload.open_work}
        open_work[self.person] = open_work.get(self.person, 0) + 1
        turns = {**workload.turns}
        if self.pool is not None and self.turns is not None:
            turns[self.pool] = self.turns
        return Workload(open_work=open_work, turns=turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """A clock that starts with this decision; all instants are aware UTC datetimes."""

    name: str
    started_at: datetime
    target_at: datetime
    warn_at: tuple[datetime, ...] = ()
    hours: str = "24x7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for one record, with everything needed to write it and to explain it.

    ``fields`` are the business fields to write (API names), owner and stamps excepted; ``parked_for``
    is the reason stamped on a parked record; ``seen_owner`` is the owner that was read.
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
    parked_for: str | None = None
    reservation: Reservation | None = None
    trace: Trace = field(default_factory=Trace)
