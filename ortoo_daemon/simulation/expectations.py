"""What of a case's expectation did the decision not meet? One sentence for each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ortoo_daemon.action.stamps import reason_word
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.person import Person
from ortoo_daemon.policy.cases import Expectation, ExpectedOwner
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.values import fold, text_of
from ortoo_daemon.records import FieldValue, OwnerKind, Record
from ortoo_daemon.repeats import OWN_FIELDS
from ortoo_daemon.simulation.sending import waits

_WRITTEN = FOLLOW_UPS | {Outcome.ASSIGNED, Outcome.PARKED, Outcome.REPORTED}


def differences(
    policy: Policy,
    expect: Expectation,
    decision: Decision,
    directory: Directory,
    *,
    given: Mapping[str, FieldValue],
) -> tuple[str, ...]:
    """Every expectation that was not met, with what came instead; empty when all were.

    ``given`` are the fields of the record before the decision.
    """
    written = decision.outcome in _WRITTEN
    if expect.no_write:
        return () if not written else (f"expected no write, got {summary(decision)}",)
    if not written:
        return (f"expected a write, got {summary(decision)}",)
    if decision.policy != policy.name:
        return (f"expected policy {policy.name}, but {decision.policy} takes the record first",)
    before = Record(object=decision.object, id=decision.record_id, fields=given)
    handoff = _handoff(decision, policy, before, directory)
    if expect.handoff not in (None, handoff):
        return (
            f"expected handoff {expect.handoff}, got {handoff}",
            *_missed(expect, decision, directory, given),
        )
    return tuple(_missed(expect, decision, directory, given))


def _missed(
    expect: Expectation,
    decision: Decision,
    directory: Directory,
    given: Mapping[str, FieldValue],
) -> Iterator[str]:
    if expect.outcome not in (None, decision.outcome.value):
        word, said = decision.outcome.value, summary(decision)
        got = said if said.startswith(word) else f"{word} ({said})"
        yield f"expected outcome {expect.outcome}, got {got}"
    if expect.rule is not None and not _is_rule(expect.rule, decision.rule):
        yield f"expected rule {expect.rule}, got {decision.rule or 'none'}"
    if expect.parked is not None and expect.parked not in _parked_for(decision):
        yield f"expected parked for {expect.parked}, got {summary(decision)}"
    if expect.rooftop is not None:
        yield from _rooftop(expect.rooftop, decision, directory)
    if expect.queue is not None:
        yield from _queue(expect.queue, decision, directory)
    if expect.owner is not None:
        yield from _owner(expect.owner, decision, directory)
    for clock, target_for in expect.sla.items():
        yield from _clock(clock, target_for, decision, directory)
    if expect.told is not None:
        yield from _told(expect.told, decision)
    if expect.children is not None:
        yield from _children(expect.children, decision)
    if expect.reopened is not None:
        given_to = dict(decision.reopening.fields) if decision.reopening else {}
        if given_to != dict(expect.reopened):
            yield f"expected {dict(expect.reopened)} for the record that is answered, got {given_to}"
    yield from _known(expect, decision)
    if expect.published is not None:
        yield from _published(expect.published, decision)
    if expect.shared is not None:
        found_with = {share.name for share in decision.shares}
        if found_with != expect.shared:
            names = (", ".join(sorted(each)) or "nobody" for each in (expect.shared, found_with))
            yield "expected to be shared with {}, got {}".format(*names)
    joined = decision.campaign.value if decision.campaign else ""
    if expect.campaign is not None and fold(expect.campaign) != fold(joined):
        yield f"expected the campaign {_shown(expect.campaign)}, got {_shown(joined)}"
    for name, value in expect.fields.items():
        found = decision.fields.get(name, given.get(name))
        if text_of(found) != text_of(value):
            yield f"expected {name} {_shown(value)}, got {_shown(found)}"


def _known(expect: Expectation, decision: Decision) -> Iterator[str]:
    """What the earlier record of the customer gets: all of it that is the policy's."""
    update = decision.known
    if expect.known is not None:
        counted = {n: v for n, v in update.own.items() if n not in OWN_FIELDS} if update else {}
        found = {**counted, **update.fields} if update else {}
        wanted = dict(expect.known)
        if {n: text_of(v) for n, v in found.items()} != {n: text_of(v) for n, v in wanted.items()}:
            yield f"expected {wanted} for the earlier record, got {found}"
    if expect.attached is not None:
        subject = update.attached.subject if update and update.attached else ""
        if subject != expect.attached:
            yield f"expected the task {_shown(expect.attached)}, got {_shown(subject)}"


def _published(wanted: Mapping[str, Mapping[str, FieldValue]], decision: Decision) -> Iterator[str]:
    """The events, each with the fields that the case looks at."""
    found = {event.name: event.fields for event in decision.events}
    if found.keys() != wanted.keys():
        names = (", ".join(sorted(each)) or "none" for each in (wanted, found))
        yield "expected events {}, got {}".format(*names)
        return
    for event, fields in wanted.items():
        for name, value in fields.items():
            got = found[event].get(name)
            if text_of(got) != text_of(value):
                yield f"expected {name} {_shown(value)} of {event}, got {_shown(got)}"


def _handoff(decision: Decision, policy: Policy, before: Record, directory: Directory) -> str:
    if decision.handoff is None:
        return "none"
    if decision.handoff.held:
        return "held"
    return "waits" if waits(decision, policy, before, directory) else "due"


def _children(wanted: Sequence[Mapping[str, FieldValue]], decision: Decision) -> Iterator[str]:
    """Each case that the record is split into, with the values that it begins with."""
    made = decision.children
    if len(made) != len(wanted):
        yield f"expected {len(wanted)} children, got {len(made)}"
        return
    for number, (fields, child) in enumerate(zip(wanted, made, strict=True), 1):
        for name, value in fields.items():
            found = child.fields.get(name)
            if text_of(found) != text_of(value):
                yield f"expected {name} {_shown(value)} of child {number}, got {_shown(found)}"


def _is_rule(wanted: str, name: str | None) -> bool:
    """By the rule's own name or its whole path."""
    if name is None:
        return False
    return fold(wanted) in (fold(name), fold(name.rpartition(" / ")[2]))


def _rooftop(wanted: str, decision: Decision, directory: Directory) -> Iterator[str]:
    rooftop = directory.rooftops.get(decision.rooftop) if decision.rooftop else None
    names = {fold(rooftop.name), fold(rooftop.code), rooftop.id} if rooftop else set()
    if wanted not in names and fold(wanted) not in names:
        yield f"expected rooftop {wanted}, got {rooftop.name if rooftop else 'none'}"


def _queue(wanted: str, decision: Decision, directory: Directory) -> Iterator[str]:
    owner = decision.owner
    queues = {queue.id: queue.name for queue in directory.queues.values()}
    found = queues.get(owner.id) if owner and owner.kind is OwnerKind.QUEUE else None
    if found is None or fold(found) != fold(wanted):
        yield f"expected queue {wanted}, got {summary(decision)}"


def _owner(wanted: ExpectedOwner, decision: Decision, directory: Directory) -> Iterator[str]:
    person = directory.people.get(decision.owner.id) if decision.owner else None
    if person is None:
        yield f"expected a person, got {summary(decision)}"
        return
    for what, expected, found in _attributes(wanted, person):
        if expected is not None and fold(expected) != fold(found):
            yield f"expected an owner whose {what} is {expected}, got {person.name}: {found or 'none'}"
    for kind, expected_all, found_all in (
        ("skill", wanted.skills, person.skills),
        ("language", wanted.languages, person.languages),
    ):
        lacking = {fold(name) for name in expected_all} - {fold(name) for name in found_all}
        if lacking:
            names = ", ".join(sorted(lacking))
            yield f"expected an owner with {kind} {names}, got {person.name} without"


def _attributes(
    wanted: ExpectedOwner, person: Person
) -> tuple[tuple[str, str | None, str | None], ...]:
    return (
        ("username", wanted.username, person.username),
        ("name", wanted.name, person.name),
        ("role", wanted.role, person.role),
    )


def _told(wanted: frozenset[str], decision: Decision) -> Iterator[str]:
    found = {notice.to.value for notice in decision.notices}
    if found != wanted:
        names = (", ".join(sorted(each)) or "nobody" for each in (wanted, found))
        yield "expected {} to be told, got {}".format(*names)


def _clock(name: str, wanted: timedelta, decision: Decision, directory: Directory) -> Iterator[str]:
    clocks = {clock.name: clock for clock in decision.clocks}
    if name not in clocks:
        known = ", ".join(sorted(clocks)) or "none"
        yield f"expected clock {name} to start, got {known}"
        return
    found = _open_time(clocks[name], directory)
    if found != wanted:
        yield f"expected clock {name} to give {wanted}, got {found}"


def _open_time(clock: SlaClock, directory: Directory) -> timedelta:
    """The target of a clock in the hours it runs in."""
    hours = directory.hours.get(clock.hours)
    if hours is None:
        return clock.target_at - clock.started_at
    return hours.between(clock.started_at, clock.target_at)


def _shown(value: object) -> str:
    return "empty" if value is None or value == "" else repr(value)


def _parked_for(decision: Decision) -> tuple[str, ...]:
    """The reason, whole and by its word alone."""
    if decision.parked_for is None:
        return ()
    return decision.parked_for, reason_word(decision.parked_for)
