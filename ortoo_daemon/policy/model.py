"""What is a policy, once its YAML has been read?

Plain immutable values in the order in which a record meets them. This module holds the whole; each
section has a module of its own: `intake_model`, `triage_model`, `enrichment_model`, `ownership_model`, …
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ortoo_daemon.decision import DuplicateRules
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.absence_model import Absence
from ortoo_daemon.policy.adf_model import Adf
from ortoo_daemon.policy.boundary_model import Boundaries
from ortoo_daemon.policy.campaign_model import CampaignRule
from ortoo_daemon.policy.enrichment_model import EnrichmentStep, SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.find_model import Duplicates
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.govern_model import Govern
from ortoo_daemon.policy.handoff_model import HandoffRule
from ortoo_daemon.policy.intake_model import Cleanse, KeySources, Require
from ortoo_daemon.policy.limits_model import Limits, RateLimit
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import Programme, Rule, Target
from ortoo_daemon.policy.publish_model import PublishRule
from ortoo_daemon.policy.repeat_model import RepeatRule
from ortoo_daemon.policy.share_model import ShareRule
from ortoo_daemon.policy.sla_model import USUAL_MOVES, Moves, Returns, SlaRule
from ortoo_daemon.policy.triage_model import Triage
from ortoo_daemon.policy.vehicle_model import VehicleStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """``on:`` — what makes the policy look at a record.

    ``changed`` are fields whose change re-opens a decided record (empty: a record is decided once).
    """

    created: bool = True
    enters: bool = True
    changed: frozenset[str] = frozenset()


class DefinitionKind(StrEnum):
    CONDITION = "condition"
    LIST = "list"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Something named under ``define:`` or ``programmes:``; the linter points at what nothing uses."""

    kind: DefinitionKind
    name: str
    used: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy file. ``hours`` are the business hours by which conditions count open time; ``place`` is
    where ``policy:`` stands.

    ``rates`` are all that count what was given, those of programmes included; ``tags`` name what a decision
    record must say of a record that was given, so that it can be counted from there. ``counted_by`` are the
    levels and tags of ``rates``, sorted. ``programme_of`` is by the names of rules, empty where there are no
    programmes.
    """

    name: str
    object: str
    description: str = ""
    take_from: datetime
    zone: str = "UTC"
    hours: str | None = None
    on: Triggers = field(default_factory=Triggers)
    enter: Condition | None = None
    take_over: tuple[str, ...] = ()
    triage: Triage | None = None
    adf: Adf | None = None
    vehicle: VehicleStep | None = None
    cleanse: tuple[Cleanse, ...] = ()
    require: Require | None = None
    govern: Govern | None = None
    find: Duplicates | None = None
    enrichment: tuple[EnrichmentStep, ...] = ()
    rules: tuple[Rule, ...] = ()
    limits: Limits = field(default_factory=Limits)
    otherwise: Target
    sets: tuple[SetField, ...] = ()
    repeats: tuple[RepeatRule, ...] = ()
    campaign: CampaignRule | None = None
    publish: tuple[PublishRule, ...] = ()
    duplicate_rules: DuplicateRules = DuplicateRules.LEAVE_OUT
    sla: tuple[SlaRule, ...] = ()
    moves: Moves = USUAL_MOVES
    returns: Returns | None = None
    notify: tuple[Notify, ...] = ()
    on_park: tuple[Notify, ...] = ()
    handoff: HandoffRule | None = None
    share: tuple[ShareRule, ...] = ()
    absence: Absence | None = None
    boundaries: Boundaries | None = None
    fuse: Fuse | None = None
    programmes: tuple[Programme, ...] = ()
    definitions: tuple[Definition, ...] = ()
    place: Place
    rates: tuple[RateLimit, ...] = field(init=False, repr=False, compare=False)
    tags: tuple[str, ...] = field(init=False, repr=False, compare=False)
    counted_by: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)
    programme_of: Mapping[str, Programme | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limits = (self.limits, *(each.limits for each in self.programmes))
        rates = tuple(rate for each in limits for rate in each.rates)
        named = [each.tag for each in self.programmes if each.fuse is not None]
        tags = dict.fromkeys((*named, *(rate.tag for rate in rates if rate.tag)))
        counted_by = tuple(sorted({(rate.level.value, rate.tag) for rate in rates}))
        object.__setattr__(self, "rates", rates)  # these are asked for every record
        object.__setattr__(self, "tags", tuple(tags))
        object.__setattr__(self, "counted_by", counted_by)
        rules = _all_of(self.rules) if self.programmes else ()
        object.__setattr__(self, "programme_of", {rule.name: rule.programme for rule in rules})

    def fuses(self) -> Iterator[Fuse]:
        """Its own, and those of its programmes."""
        fuses = (self.fuse, *(each.fuse for each in self.programmes))
        yield from (fuse for fuse in fuses if fuse is not None)


def _all_of(rules: Iterable[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all_of(rule.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """All policies in the order in which they are asked, and the revision they came from.

    ``revision`` is the first 12 hex digits of the SHA-256 over names and bytes of every file used.
    ``signals`` binds ``customer_choice``, ``known_dealer`` ... to names a Scope knows, ``key_sources``
    says by object what keys of customers are made from. ``unused_files`` were given and belong to no policy;
    ``other_files`` of them are other files of the daemon's, with what each is.
    """

    policies: tuple[Policy, ...]
    revision: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    key_sources: Mapping[str, KeySources] = field(default_factory=dict)
    unused_files: tuple[str, ...] = ()
    other_files: Mapping[str, str] = field(default_factory=dict)
    _by_object: Mapping[str, tuple[Policy, ...]] = field(init=False, repr=False, compare=False)
    _fuses: Mapping[str, tuple[Fuse, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[Policy, ...]] = {}
        fuses: dict[str, tuple[Fuse, ...]] = {}
        for policy in self.policies:
            found[policy.object] = (*found.get(policy.object, ()), policy)
            fuses[policy.object] = (*fuses.get(policy.object, ()), *policy.fuses())
        object.__setattr__(self, "_by_object", found)  # these are asked for every record
        object.__setattr__(self, "_fuses", fuses)

    def fuses(self, name: str) -> tuple[Fuse, ...]:
        """Every fuse that may stop a record of this object."""
        return self._fuses.get(name, ())

    def key_fields(self, name: str) -> frozenset[str]:
        """What keys of customers are made from on this object, and where they are kept."""
        sources = self.key_sources.get(name)
        if sources is None:
            return frozenset()
        looks = any(policy.find is not None for policy in self.for_object(name))
        return sources.fields().union(sources.described().values() if looks else ())

    def for_object(self, name: str) -> tuple[Policy, ...]:
        return self._by_object.get(name, ())
