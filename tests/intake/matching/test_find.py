"""Other records of a customer, as the first stage asks for them and takes one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.facts import NotAsked
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.matches import Customer, Found, MatchQuestion
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from tests.world import NOW, an_id, directory, facts, lead, person, rooftop

NAMED = {"first_name": "FirstName", "last_name": "LastName", "postal_code": "PostalCode"}
CUSTOMERS = {
    "Lead": KeySources(
        email=("Email",),
        phone=("Phone",),
        country="Country",
        source="LeadSource",
        brand="Brand__c",
        duplicate_of="Ortoo_Duplicate_Of__c",
        **NAMED,
    ),
    "Contact": KeySources(email=("Email",), **NAMED),
    "Account": KeySources(number="AccountNumber"),
    "Opportunity": KeySources(through="Account"),
}
FIND = "on: [Email, Phone, {name: LastName, postal_code: PostalCode}], among: {Lead: 60d, Contact: any}"
RULES = """
    - {name: kept, when: {$match.Id: {blank: false}}, assign: {keep: match_owner, else: {queue: Desk}}}
"""
PARIS, LYON, GROUP = (
    rooftop(1, "Paris"),
    rooftop(2, "Lyon", group="G"),
    rooftop(3, "Group", group="G"),
)
SITES = (PARIS, LYON, GROUP)
ANNA, BEN, CARL = person(1, at=PARIS), person(2, at=LYON), person(3, at=GROUP, active=False)
PEOPLE = directory(SITES, (ANNA, BEN, CARL))
ANA = {
    "FirstName": "Ana",
    "LastName": "Lopez",
    "PostalCode": "69003",
    "Email": "Ana@Example.com",
    "Phone": "0612345678",
    "Country": "France",
}
KNOWN = Customer(email="ana@example.com", first_name="Ana", last_name="Lopez")


def policies(find=FIND, rules=RULES, before="", after=""):
    text = f"""
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
{before}
intake: {{find: {{duplicates: {{{find}}}}}}}
ownership:
  rules:{rules}
  otherwise: {{queue: Last}}
{after}
"""
    signals = {"customer_choice": "Preferred_Dealer__c"}
    return load({"policies/leads.yaml": text.encode()}, signals=signals, key_sources=CUSTOMERS)


def a_record(number=1, **given):
    said = {"object": "Contact", "owner": ANNA.id, "created_at": NOW - timedelta(days=20)}
    said |= {"customer": KNOWN, **given}
    prefix = {"Contact": "003", "Lead": "00Q"}[said["object"]]
    return Found(id=an_id(prefix, 100 + number), **said)


def decided(*found, wanted=None, answer=None, **fields):
    wanted = wanted or policies()
    given = facts(lead(**{**ANA, **fields}), PEOPLE)
    needs = decide(wanted, given)
    assert isinstance(needs, Needs)
    (question,) = needs.questions
    answers = {question: answer if answer is not None else found}
    return decide(wanted, replace(given, answers=answers))


def asked(wanted=None, **fields):
    found = decide(wanted or policies(), facts(lead(**{**ANA, **fields}), PEOPLE))
    assert isinstance(found, Needs)
    (question,) = found.questions
    assert isinstance(question, MatchQuestion)
    return question


def why(decision):
    return [note for note in decision.trace.notes if note.startswith("match:")]


# What is asked


def test_it_asks_by_the_keys_that_the_policy_names_in_their_one_form():
    assert asked().customer == Customer(
        email="ana@example.com",
        phones=("+33612345678",),
        name_keys=asked().customer.name_keys,
        first_name="Ana",
        last_name="Lopez",
        postal_code="69003",
    )
    assert len(asked().customer.name_keys) == 1
    only_email = asked(policies("on: [Email], among: [Lead], within: 60d"))
    assert dict(only_email.customer.all_keys()) == {"email": "ana@example.com"}


def test_it_asks_since_a_whole_minute_so_that_an_answer_stays_good():
    given = facts(lead(**ANA), PEOPLE)
    early, late = (
        decide(policies(), replace(given, now=NOW + timedelta(seconds=second)))
        for second in (1, 50)
    )
    assert early.questions == late.questions


def test_an_object_known_through_its_parent_is_read_by_the_parents_keys():
    wanted = policies("on: [Email], among: [Opportunity], within: any")
    (searched,) = asked(wanted).among
    assert dict(searched.paths) == {"number": "Account.AccountNumber"}


def test_a_record_that_says_nothing_of_its_customer_asks_nobody():
    nobody = dict.fromkeys(("Email", "Phone", "LastName"))
    found = decide(policies(), facts(lead(**nobody), PEOPLE))
    assert found.owner.name == "Last resort"
    assert why(found) == ["match: the record says nothing by which a customer is known"]


def test_a_record_that_is_decided_again_finds_nothing_that_was_made_after_its_first_decision():
    decided_at = "2026-11-20T10:00:00.000Z"
    wanted = policies(before="on: [created, {changed: [Brand__c]}]")
    given = facts(lead(**ANA, Ortoo_Decided_At__c=decided_at), PEOPLE)
    item = replace(given.item, entry="requeue:1")
    found = decide(wanted, replace(given, item=item))
    (question,) = found.questions
    assert question.until is not None
    assert not question.may_hold(a_record(created_at=question.until))


# What is taken


def test_the_person_who_has_the_customer_keeps_the_record():
    found = decided(a_record())
    assert (found.owner.id, found.reason) == (ANNA.id, ReasonCode.KEPT)
    assert found.rooftop == PARIS.id


def test_an_owner_who_is_gone_keeps_nothing():
    found = decided(a_record(owner=CARL.id))
    assert (found.outcome, found.owner.name) == (Outcome.ASSIGNED, "The desk")


def test_a_record_of_the_same_household_is_not_the_customers_unless_the_policy_says_so():
    brother = a_record(customer=KNOWN._replace(first_name="Luis"))
    found = decided(brother)
    assert found.rule != "kept"
    assert why(found) == [
        "match: no other record of this customer",
        f"match: not Contact {brother.id}: of the same household, not the same person",
    ]
    assert decided(brother, wanted=policies(FIND + ", also: household")).rule == "kept"


def test_an_old_record_counts_by_the_window_of_its_sources():
    find = FIND + ", windows: [{of: Marketplace, to: [Marketplace, Web], within: 10d}]"
    wanted = policies(find)
    record = a_record(object="Lead", source="web")
    assert decided(record, wanted=wanted, LeadSource="Walk-in").rule == "kept"
    found = decided(record, wanted=wanted, LeadSource="marketplace")
    assert "too old: created 2026-11-03" in why(found)[1]


@pytest.mark.parametrize(
    ("scope", "chosen", "kept"),
    [
        ("network", "Paris", True),
        ("rooftop", "Paris", False),
        ("rooftop", "Lyon", True),
        ("rooftop", None, True),
        ("group", "Group", True),
        ("group", "Paris", False),
    ],
)
def test_a_record_of_another_site_counts_as_far_as_the_scope_goes(scope, chosen, kept):
    wanted = policies(FIND + f", scope: {scope}")
    found = decided(a_record(owner=BEN.id), wanted=wanted, Preferred_Dealer__c=chosen)
    assert (found.rule == "kept") is kept


def test_what_repeats_this_record_is_no_earlier_one():
    child = a_record(object="Lead", duplicate_of=lead().id)
    assert "it repeats this one" in why(decided(child))[1]


@pytest.mark.parametrize(
    ("prefer", "taken"),
    [
        ("closest", 1),
        ("latest", 2),
        ("oldest", 3),
        ("object", 3),
        ("[owner_active, latest]", 1),
    ],
)
def test_one_of_several_is_taken_by_the_first_wish_that_tells_them_apart(prefer, taken):
    records = (
        a_record(1, created_at=NOW - timedelta(days=2)),
        a_record(
            2,
            created_at=NOW - timedelta(days=1),
            owner=CARL.id,
            customer=KNOWN._replace(first_name="A."),
        ),
        a_record(
            3,
            object="Lead",
            created_at=NOW - timedelta(days=3),
            customer=KNOWN._replace(first_name="A."),
        ),
    )
    found = decided(*records, wanted=policies(FIND + f", prefer: {prefer}"))
    assert records[taken - 1].id in why(found)[0]
    assert "one of 3" in why(found)[0]


def test_what_was_found_is_told_in_values_and_templates():
    after = """
action:
  set:
    Ortoo_Duplicate_Of__c: $match.Id
    Rating:
      first:
        - {when: {$match.count: {at_least: 1}, $match.age: {newer_than: 30d}}, then: Hot}
        - {else: Warm}
    Description: "again by {{ match.how }}"
"""
    record = a_record()
    found = decided(record, wanted=policies(after=after))
    assert found.fields["Ortoo_Duplicate_Of__c"] == record.id
    assert found.fields["Rating"] == "Hot"
    assert found.fields["Description"] == "again by email"
    stranger = decided(wanted=policies(after=after))
    assert stranger.fields["Rating"] == "Warm"


def test_known_dealer_may_be_bound_to_what_was_found():
    rules = """
    - name: sites
      assign:
        rooftop: {prefer: [known_dealer]}
        team: {role: sales_adviser}
"""
    wanted = policies(rules=rules)
    wanted = replace(wanted, signals={"known_dealer": "$match.Ortoo_Rooftop__c"})
    assert decided(a_record(owner=BEN.id), wanted=wanted).rooftop == LYON.id
    assert decided(wanted=wanted).rooftop == PARIS.id


@pytest.mark.parametrize("why_not", list(NotAsked))
def test_a_customer_nobody_asked_for_is_decided_without_and_told(why_not):
    found = decided(answer=why_not)
    assert found.owner.name == "Last resort"
    (report,) = found.trace.reports
    assert (report.stage, report.field, report.code) == ("intake", "Email", "not_asked")
