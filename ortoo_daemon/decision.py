"""What was decided about one record? The answer of `flow.decide`, before anything is written.

Field names of the daemon's own stamps stand in `action.stamps`; here values have the design's names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ortoo_daemon.clocks import PastHolder, SlaClock, Waiting
from ortoo_daemon.consequences import (
    CampaignJoin,
    Handoff,
    NewRecord,
    Notice,
    PublishedEvent,
    RecordShare,
    Reopening,
)
from ortoo_daemon.errors import Place
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import FieldValue, Owner, RecordId
from ortoo_daemon.repeats import KnownUpdate
from ortoo_daemon.reservation import Reservation
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
class Returned:
    """The record was given back: ``by`` whom it was held, and the words in ``field``, which is emptied."""

    by: RecordId
    field: str
    reason: str


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
