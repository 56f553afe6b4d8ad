"""What is a policy, once its YAML has been read?

Plain immutable values in the order in which a record meets them. Inheritance is resolved when the
file is read: a rule carries its final assignment, so that matching never looks upwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.sla_steps import EscalateTo, Reassign
from ortoo_daemon.records import FieldValue
from ortoo_daemon.trace import FailedCondition


class Scope(Protocol):
    """What names in a condition, a reference or a template mean for the record at hand.

    ``value("Brand__c")`` is the record's field as the stages before left it, ``value("$rooftop.Name")``
    what the sequence has found so far (None where it has found nothing).
    """

    @property
    def now(self) -> datetime: ...

    @property
    def zone(self) -> str: ...

    def value(self, name: str) -> FieldValue: ...


class Condition(Protocol):
    """Something that holds for a record or does not. Implementations: `policy.conditions`."""

    @property
    def place(self) -> Place: ...

    def holds(self, scope: Scope) -> bool: ...

    def failure(self, scope: Scope) -> FailedCondition | None:
        """The first part that does not hold, in the order it is written; None when all hold."""

    def fields(self) -> frozenset[str]:
        """Every name the condition reads (API names, paths and ``$`` names)."""


class Expression(Protocol):
    """A value to be written: constant, reference, template or first-that-holds (`policy.expressions`)."""

    @property
    def place(self) -> Place: ...

    def evaluate(self, scope: Scope) -> FieldValue: ...

    def fields(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """``on:`` — what makes the policy look at a record.

    ``changed`` are fields whose change re-opens a decided record (empty: a record is decided once).
    """

    created: bool = True
    enters: bool = True
    changed: frozenset[str] = frozenset()


class CleanseKind(StrEnum):
    TRIM = "trim"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanse:
    """Standardise one field. ``country`` names the field that says which country's rules apply."""

    field: str
    kind: CleanseKind
    country: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """Park the record with ``park`` as its reason unless the condition holds after cleansing."""

    condition: Condition
    park: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Give ``field`` the value of an expression; ``only_empty`` leaves a filled field alone."""

    field: str
    value: Expression
    only_empty: bool = False
    place: Place


class MatchKind(StrEnum):
    EXACT = "exact"
    PREFIX = "prefix"
    RANGE = "range"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMatch:
    """One key of a look-up: the record's field, the table's column(s), and how they are compared.

    RANGE uses two columns, first and last value, both included.
    """

    field: str
    columns: tuple[str, ...]
    kind: MatchKind = MatchKind.EXACT


class Table(Protocol):
    """A CSV reference table (`policy.tables`). ``path`` as written in the policy."""

    @property
    def path(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def find(
        self, matches: Sequence[tuple[TableMatch, FieldValue]], on: date
    ) -> Mapping[str, str] | None:
        """The best row valid on that date: exact before prefix, longer before shorter prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStep:
    """Look the record up in a table and copy columns into fields: ``sets`` is (field, column) pairs."""

    table: Table
    matches: tuple[TableMatch, ...]
    sets: tuple[tuple[str, str], ...]
    only_empty: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """Constants and templates."""

    sets: tuple[SetField, ...]
    place: Place


EnrichmentStep = TableStep | SetStep


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTarget:
    """A fixed queue, by DeveloperName."""

    queue: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTarget:
    """A fixed person, by username."""

    username: str
    place: Place


Target = QueueTarget | PersonTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryRow:
    """One dated row of a territory file: which rooftop or region owns which postal codes.

    Exactly one of ``postal_code``, ``prefix``, ``first``/``last`` (a range, both included) or ``city``
    is filled. Dates are inclusive; None is open-ended.
    """

    country: str
    postal_code: str | None = None
    prefix: str | None = None
    first: str | None = None
    last: str | None = None
    city: str | None = None
    brand: str | None = None
    rooftop: str | None = None
    region: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    place: Place


class Territories(Protocol):
    """A territory file, indexed (`policy.territories`)."""

    @property
    def path(self) -> str: ...

    @property
    def rows(self) -> tuple[TerritoryRow, ...]: ...

    def find(
        self, *, country: str, postal_code: str, city: str, brand: str, on: date
    ) -> tuple[TerritoryRow, ...]:
        """Rows that cover the place on that date for that brand, most exact first.

        Exact code, then the longest prefix, then range, then city; among equals rows of the brand
        before rows of any brand, then file order.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class RooftopChoice:
    """How a rooftop is found: filters first, then the order of ``prefer``.

    ``brand``, ``country``, ``postal_code``, ``city`` name the record's fields. ``territories`` is the
    file that binds places to rooftops or regions (None: no territory filter). ``within_km`` bounds the
    distance from the record's postal code. ``where`` is read against the rooftop's own fields and tags.
    """

    brand: str | None = None
    territory: str | None = None
    country: str = "Country"
    city: str = "City"
    territories: Territories | None = None
    within_km: float | None = None
    where: Condition | None = None
    prefer: tuple[str, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillWish:
    """A skill, or the value of a record's field that must be among the person's languages."""

    skill: str | None = None
    language_field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChoice:
    """Who of the rooftop (or of the desk, where no rooftop is chosen) comes into question."""

    role: str | None = None
    required: tuple[SkillWish, ...] = ()
    wished: tuple[SkillWish, ...] = ()
    open_now: bool = False
    place: Place


class PersonMethod(StrEnum):
    ROTATION = "rotation"
    WEIGHTED_ROTATION = "weighted_rotation"
    LEAST_LOADED = "least_loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """Who had the last record with the same value of ``on`` within ``within`` keeps it, if eligible."""

    on: str
    within: timedelta
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChoice:
    by: PersonMethod = PersonMethod.ROTATION
    sticky: Sticky | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Whom a rule gives the record to: a fixed target, or a choice of rooftop, team and person.

    A rooftop without team and person is not an owner: the linter refuses it.
    """

    target: Target | None = None
    rooftop: RooftopChoice | None = None
    team: TeamChoice | None = None
    person: PersonChoice | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule with its final (inherited) assignment.

    ``path`` is the names from the outermost rule to this one. ``when`` is the rule's own condition;
    inner rules are tried only when it holds, in order, and the rule's own assignment applies when none
    of them matches. ``orelse`` is its own ``else`` or the nearest ancestor's; None leads to the
    policy's ``otherwise``.
    """

    path: tuple[str, ...]
    when: Condition | None
    during: tuple[date, date] | None
    assign: Assignment
    rules: tuple["Rule", ...] = ()
    orelse: Target | None = None
    place: Place

    @property
    def name(self) -> str:
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``open_limit``: most open records one person may hold (None: no bound). Not for fixed targets.

    The smaller of this and the person's own limit holds. Records for which ``unless`` holds pass.
    """

    open_per_person: int | None = None
    unless: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTarget:
    """A duration, possibly by condition: the first whose condition holds (None: always) counts."""

    choices: tuple[tuple[Condition | None, timedelta], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStep:
    """One step of ``on_violation``.

    ``after`` is open time of the clock's hours since the step before (of the first: since the target).
    None: at once; behind another step, when that one finds nobody.
    """

    action: Reassign | EscalateTo | Target
    after: timedelta | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """A clock to start: ``hours`` is ``rooftop``, ``24x7`` or the name of BusinessHours.

    ``warn`` are fractions of the target (0.5) or times before it, earliest first. One of ``stopped_by``
    that holds stops the clock.
    """

    clock: str
    target: SlaTarget
    hours: str
    warn: tuple[float | timedelta, ...] = ()
    stopped_by: tuple[Condition, ...] = ()
    on_violation: tuple[SlaStep, ...] = ()
    place: Place


class DefinitionKind(StrEnum):
    CONDITION = "condition"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Something named under ``define:``; the linter points at names that nothing uses."""

    kind: DefinitionKind
    name: str
    used: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy file. ``place`` is where ``policy:`` stands."""

    name: str
    object: str
    description: str = ""
    take_from: datetime
    zone: str = "UTC"
    on: Triggers = field(default_factory=Triggers)
    enter: Condition | None = None
    take_over: tuple[str, ...] = ()
    cleanse: tuple[Cleanse, ...] = ()
    require: Require | None = None
    enrichment: tuple[EnrichmentStep, ...] = ()
    rules: tuple[Rule, ...] = ()
    limits: Limits = field(default_factory=Limits)
    otherwise: Target
    sets: tuple[SetField, ...] = ()
    sla: tuple[SlaRule, ...] = ()
    definitions: tuple[Definition, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """All policies in the order in which they are asked, and the revision they came from.

    ``revision`` is the first 12 hex digits of the SHA-256 over names and bytes of every file used.
    ``signals`` binds ``customer_choice``, ``known_dealer`` ... to names a Scope knows. ``unused_files``
    were given and belong to no policy.
    """

    policies: tuple[Policy, ...]
    revision: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    unused_files: tuple[str, ...] = ()

    def for_object(self, name: str) -> tuple[Policy, ...]:
        return tuple(policy for policy in self.policies if policy.object == name)
