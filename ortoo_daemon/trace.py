"""What did the evaluation look at on its way to a decision? Values only; rendering is elsewhere.

Every rule that was tried stands here with the condition that failed, every candidate with the first
gate that removed it. The same trace is shown by `explain`, stored in the audit record and printed by
a failing policy test. Its parts are tuples, not dataclasses: each decision makes dozens of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ortoo_daemon.errors import Place
from ortoo_daemon.records import FieldValue

NOT_ASKED = "not_asked"
"""The code of a report that a question which only refines a decision was not asked."""


class RuleOutcome(StrEnum):
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    NOT_DURING = "not_during"
    NOT_RUNNING = "not_running"
    NOBODY = "nobody"


class FailedCondition(NamedTuple):
    """The first part of a condition that did not hold: its text, where it stands, the value it met."""

    place: Place
    text: str
    field: str
    value: FieldValue


class RuleStep(NamedTuple):
    """One rule that was tried. ``name`` is its path, outer rules first, joined by `` / ``.

    ``failed`` is what did not hold: a part of its condition, or that its programme runs.
    """

    name: str
    place: Place
    outcome: RuleOutcome
    failed: FailedCondition | None = None


class CandidateStep(NamedTuple):
    """A rooftop or person that was considered.

    ``removed_by`` is the first gate it did not pass (None: it stayed in); ``detail`` says with which
    values; ``rank`` what it was compared by, e.g. ``{"distance_km": 12.3, "open_work": 4}``.
    """

    kind: str
    id: str
    name: str
    removed_by: str | None = None
    detail: str = ""
    rank: Mapping[str, FieldValue] = MappingProxyType({})


class GateCount(NamedTuple):
    """How many candidates one gate removed. Candidates themselves are kept in a trace up to a bound."""

    kind: str
    gate: str
    removed: int
    detail: str = ""


class FieldReport(NamedTuple):
    """Something about a field worth telling: a value that could not be standardised, a table miss."""

    stage: str
    field: str
    code: str
    message: str
    place: Place | None = None


class FieldChange(NamedTuple):
    """A value some stage gave to a field, and by which line of the policy."""

    stage: str
    field: str
    before: FieldValue
    after: FieldValue
    place: Place | None = None


class FieldOrigin(NamedTuple):
    """Whence a value comes that was read out of the record's text: by whom, how sure (0 to 1), from which
    words."""

    field: str
    by: str
    confidence: float
    evidence: str
    place: Place | None = None


class ScoreLine(NamedTuple):
    """Points of a scorecard's part, or what a bound took from them or gave to them."""

    because: str
    points: float
    part: str
    place: Place


class ScoreStep(NamedTuple):
    """What a scorecard made of the record: the score for ``field``, its band, and every point of it."""

    card: str
    field: str
    score: int
    band: str | None
    lines: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The whole way: what each stage did, in order."""

    rules: tuple[RuleStep, ...] = ()
    candidates: tuple[CandidateStep, ...] = ()
    gates: tuple[GateCount, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    reports: tuple[FieldReport, ...] = ()
    scores: tuple[ScoreStep, ...] = ()
    origins: tuple[FieldOrigin, ...] = ()
    notes: tuple[str, ...] = ()
