"""Whom may a policy give a record to? Values of ``ownership:``: targets, choices, rules and limits.

Inheritance is resolved when the file is read: a rule carries its final assignment, so that matching
never looks upwards.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.performance import Performance
from ortoo_daemon.policy.programme_days import Days, ProgrammeDays, common
from ortoo_daemon.policy.territory_model import Territories


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTarget:
    """A fixed queue, by DeveloperName. ``notify``: who is told when it gets the record for want of others."""

    queue: str
    notify: tuple[Notify, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTarget:
    """A fixed person, by username."""

    username: str
    notify: tuple[Notify, ...] = ()
    place: Place


Target = QueueTarget | PersonTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class RooftopChoice:
    """How a rooftop is found: filters first, then the order of ``prefer``.

    ``brand``, ``country``, ``postal_code``, ``city``, ``phone`` name the record's fields. ``territories`` is
    the file that binds places to rooftops or regions (None: no territory filter). ``within_km`` bounds the
    distance from the record's postal code. ``where`` is read against the rooftop's own fields and tags.
    ``open_now``: it must be within its opening hours. ``hops``: so many rooftops may be asked in the life of
    a record (None: as ever).
    """

    brand: str | None = None
    territory: str | None = None
    country: str = "Country"
    city: str = "City"
    phone: str = "Phone"
    territories: Territories | None = None
    within_km: float | None = None
    where: Condition | None = None
    open_now: bool = False
    prefer: tuple[str, ...] = ()
    performance: Performance | None = None
    hops: int | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillWish:
    """A skill, or the value of a record's field that must be among the person's languages or skills."""

    skill: str | None = None
    language_field: str | None = None
    skill_field: str | None = None

    @property
    def field(self) -> str | None:
        """The record's field that says what is asked for; None for a skill that is named."""
        return self.language_field or self.skill_field


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChoice:
    """Who of the rooftop (or of the desk, where no rooftop is chosen) comes into question.

    With ``relax_after`` the record waits in ``hold_in`` for somebody who meets what is ``wished``; after
    each such span the last wish is dropped.
    """

    role: str | None = None
    required: tuple[SkillWish, ...] = ()
    wished: tuple[SkillWish, ...] = ()
    open_now: bool = False
    relax_after: timedelta | None = None
    hold_in: QueueTarget | None = None
    place: Place


class PersonMethod(StrEnum):
    ROTATION = "rotation"
    WEIGHTED_ROTATION = "weighted_rotation"
    LEAST_LOADED = "least_loaded"
    BEST_MATCH = "best_match"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPoints:
    """So many points for whoever has what is asked for."""

    wish: SkillWish
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """Who had the last record with the same value of ``on`` within ``within`` keeps it, if eligible."""

    on: str
    within: timedelta
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChoice:
    """Who is next. ``match``: what gives points, where the best match is."""

    by: PersonMethod = PersonMethod.ROTATION
    sticky: Sticky | None = None
    match: tuple[MatchPoints, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody whom the record names: ``field`` holds a user's id or username, ``name`` is as written."""

    name: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Who has the customer already gets the record: the first holder who can take it."""

    holders: tuple[Holder, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Whom a rule gives the record to: a fixed target, or a choice of rooftop, team and person.

    ``keep`` comes before a choice, and may stand alone. A rooftop without team and person is not an
    owner: the linter refuses it.
    """

    target: Target | None = None
    keep: Keep | None = None
    rooftop: RooftopChoice | None = None
    team: TeamChoice | None = None
    person: PersonChoice | None = None
    place: Place

    @property
    def chooses(self) -> bool:
        """Whether people are compared, after whoever is to keep the record."""
        return self.target is None and (self.keep is None or self._has_choice)

    @property
    def _has_choice(self) -> bool:
        return not (self.rooftop is None and self.team is None and self.person is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule with its final (inherited) assignment.

    ``path`` is the names from the outermost rule to this one. ``when`` is the rule's own condition;
    inner rules are tried only when it holds, in order, and the rule's own assignment applies when none
    of them matches. ``orelse`` is its own ``else`` or the nearest ancestor's; None leads to the
    policy's ``otherwise``. ``programme`` is its own or an ancestor's: outside the programme's days the
    rule matches nothing. ``days`` are those on which it can match at all (None: any day).
    """

    path: tuple[str, ...]
    when: Condition | None
    during: tuple[date, date] | None
    programme: "Programme | None" = None
    assign: Assignment
    rules: tuple["Rule", ...] = ()
    orelse: Target | None = None
    place: Place
    name: str = field(init=False, repr=False, compare=False)
    days: Days | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", " / ".join(self.path))  # asked of every rule tried
        days = self.programme.days.span if self.programme else None
        object.__setattr__(self, "days", common(self.during, days))

    @property
    def is_off(self) -> bool:
        """Whether its programme is switched off."""
        return self.programme is not None and self.programme.days.off


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Something like a launch, with days, rooftops and bounds of its own.

    ``rooftops`` is read against a rooftop, and holds for those that take part (None: all); ``named`` are
    those that a list of them names. ``limits`` and ``fuse`` bind what rules of the programme give, beside
    those of the policy. ``tag`` is by what decision records know records of the programme.
    """

    days: ProgrammeDays
    rooftops: Condition | None = None
    named: tuple[tuple[str, Place], ...] = ()
    limits: Limits = field(default_factory=Limits)
    fuse: Fuse | None = None
    tag: str = ""

    @property
    def name(self) -> str:
        return self.days.name

    @property
    def place(self) -> Place:
        return self.days.place
