"""Which fields does a policy read and write? Asked when records are queried and permissions checked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ortoo_daemon.mail_findings import FINDINGS_FIELD, SPLIT_KEY
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import EnrichmentStep, ScoreStep, TableStep
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.handoff_model import HANDOFF_FIELDS
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import Assignment, Rule
from ortoo_daemon.policy.share_model import SHARING, consent_fields
from ortoo_daemon.policy.sla_model import OnRepeat, SlaStep
from ortoo_daemon.repeats import ASKED_AGAIN_AT


def rules_of(policy: Policy) -> Iterator[Rule]:
    """Every rule, outer before inner, in file order."""
    pending = list(reversed(policy.rules))
    while pending:
        rule = pending.pop()
        yield rule
        pending.extend(reversed(rule.rules))


def steps_of(policy: Policy) -> Iterator[SlaStep]:
    """Every step of every clock, and those of what is given back."""
    yield from (step for clock in policy.sla for step in clock.steps)
    if policy.returns is not None:
        yield from policy.returns.steps


def limit_conditions(policy: Policy) -> Iterator[Condition]:
    """What limits ask of the record, those of programmes included."""
    yield from policy.limits.conditions()
    for programme in policy.programmes:
        yield from programme.limits.conditions()


def notifies_of(policy: Policy) -> Iterator[Notify]:
    """Everybody who is told of an assignment, of a way out that took it, of a step, or of a parked record."""
    yield from (entry for step in steps_of(policy) for entry in step.notify)
    yield from policy.notify
    yield from policy.on_park
    yield from policy.otherwise.notify
    if policy.boundaries is not None:
        yield from (*policy.boundaries.notify, *policy.boundaries.ask_back)
    for rule in rules_of(policy):
        if rule.orelse is not None:
            yield from rule.orelse.notify


def fields_read(policy: Policy, signals: Mapping[str, str] | None = None) -> frozenset[str]:
    """API names and paths of the record that a decision by this policy may look at.

    What is written is read too, so that an unchanged value is not written again. ``signals`` are the
    bindings of wishes (``customer_choice``) that rules name under ``prefer``.
    """
    found = {*fields_written(policy), *policy.on.changed}
    for names in _names(policy):
        found |= names
    bound = signals or {}
    for rule in rules_of(policy):
        wishes = rule.assign.rooftop.prefer if rule.assign.rooftop else ()
        found |= {bound[wish] for wish in wishes if wish in bound}
    return frozenset(name for name in found if not name.startswith("$"))


def fields_read_at_once(policy: Policy, signals: Mapping[str, str] | None = None) -> frozenset[str]:
    """As `fields_read`, without what is looked at only of records whose text is read."""
    return fields_read(_without_rows(policy, late_only=True), signals)


def knowing_late_fields(policy: Policy) -> Policy:
    """The policy with `AiStep.late` of its steps filled in.

    A map may have a hundred rows: they must cost the many records nothing whose text is not read. A step
    that reads every record has none.
    """
    if not any(_reads_some(step) for step in policy.enrichment):
        return policy
    others = fields_read(_without_rows(policy, late_only=False))
    return replace(policy, enrichment=tuple(_knowing(step, others) for step in policy.enrichment))


def _reads_some(step: EnrichmentStep) -> bool:
    return isinstance(step, AiStep) and step.when is not None


def _knowing(step: EnrichmentStep, others: frozenset[str]) -> EnrichmentStep:
    if not isinstance(step, AiStep) or not _reads_some(step):
        return step
    return replace(step, late=tuple(name for name in step.fields_written() if name not in others))


def _without_rows(policy: Policy, *, late_only: bool) -> Policy:
    """The policy as if its maps had no rows that are read late, or that may be."""

    def less(step: EnrichmentStep) -> EnrichmentStep:
        if not isinstance(step, AiStep) or not _reads_some(step):
            return step
        gone = set(step.late) if late_only else set(step.fields_written())
        return replace(step, fields=tuple(row for row in step.fields if row.field not in gone))

    return replace(policy, enrichment=tuple(less(step) for step in policy.enrichment))


def stopping_fields(policy: Policy) -> frozenset[str]:
    """Fields whose change may stop a clock, make it pause, or end its steps; or gives the record back."""
    said = {policy.returns.reason} if policy.returns is not None else set()
    if _restarts_on_repeat(policy):
        said.add(ASKED_AGAIN_AT)
    return frozenset(said).union(
        *(condition.fields() for clock in policy.sla for condition in clock.turning())
    )


def _restarts_on_repeat(policy: Policy) -> bool:
    return any(clock.on_repeat is OnRepeat.RESTART for clock in policy.sla)


def waking_fields(policy: Policy) -> frozenset[str]:
    """Fields whose change may be reason enough to look at a decided record again."""
    return policy.on.changed | stopping_fields(policy) | consent_fields(policy.share)


def awaited_fields(policy: Policy) -> frozenset[str]:
    """Fields whose change may end a record's wait for the org's own automation."""
    holds = (step for step in policy.enrichment if isinstance(step, HoldStep))
    names = frozenset[str]().union(*(step.until.fields() for step in holds))
    return frozenset(name for name in names if not name.startswith("$"))


def rooftop_fields_read(policy: Policy) -> frozenset[str]:
    """Fields and tags of rooftops: those of ``where`` and of ``$rooftop.…``."""
    found: set[str] = set()
    for rule in rules_of(policy):
        choice = rule.assign.rooftop
        if choice is not None and choice.where is not None:
            found |= choice.where.fields()
        if choice is not None and choice.performance is not None and choice.performance.of:
            found.add(choice.performance.of)
    for programme in policy.programmes:
        if programme.rooftops is not None:
            found |= programme.rooftops.fields()
    prefix = "$rooftop."
    for names in _names(policy):
        found |= {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    return frozenset(name for name in found if not name.startswith("$"))


def fields_written(policy: Policy) -> frozenset[str]:
    """API names of the business fields this policy may change; the daemon's stamps excepted."""
    found = {name for step in policy.cleanse for name in step.sets()}
    if policy.triage is not None:
        found |= {FINDINGS_FIELD, *policy.triage.fields_written()}
        found |= {each.field for each in policy.triage.reopen}
    if policy.adf is not None:
        found |= set(policy.adf.fields_written())
    if policy.vehicle is not None:
        found |= set(policy.vehicle.fields_written())
    for enrichment in policy.enrichment:
        if isinstance(enrichment, TableStep):
            found |= {field for field, _ in enrichment.sets}
        elif isinstance(enrichment, ScoreStep):
            found.update(enrichment.sets())
        elif isinstance(enrichment, AiStep):
            found.update(enrichment.fields_written())
        elif isinstance(enrichment, CallStep | HoldStep):
            found.update(enrichment.written())
        elif isinstance(enrichment, Attribution):
            found.update(enrichment.sets())
        else:
            found |= {each.field for each in enrichment.sets}
    if policy.govern is not None:
        found |= policy.govern.fields_written()
    found |= {each.field for step in steps_of(policy) for each in step.sets}
    if policy.handoff is not None:
        found |= HANDOFF_FIELDS
    if consent_fields(policy.share):
        found.add(SHARING)
    if policy.returns is not None:
        found.add(policy.returns.reason)
    return frozenset(found | {each.field for each in policy.sets})


def _names(policy: Policy) -> Iterator[frozenset[str]]:
    """What each part reads, ``$`` names included."""
    if policy.enter is not None:
        yield policy.enter.fields()
    if policy.triage is not None:
        yield policy.triage.fields_read() | ({SPLIT_KEY} if policy.triage.split else set())
    if policy.vehicle is not None:
        yield policy.vehicle.fields_read()
    if policy.adf is not None:
        yield policy.adf.fields_read() | ({SPLIT_KEY} if policy.adf.split else set())
    yield from (condition.fields() for condition in limit_conditions(policy))
    if policy.limits.load is not None:
        yield policy.limits.load.weigh.fields()
    if policy.require is not None:
        yield policy.require.condition.fields()
    if policy.govern is not None:
        yield from (condition.fields() for condition in policy.govern.conditions())
        yield from (each.value.fields() for each in policy.govern.sets)
    for bounds in (policy.absence, policy.boundaries):
        if bounds is not None and bounds.when is not None:
            yield bounds.when.fields()
    yield frozenset(step.country for step in policy.cleanse if step.country)
    if policy.find is not None:
        yield frozenset(policy.find.record_fields())
    for enrichment in policy.enrichment:
        if isinstance(enrichment, TableStep):
            yield frozenset(match.field for match in enrichment.matches)
        elif isinstance(enrichment, ScoreStep):
            yield enrichment.fields()
        elif isinstance(enrichment, AiStep):
            yield enrichment.names_read()
        elif isinstance(enrichment, CallStep | HoldStep):
            yield enrichment.fields()
        elif isinstance(enrichment, Attribution):
            yield frozenset(enrichment.reads())
        else:
            yield from (each.value.fields() for each in enrichment.sets)
    for rule in rules_of(policy):
        if rule.when is not None:
            yield rule.when.fields()
        yield frozenset(_of_assignment(rule.assign))
    yield from (each.value.fields() for each in policy.sets)
    yield from (frozenset(each.fields_read()) for each in policy.repeats)
    if policy.campaign is not None:
        yield policy.campaign.of.fields()
        if policy.campaign.when is not None:
            yield policy.campaign.when.fields()
    for published in policy.publish:
        yield published.fields_read()
    if policy.handoff is not None:
        yield policy.handoff.fields_read() | HANDOFF_FIELDS
    yield from (share.fields_read() for share in policy.share)
    yield from (entry.when.fields() for entry in notifies_of(policy) if entry.when is not None)
    if _restarts_on_repeat(policy):
        yield frozenset({ASKED_AGAIN_AT})
    for clock in policy.sla:
        yield from (when.fields() for when, _ in clock.target.choices if when is not None)
        yield from (condition.fields() for condition in clock.conditions())
    yield from (step.when.fields() for step in steps_of(policy) if step.when is not None)
    yield from (each.value.fields() for step in steps_of(policy) for each in step.sets)


def _of_assignment(assign: Assignment) -> Iterator[str]:
    rooftop, team, person = assign.rooftop, assign.team, assign.person
    if assign.keep is not None:
        yield from (holder.field for holder in assign.keep.holders)
    if rooftop is not None:
        # A distance needs the country and postal code even where no territory is asked for.
        yield from (name for name in (rooftop.brand, rooftop.territory) if name)
        if rooftop.territory or rooftop.within_km is not None or "nearest" in rooftop.prefer:
            yield rooftop.country
        if rooftop.territories is not None:
            yield rooftop.city
        if rooftop.territories is not None and rooftop.territories.has_areas:
            yield rooftop.phone
    if team is not None:
        wishes = (*team.required, *team.wished)
        yield from (wish.field for wish in wishes if wish.field)
    if person is not None:
        yield from (each.wish.field for each in person.match if each.wish.field)
    if person is not None and person.sticky is not None:
        yield person.sticky.on
