"""Claims about where a record is said to have gone."""

import pytest

from ortoo_daemon.policy.load import load
from ortoo_daemon.simulation.backtest.history import Happened
from ortoo_daemon.simulation.backtest.placement import (
    Change,
    Fate,
    Placement,
    change_between,
    placement_of,
    placement_then,
)
from tests.policy.files import with_rules
from tests.world import DESK, LAST, an_id, decided, directory, facts, lead, person, rooftop

ANN, BOB = an_id("005", 1), an_id("005", 2)
SITE = rooftop(1, "Peugeot Lyon").id


@pytest.mark.parametrize(
    ("given", "fate", "owner"),
    [
        ({"outcome": "assigned", "reason": "rule", "rule": "all"}, Fate.ROUTED, ANN),
        ({"outcome": "assigned", "reason": "sticky", "rule": "all"}, Fate.ROUTED, ANN),
        ({"outcome": "assigned", "reason": "kept", "rule": "all"}, Fate.ROUTED, ANN),
        ({"outcome": "assigned", "reason": "rule_else", "rule": "all"}, Fate.UNROUTED, ANN),
        ({"outcome": "assigned", "reason": "otherwise"}, Fate.UNROUTED, ANN),
        ({"outcome": "recovered", "reason": "recovered", "rule": "all"}, Fate.ROUTED, ANN),
        ({"outcome": "recovered", "reason": "recovered", "name": None}, Fate.PARKED, None),
        ({"outcome": "parked", "reason": "requirement_failed"}, Fate.PARKED, None),
        ({"outcome": "left_alone", "reason": "taken_by_person"}, Fate.LEFT_ALONE, None),
    ],
)
def test_what_happened_is_told_by_its_decision_record(given, fate, owner):
    name = given.pop("name", "Ann")
    found = placement_then(Happened(owner=ANN, owner_name=name, **given))
    assert (found.fate, found.owner) == (fate, owner)


def placed(owner, *, rule="all", site=SITE, fate=Fate.ROUTED):
    return Placement(fate=fate, reason="rule", owner=owner, rooftop=site, policy="leads", rule=rule)


PARKED = Placement(fate=Fate.PARKED, reason="no_contact")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (placed(ANN), placed(ANN, rule="other"), Change.SAME),
        (placed(ANN), placed(BOB), Change.COLLEAGUE),
        (placed(ANN), placed(BOB, rule="other"), Change.MOVED),
        (placed(ANN), placed(BOB, site=None), Change.MOVED),
        (placed(DESK.id), placed(LAST.id), Change.MOVED),
        (placed(ANN), placed(LAST.id, fate=Fate.UNROUTED), Change.NEWLY_UNROUTED),
        (PARKED, placed(ANN), Change.NEWLY_ROUTED),
        (placed(ANN), PARKED, Change.NEWLY_PARKED),
        (PARKED, PARKED, Change.SAME),
        (placed(ANN), Placement(fate=Fate.NOT_TAKEN, reason="x"), Change.NO_LONGER_TAKEN),
    ],
)
def test_a_change_is_named_by_what_it_means_for_the_record(before, after, change):
    assert change_between(before, after) is change


@pytest.mark.parametrize(
    ("assign", "fate"),
    [
        ("{keep: Adviser__c}", Fate.ROUTED),
        ("{team: {role: sales_adviser}}", Fate.ROUTED),
        (
            "{team: {skills: {wished: [flies]}, relax_after: 5m, hold_in: Desk}}",
            Fate.ROUTED,
        ),
        ("{keep: Nobody__c, else: {queue: Desk}}", Fate.UNROUTED),
        ("{keep: Nobody__c}", Fate.UNROUTED),
    ],
)
def test_a_rule_routes_what_it_gives_to_somebody_or_lets_wait(assign, fate):
    files = with_rules(f"    - {{name: all, assign: {assign}}}\n")
    text = files["config/policies/leads.yaml"].decode().replace("2026-11-23", "2026-11-01")
    policies = load({"config/policies/leads.yaml": text.replace("Unrouted_Leads", "Last").encode()})
    ann = person(1)
    network = directory(people=(ann,))
    decision = decided(policies, facts(lead(Adviser__c=ann.id), network))
    assert placement_of(decision, network).fate is fate
