"""Which records does each policy leave to its last way out, each set with a record that ends there?

The sets come from `policy.coverage` and are exact in what they distinguish; every one is tried with a
record of its own through `flow.decide`. A set for which no record could be built is told as one that
may be. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import Decision
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.conditions import tests_of
from ortoo_daemon.policy.coverage.diagrams import TooManyCombinations
from ortoo_daemon.policy.coverage.ends import End, Why, walk
from ortoo_daemon.policy.coverage.examples import Example, example
from ortoo_daemon.policy.coverage.regions import Region, regions_of, words
from ortoo_daemon.policy.coverage.sites import Sites
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.variables import Known
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.ownership_model import QueueTarget, RooftopChoice, Rule, Target
from ortoo_daemon.policy.values import fold
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, Record, RecordId
from ortoo_daemon.scope import RecordScope, RooftopScope
from ortoo_daemon.simulation.deciding import made_up, settled

_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the proof rests on beside the policies. ``directory`` None: nothing is said of rooftops."""

    today: date
    directory: Directory | None = None
    description: OrgDescription | None = None
    postal: PostalIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Records that no rule routes, or for which a rule has no rooftop.

    ``text`` says which, ``size`` how many combinations of values they are. ``fields`` and ``now`` are a
    record that certainly ends there; None where none could be built: there may be none. ``at_hours``: the
    hour tells.
    """

    why: Why
    rule: str | None
    place: Place
    target: str
    text: str
    size: int
    fields: Mapping[str, FieldValue] | None
    now: datetime | None
    at_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What became of one policy. ``combinations`` are those that its rules and files tell apart.

    ``left_out`` is whether there are more gaps than could be listed. ``unproven`` says why there is no
    proof.
    """

    policy: str
    object: str
    combinations: int = 0
    gaps: tuple[Gap, ...] = ()
    left_out: bool = False
    unreached: tuple[Rule, ...] = ()
    unproven: str = ""


def prove(policies: PolicySet, world: World) -> tuple[Proof, ...]:
    """A proof for each policy, in the order in which policies are asked."""
    return tuple(_Prover(policies, world, policy).proof() for policy in policies.policies)


class _Prover:
    def __init__(self, policies: PolicySet, world: World, policy: Policy) -> None:
        self._policies = policies
        self._world = world
        self._policy = policy

    def proof(self) -> Proof:
        try:
            return self._proof()
        except TooManyCombinations:
            return Proof(
                policy=self._policy.name,
                object=self._policy.object,
                unproven="its rules tell too many combinations apart to be listed",
            )

    def _proof(self) -> Proof:
        others = list(_before(self._policies, self._policy))
        space = Space(self._policy, others, self._known())
        directory = self._world.directory
        sites = None if directory is None else Sites(space, directory, may_pass)
        walked = walk(space, others, sites)
        gaps: list[Gap] = []
        left_out = False
        for end in walked.ends:
            found = regions_of(space, end.among, end.lacking)
            left_out |= found.left_out
            gaps += (self._gap(space, end, region) for region in found.found)
        gaps.sort(key=lambda gap: (gap.fields is None, -gap.size, gap.text))
        return Proof(
            policy=self._policy.name,
            object=self._policy.object,
            combinations=space.sets.count(walked.entering),
            gaps=tuple(gaps),
            left_out=left_out,
            unreached=walked.unreached,
        )

    def _known(self) -> Known:
        directory, postal = self._world.directory, self._world.postal
        taken_from = self._policy.take_from.astimezone(ZoneInfo(self._policy.zone)).date()
        known: dict[str, Sequence[str]] = {}

        def codes(country: str) -> Sequence[str]:
            if country not in known:
                known[country] = postal.codes(country)
            return known[country]

        return Known(
            since=max(self._world.today, taken_from),
            description=self._world.description,
            brands=_brands(directory) if directory is not None else (),
            codes=codes,
            hours=_hours(directory) if directory is not None else {},
            strangers=True,
        )

    def _gap(self, space: Space, end: End, region: Region) -> Gap:
        tried = (example(space, masks) for masks in region.examples)
        found = next((each for each in tried if each and self._ends_there(each, end)), None)
        return Gap(
            why=end.why,
            rule=end.rule.name if end.rule else None,
            place=end.target.place if end.rule is None else end.rule.place,
            target=_called(end.target),
            text=words(space, region),
            size=region.size,
            fields=found.fields if found else None,
            now=found.now if found else None,
            at_hours=space.variables.hours_level in region.masks,
        )

    def _ends_there(self, found: Example, end: End) -> bool:
        facts = made_up(
            self._policy,
            found.fields,
            now=found.now,
            directory=self._world.directory or Directory(),
            postal=self._world.postal,
        )
        _, decision = settled(self._policies, facts)
        return decision is not None and _is_end(decision, self._policy, end)


def _is_end(decision: Decision, policy: Policy, end: End) -> bool:
    if decision.policy != policy.name or decision.rooftop is not None:
        return False
    if end.rule is None:
        ways: tuple[ReasonCode, ...] = (ReasonCode.OTHERWISE, ReasonCode.NO_TARGET)
        return decision.rule is None and decision.reason in ways
    ways = (ReasonCode.RULE_ELSE, ReasonCode.OTHERWISE, ReasonCode.NO_TARGET)
    sites = [step for step in decision.trace.candidates if step.kind == "rooftop"]
    return (
        decision.rule == end.rule.name
        and decision.reason in ways
        and all(step.removed_by is not None for step in sites)
    )


def _before(policies: PolicySet, policy: Policy) -> Iterator[Condition | None]:
    """What policies ask that take records of the object before this one; None takes every record."""
    for other in policies.for_object(policy.object):
        if other is policy:
            return
        if (other.on.created or other.on.enters) and other.take_from <= policy.take_from:
            yield other.enter


def may_pass(choice: RooftopChoice, rooftop: Rooftop) -> bool:
    """Whether a rooftop passes ``where``, or may pass it on some day: ages are not asked."""
    where = choice.where
    if where is None or any(test.kind.takes is Takes.AGE for test in tests_of(where)):
        return True
    nobody = RecordScope(Record(object="", id=RecordId("")), now=_ANY_MOMENT, zone="UTC")
    return where.holds(RooftopScope(nobody, rooftop))


def _brands(directory: Directory) -> list[str]:
    """Each brand once, as most sites spell it first."""
    found = {fold(brand): brand for site in directory.rooftops.values() for brand in site.brands}
    return sorted(found.values())


def _hours(directory: Directory) -> dict[str, BusinessHours]:
    """The calendars of rooftops; of one that the directory does not know nobody is closed."""
    keys = {site.hours for site in directory.rooftops.values() if site.hours}
    return {key: directory.hours[key] for key in sorted(keys & directory.hours.keys())}


def _called(target: Target) -> str:
    return target.queue if isinstance(target, QueueTarget) else target.username
