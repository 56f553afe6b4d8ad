"""What does a lint rule look at? The policies, and the org as far as it is known."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ortoo_daemon.adf_findings import ADF_NAMES, ADF_TYPES
from ortoo_daemon.descriptions import FieldDescription, OrgDescription
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.mail_findings import SPLIT_KEY
from ortoo_daemon.policy.adf_model import Adf
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.cases import PolicyTests
from ortoo_daemon.policy.conditions import FieldTest, tests_of
from ortoo_daemon.policy.enrichment_model import ScoreStep, SetField, SetStep, TableStep
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.expressions import FirstThatHolds
from ortoo_daemon.policy.handoff_model import HANDOFF_FIELDS
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import MATCH_TYPES
from ortoo_daemon.policy.ownership_model import (
    Assignment,
    PersonTarget,
    QueueTarget,
    RooftopChoice,
    Target,
)
from ortoo_daemon.policy.reach import limit_conditions, notifies_of, rules_of, steps_of
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.policy.share_model import SHARING, consent_fields
from ortoo_daemon.policy.triage_model import Split
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.repeats import OWN_FIELDS


class Need(StrEnum):
    """What a rule must know beside the policies."""

    ORG = "org"
    DIRECTORY = "directory"
    TODAY = "today"
    POSTAL = "postal"
    RESULTS = "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is None is not known: rules that need it say nothing.

    ``postal`` is the table of postal codes, ``reached`` are (policy, rule) that the tests have reached,
    ``passes`` tells whether a rooftop may pass the ``where`` of a choice.
    """

    policies: PolicySet
    tests: tuple[PolicyTests, ...] = ()
    description: OrgDescription | None = None
    directory: Directory | None = None
    today: date | None = None
    postal: PostalIndex | None = None
    reached: Collection[tuple[str, str]] | None = None
    passes: Callable[[RooftopChoice, Rooftop], bool] = lambda choice, rooftop: True

    def knows(self, need: Need) -> bool:
        """Whether a rule that needs this can say anything."""
        known = {
            Need.ORG: self.description,
            Need.DIRECTORY: self.directory,
            Need.TODAY: self.today,
            Need.POSTAL: self.postal,
            Need.RESULTS: self.reached,
        }
        return known[need] is not None


class FieldUse(NamedTuple):
    """A name of the record's object that a policy uses."""

    place: Place
    name: str


def conditions_of(policy: Policy) -> Iterator[Condition]:
    """Every condition that is asked of the record (not those asked of rooftops)."""
    if policy.enter is not None:
        yield policy.enter
    if policy.triage is not None and policy.triage.when is not None:
        yield policy.triage.when
    if policy.adf is not None and policy.adf.when is not None:
        yield policy.adf.when
    if (
        policy.adf is not None
        and policy.adf.mails is not None
        and policy.adf.mails.when is not None
    ):
        yield policy.adf.mails.when
    if policy.vehicle is not None and policy.vehicle.when is not None:
        yield policy.vehicle.when
    if policy.require is not None:
        yield policy.require.condition
    if policy.govern is not None:
        yield from policy.govern.conditions()
    for bounds in (policy.absence, policy.boundaries):
        if bounds is not None and bounds.when is not None:
            yield bounds.when
    for step in policy.enrichment:
        if isinstance(step, Attribution) and step.when is not None:
            yield step.when
        if isinstance(step, ScoreStep):
            yield from (points.when for points in step.card.points())
        if isinstance(step, ScoreStep | AiStep | CallStep | HoldStep) and step.when is not None:
            yield step.when
    yield from (step.until for step in policy.enrichment if isinstance(step, HoldStep))
    for rule in rules_of(policy):
        if rule.when is not None:
            yield rule.when
    yield from limit_conditions(policy)
    for expression in _expressions(policy):
        if isinstance(expression, FirstThatHolds):
            yield from (when for when, _ in expression.choices if when is not None)
    yield from (each.when for each in policy.repeats if each.when is not None)
    if policy.campaign is not None and policy.campaign.when is not None:
        yield policy.campaign.when
    yield from (each.when for each in policy.publish if each.when is not None)
    yield from (entry.when for entry in notifies_of(policy) if entry.when is not None)
    if policy.handoff is not None:
        asked = (policy.handoff.when, policy.handoff.consent)
        yield from (condition for condition in asked if condition is not None)
    for share in policy.share:
        yield from (each for each in (share.when, share.consent) if each is not None)
    for clock in policy.sla:
        yield from (when for when, _ in clock.target.choices if when is not None)
        yield from clock.turning()
    yield from (step.when for step in steps_of(policy) if step.when is not None)


def described_tests(subject: Subject) -> Iterator[tuple[FieldTest, FieldDescription]]:
    """Every test of a field that the org describes, each place once; none where no org is known."""
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        tests = {
            (test.place, test.text): test
            for condition in conditions_of(policy)
            for test in tests_of(condition)
        }
        for test in tests.values():
            described = _found_type(test.field) or org.resolve(policy.object, test.field)
            if described is not None:
                yield test, described


def _found_type(name: str) -> FieldDescription | None:
    """Of a ``$match`` or ``$adf`` name; what the org has of the others is not known here."""
    kind = MATCH_TYPES.get(name.removeprefix("$match.")) if name.startswith("$match.") else None
    if name.startswith("$adf.") and (found := ADF_NAMES.get(name.removeprefix("$adf."))):
        kind = ADF_TYPES[found]
    return None if kind is None else FieldDescription(name=name, type=kind)


def uses_of(policy: Policy) -> list[FieldUse]:
    """Every use of a field of the record, each place once, in file order."""
    return sorted({use for use in _uses(policy) if not use.name.startswith("$")})


def known_uses_of(policy: Policy) -> Iterator[tuple[str, FieldUse]]:
    """Every field that earlier records of a customer get, with their object."""
    for repeat in policy.repeats:
        yield from ((repeat.object, FieldUse(place, name)) for name, place in repeat.named())
        own = (*OWN_FIELDS, repeat.count) if repeat.count else OWN_FIELDS
        yield from ((repeat.object, FieldUse(repeat.place, name)) for name in sorted(own))


def targets_of(policy: Policy) -> list[Target]:
    """Every fixed owner, each place once, in file order."""
    found: dict[Place, Target] = {policy.otherwise.place: policy.otherwise}
    for rule in rules_of(policy):
        held = rule.assign.team.hold_in if rule.assign.team is not None else None
        for target in (rule.assign.target, held, rule.orelse):
            if target is not None:
                found[target.place] = target
    if policy.govern is not None and policy.govern.queue is not None:
        found[policy.govern.queue.place] = policy.govern.queue
    for step in steps_of(policy):
        if isinstance(step.action, QueueTarget | PersonTarget):
            found[step.action.place] = step.action
    return [found[place] for place in sorted(found)]


def _uses(policy: Policy) -> Iterator[FieldUse]:
    for condition in conditions_of(policy):
        for test in tests_of(condition):
            yield from (FieldUse(test.place, name) for name in test.fields())
    if policy.triage is not None:
        yield from (FieldUse(row.place, row.field) for row in policy.triage.map)
        yield from _of_split(policy.triage.split)
    if policy.adf is not None:
        yield from _of_adf(policy.adf)
    if policy.vehicle is not None:
        used = (*policy.vehicle.fields_written(), *policy.vehicle.fields_read())
        yield from (FieldUse(policy.vehicle.place, name) for name in used)
    for step in policy.cleanse:
        yield from (FieldUse(step.place, name) for name in step.sets())
        if step.country:
            yield FieldUse(step.place, step.country)
    if policy.govern is not None:
        named = (policy.govern.score, policy.govern.flags)
        yield from (FieldUse(policy.govern.place, name) for name in named if name)
    if policy.find is not None:
        yield from (FieldUse(policy.find.place, name) for name in policy.find.record_fields())
    for enrichment in policy.enrichment:
        if isinstance(enrichment, TableStep):
            yield from (FieldUse(enrichment.place, match.field) for match in enrichment.matches)
            yield from (FieldUse(enrichment.place, field) for field, _ in enrichment.sets)
        elif isinstance(enrichment, ScoreStep):
            yield from (FieldUse(enrichment.place, field) for field in enrichment.sets())
            yield from _of_card(enrichment.card)
        elif isinstance(enrichment, AiStep):
            yield from (FieldUse(row.mapped.place, row.field) for row in enrichment.fields)
            yield from (FieldUse(enrichment.place, name) for name in enrichment.names_read())
        elif isinstance(enrichment, CallStep):
            yield from (FieldUse(each.place, each.field) for each in enrichment.sets)
        elif isinstance(enrichment, Attribution):
            yield from (FieldUse(enrichment.place, name) for name in enrichment.reads())
    for each in _sets(policy):
        yield FieldUse(each.place, each.field)
    if policy.handoff is not None:
        names = {*policy.handoff.fields_sent(), *HANDOFF_FIELDS}
        yield from (FieldUse(policy.handoff.place, name) for name in names)
        replies = policy.handoff.replies
        yield from (FieldUse(each.place, name) for each in replies for name in each.sets)
    if consent_fields(policy.share):
        gated = next(each for each in policy.share if each.consent is not None)
        yield FieldUse(gated.place, SHARING)
    if policy.returns is not None:
        yield FieldUse(policy.returns.place, policy.returns.reason)
    for repeat in policy.repeats:
        yield from (FieldUse(each.place, each.of) for each in repeat.merge)
    for expression in _expressions(policy):
        if not isinstance(expression, FirstThatHolds):
            yield from (FieldUse(expression.place, name) for name in expression.fields())
    for rule in rules_of(policy):
        yield from _of_assignment(rule.assign)


def _of_card(card: Scorecard) -> Iterator[FieldUse]:
    """Days that points fade from; what conditions ask is told with the conditions."""
    for points in card.points():
        if points.fades is not None:
            yield FieldUse(points.place, points.fades.since)


def _of_assignment(assign: Assignment) -> Iterator[FieldUse]:
    rooftop, team, person = assign.rooftop, assign.team, assign.person
    if assign.keep is not None:
        yield from (FieldUse(assign.keep.place, holder.field) for holder in assign.keep.holders)
    if rooftop is not None:
        names = [rooftop.brand, rooftop.territory]
        if rooftop.territory or rooftop.territories is not None:
            names.append(rooftop.country)
        if rooftop.territories is not None:
            names.append(rooftop.city)
        if rooftop.territories is not None and rooftop.territories.has_areas:
            names.append(rooftop.phone)
        yield from (FieldUse(rooftop.place, name) for name in names if name)
    if team is not None:
        for wish in (*team.required, *team.wished):
            if wish.field:
                yield FieldUse(team.place, wish.field)
    for each in person.match if person is not None else ():
        if each.wish.field:
            yield FieldUse(person.place if person else assign.place, each.wish.field)
    if person is not None and person.sticky is not None:
        yield FieldUse(person.sticky.place, person.sticky.on)


def _of_split(split: Split | None) -> Iterator[FieldUse]:
    if split is not None:
        yield from (FieldUse(split.place, name) for name in (*split.copy, SPLIT_KEY))


def _of_adf(adf: Adf) -> Iterator[FieldUse]:
    yield from (FieldUse(row.place, row.field) for row in adf.map)
    for name in (*adf.sources, adf.keep, adf.vendor):
        if name is not None:
            yield FieldUse(adf.place, name)
    yield from _of_split(adf.split)


def _sets(policy: Policy) -> Iterator[SetField]:
    if policy.triage is not None:
        yield from (*policy.triage.sets, *policy.triage.reopen)
    if policy.adf is not None:
        yield from policy.adf.sets
    for enrichment in policy.enrichment:
        if isinstance(enrichment, SetStep):
            yield from enrichment.sets
        elif isinstance(enrichment, CallStep | HoldStep):
            yield from enrichment.orelse
    if policy.govern is not None:
        yield from policy.govern.sets
    yield from policy.sets
    yield from (each for step in steps_of(policy) for each in step.sets)


def _expressions(policy: Policy) -> Iterator[Expression]:
    pending = [each.value for each in _sets(policy)]
    pending += [
        value for step in policy.enrichment if isinstance(step, CallStep) for _, value in step.sends
    ]
    if policy.limits.load is not None:
        pending.append(policy.limits.load.weigh)
    if policy.campaign is not None:
        pending.append(policy.campaign.of)
    pending += [share.to for share in policy.share if share.to is not None]
    pending += [each.value for published in policy.publish for each in published.sets]
    for repeat in policy.repeats:
        pending += repeat.expressions()
    while pending:
        expression = pending.pop()
        yield expression
        if isinstance(expression, FirstThatHolds):
            pending.extend(value for _, value in expression.choices)
