"""Records of customers, found in a sandbox org: many customers a query, several queries a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.matches import Customer, Found, MatchQuestion, Searched
from ortoo_daemon.salesforce import matching, soql
from ortoo_daemon.salesforce.matching import Plenty, find_matches
from tests.salesforce.answers import run
from tests.salesforce.sandbox import DISPATCHER, Sandbox
from tests.world import an_id

LEAD = (
    ("email", "Ortoo_Email_Key__c"),
    ("phone", "Ortoo_Phone_Key__c"),
    ("last_name", "LastName"),
    ("source", "LeadSource"),
)
CONTACT = (("email", "Ortoo_Email_Key__c"), ("phone", "Ortoo_Phone_Key__c"))
DEAL = (("phone", "Account.Ortoo_Phone_Key__c"), ("company", "Account.Name"))
NOBODY = an_id("00Q", 999)


def question(customer: Customer, *among: str, since: datetime | None = None) -> MatchQuestion:
    paths = {"Lead": LEAD, "Contact": CONTACT, "Opportunity": DEAL}
    searched = tuple(Searched(name, since, paths[name]) for name in among or ("Lead",))
    return MatchQuestion("Lead", NOBODY, customer, searched)


def asked(sandbox: Sandbox, *questions: MatchQuestion) -> list[tuple[Found, ...]]:
    async def work() -> list[tuple[Found, ...]]:
        org = sandbox.org()
        try:
            found = await find_matches(org.rest, questions)
            return [found[each] for each in questions]
        finally:
            await org.close()

    return run(work())


def ids(found: Sequence[Found]) -> set[str]:
    return {each.id for each in found}


def create(sandbox: Sandbox, object_name: str, **values: Any) -> str:
    row = {"attributes": {"type": object_name}, **values}
    body = {"user": DISPATCHER, "create": [row]}
    (made,) = sandbox.control("POST", "act", body)["create"]
    assert made["success"], made
    return str(made["id"])


def test_each_customer_gets_the_records_that_bear_one_of_their_keys(sandbox: Sandbox) -> None:
    (by_email,) = sandbox.leads(1, Ortoo_Email_Key__c="a@match.example", LeadSource="Web")
    (by_phone,) = sandbox.leads(1, Ortoo_Phone_Key__c="+33600000001")
    contact = create(sandbox, "Contact", LastName="Roy", Ortoo_Email_Key__c="a@match.example")
    sandbox.leads(1, Ortoo_Email_Key__c="other@match.example")
    ana = question(Customer(email="a@match.example", phones=("+33600000001",)), "Lead", "Contact")
    ben = question(Customer(email="nobody@match.example"), "Lead", "Contact")
    found, none = asked(sandbox, ana, ben)
    assert (ids(found), none) == ({by_email, by_phone, contact}, ())
    (lead,) = (each for each in found if each.id == by_email)
    assert (lead.object, lead.source, lead.customer.last_name) == ("Lead", "Web", "Roy")
    assert lead.owner.startswith("005")


def test_text_of_a_customer_never_becomes_part_of_the_query(sandbox: Sandbox) -> None:
    hostile = "x' OR Id != '@{query0.records[0].Id}\\"
    found, _ = asked(
        sandbox,
        question(Customer(email=hostile), "Lead", "Contact"),
        question(Customer(email="y@match.example"), "Lead", "Contact"),
    )
    assert found == ()


def test_a_lead_that_was_converted_and_a_deal_that_is_closed_are_left_out(sandbox: Sandbox) -> None:
    account = create(sandbox, "Account", Name="Roy SARL", Ortoo_Phone_Key__c="+33600000002")
    deal = {"AccountId": account, "CloseDate": "2027-01-01"}
    open_deal = create(sandbox, "Opportunity", Name="A", StageName="Prospecting", **deal)
    create(sandbox, "Opportunity", Name="B", StageName="Closed Won", **deal)
    (found,) = asked(sandbox, question(Customer(phones=("+33600000002",)), "Opportunity"))
    assert ids(found) == {open_deal}
    assert found[0].customer.company == "Roy SARL"


def test_records_older_than_asked_for_are_not_found(sandbox: Sandbox) -> None:
    sandbox.leads(1, Ortoo_Phone_Key__c="+33600000003")
    customer = Customer(phones=("+33600000003",))
    late = datetime(2090, 1, 1, tzinfo=UTC)
    always, never = asked(sandbox, question(customer), question(customer, since=late))
    assert (len(always), len(never)) == (1, 0)


def test_two_hundred_customers_on_two_objects_take_one_call(sandbox: Sandbox) -> None:
    customers = [
        Customer(email=f"customer.number{n}@match.example", phones=(f"+3361000{n:04d}",))
        for n in range(200)
    ]
    sandbox.control("DELETE", "calls")
    asked(sandbox, *(question(each, "Lead", "Contact") for each in customers))
    assert [call["path"].rpartition("/")[2] for call in sandbox.calls()][-1:] == ["composite"]
    assert len([each for each in sandbox.calls() if "oauth" not in each["path"]]) == 1


def test_no_query_is_too_long_for_an_address_and_no_customer_is_left_out(sandbox: Sandbox) -> None:
    names = [f"très.long.numéro+{n}.{'x' * (n % 90)}@match.example" for n in range(300)]
    made = sandbox.leads(1, Ortoo_Email_Key__c=names[0]) + sandbox.leads(
        1, Ortoo_Email_Key__c=names[-1]
    )
    sandbox.control("DELETE", "calls")
    first, *_, last = asked(sandbox, *(question(Customer(email=each)) for each in names))
    assert [ids(first), ids(last)] == [{made[0]}, {made[1]}]
    searches = matching._searches([question(Customer(email=each)) for each in names], Plenty())
    lengths = [soql.uri_length(search.text()) for search in searches]
    assert max(lengths) <= soql.LONGEST_IN_COMPOSITE
    assert min(lengths[:-1]) > soql.LONGEST_IN_COMPOSITE * 0.9  # and each is as full as can be


def test_a_key_that_very_many_bear_hides_nobody_elses_records(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_ROWS", 10)
    sandbox.leads(30, Ortoo_Phone_Key__c="+33600000004")
    sandbox.later()
    (alone,) = sandbox.leads(1, Ortoo_Phone_Key__c="+33600000005")
    many, one = asked(
        sandbox,
        question(Customer(phones=("+33600000004",))),
        question(Customer(phones=("+33600000005",))),
    )
    assert (len(many), ids(one)) == (10, {alone})


def test_a_search_that_the_org_refuses_says_so(sandbox: Sandbox) -> None:
    wrong = Searched("Lead", None, (("email", "No_Such_Field__c"),))
    customer = Customer(email="a@match.example")
    beside = question(customer)._replace(among=(wrong, Searched("Contact", None, CONTACT)))
    with pytest.raises(PermanentOrgError, match="No_Such_Field__c"):
        asked(sandbox, beside)


def test_how_much_customers_find_is_remembered_and_the_next_search_wastes_no_call(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_ROWS", 60)
    keys = [f"plenty{number}@match.example" for number in range(40)]
    for key in keys:
        sandbox.leads(2, Ortoo_Email_Key__c=key)
    asked_for = [question(Customer(email=key)) for key in keys]

    async def work() -> list[int]:
        org, plenty, calls = sandbox.org(), Plenty(), []
        try:
            await org.query("SELECT Id FROM Lead LIMIT 1")  # logs in
            for _ in range(2):
                before = len(sandbox.calls())
                found = await find_matches(org.rest, asked_for, plenty)
                assert all(len(each) == 2 for each in found.values())
                calls.append(len(sandbox.calls()) - before)
        finally:
            await org.close()
        return calls

    assert run(work()) == [2, 1]


def test_a_number_that_many_bear_says_nothing_of_the_others() -> None:
    plenty = Plenty()
    plenty.note("Lead", customers=200, rows=40)
    plenty.note("Lead", customers=100, rows=matching.MOST_ROWS)
    plenty.note("Lead", customers=1, rows=1_900)
    assert plenty.most("Lead") > 400
    assert plenty.most("Contact") > 400
    for _ in range(8):
        plenty.note("Lead", customers=50, rows=1_800)
    assert 20 <= plenty.most("Lead") < 50
