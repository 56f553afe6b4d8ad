"""With whom is a record shared that has got an owner? Pure: the daemon makes the rows, after the owner.

The platform drops what was shared by hand when the owner changes, so each change of owner asks anew. Where a
decision's proof is missing after a crash, the record as it stands says with whom.
"""

from dataclasses import replace

from ortoo_daemon.action.stamps import PARKED
from ortoo_daemon.decision import Decision, Outcome, RecordShare
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.share_model import ShareRule, is_receiver
from ortoo_daemon.records import OwnerKind, RecordId, record_id
from ortoo_daemon.scope import RecordScope

GIVEN = (Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED, Outcome.RECOVERED)
"""After these the record may have another owner than before."""


def with_shares(decision: Decision, handling: Handling) -> Decision:
    """The decision with whom its record is shared with; the same where the policy shares nothing."""
    rules = handling.policy.share
    return _shared(decision, rules, handling.scope, handling.facts) if rules else decision


def with_shares_of_stamps(decision: Decision, policies: PolicySet, facts: Facts) -> Decision:
    """The same of a decision whose proof is missing, by the policy that it names: ``$match`` is empty."""
    candidates = policies.for_object(decision.object)
    policy = next((each for each in candidates if each.name == decision.policy), None)
    if policy is None or not policy.share or facts.record.text(PARKED):
        return decision
    scope = RecordScope(facts.record, now=facts.now, zone=policy.zone)
    scope.asked_by(policy, facts.directory)
    scope.owner = decision.owner
    if decision.owner is not None and decision.owner.kind is OwnerKind.USER:
        scope.person = facts.directory.people.get(decision.owner.id)
    if decision.rooftop is not None:
        scope.rooftop = facts.directory.rooftops.get(decision.rooftop)
    return _shared(decision, policy.share, scope, facts)


def _shared(
    decision: Decision, rules: tuple[ShareRule, ...], scope: RecordScope, facts: Facts
) -> Decision:
    if decision.outcome not in GIVEN or decision.owner is None:
        return decision
    shares: dict[str, RecordShare] = {}
    notes = []
    for rule in rules:
        if rule.when is not None and not rule.when.holds(scope):
            continue
        found, note = _of_rule(rule, scope, facts)
        if found is not None and found.to == decision.owner.id:
            found, note = None, "not shared with its owner"
        notes.append(f"{rule.place}: {note}")
        if found is not None:
            shares.setdefault(found.name, found)
    if not notes:
        return decision
    trace = replace(decision.trace, notes=(*decision.trace.notes, *notes))
    return replace(decision, shares=tuple(shares.values()), trace=trace)


def _of_rule(rule: ShareRule, scope: RecordScope, facts: Facts) -> tuple[RecordShare | None, str]:
    """With whom, or nobody; and what the trace says of it."""
    if rule.consent is not None and (lacking := rule.consent.failure(scope)) is not None:
        return None, f"not shared, no consent: {lacking.text} fails"
    to: RecordId | None = None
    if rule.group is not None:
        name = rule.group
    elif rule.user is not None:
        name = rule.user
        to = _user(rule.user, facts)
        if to is None:
            return None, f"not shared, the org has no user {name!r}"
    else:
        value = rule.to.evaluate(scope) if rule.to is not None else None
        name = "" if value is None else str(value).strip()
        if not is_receiver(name):
            said = f"{name!r} is no id of a user or public group" if name else "nobody is named"
            return None, f"not shared, {said}"
        to = record_id(name)
        name = str(to)
    share = RecordShare(name=name, to=to, access=rule.access.value)
    return share, f"shared with {name} ({rule.access.value})"


def _user(username: str, facts: Facts) -> RecordId | None:
    folded = username.strip().casefold()
    person = facts.directory.people_by_username.get(folded)
    return facts.usernames.get(folded) or (person.id if person is not None else None)
