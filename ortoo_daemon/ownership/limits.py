"""How much may a person, a team or a rooftop take? Open work held, and records given within a time.

Of a person's open work the policy's open_limit and the person's own count; the smaller holds. A team is
those of one role at a rooftop, or at the desks; what it holds is what they hold.
"""

from collections.abc import Iterable

from ortoo_daemon.directory import Person, Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership import rates
from ortoo_daemon.policy.ownership_model import LimitLevel

OPEN = "open_limit"


class OpenLimit:
    """The open_limit gate for one record. Records that meet the policy's ``unless`` pass it."""

    __slots__ = ("lifted", "open_work", "policy_limit")

    def __init__(self, handling: Handling) -> None:
        limits = handling.policy.limits
        self.open_work = handling.facts.workload.open_work
        self.policy_limit = limits.open_per_person
        self.lifted = limits.unless is not None and limits.unless.holds(handling.scope)

    def reached_by(self, person: Person) -> str:
        """Why the person can take no more, empty when there is room."""
        if self.lifted:
            return ""
        limits = [n for n in (person.open_limit, self.policy_limit) if n is not None]
        if not limits:
            return ""
        held, limit = self.open_work.get(person.id, 0), min(limits)
        return f"holds {held} of {limit}" if held >= limit else ""

    def reached_together(self, people: Iterable[Person], limit: int | None) -> str:
        """Why these people can take no more between them, empty when there is room."""
        if self.lifted or limit is None:
            return ""
        held = sum(self.open_work.get(person.id, 0) for person in people)
        return f"hold {held} of {limit}" if held >= limit else ""


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

    __slots__ = ("handling", "known", "rooftop")

    def __init__(self, handling: Handling, rooftop: Rooftop | None) -> None:
        self.handling = handling
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
        limit = self.handling.policy.limits.open_per_team
        who = f"those who are {role or 'of no role'} "
        if full := OpenLimit(self.handling).reached_together(team, limit):
            return f"team_{OPEN}", who + full
        gate = rates.RateGate(self.handling, LimitLevel.TEAM)
        zones = rates.zones_of(directory, self.rooftop)
        if full := gate.reached_by(rates.team_name(place, role), zones):
            return f"team_{rates.GATE}", who + full
        return None


class SiteLimits:
    """The gates of whole rooftops for one record."""

    __slots__ = ("directory", "gate", "limit", "open")

    def __init__(self, handling: Handling) -> None:
        self.directory = handling.facts.directory
        self.gate = rates.RateGate(handling, LimitLevel.ROOFTOP)
        self.open = OpenLimit(handling)
        self.limit = handling.policy.limits.open_per_rooftop

    def failed(self, rooftop: Rooftop) -> tuple[str, str] | None:
        staff = self.directory.people_by_rooftop.get(rooftop.id, ())
        if full := self.open.reached_together(staff, self.limit):
            return OPEN, f"its people {full}"
        full = self.gate.reached_by(rooftop.id, rates.zones_of(self.directory, rooftop))
        return (rates.GATE, full) if full else None
