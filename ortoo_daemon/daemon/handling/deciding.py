"""How does one record get its decision from what the daemon knows?

Shared by the handling of records and by every face that explains one: there is no second way of
gathering facts. Writes nothing and reserves nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ortoo_daemon import flow
from ortoo_daemon.action.fuse import moved_lately
from ortoo_daemon.audit.kept_facts import staff_asked
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.looking import Look
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Answer, Contact, Facts, LateFieldsQuestion, Question, Tally
from ortoo_daemon.matches import MatchQuestion
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.ownership.rates import rates_for, tallies_between
from ortoo_daemon.policy.limits_model import RateLimit
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, RecordId, WorkItem
from ortoo_daemon.salesforce.org import Org


async def read_record(
    org: Org,
    policies: Policies,
    object_name: str,
    id: RecordId,
    *,
    also: frozenset[str] = frozenset(),
) -> Record | None:
    """The record with what any policy may look at, None when it is gone. Raises OrgError.

    ``also`` are further fields that somebody wants to see.
    Of an object that no policy is for, nothing is read.
    """
    if object_name not in policies.objects:
        return Record(object=object_name, id=id)
    fields = policies.fields(object_name)
    return await org.reader.read(object_name, id, fields | also if also else fields)


async def decide_record(
    knowledge: Knowledge,
    answers: Answers,
    item: WorkItem,
    record: Record,
    *,
    policies: Policies,
    now: datetime,
    changed_since: frozenset[str] | None = None,
    contacts: tuple[Contact, ...] | None = None,
    look: Look | None = None,
) -> tuple[Decision, Facts]:
    """The decision and the facts it was made from, questions asked until none is open.

    ``policies`` are those the record was read for; others may have come into force since.
    ``changed_since`` and ``contacts`` as in Facts. ``look`` notes the counters that were looked at.

    The counters in the facts are live ones, and nothing is awaited between the last look at them and
    the return: a caller that reserves at once can't be overtaken. Raises OrgError.
    """
    known: dict[Question, Answer] = {}
    watched = policies.reopening(item.object)
    fuses = policies.policy_set.fuses(item.object)
    intake_owners = frozenset({knowledge.daemon_user})

    def gathered() -> Facts:
        moved = moved_lately(fuses, knowledge.ledger.rates.moments, now) if fuses else {}
        workload = knowledge.ledger.workload(record.object, moved=moved, look=look)
        if look is not None:
            look.at_fuses(fuses, moved)
        return Facts(
            item=item,
            record=record,
            now=now,
            directory=knowledge.usable_directory(now),
            workload=workload,
            postal=knowledge.postal,
            answers=knowledge.customers.completed(known),
            intake_owners=intake_owners,
            usernames=knowledge.usernames,
            watched=watched,
            changed_since=changed_since if watched else None,
            contacts=contacts,
        )

    facts = gathered()
    found = flow.decide(policies.policy_set, facts)
    while not isinstance(found, Decision):
        asked = found.questions
        for question in asked:
            known[question] = await answers.ask(question)
        # Looked at once: what is decided while a later question is answered must not change the facts.
        for question in asked:
            if isinstance(question, MatchQuestion):
                known[question] = knowledge.matched.completed(question, known[question])
        facts = gathered()
        found = flow.resume(found, facts)
    return found, facts


def as_read(record: Record, facts: Facts) -> Record:
    """The record with what was read of it later, so that a write is guarded by that, too."""
    late = {
        name: value
        for asked, held in facts.answers.items()
        if isinstance(asked, LateFieldsQuestion) and isinstance(held, Record)
        for name, value in held.fields.items()
    }
    return replace(record, fields={**late, **record.fields}) if late else record


def with_counters_kept(knowledge: Knowledge, facts: Facts, decision: Decision) -> Facts:
    """The facts with a copy of the counters looked at; the live ones move on."""
    staff, _ = staff_asked(decision, facts)
    pool = decision.reservation.pool if decision.reservation else None
    tallies: Iterable[Tally] = ()
    policy = knowledge.policies.named(decision.policy)
    if policy is not None and policy.rates and facts.workload.given:
        sites = [step.id for step in decision.trace.candidates if step.kind == "rooftop"]
        tallies = tallies_between(policy, _rates(policy, decision), staff, sites)
    people = [person.id for person in staff]
    workload = knowledge.ledger.frozen(
        facts.record.object, people, pool, tallies, moved=facts.workload.moved
    )
    return facts.with_counters(workload)


def _rates(policy: Policy, decision: Decision) -> tuple[RateLimit, ...]:
    """The rate limits that the decision may have looked at: of a new one its rule tells which."""
    if decision.outcome in (Outcome.ASSIGNED, Outcome.PARKED):
        return rates_for(policy, decision.rule)
    return policy.rates
