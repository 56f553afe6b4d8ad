"""The index leaves out only rules that certainly do not hold."""

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.ownership_model import Assignment, QueueTarget, Rule
from ortoo_daemon.policy.rule_index import LONG, RuleList, in_order
from tests.policy.scopes import condition, scope
from tests.policy.test_conditions_property import VALUES, conditions, tests

PLACE = Place("policies/leads.yaml", 1, 1)
ASSIGN = Assignment(target=QueueTarget(queue="Desk", place=PLACE), place=PLACE)

leaves = st.tuples(st.sampled_from("AB"), tests).map(
    lambda leaf: {leaf[0]: {leaf[1][0]: leaf[1][1]}}
)
every = st.lists(leaves, min_size=1, max_size=4).map(lambda parts: {"all": parts})
whens = st.lists(st.one_of(st.none(), leaves, every, conditions), min_size=1, max_size=12)


def rule(name, when):
    text = None if when is None else json.dumps(when, ensure_ascii=False)
    return Rule(
        path=(name,),
        when=None if text is None else condition(text),
        during=None,
        assign=ASSIGN,
        place=PLACE,
    )


def rules(trees):
    return RuleList(rule(f"rule {number}", tree) for number, tree in enumerate(trees))


def holding(found, record):
    return [
        number for number, each in enumerate(found) if each.when is None or each.when.holds(record)
    ]


@settings(max_examples=300, deadline=None)
@given(trees=whens)
def test_every_rule_that_holds_is_worth_asking_and_they_come_in_order(trees):
    found = rules(trees)
    for a, b in product(VALUES, VALUES[::4]):
        record = scope(A=a, B=b)
        asked = list(found.worth_asking(record))
        assert asked == sorted(set(asked))
        assert set(holding(found, record)) <= set(asked), (trees, a, b)


def test_rules_with_a_simple_test_that_fails_are_not_asked():
    found = rules(
        [
            {"A": {"is": "x"}},
            {"A": {"in": ["y", 7]}},
            {"A": {"starts_with": ["75", "y"]}},
            {"A": {"includes": ["y"]}},
            {"A": {"blank": True}},
            {"all": [{"A": {"is": "y"}}, {"B": {"is": "z"}}]},
            {"not": {"A": {"is": "y"}}},
            None,
        ]
    )
    assert list(found.worth_asking(scope(A=" Y"))) == [1, 2, 3, 6, 7]
    assert list(found.worth_asking(scope(A="Y", B="Z"))) == [1, 2, 3, 5, 6, 7]
    assert list(found.worth_asking(scope(A="75001"))) == [2, 6, 7]
    assert list(found.worth_asking(scope(A="7.0"))) == [1, 6, 7]
    assert list(found.worth_asking(scope())) == [4, 6, 7]


def test_a_short_list_stays_a_plain_tuple():
    some = [rule(f"rule {number}", None) for number in range(LONG)]
    assert type(in_order(some[1:])) is tuple
    assert isinstance(in_order(some), RuleList)
    assert in_order(some) == tuple(some)
