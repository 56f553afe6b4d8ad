"""Claims about ``keep``: who has the customer already gets the record, if they can take it."""

import pytest

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.facts import Workload
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.reach import fields_read
from tests.policy.files import with_rules
from tests.world import DESK, LAST, decided, directory, facts, lead, person, rooftop

SITE = rooftop(1, "Site")
OTHER = rooftop(2, "Other", brands=("Audi",))
ANNA = person(1, at=SITE, name="Anna")
BERT = person(2, at=OTHER, name="Bert", role="manager")
CARL = person(3, name="Carl")

KEEP = "{keep: account_owner, else: {queue: Desk}}"
KEEP_OR_TEAM = (
    "{keep: [account_owner, Adviser__c], team: {role: sales_adviser}, else: {queue: Desk}}"
)


def reading(assign: str, *, limits: str = ""):
    rules = f"    - {{name: known, assign: {assign}}}\n"
    after = f"  limits: {limits}\n" if limits else ""
    files = with_rules(rules)
    text = files["config/policies/leads.yaml"].decode()
    text = text.replace("2026-11-23", "2026-11-01").replace("Unrouted_Leads", "Last") + after
    return load({"config/policies/leads.yaml": text.encode()})


def given_to(assign: str, *people, limits: str = "", workload=None, **fields):
    network = directory(rooftops=(SITE, OTHER), people=people)
    record = lead(**fields)
    given = facts(record, network, workload=workload or Workload())
    return decided(reading(assign, limits=limits), given)


def of(who) -> dict[str, str]:
    return {"Account.OwnerId": who.id}


def test_the_owner_of_the_account_keeps_the_record_at_their_rooftop():
    found = given_to(KEEP, ANNA, BERT, **of(BERT))
    assert (found.owner.name, found.rooftop, found.reason) == ("Bert", OTHER.id, ReasonCode.KEPT)
    assert summary(found) == "to Bert: by rule known: has the customer already"
    assert found.reservation.pool is None


def test_an_id_of_15_characters_and_a_username_name_the_same_person():
    for text in (ANNA.id, ANNA.id[:15], ANNA.username.upper()):
        assert given_to(KEEP, ANNA, **{"Account.OwnerId": text}).owner.name == "Anna"


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (None, "the record names nobody"),
        ("00G000000000009AAA", "a queue"),
        ("005000000000099AAA", "is not on the roster"),
    ],
)
def test_who_is_nobody_on_the_roster_leaves_it_to_the_else(who, why):
    found = given_to(KEEP, ANNA, **{"Account.OwnerId": who})
    assert (found.owner.id, found.reason) == (DESK.id, ReasonCode.RULE_ELSE)
    assert any(why in note for note in found.trace.notes)


@pytest.mark.parametrize(
    ("state", "gate"),
    [
        ({"active": False}, "active"),
        ({"availability": "Away"}, "away"),
        ({"open_limit": 2}, "open_limit"),
    ],
)
def test_who_can_not_take_it_does_not_keep_it(state, gate):
    anna = person(1, at=SITE, name="Anna", **state)
    found = given_to(KEEP, anna, workload=Workload(open_work={anna.id: 2}), **of(anna))
    assert found.owner.id == DESK.id
    assert [step.removed_by for step in found.trace.candidates] == [gate]


def test_a_full_rooftop_keeps_nothing():
    busy = Workload(open_work={ANNA.id: 3})
    found = given_to(KEEP, ANNA, limits="{open_limit: {rooftop: 3}}", workload=busy, **of(ANNA))
    assert found.owner.id == DESK.id


def test_where_a_choice_stands_beside_it_the_choice_is_made_when_nobody_keeps_it():
    found = given_to(KEEP_OR_TEAM, ANNA, BERT, CARL, **of(BERT))  # Bert is no sales adviser
    assert (found.owner.name, found.reason) == ("Carl", ReasonCode.RULE)
    found = given_to(KEEP_OR_TEAM, ANNA, BERT, CARL, **of(BERT), Adviser__c=ANNA.id)
    assert (found.owner.name, found.reason) == ("Anna", ReasonCode.KEPT)


def test_an_inner_rule_puts_it_before_the_choice_that_it_inherits_and_a_fixed_owner_replaces_both():
    rules = (
        "    - name: all\n      assign: {team: {role: sales_adviser}}\n      rules:\n"
        "        - {name: known, when: {A: x}, assign: {keep: account_owner}, rules: "
        "[{name: desk, when: {B: x}, assign: {queue: Desk}}]}\n"
    )
    policies = load(with_rules(rules))
    (outer,) = policies.policies[0].rules
    known = outer.rules[0].assign
    assert known.keep.holders[0].field == "Account.OwnerId"
    assert known.team.role == "sales_adviser"
    assert (outer.rules[0].rules[0].assign.keep, outer.rules[0].rules[0].assign.team) == (
        None,
        None,
    )


def test_what_it_names_is_read_with_the_record():
    policies = reading("{keep: [account_owner, Owner_Of__c, Deal__r.OwnerId]}")
    assert fields_read(policies.policies[0]) >= {
        "Account.OwnerId", "Owner_Of__c", "Deal__r.OwnerId"
    }  # fmt: skip


def test_a_fixed_owner_beside_it_is_refused():
    with pytest.raises(ConfigError, match="'queue' and 'keep' exclude each other"):
        reading("{keep: account_owner, queue: Desk}")


def test_without_an_else_otherwise_has_it():
    assert given_to("{keep: account_owner}", ANNA).owner.id == LAST.id
