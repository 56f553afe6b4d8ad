"""Who of a rooftop (or desk) comes into question for this record?

Gates in the order in which they are tried; a person is removed by the first that is not passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership.limits import OPEN, LoadGate, OpenLimit, PersonRates, TeamLimits
from ortoo_daemon.ownership.opening import TeamOpening
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.policy.ownership_model import SkillWish, TeamChoice
from ortoo_daemon.records import RecordId

KIND = "person"

_NOBODY: Mapping[RecordId, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who passed every gate, in id order; ``wishes`` tells how well each meets the wished skills.

    A wish list compares smaller the better it is met, the first wish counting most.
    """

    people: tuple[Person, ...]
    wishes: tuple[tuple[bool, ...], ...]

    def best(self) -> tuple[Person, ...]:
        """Those who meet the wishes best: the others only come in when none of these is there."""
        if not self.people or not self.wishes[0]:
            return self.people
        top = min(self.wishes)
        return tuple([p for p, w in zip(self.people, self.wishes, strict=True) if w == top])


def eligible_team(
    handling: Handling,
    choice: TeamChoice | None,
    rooftop: Rooftop | None,
    *,
    only: Person | None = None,
    barred: Mapping[RecordId, str] = _NOBODY,
) -> Team:
    """The people of a rooftop (of no rooftop: the desks) who pass every gate. ``only``: that one alone.

    ``barred`` are people who can't have this record, with the reason.
    """
    if only is not None:
        candidates: tuple[Person, ...] = (only,)
    else:
        by_rooftop = handling.facts.directory.people_by_rooftop
        candidates = by_rooftop.get(rooftop.id if rooftop else None, ())
    gates = _Gates(handling, choice, rooftop)
    people = []
    for person in candidates:
        found = gates.failed(person)
        if person.id in barred:
            found = "held_before", barred[person.id]
        if found is None:
            people.append(person)
        else:
            handling.trace.remove(KIND, person, found[0], detail=found[1])
    if not candidates:
        where = rooftop.name if rooftop else "the desks"
        handling.trace.notes.append(f"{where}: nobody on the roster")
    return Team(people=tuple(people), wishes=tuple(map(gates.missed, people)))


class _Gates:
    """The gates with what they compare with, worked out once per record and rooftop."""

    __slots__ = ("further", "limit", "now", "opening", "required", "role", "wished")

    def __init__(
        self, handling: Handling, choice: TeamChoice | None, rooftop: Rooftop | None
    ) -> None:
        self.now = handling.facts.now
        self.role = (choice.role or "").casefold() if choice else ""
        self.required = _wanted(handling, choice.required) if choice else ()
        self.wished = _wanted(handling, choice.wished) if choice else ()
        self.opening = TeamOpening(handling, rooftop) if choice and choice.open_now else None
        self.limit = OpenLimit(handling)
        self.further = _further(handling, rooftop)

    def failed(self, person: Person) -> tuple[str, str] | None:
        """The first gate the person does not pass, with the values that were compared."""
        if not person.active:
            return "active", "is not active"
        if self.role and (person.role or "").casefold() != self.role:
            return "role", f"role is {person.role or 'empty'}"
        for kind, wanted in self.required:
            if not _has(person, kind, wanted):
                return kind, f"lacks {wanted}"
        if (sign := person.away_by(self.now)) is not None:
            return "away", _away(person, sign, self.now)
        if self.opening is not None and (closed := self.opening.closed_for(person)):
            return "open_now", closed
        if full := self.limit.reached_by(person):
            return OPEN, full
        for gate in self.further:
            if (found := gate.failed(person)) is not None:
                return found
        return None

    def missed(self, person: Person) -> tuple[bool, ...]:
        return tuple([not _has(person, kind, wanted) for kind, wanted in self.wished])


_Gate = LoadGate | PersonRates | TeamLimits


def _further(handling: Handling, rooftop: Rooftop | None) -> tuple[_Gate, ...]:
    """Gates that few policies have."""
    if all(limits.simple for limits in handling.limits):
        return ()
    found: list[_Gate] = []
    load = handling.policy.limits.load
    if load is not None and load.person is not None:
        found.append(LoadGate(handling))
    if any(limits.rates for limits in handling.limits):
        found.append(PersonRates(handling, rooftop))
    if any(limits.of_teams for limits in handling.limits) and handling.sla is None:
        found.append(TeamLimits(handling, rooftop))
    return tuple(found)


def _wanted(handling: Handling, wishes: tuple[SkillWish, ...]) -> tuple[tuple[str, str], ...]:
    """(gate, casefolded value) of each wish; a record that names no language or skill asks for none."""
    found = []
    for wish in wishes:
        if wish.skill is not None:
            found.append(("skill", wish.skill.strip().casefold()))
        language = handling.scope.text(wish.language_field)
        if language:
            found.append(("language", _primary(language)))
        if wish.skill_field is not None:
            named = handling.scope.text(wish.skill_field).split(";")
            found += [("skill", name.strip().casefold()) for name in named if name.strip()]
    return tuple(found)


def meets(handling: Handling, person: Person, wish: SkillWish) -> bool:
    """Whether the record asks for something by the wish and the person has it."""
    wanted = _wanted(handling, (wish,))
    return bool(wanted) and all(_has(person, kind, value) for kind, value in wanted)


def _has(person: Person, kind: str, wanted: str) -> bool:
    if kind == "language":
        return wanted in _primaries(person.languages)
    return wanted in _folded(person.skills)


@lru_cache(maxsize=1024)  # most people speak what many others speak
def _primaries(languages: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_primary, languages))


@lru_cache(maxsize=1024)
def _folded(skills: frozenset[str]) -> frozenset[str]:
    return frozenset(skill.casefold() for skill in skills)


def _primary(language: str) -> str:
    """``fr`` of ``fr``, ``fr_FR`` and ``FR-be``; a language's name as it is, without case."""
    return language.strip().replace("_", "-").partition("-")[0].casefold()


_SHOWN = {
    Sign.CALENDAR: "the calendar",
    Sign.PRESENCE: "Omni-Channel",
    Sign.SHIFTS: "the shift table",
    Sign.LOGIN: "no login for long",
    Sign.MISSED: "targets missed in a row without a sign of life",
}


def _away(person: Person, sign: Sign, now: datetime) -> str:
    """By which sign, and until when."""
    returns_at = person.returns_at(now)
    if sign is Sign.FIELDS and returns_at is None:
        return f"availability is {person.availability}"
    until = f" until {returns_at.isoformat()}" if returns_at is not None else ""
    return f"away{until}{f', by {_SHOWN[sign]}' if sign in _SHOWN else ''}"
