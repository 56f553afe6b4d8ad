from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.org import Org
from tests.sandbox.small_org import Clock, new_lead, new_queue, new_user, small_org


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def org(tmp_path: Path, clock: Clock) -> Iterator[Org]:
    org = small_org(tmp_path, clock)
    yield org
    org.close()


def names(org: Org, where: str) -> list[str]:
    soql = f"SELECT LastName FROM Lead WHERE {where} ORDER BY LastName"
    return [each["LastName"] for each in org.query(soql)]


def refusal(org: Org, soql: str) -> OrgError:
    with pytest.raises(OrgError) as caught:
        org.query(soql)
    return caught.value


def row(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "attributes"}


def test_text_compares_without_case_in_any_script(org: Org) -> None:
    for name in ("Émile", "ÉMILE", "Emile"):
        new_lead(org, name)
    assert names(org, "LastName = 'émile'") == ["Émile", "ÉMILE"]
    assert names(org, "LastName LIKE 'É%'") == ["Émile", "ÉMILE"]
    assert names(org, "lastname IN ('éMILE', 'x')") == ["Émile", "ÉMILE"]
    assert names(org, "LastName > 'EMILE'") == ["Émile", "ÉMILE"]


def test_an_empty_field_is_unequal_and_neither_less_nor_like(org: Org) -> None:
    new_lead(org, "empty")
    new_lead(org, "full", City="Lyon", Score__c=3)
    assert names(org, "City != 'Paris'") == ["empty", "full"]
    assert names(org, "City NOT IN ('Lyon')") == ["empty"]
    assert names(org, "City = null") == names(org, "City = ''") == ["empty"]
    assert names(org, "City != null") == ["full"]
    assert names(org, "City IN (null, 'Lyon')") == ["empty", "full"]
    assert names(org, "Score__c < 5") == ["full"]
    assert names(org, "(NOT Score__c < 5)") == ["empty"]
    assert names(org, "(NOT City LIKE 'L%')") == ["empty"]


def test_escapes_in_strings_and_patterns(org: Org) -> None:
    for name in ("50% off", "50 off", "O'Neil", "a\\b", "new\nline"):
        new_lead(org, name)
    assert names(org, r"LastName LIKE '50\% %'") == ["50% off"]
    assert names(org, r"LastName LIKE '50_off'") == ["50 off"]
    assert names(org, r"LastName = 'O\'Neil'") == ["O'Neil"]
    assert names(org, r"LastName = 'a\\b'") == names(org, r"LastName LIKE 'a\\b'") == ["a\\b"]
    assert names(org, r"LastName IN ('new\nline')") == ["new\nline"]


def test_polymorphic_owners_show_name_and_type(org: Org) -> None:
    queue, user = new_queue(org, "EV Desk", "Lead"), new_user(org, "roux", FirstName="Anne")
    new_lead(org, "A", OwnerId=queue)
    new_lead(org, "B", OwnerId=user)
    records = org.query("SELECT Owner.Name, owner.type FROM Lead ORDER BY LastName")
    assert [row(each["Owner"]) for each in records] == [
        {"Name": "EV Desk", "Type": "Queue"},
        {"Name": "Anne roux", "Type": "User"},
    ]
    assert records[0]["Owner"]["attributes"] == {
        "type": "Name",
        "url": f"/services/data/v66.0/sobjects/Group/{queue}",
    }
    assert names(org, "Owner.Type = 'queue'") == ["A"]
    assert names(org, "Owner.IsActive = true") == ["B"]
    assert refusal(org, "SELECT Owner.Department FROM Lead").code == "INVALID_FIELD"


def test_parents_are_followed_and_missing_ones_are_null(org: Org) -> None:
    account = org.create("Account", {"Name": "Group"}, user_id=org.system_user_id)
    rooftop = {"Name": "Lyon", "ParentId": account}
    rooftop_id = org.create("Account", rooftop, user_id=org.system_user_id)
    site = {"Code__c": "R1", "Account__c": rooftop_id}
    site_id = org.create("Site__c", site, user_id=org.system_user_id)
    new_lead(org, "with", Site__c=site_id)
    new_lead(org, "without")
    path = "Site__r.Account__r.Parent"
    records = org.query(f"SELECT Site__r.Code__c, {path}.Name FROM Lead ORDER BY LastName")
    found = records[0]["Site__r"]["Account__r"]["Parent"]
    assert (records[0]["Site__r"]["Code__c"], found["Name"]) == ("R1", "Group")
    assert found["attributes"]["url"].endswith(f"/Account/{account}")
    assert records[1]["Site__r"] is None
    assert names(org, f"{path}.Name = 'group'") == ["with"]
    assert names(org, f"{path}.Name != 'group'") == ["without"]
    deep = ".".join(["Parent"] * 6)
    assert refusal(org, f"SELECT {deep}.Name FROM Account").code == "MALFORMED_QUERY"


def test_dates_and_date_literals_follow_the_users_days(org: Org, clock: Clock) -> None:
    paris = new_user(org, "paris", TimeZoneSidKey="Europe/Paris")
    new_lead(org, "late")
    clock.pass_for(hours=14)  # 23:15 in UTC: tomorrow in Paris
    new_lead(org, "early", Due__c="2026-11-24")

    def count(where: str) -> int:
        soql = f"SELECT COUNT() FROM Lead WHERE {where}"
        return int(org.queries.query(soql, user_id=paris)["totalSize"])

    assert count("CreatedDate = TODAY") == 1
    assert count("CreatedDate < TODAY") == 1
    assert count("CreatedDate >= YESTERDAY") == 2
    assert count("CreatedDate > YESTERDAY") == 1
    assert count("CreatedDate <= YESTERDAY") == 1
    assert count("CreatedDate = LAST_N_DAYS:1") == 2
    assert count("CreatedDate != THIS_MONTH") == 0
    assert count("Due__c = TODAY") == 1
    assert count("Due__c IN (YESTERDAY, 2026-11-24)") == 1
    assert count("Due__c = 2026-11-24") == 1
    assert count("CreatedDate = 2026-11-23T10:15:30+01:00") == 1
    assert count("CreatedDate > 2026-11-23T09:15:29.999Z") == 2
    assert count("CreatedDate > 2026-11-23T09:15:30.001Z") == 1


def test_multi_picklists_include_and_exclude(org: Org) -> None:
    new_lead(org, "both", Likes__c="EV;SUV")
    new_lead(org, "one", Likes__c="EV")
    new_lead(org, "none")
    assert names(org, "Likes__c INCLUDES ('ev')") == ["both", "one"]
    assert names(org, "Likes__c INCLUDES ('EV;SUV', 'Van')") == ["both"]
    assert names(org, "Likes__c EXCLUDES ('SUV')") == ["none", "one"]
    assert names(org, "Likes__c = 'EV;SUV'") == ["both"]


def test_groups_count_sum_and_sort(org: Org) -> None:
    for city, score in (("Lyon", 1), ("LYON", 2), ("Paris", 5), (None, None)):
        new_lead(org, City=city, Score__c=score)
    soql = (
        "SELECT City, COUNT(Id), SUM(Score__c) total, AVG(Score__c), MAX(CreatedDate) "
        "FROM Lead GROUP BY City ORDER BY COUNT(Id) DESC, City NULLS LAST"
    )
    records = org.query(soql)
    moment = "2026-11-23T09:15:30.000+0000"
    assert records[0]["attributes"] == {"type": "AggregateResult"}
    assert [row(each) for each in records] == [
        {"City": "LYON", "expr0": 2, "total": 3.0, "expr1": 1.5, "expr2": moment},
        {"City": "Paris", "expr0": 1, "total": 5.0, "expr1": 5.0, "expr2": moment},
        {"City": None, "expr0": 1, "total": None, "expr1": None, "expr2": moment},
    ]
    having = "SELECT City c FROM Lead GROUP BY City HAVING COUNT(Id) > 1 AND City != null"
    assert [row(each) for each in org.query(having)] == [{"c": "LYON"}]
    distinct = org.query("SELECT COUNT_DISTINCT(City) n, COUNT(City) m FROM Lead")
    assert row(distinct[0]) == {"n": 2, "m": 3}


def test_count_alone_has_a_total_and_no_records(org: Org) -> None:
    new_lead(org)
    new_lead(org)
    page = org.queries.query("select count() from lead", user_id=org.system_user_id)
    assert page == {"totalSize": 2, "done": True, "records": []}


def test_nulls_sort_lowest_unless_told(org: Org) -> None:
    for name, city in (("a", None), ("b", "x"), ("c", "Y")):
        new_lead(org, name, City=city)

    def ordered(order: str) -> str:
        found = org.query(f"SELECT LastName FROM Lead ORDER BY {order}")
        return "".join(each["LastName"] for each in found)

    assert ordered("City") == "abc"
    assert ordered("City DESC") == "cba"
    assert ordered("City NULLS LAST") == "bca"
    assert ordered("City DESC NULLS FIRST LIMIT 2") == "ac"
    assert ordered("City LIMIT 1 OFFSET 1") == "b"


def test_semi_joins_name_children(org: Org) -> None:
    queue, other = new_queue(org, "Desk", "Lead"), new_queue(org, "Empty", "Case")
    member = {"GroupId": queue, "UserOrGroupId": org.system_user_id}
    org.create("GroupMember", member, user_id=org.system_user_id)
    soql = "SELECT Id FROM Group WHERE Id {} (SELECT QueueId FROM QueueSobject WHERE SobjectType = 'lead')"
    assert [each["Id"] for each in org.query(soql.format("IN"))] == [queue]
    assert [each["Id"] for each in org.query(soql.format("NOT IN"))] == [other]
    members = org.query("SELECT Group.Name, UserOrGroup.Type FROM GroupMember")
    assert row(members[0]["Group"]) == {"Name": "Desk"}
    assert row(members[0]["UserOrGroup"]) == {"Type": "User"}


def test_compound_addresses_nest(org: Org) -> None:
    new_lead(org, City="Lyon", PostalCode="69003")
    address = org.query("SELECT Address FROM Lead")[0]["Address"]
    assert (address["city"], address["postalCode"], address["street"]) == ("Lyon", "69003", None)


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id FROM Lead WHERE A = 1 AND B = 2 OR C = 3", "MALFORMED_QUERY", "token: 'OR'"),
        ("SELECT Id FROM Lead WHERE (City = 'a'", "MALFORMED_QUERY", "token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE City = \"a\"", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE", "relationship 'Contact'"),
        ("SELECT (SELECT Id FROM Cases) FROM Lead", "INVALID_TYPE", "relationship 'Cases'"),
        ("SELECT (SELECT COUNT(Id) FROM Cases) FROM Account", "MALFORMED_QUERY", "no aggregates"),
        ("SELECT (SELECT Id FROM Cases), (SELECT Id FROM Cases) FROM Account", "MALFORMED_QUERY", "twice"),
        ("SELECT Name, (SELECT Id FROM Cases) FROM Account GROUP BY Name", "MALFORMED_QUERY", "token: '('"),
        ("SELECT toLabel(Status) FROM Lead", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Lead FOR UPDATE", "MALFORMED_QUERY", "token: 'FOR'"),
        ("SELECT Id FROM Lead WHERE CreatedDate = SOMEDAY", "MALFORMED_QUERY", "SOMEDAY"),
        ("SELECT Id FROM Lead WHERE Due__c = 2026-13-45", "MALFORMED_QUERY", "2026-13-45"),
        ("SELECT Id FROM Lead WHERE IsConverted = 'x'", "INVALID_FIELD", "type boolean"),
        ("SELECT Id FROM Lead WHERE City = 5", "INVALID_FIELD", "type string and should be"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-21", "INVALID_FIELD", "type dateTime"),
        ("SELECT Id FROM Lead WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID"),
        ("SELECT Id FROM Lead WHERE Likes__c LIKE 'a'", "INVALID_QUERY_FILTER_OPERATOR", ""),
        ("SELECT Id FROM Lead WHERE City INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", ""),
        ("SELECT Id FROM Lead WHERE Description = 'a'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Description FROM Lead ORDER BY Description", "INVALID_FIELD", "sorted"),
        ("SELECT Id, COUNT(City) FROM Lead", "MALFORMED_QUERY", "grouped or aggregated: Id"),
        ("SELECT City FROM Lead GROUP BY City ORDER BY Id", "MALFORMED_QUERY", "Ordered field"),
        ("SELECT SUM(City) FROM Lead", "MALFORMED_QUERY", "aggregate operator SUM"),
        ("SELECT COUNT(Id) FROM Lead WHERE COUNT(Id) > 1", "MALFORMED_QUERY", "HAVING"),
        ("SELECT COUNT(Id) FROM Lead LIMIT 5", "MALFORMED_QUERY", "LIMIT"),
        ("SELECT City x FROM Lead", "MALFORMED_QUERY", "aliasing"),
        ("SELECT Id, id FROM Lead", "MALFORMED_QUERY", "duplicate field"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT Id FROM Lead LIMIT 1.5", "MALFORMED_QUERY", "1.5"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "LIMIT"),
        ("SELECT Id FROM Lead WHERE Company = '" + "x" * 100_000 + "'", "MALFORMED_QUERY", "100000"),
        ("SELECT Account.Name FROM Lead", "INVALID_FIELD", "relationship 'Account'"),
        ("SELECT Id FROM Leed", "INVALID_TYPE", "sObject type 'Leed' is not supported"),
    ],
)  # fmt: skip
def test_what_is_not_spoken_is_refused(org: Org, soql: str, code: str, message: str) -> None:
    error = refusal(org, soql)
    assert error.code == code
    assert message in error.message.rsplit("\n", 1)[-1]


@pytest.mark.parametrize(
    "where",
    [
        "NOT (" * 3_000 + "City = 'a'" + ")" * 3_000,
        " OR ".join(["City = 'a'"] * 3_000),
        "City = '\ud800'",
    ],
    ids=["nested", "long", "half a surrogate"],
)
def test_what_is_too_much_is_refused_and_no_crash(org: Org, where: str) -> None:
    error = refusal(org, f"SELECT Id FROM Lead WHERE {where}")
    assert error.code in ("QUERY_TOO_COMPLICATED", "MALFORMED_QUERY")


def test_refusals_point_at_the_place(org: Org) -> None:
    assert refusal(org, "SELECT Id,\nNope FROM Lead").message.startswith(
        "\nNope FROM Lead\n^\nERROR at Row:2:Column:1\nNo such column 'Nope' on entity 'Lead'."
    )


def test_more_groups_than_a_page_are_refused(org: Org) -> None:
    rows = [{"LastName": f"L{n}", "Company": "C"} for n in range(201)]
    org.create_many("Lead", rows, user_id=org.system_user_id)
    soql = "SELECT LastName, COUNT(Id) FROM Lead GROUP BY LastName"
    with pytest.raises(OrgError, match="EXCEEDED_ID_LIMIT") as caught:
        org.queries.query(soql, user_id=org.system_user_id, page_size=200)
    assert "does not support queryMore()" in caught.value.message


def test_a_cursor_shows_the_rows_as_they_were_and_only_to_its_user(org: Org) -> None:
    rows = [{"LastName": f"L{n:03d}", "Company": "C"} for n in range(201)]
    made = org.create_many("Lead", rows, user_id=org.system_user_id)
    soql = "SELECT LastName FROM Lead ORDER BY Id"
    page = org.queries.query(soql, user_id=org.system_user_id, page_size=200)
    locator = page["nextRecordsUrl"].rsplit("/", 1)[1]
    org.update("Lead", str(made[200].id), {"LastName": "new"}, user_id=org.system_user_id)
    with pytest.raises(OrgError, match="INVALID_QUERY_LOCATOR"):
        org.queries.more(locator, user_id=new_user(org, "other"))
    last = org.queries.more(locator, user_id=org.system_user_id)
    assert [row(each) for each in last["records"]] == [{"LastName": "L200"}]
    assert last["done"] is True
