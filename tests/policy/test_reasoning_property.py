"""What lint calls unreachable is never reached: held against every record of a small world."""

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.lint import never_matches
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.reach import rules_of
from tests.policy.files import HEAD
from tests.policy.scopes import scope
from tests.policy.test_conditions_property import VALUES, conditions, leaves, tests

fields = st.sampled_from(["A", "B"])
mixed = st.dictionaries(fields, tests.map(lambda test: {test[0]: test[1]}), min_size=1, max_size=2)
wholes = st.one_of(leaves, mixed, conditions)


def rule(number, when, inner):
    found = {"name": f"rule {number}", "assign": {"queue": "Desk"}}
    if when is not None:
        found["when"] = when
    if inner:
        found["rules"] = [rule(f"{number}.{i}", each, []) for i, each in enumerate(inner)]
    return found


rule_lists = st.lists(
    st.tuples(st.one_of(wholes, wholes, wholes, st.none()), st.lists(wholes, max_size=2)),
    min_size=1,
    max_size=4,
)


def policies(rules):
    made = [rule(number, when, inner) for number, (when, inner) in enumerate(rules)]
    text = json.dumps({"rules": made, "otherwise": {"queue": "Desk"}}, ensure_ascii=False)
    return load({"config/policies/p.yaml": f"{HEAD}ownership: {text}\n".encode()})


def reached(rules, record):
    """The rule that has the record, and those around it."""
    for each in rules:
        if each.when is None or each.when.holds(record):
            return [each.path, *reached(each.rules, record)]
    return []


WORLD = [scope(A=a, B=b) for a, b in product(VALUES, VALUES)]


@settings(max_examples=250, deadline=None)
@given(rules=rule_lists)
def test_a_rule_called_unreachable_is_never_reached(rules):
    found = policies(rules)
    (policy,) = found.policies
    told = {problem.place for problem in never_matches.check(Subject(policies=found))}
    if not told:
        return
    silent = {each.path for each in rules_of(policy) if each.place in told}
    for record in WORLD:
        assert not silent.intersection(reached(policy.rules, record)), (rules, record)
