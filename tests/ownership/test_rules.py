"""Long lists of rules: the same rule wins, the trace stays short and tells what it leaves out."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.flow import decide
from ortoo_daemon.ownership.rules import MOST_LISTED
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.rule_index import RuleList
from ortoo_daemon.trace import RuleOutcome
from tests.world import PLACE, directory, every, facts, is_, lead, policies, policy, rule, to_queue

LONG = 100
AT = {"place": PLACE, "written": "{contains: x}"}
PAST = (date(2026, 1, 1), date(2026, 1, 31))


def numbered(number, **given):
    return rule(f"rule {number}", when=is_("Code__c", str(number)), line=number + 1, **given)


def decided(rules, whole_trace=False, **fields):
    asked = policies(policy(*()))
    listed = replace(asked.policies[0], rules=RuleList(rules))
    given = facts(lead(**fields), directory())
    return decide(replace(asked, policies=(listed,)), given, whole_trace=whole_trace)


def steps(decision, outcome=RuleOutcome.NOT_MATCHED):
    return [step.name for step in decision.trace.rules if step.outcome is outcome]


def left_out(decision):
    return sum(gate.removed for gate in decision.trace.gates if gate.kind == "rule")


@pytest.mark.parametrize("winner", [0, 5, MOST_LISTED, 63, LONG - 1])
def test_the_rules_tried_are_listed_or_counted_and_the_winner_stands_last(winner):
    found = decided([numbered(n) for n in range(LONG)], Code__c=str(winner))
    assert found.rule == f"rule {winner}"
    assert found.trace.rules[-1].outcome is RuleOutcome.MATCHED
    assert steps(found) == [f"rule {n}" for n in range(min(winner, MOST_LISTED))]
    assert len(steps(found)) + left_out(found) == winner


def test_every_listed_rule_says_where_it_failed():
    found = decided([numbered(n) for n in range(LONG)], Code__c="70")
    assert [step.failed.text for step in found.trace.rules[:2]] == ["Code__c: 0", "Code__c: 1"]
    assert {step.failed.value for step in found.trace.rules[:-1]} == {"70"}


def test_rules_that_came_close_are_listed_although_many_stand_before_them():
    close = rule(
        "close", when=every(is_("Code__c", "90"), FieldTest("Name", "contains", ("x",), **AT))
    )
    off = numbered(90, during=PAST)
    rules = [*(numbered(n) for n in range(80)), close, off, rule("last", when=is_("Code__c", "90"))]
    found = decided(rules, Code__c="90", Name="y")
    assert found.rule == "last"
    assert steps(found)[-1] == "close"
    assert steps(found, RuleOutcome.NOT_DURING) == ["rule 90"]
    assert left_out(found) == 80 - MOST_LISTED


def test_where_no_rule_of_a_long_list_matches_all_of_them_are_accounted_for():
    found = decided([numbered(n) for n in range(LONG)], Code__c="none")
    assert found.rule is None
    assert len(steps(found)) + left_out(found) == LONG


def test_the_whole_trace_lists_every_rule_and_decides_the_same():
    rules = [numbered(n, assign=to_queue()) for n in range(LONG)]
    whole = decided(rules, whole_trace=True, Code__c="70")
    short = decided(rules, Code__c="70")
    assert len(steps(whole)) == 70
    assert left_out(whole) == 0
    assert replace(whole, trace=short.trace) == short


def test_explaining_tells_how_many_rules_it_does_not_list():
    found = decided([numbered(n) for n in range(LONG)], Code__c="70")
    assert f"{70 - MOST_LISTED} more rules did not match" in "\n".join(plain_lines(explain(found)))


codes = st.sampled_from(["a", "b", "c", "d", None])
tests = st.tuples(codes, codes, st.booleans())


@settings(max_examples=200, deadline=None)
@given(trees=st.lists(tests, min_size=1, max_size=60), a=codes, b=codes)
def test_the_index_finds_the_rule_that_a_walk_finds(trees, a, b):
    """Conditions themselves are compared in the tests of the index; here it is the way through them."""
    rules = [
        rule(
            f"rule {number}",
            when=every(*(is_(f, v) for f, v in (("A", one), ("B", other)) if v)),
            during=PAST if past else None,
            line=number + 1,
        )
        for number, (one, other, past) in enumerate(trees)
    ]
    indexed = decided(rules, A=a, B=b)
    walked = decided(rules, whole_trace=True, A=a, B=b)
    assert (indexed.rule, indexed.owner, indexed.reason) == (
        walked.rule,
        walked.owner,
        walked.reason,
    )
    listed = [step for step in indexed.trace.rules if step.outcome is not RuleOutcome.MATCHED]
    assert [step for step in walked.trace.rules if step in indexed.trace.rules] == list(
        indexed.trace.rules
    )
    tried = [step for step in walked.trace.rules if step.outcome is not RuleOutcome.MATCHED]
    assert len(listed) + left_out(indexed) == len(tried)
