"""The proof agrees with brute force: every record of a small world is where the sets say it is."""

import json
from datetime import date
from itertools import product

from hypothesis import example as tried
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.coverage.ends import Why, walk
from ortoo_daemon.policy.coverage.examples import example
from ortoo_daemon.policy.coverage.regions import regions_of
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.variables import Known
from ortoo_daemon.policy.load import load
from tests.policy.coverage.members import belongs, in_region
from tests.policy.files import HEAD
from tests.policy.scopes import FixedScope, scope
from tests.policy.test_conditions_property import VALUES
from tests.policy.test_reasoning_property import reached, rule, rule_lists, wholes

WORLD = [scope(A=a, B=b) for a, b in product(VALUES, VALUES)]
KNOWN = Known(since=date(2026, 11, 23))


def policy_of(rules, enter=None):
    made = [rule(number, when, inner) for number, (when, inner) in enumerate(rules)]
    text = json.dumps({"rules": made, "otherwise": {"queue": "Desk"}}, ensure_ascii=False)
    head = HEAD.replace("policy: leads", "policy: leads\nzone: Europe/Paris")
    entering = f"enter: {json.dumps(enter, ensure_ascii=False)}\n" if enter else ""
    (found,) = load({"p.yaml": f"{head}{entering}ownership: {text}\n".encode()}).policies
    return found


@settings(max_examples=250, deadline=None)
@given(rules=rule_lists, enter=st.one_of(st.none(), wholes))
@tried(rules=[({"A": {"is": "1"}}, [])], enter={"A": {"above": 0}})  # 1 is above 0, and so is "1.0"
def test_what_no_rule_takes_is_what_brute_force_finds(rules, enter):
    policy = policy_of(rules, enter)
    space = Space(policy, [], KNOWN)
    found = walk(space, [], None)
    lacking = next((end.lacking for end in found.ends if end.why is Why.NO_RULE), False)
    for record in WORLD:
        enters = policy.enter is None or policy.enter.holds(record)
        assert belongs(space, found.entering, record) is enters
        if enters:
            assert belongs(space, lacking, record) is (not reached(policy.rules, record)), record


@settings(max_examples=150, deadline=None)
@given(rules=rule_lists)
def test_a_rule_that_no_record_reaches_in_the_proof_is_never_reached(rules):
    policy = policy_of(rules)
    space = Space(policy, [], KNOWN)
    silent = {each.path for each in walk(space, [], None).unreached}
    for record in WORLD:
        assert not silent.intersection(reached(policy.rules, record))


@settings(max_examples=150, deadline=None)
@given(rules=rule_lists, enter=st.one_of(st.none(), wholes))
def test_the_regions_told_hold_exactly_the_records_left(rules, enter):
    policy = policy_of(rules, enter)
    space = Space(policy, [], KNOWN)
    for end in walk(space, [], None).ends:
        told = regions_of(space, end.among, end.lacking)
        assert not told.left_out
        for record in WORLD:
            if policy.enter is None or policy.enter.holds(record):
                inside = any(in_region(space, region, record) for region in told.found)
                assert inside is (not reached(policy.rules, record)), record


@settings(max_examples=150, deadline=None)
@given(rules=rule_lists)
def test_an_example_is_a_record_of_its_region(rules):
    policy = policy_of(rules)
    space = Space(policy, [], KNOWN)
    for end in walk(space, [], None).ends:
        for region in regions_of(space, end.among, end.lacking).found:
            found = [example(space, masks) for masks in region.examples]
            for each in filter(None, found):
                record = FixedScope(fields=each.fields, now=each.now)
                assert in_region(space, region, record)
                assert not reached(policy.rules, record)
