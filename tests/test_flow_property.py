"""Whatever the policies and the facts are: a decision comes, the same one each time, and a rule that can
match nothing changes none."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import NotAsked, Turns, Workload
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import WorkReason
from tests.policy.files import HEAD
from tests.policy.test_conditions_property import VALUES
from tests.policy.test_reasoning_property import wholes
from tests.world import LEAD, NOW, an_id, directory, facts, item, lead, person, rooftop

HEAD = HEAD.replace("policy: leads", "policy: leads\nzone: Europe/Paris").replace(
    "2026-11-23", "2026-11-01"
)
SITES = tuple(
    rooftop(number, f"Site {number}", brands=(brand,)) for number, brand in enumerate("ab")
)
TEAM = tuple(
    person(number, at=site, role=role, skills=("ev",) if number % 2 else (), open_limit=limit)
    for number, (site, role, limit) in enumerate(
        [
            (SITES[0], "sales_adviser", None),
            (SITES[0], "sales_adviser", 2),
            (SITES[1], "sales_adviser", 1),
            (None, "service_agent", None),
            (None, "service_agent", 0),
        ]
    )
)
WORLD = directory(SITES, TEAM)

values = st.one_of(st.sampled_from(VALUES), st.text(max_size=8), st.floats(), st.integers())
records = st.fixed_dictionaries(
    {"A": values, "B": values},
    optional={
        "Email": values,
        "PostalCode": values,
        "CreatedDate": st.one_of(values, st.just("2026-11-23T08:00:00.000+0000")),
        "LastModifiedDate": values,
        "OwnerId": st.one_of(values, st.sampled_from([each.id for each in TEAM])),
        "CreatedById": values,
        "Ortoo_Parked__c": values,
        "Ortoo_Decided_At__c": values,
        "Ortoo_Decision_Key__c": values,
        "Ortoo_SLA_Clocks__c": values,
        "Ortoo_SLA_Next_At__c": values,
    },
)
assigns = st.sampled_from(
    [
        {"queue": "Desk"},
        {"queue": "Nobody_Knows_It"},
        {"user": "p3@example.com"},
        {"team": {"role": "service_agent"}, "person": {"by": "least_loaded"}},
        {"rooftop": {"brand": "A"}, "team": {"role": "sales_adviser"}},
        {
            "rooftop": {"brand": "B", "territory": "PostalCode", "prefer": ["nearest"]},
            "team": {"skills": {"required": ["ev"], "wished": [{"language": "A"}]}},
            "person": {"by": "weighted_rotation", "sticky": {"on": "Email", "for": "90d"}},
            "else": {"queue": "Last"},
        },
    ]
)
rules = st.recursive(
    st.fixed_dictionaries({"assign": assigns}, optional={"when": wholes}),
    lambda inner: st.fixed_dictionaries(
        {"assign": assigns, "rules": st.lists(inner, max_size=2)}, optional={"when": wholes}
    ),
    max_leaves=3,
)
limits = st.sampled_from(
    [
        {},
        {"open_limit": {"person": 1}},
        {
            "rate_limit": {
                "person": {"at_most": 1, "per": "1h"},
                "rooftop": {"at_most": 2, "per": "day"},
            }
        },
        {"load_limit": {"person": 3, "weigh": 2}},
    ]
)
workloads = st.builds(
    lambda counts, clock: Workload(
        open_work={each.id: count for each, count in zip(TEAM, counts, strict=True)},
        turns={f"leads/rule 0/{SITES[0].id}": Turns(clock=clock, at={TEAM[0].id: clock})},
    ),
    st.lists(st.integers(0, 5), min_size=len(TEAM), max_size=len(TEAM)),
    st.floats(0, 100),
)
works = st.builds(
    lambda reason, changed, heard: item(
        lead(), reason=reason, changed_fields=changed, heard_at=NOW - timedelta(seconds=heard)
    ),
    st.sampled_from(WorkReason),
    st.frozensets(st.sampled_from(["A", "B", "OwnerId"])),
    st.integers(0, 10**6),
)


def named(listed, prefix=""):
    """The rules with names, numbered as they stand."""
    found = []
    for number, each in enumerate(listed):
        name = f"rule {prefix}{number}"
        inner = named(each.get("rules", []), f"{prefix}{number}.")
        found.append({"name": name, **each, **({"rules": inner} if inner else {})})
    return found


def policies(listed, given_limits):
    """Read from YAML, so that what is tried is what an admin can write."""
    ownership = {"rules": listed, "otherwise": {"queue": "Last"}, "limits": given_limits}
    action = {
        "set": {"Rating": "Warm"},
        "sla": [{"clock": "first_response", "target": "30m", "hours": "24x7"}],
    }
    text = f"{HEAD}on: [created, enters, {{changed: [A]}}]\n"
    text += (
        f"ownership: {json.dumps(ownership, ensure_ascii=False)}\naction: {json.dumps(action)}\n"
    )
    return load({"config/policies/p.yaml": text.encode()})


def settled(found_policies, about):
    """The decision, with every question answered by nothing, or not asked."""
    for answer in (None, NotAsked.BUDGET, None):
        found = decide(found_policies, about)
        if isinstance(found, Decision):
            return found, about
        assert isinstance(found, Needs)
        assert found.questions
        about = replace(about, answers={**about.answers, **dict.fromkeys(found.questions, answer)})
    raise AssertionError("it asks without end")


def written(decision, about):
    """Everything of a decision that is kept, as text."""
    row = decision_row(decision, about, timings={}, api_calls=None, written=Written())
    return json.dumps(row, default=str, sort_keys=True), repr(decision)


@settings(max_examples=300, deadline=None)
@given(
    listed=st.lists(rules, max_size=3).map(named),
    given_limits=limits,
    fields=records,
    workload=workloads,
    work=works,
)
def test_decide_is_total_and_deterministic(listed, given_limits, fields, workload, work):
    asked = policies(listed, given_limits)
    about = facts(lead(**fields), WORLD, work=work, workload=workload, watched=frozenset({"A"}))
    decision, known = settled(asked, about)
    assert decision.record_id == LEAD
    again, _ = settled(policies(listed, given_limits), about)
    assert written(again, known) == written(decision, known)


@settings(max_examples=250, deadline=None)
@given(
    listed=st.lists(rules, min_size=1, max_size=3).map(named),
    given_limits=limits,
    fields=records,
    workload=workloads,
    place=st.integers(0, 3),
    never=st.one_of(
        wholes.map(lambda when: {"all": [when, {"not": when}]}),
        st.just({"A": {"at_least": 5, "below": 1}}),
    ),
    assign=assigns,
)
def test_a_rule_that_can_match_nothing_changes_no_decision(
    listed, given_limits, fields, workload, place, never, assign
):
    dead = {
        "name": "dead",
        "when": never,
        "assign": assign,
        "rules": [{"name": "in it", "assign": assign}],
    }
    place = min(place, len(listed))
    about = facts(lead(**fields), WORLD, workload=workload)
    before, _ = settled(policies(listed, given_limits), about)
    after, _ = settled(policies([*listed[:place], dead, *listed[place:]], given_limits), about)
    assert outcome(after) == outcome(before)


@settings(max_examples=100, deadline=None)
@given(
    listed=st.lists(rules, max_size=2).map(named), fields=records, workload=workloads, tail=rules
)
def test_a_rule_behind_one_that_takes_everything_changes_no_decision(
    listed, fields, workload, tail
):
    whole = [*listed, {"name": "everything", "assign": {"queue": "Desk"}}]
    about = facts(lead(**fields), WORLD, workload=workload)
    before, _ = settled(policies(whole, {}), about)
    after, _ = settled(policies([*whole, *named([tail], "behind ")], {}), about)
    assert outcome(after) == outcome(before)


def outcome(decision):
    """All but the trace, the revision and lines in the file."""
    left = replace(decision, trace=None, revision="", place=None)
    return repr(left)


def test_the_world_of_these_tests_tells_rules_apart():
    """Else they would hold of anything."""
    found = policies(
        named([{"assign": {"rooftop": {"brand": "A"}, "team": {"role": "sales_adviser"}}}]), {}
    )
    got, _ = settled(found, facts(lead(A="a"), WORLD))
    assert (got.owner.id, got.rooftop) == (an_id("005", 0), SITES[0].id)
    assert settled(found, facts(lead(A="x"), WORLD))[0].owner.name == "Last resort"
