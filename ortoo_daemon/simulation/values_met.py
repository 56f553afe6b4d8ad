"""Which values did a failed ``any`` or ``not`` meet beside the one that stands in the trace? Pure.

A trace names one field of each condition that failed. Where several fields had their part in it, the others
are told here, from the facts: asked for when a decision is explained, never when it is made.
"""

from collections.abc import Iterator, Mapping

from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import Place
from ortoo_daemon.facts import Facts
from ortoo_daemon.policy.conditions import AllOf, AnyOf, Named, Not
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.records import FieldValue

_BEFORE_RULES = ("intake", "enrichment")


def values_met(
    policies: PolicySet, facts: Facts, decision: Decision
) -> Mapping[str, Mapping[str, FieldValue]]:
    """By rule, the values of other fields that the failed part of its condition looked at."""
    policy = next((each for each in policies.policies if each.name == decision.policy), None)
    if policy is None:
        return {}
    conditions = {rule.name: rule.when for rule in rules_of(policy)}
    values = _as_rules_saw_it(facts, decision)
    found = {}
    for step in decision.trace.rules:
        condition = conditions.get(step.name)
        if step.failed is None or condition is None:
            continue
        asked = _fields(condition, step.failed.place) - {step.failed.field}
        others = {name for name in asked if not name.startswith("$")}
        if others:
            found[step.name] = {name: values.get(name) for name in sorted(others)}
    return found


def _as_rules_saw_it(facts: Facts, decision: Decision) -> Mapping[str, FieldValue]:
    values = dict(facts.record.fields)
    for change in decision.trace.changes:
        if change.stage in _BEFORE_RULES:
            values[change.field] = change.after
    return values


def _fields(condition: Condition, place: Place) -> frozenset[str]:
    """What the part at this place looks at; nothing where one test stands there."""
    parts = (part for part in _parts(condition) if part.place == place)
    return next((part.fields() for part in parts if isinstance(part, AnyOf | Not)), frozenset())


def _parts(condition: Condition) -> Iterator[Condition]:
    yield condition
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _parts(part)
        case Not(part=part) | Named(condition=part):
            yield from _parts(part)
