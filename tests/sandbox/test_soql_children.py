"""Subqueries of the SELECT list bring each record's children with it, and columns can be asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.org import Org
from tests.sandbox.small_org import Clock, new_lead, small_org


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    org = small_org(tmp_path, Clock())
    yield org
    org.close()


def made(org: Org, entity: str, **values: Any) -> str:
    return org.create(entity, values, user_id=org.system_user_id)


def answer(org: Org, soql: str, **options: Any) -> dict[str, Any]:
    return org.queries.query(soql, user_id=org.system_user_id, **options)


def test_each_record_comes_with_its_own_children(org: Org) -> None:
    lyon, vide = made(org, "Account", Name="Lyon"), made(org, "Account", Name="Vide")
    for name in ("Roux", "Blanc"):
        made(org, "Contact", LastName=name, AccountId=lyon)
    below = "SELECT LastName, Account.Name FROM contacts ORDER BY LastName"
    page = answer(org, f"SELECT Name, ({below}) FROM Account ORDER BY Name")
    first, second = page["records"]
    assert [each["LastName"] for each in first["Contacts"]["records"]] == ["Blanc", "Roux"]
    assert first["Contacts"]["records"][0]["Account"]["Name"] == "Lyon"
    assert (first["Contacts"]["totalSize"], first["Contacts"]["done"]) == (2, True)
    assert second["Contacts"] is None, f"{vide} has none"


def test_conditions_and_limits_of_a_subquery_hold_for_each_parent(org: Org) -> None:
    for city in ("Lyon", "Paris"):
        account = made(org, "Account", Name=city)
        for number in range(3):
            made(org, "Contact", LastName=f"{city} {number}", AccountId=account)
    soql = (
        "SELECT Name, (SELECT LastName FROM Contacts WHERE LastName LIKE '%1' OR LastName LIKE '%2' "
        "ORDER BY LastName DESC LIMIT 1) FROM Account WHERE Name != null ORDER BY Name"
    )
    found = [each["Contacts"]["records"][0]["LastName"] for each in answer(org, soql)["records"]]
    assert found == ["Lyon 2", "Paris 2"]


def test_children_have_children_and_custom_relationships_end_in_r(org: Org) -> None:
    account = made(org, "Account", Name="Group")
    made(org, "Case", Subject="inner", AccountId=account)
    case = made(org, "Case", Subject="outer", AccountId=account)
    made(org, "Task", Subject="call", WhatId=case)
    soql = "SELECT (SELECT Subject, (SELECT Subject FROM Tasks) FROM Cases ORDER BY Subject) FROM Account"
    cases = answer(org, soql)["records"][0]["Cases"]["records"]
    assert cases[0]["Tasks"] is None
    assert cases[1]["Tasks"]["records"][0]["Subject"] == "call"
    site = made(org, "Site__c", Code__c="R1")
    new_lead(org, "visitor", Site__c=site)
    visitors = answer(org, "SELECT (SELECT LastName FROM Visitors__r) FROM Site__c")["records"][0]
    assert visitors["Visitors__r"]["records"][0]["LastName"] == "visitor"


def test_more_children_than_a_page_are_read_on_by_their_own_locator(org: Org) -> None:
    account = made(org, "Account", Name="Lyon")
    for number in range(5):
        made(org, "Contact", LastName=str(number), AccountId=account)
    soql = "SELECT (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"
    children = answer(org, soql, page_size=2)["records"][0]["Contacts"]
    names = [each["LastName"] for each in children["records"]]
    while not children["done"]:
        locator = children["nextRecordsUrl"].rpartition("/")[2]
        children = org.queries.more(locator, user_id=org.system_user_id)
        names += [each["LastName"] for each in children["records"]]
    assert names == ["0", "1", "2", "3", "4"]


def test_deleted_children_are_seen_by_query_all_only(org: Org) -> None:
    account = made(org, "Account", Name="Lyon")
    contact = made(org, "Contact", LastName="Gone", AccountId=account)
    org.delete("Contact", contact, user_id=org.system_user_id)
    soql = "SELECT (SELECT LastName FROM Contacts) FROM Account"
    assert answer(org, soql)["records"][0]["Contacts"] is None
    assert answer(org, soql, deleted_too=True)["records"][0]["Contacts"]["totalSize"] == 1


def test_six_levels_are_too_many(org: Org) -> None:
    soql = "SELECT Id FROM ChildAccounts"
    for _ in range(4):
        soql = f"SELECT Id, ({soql}) FROM ChildAccounts"
    with pytest.raises(OrgError, match="levels"):
        answer(org, f"SELECT Id, ({soql}) FROM Account")


def test_columns_tell_types_parents_children_and_groups(org: Org) -> None:
    asked = org.queries.columns(
        "SELECT Id, Site__r.Account__r.Name, IsConverted, Score__c FROM Lead"
    )
    assert (asked["entityName"], asked["keyPrefix"], asked["idSelected"]) == ("Lead", "00Q", True)
    identity, site, converted, score = asked["columnMetadata"]
    assert (identity["apexType"], identity["updatable"]) == ("Id", False)
    assert (site["foreignKeyName"], site["custom"]) == ("Site__c", True)
    assert site["joinColumns"][0]["joinColumns"][0]["columnName"] == "Name"
    assert (converted["booleanType"], score["numberType"]) == (True, True)
    below = org.queries.columns("SELECT Name, (SELECT LastName FROM Contacts) FROM Account")
    children = below["columnMetadata"][1]
    assert (children["columnName"], children["aggregate"]) == ("Contacts", True)
    assert children["joinColumns"][0]["columnName"] == "LastName"
    grouped = org.queries.columns(
        "SELECT City, COUNT(Id), MAX(Score__c) top FROM Lead GROUP BY City"
    )
    assert [each["columnName"] for each in grouped["columnMetadata"]] == ["City", "expr0", "top"]
    assert grouped["groupBy"]
    with pytest.raises(OrgError, match="No such column"):
        org.queries.columns("SELECT Nope FROM Lead")
