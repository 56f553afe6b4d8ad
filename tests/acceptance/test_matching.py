"""Customers who come again, as the running daemon finds them."""

from __future__ import annotations

import json

from tests.acceptance.network import FLAGSHIP, Network

FIND = {
    "find": {
        "duplicates": {
            "on": ["Email", "Phone", {"name": "LastName", "postal_code": "PostalCode"}],
            "among": {"Lead": "60d", "Contact": "any"},
        }
    }
}
POLICY = {
    "intake": FIND,
    "action": {
        "set": {
            "Ortoo_Duplicate_Of__c": "$match.Id",
            "Rating": {
                "first": [
                    {"when": {"$match.count": {"at_least": 1}}, "then": "Hot"},
                    {"else": "Warm"},
                ]
            },
        }
    },
}
ANA = {"FirstName": "Ana", "LastName": "Lopez", "Country": "France", "PostalCode": "69003"}


def test_who_comes_again_meets_the_same_person_however_they_type_their_name(
    network: Network,
) -> None:
    keeping = {**FLAGSHIP, "keep": "match_owner", "person": {"by": "rotation"}}
    with network.daemon(assign=keeping, policy=POLICY) as daemon:
        daemon.until_ready()
        (first,) = network.leads(1, **ANA, Email="ana.lopez@matching.example")
        network.until_routed([first])
        again = [
            *network.leads(1, **ANA, Email="ANA.LOPEZ@matching.example"),
            *network.leads(1, **{**ANA, "LastName": "López"}, Email=None, Phone="0612345601"),
            *network.leads(
                1, **{**ANA, "LastName": "Lopze"}, Email=None, Phone="+33 6 12 34 56 01"
            ),
        ]
        network.until_routed(again)
        brother = network.leads(
            1, **{**ANA, "FirstName": "Luis"}, Email="ana.lopez@matching.example"
        )
        network.until_routed(brother)
        assert daemon.terminate() == 0
    network.assert_routed_once([first, *again, *brother])
    rows = network.read([first, *again, *brother], "Ortoo_Duplicate_Of__c", "Rating")
    owner = rows[first]["OwnerId"]
    assert [rows[each]["OwnerId"] for each in again] == [owner] * 3
    assert {rows[each]["Rating"] for each in again} == {"Hot"}
    assert rows[first]["Ortoo_Duplicate_Of__c"] is None
    assert all(rows[each]["Ortoo_Duplicate_Of__c"] for each in again)
    assert rows[brother[0]]["Rating"] == "Warm"
    assert rows[brother[0]]["OwnerId"] != owner


def test_enquiries_of_one_customer_in_one_burst_meet_one_person(network: Network) -> None:
    keeping = {**FLAGSHIP, "keep": "match_owner", "person": {"by": "rotation"}}
    with network.daemon(assign=keeping, policy=POLICY) as daemon:
        daemon.until_ready()
        ids = network.leads(6, **{**ANA, "LastName": "Burst"}, Phone="0612345602")
        network.until_routed(ids)
        assert daemon.terminate() == 0
    rows = network.read(ids, "Ortoo_Duplicate_Of__c")
    assert len({row["OwnerId"] for row in rows.values()}) == 1
    assert sum(row["Ortoo_Duplicate_Of__c"] is None for row in rows.values()) == 1
    kept = network.sandbox.rows_of("Ortoo_Decision__c", ("Facts__c",), ids, "Record_Id__c")
    assert all("match" in json.loads(row["Facts__c"])["answers"][0] for row in kept)


def test_enquiries_that_repeat_an_earlier_one_are_counted_and_attached_there_once_each(
    network: Network,
) -> None:
    repeats = {
        "of": "Lead",
        "count": "Ortoo_Repeat_Count__c",
        "attach": {"subject": "Asked again", "text": "{{ Description }}"},
        "merge": {"City": "longest"},
    }
    intake = {
        "govern": {"rules": [{"name": "place", "required": "City", "points": 10}]},
        "find": {"duplicates": {"on": ["Email"], "among": {"Lead": "60d"}, "prefer": "oldest"}},
    }
    with network.daemon(policy={"intake": intake, "action": {"repeats": repeats}}) as daemon:
        daemon.until_ready()
        ana = {**ANA, "Email": "ana.again@matching.example"}
        (first,) = network.leads(1, **ana, City="Lyon")
        network.until_routed([first])
        again = [
            each
            for number in range(4)
            for each in network.leads(1, **ana, Description=f"no {number}", City=f"Lyon {number}")
        ]
        network.until_proven([first, *again])
        assert daemon.terminate() == 0
    fields = ("City", "Ortoo_Repeat_Count__c", "Ortoo_Repeats__c")
    row = network.lead(first, *fields)
    assert row["Ortoo_Repeat_Count__c"] == len(again)
    lines = row["Ortoo_Repeats__c"].splitlines()
    assert sorted(line.split()[1].rstrip(";") for line in lines) == sorted(again)
    assert row["City"].startswith("Lyon ")
    tasks = network.sandbox.rows_of("Task", ("Description", "WhoId"), [first], "WhoId")
    assert sorted(task["Description"] for task in tasks) == [f"no {n}" for n in range(4)]
    kept = network.sandbox.rows_of(
        "Ortoo_Decision__c", ("Fields_Written__c",), again, "Record_Id__c"
    )
    known = [json.loads(each["Fields_Written__c"])["known"] for each in kept]
    assert [each["id"] for each in known if each["done"]] == [first] * len(again)
    assert "Lyon" in [each["before"].get("City") for each in known]
