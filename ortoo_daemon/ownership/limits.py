"""How much may a person, a team or a rooftop take? Open work held, and records given within a time.

Of a person's open work the policy's open_limit and the person's own count; the smaller holds. A team is
those of one role at a rooftop, or at the desks; what it holds is what they hold.
"""

from collections.abc import Iterable
from dataclasses import replace

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership import rates
from ortoo_daemon.person import Person
from ortoo_daemon.policy.limits_model import UNWEIGHED, LimitLevel, is_weight
from ortoo_daemon.reservation import Reservation

OPEN = "open_limit"
LOAD = "load_limit"


class OpenLimit:
    """The open_limit gate for one record: of several limits the smallest counts.

    Records that meet the ``unless`` of a limit pass it; those that meet the policy's pass the person's own.
    ``counted``: the record itself is among the open work that was counted.
    """

    __slots__ = ("binding", "itself", "lifted", "open_work", "per_person")

    def __init__(self, handling: Handling, *, counted: bool = False) -> None:
        scope = handling.scope
        self.open_work = handling.facts.workload.open_work
        self.itself = int(counted)
        self.binding = [
            each for each in handling.limits if each.unless is None or not each.unless.holds(scope)
        ]
        self.lifted = handling.policy.limits not in self.binding
        self.per_person = _smallest([each.open_per_person for each in self.binding])

    def reached_by(self, person: Person) -> str:
        """Why the person can take no more, empty when there is room."""
        own = None if self.lifted else person.open_limit
        limit = self.per_person
        if own is not None and (limit is None or own < limit):
            limit = own
        if limit is None:
            return ""
        held = self.open_work.get(person.id, 0) - self.itself
        return f"holds {held} of {limit}" if held >= limit else ""

    def reached_at(self, people: Iterable[Person], level: LimitLevel) -> str:
        """Why these people of a team or rooftop can take no more between them, empty when there is room."""
        limit = _smallest(each.open_at(level) for each in self.binding)
        if limit is None:
            return ""
        held = sum(self.open_work.get(person.id, 0) for person in people) - self.itself
        return f"hold {held} of {limit}" if held >= limit else ""


def _smallest(limits: Iterable[int | None]) -> int | None:
    bounds = [limit for limit in limits if limit is not None]
    return min(bounds) if bounds else None


class LoadGate:
    """The load_limit gates for one record; without a load_limit, or with ``unless`` met, all pass.

    ``counted``: the record itself is part of the load.
    """

    __slots__ = ("itself", "limit", "load", "weight")

    def __init__(self, handling: Handling, *, counted: bool = False) -> None:
        limit = handling.policy.limits.load
        lifted = (
            limit is not None and limit.unless is not None and limit.unless.holds(handling.scope)
        )
        self.limit = None if lifted else limit
        self.load = handling.facts.workload.load
        self.weight = weight_of(handling)
        self.itself = (self.weight or 0.0) if counted else 0.0

    def failed(self, person: Person) -> tuple[str, str] | None:
        limit = self.limit.person if self.limit else None
        full = self.reached((person,), limit)
        return (LOAD, full) if full else None

    def reached(self, people: Iterable[Person], limit: float | None) -> str:
        """Why these people can't take the record beside what they hold, empty when they can."""
        if limit is None or self.limit is None or self.weight is None:
            return ""
        held = round(sum(self.load.get(person.id, 0.0) for person in people) - self.itself, 2)
        if held + self.weight <= limit:
            return ""
        return f"a load of {held:g} of {limit:g}, and this one weighs {self.weight:g}"


def weight_of(handling: Handling) -> float | None:
    """What the record weighs; None where the policy does not weigh."""
    limit = handling.policy.limits.load
    if limit is None:
        return None
    value = limit.weigh.evaluate(handling.scope)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return UNWEIGHED
    return (
        round(float(value), 2) if isinstance(value, int | float) and is_weight(value) else UNWEIGHED
    )


def reserved(handling: Handling, reservation: Reservation, person: Person) -> Reservation:
    """The reservation with all that limits count of it."""
    if handling.policy.limits.simple and not handling.policy.programmes:
        return reservation
    found = rates.counted(handling, reservation, person)
    weight = weight_of(handling)
    return found if weight is None else replace(found, load=weight)


class PersonRates:
    """The rate_limit gate of persons at one rooftop (or of desks) for one record."""

    __slots__ = ("directory", "gate", "rooftop")

    def __init__(self, handling: Handling, rooftop: Rooftop | None) -> None:
        self.directory = handling.facts.directory
        self.gate = rates.RateGate(handling, LimitLevel.PERSON)
        self.rooftop = rooftop

    def failed(self, person: Person) -> tuple[str, str] | None:
        zones = (person.zone, *rates.zones_of(self.directory, self.rooftop))
        full = self.gate.reached_by(person.id, zones)
        return (rates.GATE, full) if full else None


class TeamLimits:
    """The gates of teams at one rooftop (or of desks) for one record; asked once of every role.

    A record that only goes on to a colleague adds nothing to its team.
    """

    __slots__ = ("counted", "handling", "known", "rooftop")

    def __init__(
        self, handling: Handling, rooftop: Rooftop | None, *, counted: bool = False
    ) -> None:
        self.handling = handling
        self.counted = counted
        self.rooftop = rooftop
        self.known: dict[str, tuple[str, str] | None] = {}

    def failed(self, person: Person) -> tuple[str, str] | None:
        role = (person.role or "").casefold()
        if role not in self.known:
            self.known[role] = self._failed(role)
        return self.known[role]

    def _failed(self, role: str) -> tuple[str, str] | None:
        place = self.rooftop.id if self.rooftop else None
        directory = self.handling.facts.directory
        team = [
            person
            for person in directory.people_by_rooftop.get(place, ())
            if (person.role or "").casefold() == role
        ]
        who = f"those who are {role or 'of no role'} "
        if full := OpenLimit(self.handling, counted=self.counted).reached_at(team, LimitLevel.TEAM):
            return f"team_{OPEN}", who + full
        load = self.handling.policy.limits.load
        gate_of_load = LoadGate(self.handling, counted=self.counted)
        if load and (full := gate_of_load.reached(team, load.team)):
            return f"team_{LOAD}", who + f"have {full}"
        gate = rates.RateGate(self.handling, LimitLevel.TEAM)
        zones = rates.zones_of(directory, self.rooftop)
        if full := gate.reached_by(rates.team_name(place, role), zones):
            return f"team_{rates.GATE}", who + full
        return None


class SiteLimits:
    """The gates of whole rooftops for one record."""

    __slots__ = ("directory", "gate", "limit", "load", "open")

    def __init__(self, handling: Handling, *, counted: bool = False) -> None:
        self.directory = handling.facts.directory
        self.gate = rates.RateGate(handling, LimitLevel.ROOFTOP)
        bounded = [each for each in handling.limits if each.open_per_rooftop is not None]
        self.open = OpenLimit(handling, counted=counted) if bounded else None
        self.limit = handling.policy.limits.load
        self.load = LoadGate(handling, counted=counted) if self.limit is not None else None

    def failed(self, rooftop: Rooftop) -> tuple[str, str] | None:
        staff = self.directory.people_by_rooftop.get(rooftop.id, ())
        if self.open and (full := self.open.reached_at(staff, LimitLevel.ROOFTOP)):
            return OPEN, f"its people {full}"
        if self.limit and self.load and (full := self.load.reached(staff, self.limit.rooftop)):
            return LOAD, f"its people have {full}"
        full = self.gate.reached_by(rooftop.id, rates.zones_of(self.directory, rooftop))
        return (rates.GATE, full) if full else None
