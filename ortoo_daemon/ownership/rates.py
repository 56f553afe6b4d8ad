"""Who was given as many records as a rate limit allows, and when is there room again?

Counts are facts: the seconds at which the policy gave records to each person, team and rooftop. A team is
those of one role at a rooftop, or at the desks. A record that only goes on to a colleague is new to that
person alone.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.facts import Given, Tally
from ortoo_daemon.handling import Handling
from ortoo_daemon.person import Person
from ortoo_daemon.policy.evaluation import Scope
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, RateLimit
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.periods import Calendar, first_counted, free_at, written
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation

GATE = "rate_limit"

_NONE: tuple[int, ...] = ()


def team_name(rooftop: RecordId | None, role: str | None) -> str:
    """The subject by which a team is counted."""
    return f"{rooftop or '-'}/{(role or '').casefold()}"


class RateGate:
    """The rate limits of one level for one record; records that meet ``unless`` pass them all."""

    __slots__ = ("given", "level", "now", "policy", "rates")

    def __init__(self, handling: Handling, level: LimitLevel) -> None:
        scope = handling.scope
        self.level = level
        self.policy = handling.policy
        self.now = handling.facts.now
        self.given = handling.facts.workload.given
        self.rates = [
            rate
            for limits in handling.limits
            for rate in _binding(limits, level, scope)
            if rate.met is None or rate.met.holds(scope)
        ]

    def reached_by(self, subject: str, zones: Iterable[str | None]) -> str:
        """Why the subject can be given no more now, empty when there is room.

        ``zones`` are where it is, as far as known: the first that is one counts.
        """
        for rate in self.rates:
            moments = self.given.get(Tally(self.policy.name, self.level, subject, rate.tag), _NONE)
            if len(moments) < rate.at_most:
                continue
            zone = _zone(rate, zones, self.policy)
            had = len(moments) - bisect_left(moments, first_counted(rate.per, self.now, zone))
            if had >= rate.at_most:
                free = free_at(rate.per, moments, at_most=rate.at_most, now=self.now, zone=zone)
                return _told(rate, had, free.astimezone(ZoneInfo(zone)))
        return ""


def _binding(limits: Limits, level: LimitLevel, scope: Scope) -> list[RateLimit]:
    mine = [rate for rate in limits.rates if rate.level is level]
    if mine and limits.rates_unless is not None and limits.rates_unless.holds(scope):
        return []
    return mine


def zones_of(directory: Directory, rooftop: Rooftop | None) -> Iterator[str | None]:
    """Where a rooftop's days begin and end: as its hours say."""
    hours = directory.hours.get(rooftop.hours) if rooftop and rooftop.hours else None
    yield hours.zone if hours else None


def counted(handling: Handling, reservation: Reservation, person: Person) -> Reservation:
    """The reservation with what rate limits count of it; as it is where the policy has none."""
    if not handling.policy.rates:
        return reservation
    tags = tags_met(handling)
    rooftop = handling.scope.rooftop
    given = Given(
        key=handling.key,
        at=int(handling.facts.now.timestamp()),
        tallies=tallies_of(
            handling.policy,
            person=person.id,
            role=person.role,
            rooftop=rooftop.id if rooftop else None,
            tags=tags,
            goes_on=handling.sla is not None,
        ),
        tags=tags if handling.policy.tags else None,
    )
    return reservation.counting(given)


def tags_met(handling: Handling) -> tuple[str, ...]:
    """What the decision record says of a record that is given, so that it can be counted from there."""
    scope, programme = handling.scope, handling.programme
    rates = [rate for limits in handling.limits for rate in limits.rates if rate.tag]
    found = [rate.tag for rate in rates if rate.met is None or rate.met.holds(scope)]
    if programme is not None and programme.fuse is not None:
        found.append(programme.tag)
    return tuple(dict.fromkeys(found))


def tallies_of(
    policy: Policy,
    *,
    person: RecordId,
    role: str | None,
    rooftop: RecordId | None,
    tags: Iterable[str],
    goes_on: bool,
) -> tuple[Tally, ...]:
    """What a record given to a person adds to. ``goes_on``: it was at this rooftop before."""
    met = {"", *tags}
    counted_by = [(level, tag) for level, tag in policy.counted_by if tag in met]
    if not counted_by:
        return ()
    subjects: dict[str, str | None] = {LimitLevel.PERSON: person}
    if not goes_on:
        subjects |= {LimitLevel.TEAM: team_name(rooftop, role), LimitLevel.ROOFTOP: rooftop}
    return tuple(
        Tally(policy.name, level, subject, tag)
        for level, tag in counted_by
        if (subject := subjects.get(level))
    )


def rates_for(policy: Policy, rule: str | None) -> tuple[RateLimit, ...]:
    """The rate limits that are looked at for a record of this rule: a programme's count for its rules alone.

    All of them for a rule that the policy does not have (any more).
    """
    if not policy.programmes:
        return policy.rates
    if rule is None:
        return policy.limits.rates
    try:
        programme = policy.programme_of[rule]
    except KeyError:
        return policy.rates
    return policy.limits.rates + (programme.limits.rates if programme is not None else ())


def tallies_between(
    policy: Policy, rates: Iterable[RateLimit], people: Iterable[Person], rooftops: Iterable[str]
) -> Iterator[Tally]:
    """What these limits count of these people, these rooftops and the teams they make."""
    staff, sites = tuple(people), tuple(rooftops)
    for level, tag in dict.fromkeys((rate.level, rate.tag) for rate in rates):
        subjects: Iterable[str] = sites
        if level is LimitLevel.PERSON:
            subjects = (person.id for person in staff)
        elif level is LimitLevel.TEAM:
            roles = {person.role for person in staff}
            subjects = (team_name(RecordId(site), role) for site in (*sites, "") for role in roles)
        yield from (Tally(policy.name, level.value, subject, tag) for subject in subjects)


def _zone(rate: RateLimit, zones: Iterable[str | None], policy: Policy) -> str:
    if rate.zone is not None:
        return rate.zone
    return next((zone for zone in zones if zone and _is_zone(zone)), policy.zone)


@lru_cache(maxsize=512)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _told(rate: RateLimit, had: int, free: datetime) -> str:
    this = isinstance(rate.per, Calendar)
    within = f"this {written(rate.per)}" if this else f"within {written(rate.per)}"
    clock = "%H:%M:%S" if free.second else "%H:%M"
    of = f" of those with {rate.about}" if rate.about else ""
    return f"had {had} of {rate.at_most}{of} {within}, next free {free:%Y-%m-%d {clock} %Z}"
