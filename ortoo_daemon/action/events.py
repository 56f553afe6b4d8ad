"""Which platform events tell others of a decision? Pure: the daemon publishes them with its proof.

Where a decision's proof is missing after a crash, and nobody remembers what was decided, the events are made
of the record as it stands.
"""

from collections.abc import Iterable
from dataclasses import replace

from ortoo_daemon.action.stamps import DECISION_KEY, PARKED
from ortoo_daemon.consequences import PublishedEvent
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.publish_model import PublishRule
from ortoo_daemon.records import OwnerKind
from ortoo_daemon.scope import RecordScope


def with_events(decision: Decision, handling: Handling) -> Decision:
    """The decision with what it publishes; nothing where the policy publishes nothing."""
    rules = handling.policy.publish
    return _told(decision, rules, handling.scope, decision.outcome) if rules else decision


def with_events_of_stamps(decision: Decision, policies: PolicySet, facts: Facts) -> Decision:
    """The same of a decision that was made beside the stages, by the policy that it names: its proof is
    missing, or the org refused the record.

    What intake and ownership had found is not known any more: ``$match`` is empty, ``$rooftop`` and
    ``$owner`` are those of the stamps.
    """
    policy = _policy_of(decision, policies)
    if policy is None or not policy.publish:
        return decision
    record, directory = facts.record, facts.directory
    scope = RecordScope(record, now=facts.now, zone=policy.zone)
    scope.asked_by(policy, directory)
    scope.owner = decision.owner
    if decision.owner is not None and decision.owner.kind is OwnerKind.USER:
        scope.person = directory.people.get(decision.owner.id)
    if decision.rooftop is not None:
        scope.rooftop = directory.rooftops.get(decision.rooftop)
    return _told(decision, policy.publish, scope, _outcome_of(decision, facts))


def _policy_of(decision: Decision, policies: PolicySet) -> Policy | None:
    candidates = policies.for_object(decision.object)
    return next((each for each in candidates if each.name == decision.policy), None)


def _outcome_of(decision: Decision, facts: Facts) -> Outcome:
    """What was decided, as far as the stamps tell: of a clock's step that it moved the record."""
    if decision.outcome is not Outcome.RECOVERED:
        return decision.outcome
    record = facts.record
    if record.text(PARKED):
        return Outcome.PARKED
    of_clock = record.text(DECISION_KEY).startswith(f"{record.id}:sla:")
    return Outcome.REASSIGNED if of_clock else Outcome.ASSIGNED


def _told(
    decision: Decision, rules: Iterable[PublishRule], scope: RecordScope, outcome: Outcome
) -> Decision:
    scope.decision = decision
    published = [rule for rule in rules if outcome in rule.on and _holds(rule, scope)]
    if not published:
        return decision
    events = tuple(
        PublishedEvent(
            name=rule.event, fields={each.field: each.value.evaluate(scope) for each in rule.sets}
        )
        for rule in published
    )
    notes = (f"{rule.place}: publishes {rule.event}" for rule in published)
    trace = replace(decision.trace, notes=(*decision.trace.notes, *notes))
    return replace(decision, events=events, trace=trace)


def _holds(rule: PublishRule, scope: RecordScope) -> bool:
    return rule.when is None or rule.when.holds(scope)
