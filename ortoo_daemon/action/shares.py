"""With whom is a record shared that has got an owner? Pure: the daemon makes the rows, after the owner.

The platform drops what was shared by hand when the owner changes, so each change of owner asks anew. Consent
that comes later, or is taken back, is a step of its own. Where a decision's proof is missing after a crash,
the record as it stands says with whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ortoo_daemon.action.consents import Standing, read_sharing, sharing_text, standing_of
from ortoo_daemon.action.stamps import ASSIGNED_OWNER, DECIDED_AT, OWNER, PARKED, ROOFTOP
from ortoo_daemon.consequences import RecordShare, ShareState
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import DueStep, Handling, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.share_model import SHARING, ShareRule, consent_fields, is_receiver
from ortoo_daemon.records import Owner, OwnerKind, Record, RecordId, record_id
from ortoo_daemon.scope import RecordScope

GIVEN = (Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED, Outcome.RECOVERED)
"""After these the record may have another owner than before."""


def with_shares(decision: Decision, handling: Handling) -> Decision:
    """The decision with whom its record is shared with; the same where the policy shares nothing."""
    rules, facts = handling.policy.share, handling.facts
    if not rules:
        return decision
    if decision.reason is ReasonCode.CONSENT_CHANGED:
        scope = _scope_of(handling.policy, facts, _holder(facts.record, facts.directory))
        return _by_consent(decision, rules, scope, facts)
    return _shared(decision, rules, handling.scope, facts)


def with_shares_of_stamps(decision: Decision, policies: PolicySet, facts: Facts) -> Decision:
    """The same of a decision whose proof is missing, by the policy that it names: ``$match`` is empty."""
    candidates = policies.for_object(decision.object)
    policy = next((each for each in candidates if each.name == decision.policy), None)
    if policy is None or not policy.share or facts.record.text(PARKED):
        return decision
    return _shared(decision, policy.share, _scope_of(policy, facts, decision.owner), facts)


def find_consent(policy: Policy | None, facts: Facts) -> DueStep | None:
    """The step to take where consent has come or gone since the record's last decision. ``policy`` is the
    record's own, None when it is gone. A record that a person has given to somebody is left alone."""
    record = facts.record
    before = read_sharing(record.get(SHARING))
    if policy is None or not consent_fields(policy.share) or before == Standing():
        return None
    decided_at = instant(record.get(DECIDED_AT))
    if decided_at is None or record.text(OWNER) != record.text(ASSIGNED_OWNER):
        return None
    scope = _scope_of(policy, facts, _holder(record, facts.directory))
    asked = _consenting(_answers(policy.share, scope, facts))
    if not before.changes(asked):
        return None
    word = "shared" if asked.shared & before.held else "withdrawn"
    return DueStep(
        kind=StepKind.SHARE,
        name=f"{word}-{decided_at:%Y%m%dT%H%M%SZ}",
        clocks=(),
        rule=None,
        held_by_hand=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What comes of an entry whose ``when`` holds: a share, or none, and what the trace says of it."""

    rule: ShareRule
    share: RecordShare | None
    note: str


def _shared(
    decision: Decision, rules: tuple[ShareRule, ...], scope: RecordScope, facts: Facts
) -> Decision:
    if decision.outcome not in GIVEN or decision.owner is None:
        return decision
    answers = tuple(_answers(rules, scope, facts))
    if not answers and not facts.record.get(SHARING):
        return decision  # most records are shared with nobody, and bursts are made of them
    before = read_sharing(facts.record.get(SHARING))
    moved = decision.owner.id != decision.seen_owner
    return _with(decision, answers, Standing() if moved else before, facts)


def _by_consent(
    decision: Decision, rules: tuple[ShareRule, ...], scope: RecordScope, facts: Facts
) -> Decision:
    """Only those that ask for consent: the others see the record as they did."""
    every = tuple(_answers(rules, scope, facts))
    asking = {each.share.name for each in every if each.share and each.rule.consent is not None}
    answers = tuple(each for each in every if each.share and each.share.name in asking)
    place = next((each.rule.place for each in answers), decision.place)
    before = read_sharing(facts.record.get(SHARING))
    return _with(replace(decision, place=place), answers, before, facts)


def _with(
    decision: Decision, answers: tuple[_Answer, ...], before: Standing, facts: Facts
) -> Decision:
    """``before`` are those who see the record by consent still, as its owner stays."""
    given: dict[str, RecordShare] = {}
    held: dict[str, RecordShare] = {}
    for answer in answers:
        if answer.share is not None:
            into = given if answer.share.state is ShareState.GIVEN else held
            into.setdefault(answer.share.name, answer.share)
    withheld = tuple(
        replace(each, state=ShareState.WITHDRAWN) if name in before.shared else each
        for name, each in held.items()
        if name not in given
    )
    notes = tuple(f"{each.rule.place}: {each.note}" for each in answers)
    trace = replace(decision.trace, notes=(*decision.trace.notes, *notes)) if notes else None
    made = replace(
        decision,
        shares=tuple(given.values()),
        withheld=withheld,
        trace=trace or decision.trace,
    )
    text = sharing_text(_consenting(answers))
    if text == facts.record.get(SHARING) or decision.outcome is Outcome.RECOVERED:
        return made
    return replace(made, fields={**made.fields, SHARING: text})


def _consenting(answers: Iterator[_Answer] | tuple[_Answer, ...]) -> Standing:
    return standing_of(
        [each.share for each in answers if each.share and each.rule.consent is not None]
    )


def _answers(rules: tuple[ShareRule, ...], scope: RecordScope, facts: Facts) -> Iterator[_Answer]:
    for rule in rules:
        if rule.when is None or rule.when.holds(scope):
            share, note = _of_rule(rule, scope, facts)
            yield _Answer(rule=rule, share=share, note=note)


def _of_rule(rule: ShareRule, scope: RecordScope, facts: Facts) -> tuple[RecordShare | None, str]:
    """With whom, or nobody; and what the trace says of it."""
    found, why = _receiver(rule, scope, facts)
    if found is None:
        return None, f"not shared, {why}"
    if scope.owner is not None and scope.owner.id in (found.to, _queue_id(found, facts)):
        return None, "not shared with its owner"
    if rule.consent is not None and (lacking := rule.consent.failure(scope)) is not None:
        held = replace(found, state=ShareState.HELD)
        return held, f"not shared with {found.name}, no consent: {lacking.text} fails"
    return found, f"shared with {found.name} ({rule.access.value})"


def _receiver(rule: ShareRule, scope: RecordScope, facts: Facts) -> tuple[RecordShare | None, str]:
    """Whom the entry names, or why nobody."""
    name, to = rule.group or rule.queue or rule.user or "", None
    if rule.user is not None:
        to = _user(rule.user, facts)
        if to is None:
            return None, f"the org has no user {name!r}"
    elif rule.to is not None:
        value = rule.to.evaluate(scope)
        name = "" if value is None else str(value).strip()
        if not is_receiver(name):
            why = f"{name!r} is no id of a user or public group" if name else "nobody is named"
            return None, why
        to = record_id(name)
        name = str(to)
    share = RecordShare(
        name=name,
        to=to,
        access=rule.access.value,
        queue=rule.queue is not None,
        place=rule.place,
    )
    return share, ""


def _queue_id(share: RecordShare, facts: Facts) -> RecordId | None:
    queue = facts.directory.queues.get(share.name) if share.queue else None
    return queue.id if queue is not None else None


def _user(username: str, facts: Facts) -> RecordId | None:
    folded = username.strip().casefold()
    person = facts.directory.people_by_username.get(folded)
    return facts.usernames.get(folded) or (person.id if person is not None else None)


def _holder(record: Record, directory: Directory) -> Owner | None:
    id = RecordId(record.text(OWNER))
    if not id:
        return None
    person = directory.people.get(id)
    return Owner(id=id, kind=Owner.kind_of(id), name=person.name if person else id)


def _scope_of(policy: Policy, facts: Facts, owner: Owner | None) -> RecordScope:
    """What names mean for the record as it stands, with the owner and the rooftop that it has."""
    record, directory = facts.record, facts.directory
    scope = RecordScope(record, now=facts.now, zone=policy.zone)
    scope.asked_by(policy, directory)
    scope.owner = owner
    if owner is not None and owner.kind is OwnerKind.USER:
        scope.person = directory.people.get(owner.id)
    scope.rooftop = directory.rooftops.get(RecordId(record.text(ROOFTOP)))
    return scope
