"""What became of one record, from all that is known to have happened to it? Lengths of time and yes or no.

Happenings come from decision records, the record itself and the org's field history, in the order of time.
Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.reporting.dimensions import is_person
from ortoo_daemon.reporting.tallies import Count


class Length(StrEnum):
    """Lengths of time, in seconds."""

    ROUTING = "routing"
    RESPONSE = "response"
    OPEN = "open_response"


class Kind(IntEnum):
    """What happened. GIVEN: the daemon gave it its owner; FALLBACK: likewise, by `otherwise` or a rule's
    `else`; MOVED: the daemon moved it on; PARKED; TAKEN: a person changed the owner; ANSWERED: the first
    response; TOUCHED: a person changed the status; CLEAN and FLAGGED: what intake said of its values."""

    GIVEN = 1
    FALLBACK = 2
    MOVED = 3
    PARKED = 4
    TAKEN = 5
    ANSWERED = 6
    TOUCHED = 7
    CLEAN = 8
    FLAGGED = 9


_BY_DAEMON = frozenset({Kind.GIVEN, Kind.FALLBACK, Kind.MOVED})
_ROUTING = frozenset({Kind.GIVEN, Kind.FALLBACK, Kind.PARKED})


@dataclass(frozen=True, slots=True)
class Happening:
    """``owner`` is who has the record from then on, where it is about that."""

    at: datetime
    kind: Kind
    owner: str = ""


@dataclass(slots=True)
class Story:
    """``counts`` are those the record adds one to, ``lengths`` in seconds. ``first`` is who was given it."""

    counts: set[Count] = field(default_factory=set)
    lengths: dict[Length, float] = field(default_factory=dict)
    first: str = ""


def story_of(
    created_at: datetime,
    happenings: Sequence[Happening],
    *,
    misroute_within: timedelta,
    hours: BusinessHours | None,
    placed: bool,
) -> Story:
    """``happenings`` in the order of time. ``hours`` are the rooftop's, None: always open.

    Of a record that the daemon never had, what people did stands in: their first change of the owner for the
    routing, their first change of the status for the answer.
    """
    story = Story()
    routed = [each for each in happenings if each.kind in _ROUTING]
    given = [each for each in happenings if each.kind in _BY_DAEMON]
    if routed:
        story.counts.add(Count.DECIDED)
        if routed[-1].kind is not Kind.GIVEN:
            story.counts.add(Count.UNROUTED)
    if given:
        _of_daemon(story, happenings, given, misroute_within)
    owned = given or [each for each in happenings if each.kind is Kind.TAKEN and not routed]
    if owned:
        story.lengths[Length.ROUTING] = _seconds(owned[0].at - created_at)
    _answer(story, created_at, happenings, hours, placed=placed, by_status=not routed)
    kinds = {each.kind for each in happenings}
    if kinds & {Kind.CLEAN, Kind.FLAGGED}:
        story.counts.add(Count.TRACED)
    if Kind.FLAGGED in kinds:
        story.counts.add(Count.FLAGGED)
    return story


def _of_daemon(
    story: Story,
    happenings: Iterable[Happening],
    given: Sequence[Happening],
    misroute_within: timedelta,
) -> None:
    story.counts.add(Count.ASSIGNED)
    story.first = given[0].owner
    if any(each.owner != given[0].owner for each in given[1:]):
        story.counts.add(Count.REROUTED)
    last: Happening | None = None
    for each in happenings:
        if each.kind in _BY_DAEMON:
            last = each
        elif each.kind is Kind.TAKEN and last is not None and each.owner != last.owner:
            soon = each.at - last.at <= misroute_within
            if soon and (is_person(last.owner) or not is_person(each.owner)):
                story.counts.add(Count.MISROUTED)


def _answer(
    story: Story,
    created_at: datetime,
    happenings: Iterable[Happening],
    hours: BusinessHours | None,
    *,
    placed: bool,
    by_status: bool,
) -> None:
    counts = {Kind.ANSWERED, Kind.TOUCHED} if by_status else {Kind.ANSWERED}
    answered = next((each.at for each in happenings if each.kind in counts), None)
    if answered is None:
        return
    story.counts.add(Count.ANSWERED)
    story.lengths[Length.RESPONSE] = _seconds(answered - created_at)
    if placed:
        whole = story.lengths[Length.RESPONSE]
        open_for = hours.between(created_at, answered).total_seconds() if hours else whole
        story.lengths[Length.OPEN] = open_for


def _seconds(length: timedelta) -> float:
    """Never below nought: the org keeps whole seconds, the daemon's clock finer ones."""
    return max(length.total_seconds(), 0.0)
