"""With which one thing different could a decision have come out otherwise? Proposals only. Pure.

Fields get the values that the rules tried tell apart; the moment moves on to where a place opens or
closes, somebody is back or a rule's days begin or end; people who were away or full are so no more.
Whether the owner changes is for `alternatives` to find out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ortoo_daemon.decision import Decision
from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant_text
from ortoo_daemon.person import Person
from ortoo_daemon.policy.conditions import FieldTest, tests_of
from ortoo_daemon.policy.coverage.values import ANY_OTHER, FieldTests, as_value
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import RooftopChoice, Rule
from ortoo_daemon.policy.programme_days import turns
from ortoo_daemon.policy.reach import limit_conditions, rules_of
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.policy.values import fold, number
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.trace import RuleOutcome

MOST_RULES = 300
MOST_VALUES = 40
"""Of a field so many values are proposed."""


MOST_MOMENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The facts with something different; ``about`` groups those of which one is enough to be told."""

    kind: str
    about: str
    text: str
    facts: Facts
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    at: datetime | None = None


class Other(NamedTuple):
    """A value that a field may have instead, and how it is called."""

    value: FieldValue
    called: str


def rules_tried(policy: Policy, decision: Decision) -> list[Rule]:
    """Rules of the trace in the order in which they were tried."""
    by_name = {rule.name: rule for rule in rules_of(policy)}
    names = dict.fromkeys(step.name for step in decision.trace.rules)
    return [by_name[name] for name in islice(names, MOST_RULES) if name in by_name]


def other_values(
    policy: Policy, tried: Sequence[Rule], facts: Facts, *, matched: Rule | None
) -> dict[str, list[Other]]:
    """For each field that the rules tried look at, values that they tell apart; the nearest first."""
    tests: dict[str, list[FieldTest]] = {}
    for condition in _conditions(policy, tried):
        for test in tests_of(condition):
            if not test.field.startswith("$"):
                tests.setdefault(test.field, []).append(test)
    more = _of_places(facts, matched.assign.rooftop if matched else None)
    contacts = _contacts(policy)
    found = {}
    for name in (*tests, *(name for name in more if name not in tests)):
        asked = FieldTests(
            name=name,
            tests=tests.get(name, []),
            described=contacts.get(name),
            more=more.get(name, ()),
            zone=policy.zone,
        )
        current = facts.record.get(name)
        others = [
            Other(value, _called(value, each.label))
            for each in asked.values()
            if fold(value := as_value(each.cell, facts.now)) != fold(current)
        ]
        nearest = partial(_distance, current=current)
        found[name] = sorted(others, key=nearest)[:MOST_VALUES]
    return found


def with_fields(facts: Facts, others: Mapping[str, Other]) -> Proposal:
    """The record with other values."""
    read = facts.record.fields
    changed = {name: other.value for name, other in others.items()}
    texts = [
        f"{name} {other.called} instead of {_shown(read.get(name))}"
        for name, other in others.items()
    ]
    record = replace(facts.record, fields={**read, **changed})
    return Proposal(
        kind="field" if len(changed) == 1 else "fields",
        about=" and ".join(changed),
        text=" and ".join(texts),
        facts=replace(facts, record=record),
        fields=changed,
    )


def at_other_moments(
    policy: Policy, tried: Iterable[Rule], facts: Facts, decision: Decision
) -> list[Proposal]:
    """Moments to come at which something may be different, soonest first."""
    moments = {
        *_days(policy, tried),
        *_openings(facts, decision),
        *(at for each in _removed(facts, decision, "away") if (at := each.returns_at(facts.now))),
    }
    return [
        Proposal(
            kind="time",
            about="time",
            text=f"decided at {instant_text(at)} instead of {instant_text(facts.now)}",
            facts=replace(facts, now=at),
            at=at,
        )
        for at in sorted(at for at in moments if at > facts.now)[:MOST_MOMENTS]
    ]


def with_people_there(facts: Facts, decision: Decision) -> Iterator[Proposal]:
    """Each of those who were away or held too much, as if they were not and did not."""
    people = facts.directory.people
    for person in _removed(facts, decision, "away"):
        back = person.as_if(away=False)
        directory = replace(facts.directory, people={**people, person.id: back})
        yield Proposal(
            kind="person",
            about=person.id,
            text=f"{person.name} not away",
            facts=replace(facts, directory=directory),
        )
    for person in _removed(facts, decision, "open_limit"):
        open_work = {**facts.workload.open_work, person.id: 0}
        yield Proposal(
            kind="person",
            about=person.id,
            text=f"{person.name} without open work",
            facts=replace(facts, workload=replace(facts.workload, open_work=open_work)),
        )


def _conditions(policy: Policy, tried: Iterable[Rule]) -> Iterator[Condition]:
    yield from (rule.when for rule in tried if rule.when is not None)
    if policy.require is not None:
        yield policy.require.condition
    yield from limit_conditions(policy)


def _contacts(policy: Policy) -> dict[str, FieldDescription]:
    """Fields that count as given only with an address or number in them."""
    types = {CleanseKind.EMAIL: "email", CleanseKind.PHONE: "phone"}
    return {
        each.field: FieldDescription(name=each.field, type=types[each.kind])
        for each in policy.cleanse
        if each.kind in types
    }


def _of_places(facts: Facts, choice: RooftopChoice | None) -> dict[str, Sequence[str]]:
    """Brands and places that lead to another rooftop: one of each that the directory or the file knows."""
    found: dict[str, Sequence[str]] = {}
    if choice is None:
        return found
    if choice.brand is not None:
        brands = {fold(b): b for r in facts.directory.rooftops.values() for b in sorted(r.brands)}
        found[choice.brand] = [brands[name] for name in sorted(brands)][:MOST_VALUES]
    if choice.territory is not None and choice.territories is not None:
        codes: dict[tuple[str | None, str | None], str] = {}
        for row in choice.territories.rows:
            if code := _code_of(row):
                codes.setdefault((row.rooftop, row.region), code)
        found[choice.territory] = list(codes.values())[:MOST_VALUES]
    return found


def _code_of(row: TerritoryRow) -> str | None:
    return row.postal_code or row.first or (None if row.whole_country else row.prefix)


def _called(value: FieldValue, label: str) -> str:
    """What stands for all values that no rule names is not called by its own text."""
    other, filled = ANY_OTHER
    return {other: "anything else", filled: "filled"}.get(label) or _shown(value)


def _distance(other: Other, current: FieldValue) -> tuple[int, float]:
    """Filled before empty; numbers by how far they are; others as the rules name them."""
    value = other.value
    if value is None:
        return 2, 0.0
    size, now = number(value), number(current)
    return (0, abs(size - now)) if size is not None and now is not None else (1, 0.0)


def _days(policy: Policy, tried: Iterable[Rule]) -> Iterator[datetime]:
    """Midnights at which the days of a rule or a programme begin, or have ended."""
    zone = ZoneInfo(policy.zone)
    spans = [rule.days for rule in tried if rule.days is not None]
    spans += [programme.days.span for programme in policy.programmes]
    for day in turns(spans):
        yield datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _openings(facts: Facts, decision: Decision) -> Iterator[datetime]:
    """When those whose hours counted open next, or close."""
    directory = facts.directory
    people = [directory.people.get(RecordId(s.id)) for s in decision.trace.candidates]
    places = {each.rooftop for each in people if each is not None} | {decision.rooftop}
    places |= {RecordId(s.id) for s in decision.trace.candidates if s.removed_by == "open_now"}
    rooftops = [directory.rooftops.get(place) for place in places if place is not None]
    keys = {each.hours for each in (*rooftops, *people) if each is not None and each.hours}
    for key in sorted(keys):
        hours = directory.hours.get(key)
        for start, end in (
            hours.open_spans(facts.now, facts.now + timedelta(days=8)) if hours else ()
        ):
            yield from (start, end)


def _removed(facts: Facts, decision: Decision, gate: str) -> Iterator[Person]:
    for step in decision.trace.candidates:
        person = facts.directory.people.get(RecordId(step.id))
        if step.kind == "person" and step.removed_by == gate and person is not None:
            yield person


def matched_rule(tried: Sequence[Rule], decision: Decision) -> Rule | None:
    """The rule that gave the record to its owner, or found nobody."""
    held = (RuleOutcome.MATCHED, RuleOutcome.NOBODY)
    names = [step.name for step in decision.trace.rules if step.outcome in held]
    return next((rule for rule in tried if names and rule.name == names[-1]), None)


def _shown(value: FieldValue) -> str:
    if value is None or value == "":
        return "empty"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
