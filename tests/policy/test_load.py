"""A set of policies: inheritance, order, revision, and everything wrong told at once."""

import time
from datetime import timedelta

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.load import load, revision_of
from ortoo_daemon.policy.ownership_model import PersonTarget, QueueTarget, SkillWish
from ortoo_daemon.policy.reach import fields_read, fields_written, rooftop_fields_read, rules_of
from tests.policy.files import HEAD, OTHERWISE, shipped_files, with_rules


def rules(text, **around):
    (policy,) = load(with_rules(text, **around)).policies
    return {rule.name: rule for rule in rules_of(policy)}


NESTED = """\
    - name: network
      assign:
        rooftop: {brand: Brand__c, within: 80km, where: {EV_Certified: true}, prefer: [nearest]}
        team: {role: sales_adviser, skills: {required: [ev], wished: [{language: Language__c}]}}
        person: {by: least_loaded}
        else: {queue: EV_Desk}
      rules:
        - name: premium
          when: {Brand__c: [Audi, BMW]}
          assign: {team: {skills: {required: [senior]}}, person: {sticky: {on: Email, for: 90d}}}
          rules:
            - {name: no change, when: {FleetSize__c: 1}}
            - {name: desk, when: {FleetSize__c: 2}, assign: {queue: Fleet_Desk}}
            - {name: other else, when: {FleetSize__c: 3}, assign: {else: {user: ana@x.example}}}
        - name: elsewhere
          when: {Country: DE}
          assign: {rooftop: {where: {Fleet_Certified: true}}}
"""


def test_an_inner_rule_adds_to_the_outer_one_maps_key_by_key_and_lists_replaced():
    found = rules(NESTED)
    inner = found["network / premium"].assign
    assert inner.team.role == "sales_adviser"
    assert inner.team.required == (SkillWish(skill="senior"),)
    assert inner.team.wished == (SkillWish(language_field="Language__c"),)
    assert inner.person.by == "least_loaded"
    assert inner.person.sticky.within == timedelta(days=90)
    assert inner.rooftop == found["network"].assign.rooftop
    assert found["network / premium / no change"].assign == inner


def test_a_fixed_owner_replaces_an_inherited_choice_and_keeps_the_else():
    desk = rules(NESTED)["network / premium / desk"]
    assert isinstance(desk.assign.target, QueueTarget)
    assert (desk.assign.target.queue, desk.assign.rooftop) == ("Fleet_Desk", None)
    assert isinstance(desk.orelse, QueueTarget)
    assert desk.orelse.queue == "EV_Desk"


def test_else_is_that_of_the_nearest_rule_around():
    found = rules(NESTED)
    assert isinstance(found["network / premium / other else"].orelse, PersonTarget)
    assert found["network / premium"].orelse == found["network"].orelse


def test_an_inner_where_replaces_the_outer_one():
    where = rules(NESTED)["network / elsewhere"].assign.rooftop.where
    assert where.fields() == {"Fleet_Certified"}


def test_rules_never_get_the_assignment_of_another_rule():
    text = "    - name: outer\n      assign: {team: {role: adviser}}\n      rules:\n" + "".join(
        f"        - {{name: r{n}, when: {{A: {n}}}, assign: {{team: {{skills: {{required: [s{n}]}}}}}}}}\n"
        for n in range(500)
    )
    found = rules(text)
    for n in range(500):
        assert found[f"outer / r{n}"].assign.team.required == (SkillWish(skill=f"s{n}"),)


def test_policies_are_asked_in_the_given_order_and_the_rest_by_file():
    files = {
        f"config/policies/{file}.yaml": f"{HEAD}ownership:\n{OTHERWISE}".replace(
            "policy: leads", f"policy: {name}"
        ).encode()
        for file, name in (("a", "first"), ("b", "second"), ("c", "third"))
    }
    assert [p.name for p in load(files, ["third"]).policies] == ["third", "first", "second"]
    with pytest.raises(ConfigError, match="names 'secnd', which no file holds"):
        load(files, ["secnd"])


def test_a_copy_of_the_files_in_another_folder_is_the_same_revision():
    here = {"config/policies/leads.yaml": b"a", "config/tables/models.csv": b"b"}
    there = {f"/srv/acme/{name}": data for name, data in here.items()}
    assert revision_of(there) == revision_of(here)
    swapped = {"config/policies/leads.yaml": b"b", "config/tables/models.csv": b"a"}
    assert revision_of(swapped) != revision_of(here)


def test_the_revision_changes_with_any_byte_of_any_file_used_and_with_no_other():
    files = shipped_files()
    before = load(files)
    assert load(files).revision == before.revision
    assert load({**files, "config/tables/left_over.csv": b"a\n1\n"}).revision == before.revision
    table = {"config/tables/models.csv": files["config/tables/models.csv"] + b"Avenger,Fiat,EV,\n"}
    assert load({**files, **table}).revision != before.revision
    assert "config/policies/leads_test.yaml" not in before.files


def test_two_policies_of_one_name_are_told():
    text = f"{HEAD}ownership:\n{OTHERWISE}".encode()
    with pytest.raises(ConfigError, match=r"stands already in a\.yaml"):
        load({"a.yaml": text, "b.yaml": text})


def test_problems_of_all_files_are_told_together_in_file_order():
    text = (
        f"{HEAD}enter: {{}}\nownership:\n  rules: [{{name: x}}]\n{OTHERWISE}nonsense: 1\n".encode()
    )
    with pytest.raises(ConfigError) as caught:
        load({"b.yaml": text, "a.yaml": b""})
    assert [str(problem.place) for problem in caught.value.problems] == [
        "a.yaml:1:1", "b.yaml:4:8", "b.yaml:6:11", "b.yaml:8:1",
    ]  # fmt: skip


def test_the_fields_read_are_those_of_every_part():
    text = """\
    - name: one
      when: {any: [{A__c: 1}, {not: {B__c: 2}}]}
      assign:
        rooftop: {brand: Brand__c, territory: PostalCode, where: {Tag: true}, prefer: [in_stock]}
        team: {skills: {required: [{language: Language__c}]}}
        person: {sticky: {on: Email, for: 1d}}
"""
    action = "action: {set: {City: '{{ Town__c }} {{ rooftop.Name }}'}}\n"
    intake = "intake: {cleanse: {Phone: {phone: {country: Land__c}}}}\n"
    (policy,) = load(with_rules(text, before=intake, after=action)).policies
    assert fields_read(policy, {"in_stock": "Stock__c", "customer_choice": "No__c"}) == {
        "A__c", "B__c", "Brand__c", "PostalCode", "Country", "Language__c", "Email", "Town__c",
        "Phone", "Land__c", "City", "Stock__c",
    }  # fmt: skip
    assert fields_written(policy) == {"City", "Phone"}
    assert rooftop_fields_read(policy) == {"Tag", "Name"}


def test_ten_thousand_rules_load_in_under_three_seconds():
    text = "".join(
        f"    - name: rule {n}\n      when:\n        Brand__c: [Audi, Brand{n % 15}]\n"
        f"        Country: C{n % 7}\n        PostalCode: {{starts_with: '{n % 1000:03}'}}\n"
        f"        LeadSource: [Web, Partner{n % 9}]\n        AnnualRevenue: {{at_least: {n}}}\n"
        f"      assign: {{queue: Queue_{n % 50}}}\n"
        for n in range(10_000)
    )
    files = with_rules(text)
    started = time.process_time()
    (policy,) = load(files).policies
    assert time.process_time() - started < 3
    assert len(policy.rules) == 10_000


def test_names_of_names_can_not_be_made_to_blow_up():
    bomb = "define:\n  conditions:\n    c0: {any: [A, B]}\n" + "".join(
        f"    c{n}: {{all: [{{use: c{n - 1}}}, {{use: c{n - 1}}}]}}\n" for n in range(1, 15)
    )
    with pytest.raises(ConfigError, match="asks more than 1,000 tests"):
        load(with_rules("", before=bomb))
    chain = "define:\n  conditions:\n" + "".join(
        f"    c{n}: {{use: c{n + 1}}}\n" for n in range(3_000)
    )
    with pytest.raises(ConfigError, match="more than 16 deep"):
        load(with_rules("", before=chain + "    c3000: {A: b}\n"))


TRIGGERS = [
    ("", (True, True, set())),
    ("on: [created]\n", (True, False, set())),
    ("on: enters\n", (False, True, set())),
    ("on: {changed: [Brand__c, PostalCode]}\n", (False, False, {"Brand__c", "PostalCode"})),
    ("on: [created, enters, {changed: [Brand__c]}]\n", (True, True, {"Brand__c"})),
]


@pytest.mark.parametrize(("text", "expected"), TRIGGERS)
def test_triggers_are_what_on_names_and_nothing_else(text, expected):
    (policy,) = load(with_rules("", before=text)).policies
    assert (policy.on.created, policy.on.enters, set(policy.on.changed)) == expected


def test_a_clock_has_its_targets_in_order_and_its_warnings_earliest_first():
    clock = (
        "action: {sla: [{clock: first, hours: rooftop, warn: [5m, 80%, 50%], target: "
        "{first: [{when: {A: 1}, then: 5m}, {when: {A: 2}, then: 2h}, {else: 30m}]}}]}\n"
    )
    (policy,) = load(with_rules("", after=clock)).policies
    (sla,) = policy.sla
    lengths = [length for _, length in sla.target.choices]
    assert lengths == [timedelta(minutes=5), timedelta(hours=2), timedelta(minutes=30)]
    assert [condition is None for condition, _ in sla.target.choices] == [False, False, True]
    assert sla.warn == (0.5, 0.8, timedelta(minutes=5))


def test_tables_are_found_beside_the_policy_and_in_the_folder_above():
    step = "enrichment: [{table: {file: t.csv, match: {A: a}, set: {B: b}}}]\n"
    for file in ("config/policies/t.csv", "config/t.csv", "t.csv"):
        found = load({**with_rules("", before=step), file: b"a,b\n1,2\n"})
        assert set(found.files) == {"config/policies/leads.yaml", file}
