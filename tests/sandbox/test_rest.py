from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ortoo_daemon.sandbox.changes import Transaction
from ortoo_daemon.sandbox.org import Org
from tests.sandbox.small_org import Clock, new_lead, new_queue, new_user, served, small_org

DATA = "/services/data/v66.0"
FALSE = {"Sforce-Auto-Assign": "FALSE"}


class Client:
    """Calls against the served org."""

    def __init__(self, url: str, org: Org, clock: Clock, user: str) -> None:
        self.url, self.org, self.clock, self.user = url, org, clock, user

    def __call__(self, method: str, path: str, **rest: Any) -> requests.Response:
        return requests.request(method, self.url + DATA + path, timeout=10, **rest)

    def composite(self, *steps: dict[str, Any], **body: Any) -> list[dict[str, Any]]:
        requested = [
            {"method": "PATCH", "referenceId": f"r{n}", **step, "url": DATA + step["url"]}
            for n, step in enumerate(steps)
        ]
        answer = self("POST", "/composite", json={"compositeRequest": requested, **body})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["compositeResponse"])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    clock = Clock()
    org = small_org(tmp_path, clock)
    user = new_user(org, "caller")
    with served(org, user) as url:
        yield Client(url, org, clock, user)
    org.close()


def test_a_created_record_answers_201_with_its_place(client: Client) -> None:
    body = {"LastName": "Durand", "Company": "Durand SA"}
    answer = client("POST", "/sobjects/Lead", json=body)
    assert answer.status_code == 201
    record_id = answer.json()["id"]
    assert answer.json() == {"id": record_id, "success": True, "errors": []}
    assert answer.headers["Location"] == f"{DATA}/sobjects/Lead/{record_id}"
    found = client("GET", f"/sobjects/lead/{record_id[:15]}").json()
    assert found["attributes"] == {"type": "Lead", "url": answer.headers["Location"]}
    assert (found["Name"], found["IsConverted"], found["OwnerId"]) == ("Durand", False, client.user)
    assert found["CreatedDate"] == "2026-11-23T09:15:30.000+0000"
    assert found["Address"] is None


def test_errors_are_arrays_that_name_the_fields(client: Client) -> None:
    answer = client("POST", "/sobjects/Lead", json={"LastName": "Durand"})
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "Required fields are missing: [Company]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Company"],
        }
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/sobjects/Nothing", 404, "NOT_FOUND"),
        ("GET", "/sobjects/Lead/00Q7Q0000009999AAA", 404, "NOT_FOUND"),
        ("PATCH", "/sobjects/Lead/00Q7Q0000009999", 404, "NOT_FOUND"),
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("PUT", "/sobjects/Lead", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/query?q=SELECT+Nope+FROM+Lead", 400, "INVALID_FIELD"),
        ("GET", "/query?q=SELECT+Id+FROM+Nope", 400, "INVALID_TYPE"),
        ("GET", "/query?q=Hello", 400, "MALFORMED_QUERY"),
        ("GET", "/query/01g000000000001-2000", 400, "INVALID_QUERY_LOCATOR"),
        ("GET", "/query?q=" + "x" * 16_500, 414, "URI_TOO_LONG"),
    ],
)
def test_refusals_carry_the_platforms_status_and_code(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = client(method, path, json={} if method in ("PATCH", "PUT") else None)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client("POST", "/sobjects/Lead", data="{", headers=headers)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_deleted_record_says_so(client: Client) -> None:
    lead = new_lead(client.org)
    assert client("DELETE", f"/sobjects/Lead/{lead}").status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        answer = client(method, f"/sobjects/Lead/{lead}", json={})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
    assert client("GET", "/query?q=SELECT+Id+FROM+Lead").json()["totalSize"] == 0
    assert client("GET", "/queryAll?q=SELECT+Id+FROM+Lead").json()["totalSize"] == 1


def test_upsert_creates_once_and_then_updates(client: Client) -> None:
    body = {"LastName": "Durand", "Company": "Durand SA"}
    first = client("PATCH", "/sobjects/Lead/Key__c/k%2F1", json=body)
    second = client("PATCH", "/sobjects/Lead/Key__c/K%2F1", json={"Status": "Working"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert first.json()["id"] == second.json()["id"]
    read = client("GET", "/sobjects/Lead/Key__c/k%2F1?fields=Status,Key__c").json()
    assert (read["Status"], read["Key__c"]) == ("Working", "k/1")


def test_upsert_on_a_key_that_several_records_share_answers_300(client: Client) -> None:
    leads = [new_lead(client.org, Batch__c="b") for _ in range(2)]
    answer = client("PATCH", "/sobjects/Lead/Batch__c/b", json={"Status": "Working"})
    assert answer.status_code == 300
    assert answer.json() == [f"{DATA}/sobjects/Lead/{each}" for each in leads]


def test_forgetting_the_assignment_header_costs_the_owner(client: Client) -> None:
    queue = new_queue(client.org, "Rule", "Lead")
    lead = new_lead(client.org)
    client.org.assignment_rule_owner["Lead"] = queue
    client("PATCH", f"/sobjects/Lead/{lead}", json={"Rating": "Hot"}, headers=FALSE)
    assert client.org.existing("Lead", lead)["OwnerId"] == client.org.system_user_id
    client("PATCH", f"/sobjects/Lead/{lead}", json={"Rating": "Warm"})
    assert client.org.existing("Lead", lead)["OwnerId"] == queue


def test_a_composite_subrequest_inherits_neither_assignment_nor_precondition(
    client: Client,
) -> None:
    queue = new_queue(client.org, "Rule", "Lead")
    lead = new_lead(client.org)
    client.org.assignment_rule_owner["Lead"] = queue
    step = {"url": f"/sobjects/Lead/{lead}", "body": {"Rating": "Hot"}}
    outer = {"compositeRequest": [{"method": "PATCH", "referenceId": "a", **step}]}
    outer["compositeRequest"][0]["url"] = DATA + str(step["url"])
    long_ago = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    answer = client("POST", "/composite", json=outer, headers=FALSE | long_ago)
    assert answer.json()["compositeResponse"][0]["httpStatusCode"] == 204
    assert client.org.existing("Lead", lead)["OwnerId"] == queue
    (refused,) = client.composite({**step, "httpHeaders": long_ago})
    assert refused["httpStatusCode"] == 412


def test_unmodified_since_has_a_granularity_of_one_second(client: Client) -> None:
    lead = new_lead(client.org)
    path = f"/sobjects/Lead/{lead}"
    read_at = client("GET", path).headers["Last-Modified"]
    assert read_at == "Mon, 23 Nov 2026 09:15:30 GMT"
    guard = {"If-Unmodified-Since": read_at}
    client.clock.pass_for(milliseconds=700)  # still the same second: the write goes unseen
    assert client("PATCH", path, json={"Rating": "Hot"}).status_code == 204
    assert client("PATCH", path, json={"Rating": "Cold"}, headers=guard).status_code == 204
    client.clock.pass_for(seconds=1)
    assert client("PATCH", path, json={"Rating": "Warm"}, headers=guard).status_code == 204
    refused = client("PATCH", path, json={"Rating": "Hot"}, headers=guard)
    assert refused.status_code == 412
    assert refused.json()[0]["errorCode"] == "PRECONDITION_FAILED"
    assert client.org.existing("Lead", lead)["Rating"] == "Warm"


def test_conditional_reads_and_unreadable_dates(client: Client) -> None:
    path = f"/sobjects/Lead/{new_lead(client.org)}"
    now = {"If-Modified-Since": "Mon, 23 Nov 2026 09:15:30 GMT"}
    before = {"If-Modified-Since": "Mon, 23 Nov 2026 09:15:29 GMT"}
    assert client("GET", path, headers=now).status_code == 304
    assert client("GET", path, headers=before).status_code == 200
    assert client("GET", path, headers={"If-Modified-Since": "soon"}).status_code == 200
    wrong = client("PATCH", path, json={}, headers={"If-Unmodified-Since": "soon"})
    assert wrong.status_code == 400


def test_collection_rows_fail_alone(client: Client) -> None:
    good, other = new_lead(client.org), new_lead(client.org)
    rows = [
        {"attributes": {"type": "Lead"}, "id": good[:15], "Rating": "Hot"},
        {"attributes": {"type": "Lead"}, "id": other, "LastName": "x" * 81},
        {"attributes": {"type": "Lead"}, "id": "00Q7Q0000009999AAA", "Rating": "Hot"},
        {"attributes": {"type": "Lead"}, "id": "nonsense", "Rating": "Hot"},
        {"id": other, "Rating": "Hot"},
    ]
    answer = client("PATCH", "/composite/sobjects", json={"records": rows})
    assert answer.status_code == 200
    results = answer.json()
    assert results[0] == {"id": good, "success": True, "errors": []}
    codes = [each["errors"][0]["statusCode"] for each in results[1:]]
    assert codes == [
        "STRING_TOO_LONG",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MISSING_ARGUMENT",
    ]
    assert results[1]["errors"][0]["fields"] == ["LastName"]


def test_collections_know_no_precondition(client: Client) -> None:
    row = {"attributes": {"type": "Lead"}, "id": new_lead(client.org), "Rating": "Hot"}
    long_ago = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    answer = client("PATCH", "/composite/sobjects", json={"records": [row]}, headers=long_ago)
    assert answer.json()[0]["success"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/composite", {"compositeRequest": [1]}),
        ("/composite", {"compositeRequest": {}}),
        ("/composite/batch", {"batchRequests": ["GET"]}),
        ("/composite/sobjects", {"records": [None]}),
        ("/composite/sobjects/Lead", {"ids": "x", "fields": ["Id"]}),
        ("/composite/sobjects/Lead", {"ids": ["00Q7Q0000009999"], "fields": [7]}),
        ("/composite/sobjects/Lead", {"ids": ["00Q7Q0000009999"], "fields": ["Id FROM User --"]}),
        ("/sobjects/Lead", []),
        ("/sobjects/Lead", {"LastName": "\ud800", "Company": "C"}),
        ("/sobjects/Lead", {"LastName": {}, "Company": ["C"]}),
    ],
)
def test_a_misshapen_body_is_a_refusal_and_no_crash(client: Client, path: str, body: Any) -> None:
    answer = client("POST", path, json=body)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"]


def test_all_or_none_undoes_every_row_and_publishes_nothing(client: Client) -> None:
    seen: list[Transaction] = []
    client.org.on_commit(seen.append)
    rows = [
        {"attributes": {"type": "Lead"}, "LastName": "A", "Company": "C"},
        {"attributes": {"type": "Lead"}, "LastName": "B"},
    ]
    body = {"allOrNone": True, "records": rows}
    results = client("POST", "/composite/sobjects", json=body).json()
    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert client.org.query("SELECT Id FROM Lead") == []
    assert seen == []


def test_one_collection_call_is_one_transaction_under_the_callers_name(client: Client) -> None:
    seen: list[Transaction] = []
    client.org.on_commit(seen.append)
    rows = [{"attributes": {"type": "Lead"}, "LastName": n, "Company": "C"} for n in "AB"]
    client("POST", "/composite/sobjects", json={"records": rows})
    client("POST", "/sobjects/Lead", json={"LastName": "D", "Company": "C"})
    assert [len(each.changes) for each in seen] == [2, 1]
    assert {each.user_id for each in seen} == {client.user}
    # Call options are documented for row resources, not for composite ones.
    assert [each.client for each in seen] == [None, "tests"]


def test_collections_upsert_retrieve_and_delete(client: Client) -> None:
    row = {"attributes": {"type": "Lead"}, "LastName": "A", "Company": "C", "Key__c": "k1"}
    path = "/composite/sobjects/Lead/Key__c"
    first = client("PATCH", path, json={"records": [row, row]}).json()
    assert first[0]["created"] is True
    assert first[1]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    again = client("PATCH", path, json={"records": [row | {"Rating": "Hot"}]}).json()
    assert again == [{"id": first[0]["id"], "success": True, "errors": [], "created": False}]
    wanted = {"ids": [first[0]["id"], "00Q7Q0000009999AAA"], "fields": ["Rating", "Owner.Name"]}
    found = client("POST", "/composite/sobjects/Lead", json=wanted).json()
    assert (found[0]["Rating"], found[0]["Owner"]["Name"], found[1]) == ("Hot", "caller", None)
    ids = f"{first[0]['id']},00Q7Q0000009999AAA"
    gone = client("DELETE", f"/composite/sobjects?ids={ids}").json()
    assert [each["success"] for each in gone] == [True, False]


def test_more_than_200_rows_are_refused(client: Client) -> None:
    rows = [{"attributes": {"type": "Lead"}, "LastName": "A", "Company": "C"}] * 201
    answer = client("POST", "/composite/sobjects", json={"records": rows})
    assert answer.status_code == 400
    assert client.org.query("SELECT Id FROM Lead") == []


def test_composite_references_carry_ids_and_fields_onwards(client: Client) -> None:
    results = client.composite(
        {"method": "POST", "url": "/sobjects/Account", "body": {"Name": "Renault Lyon"}},
        {
            "method": "POST",
            "url": "/sobjects/Contact",
            "body": {"LastName": "Roux", "AccountId": "@{r0.id}"},
        },
        {"method": "GET", "url": "/sobjects/Contact/@{r1.id}?fields=Account.Name"},
        {"method": "GET", "url": "/sobjects/Contact/@{r1.nothing}"},
    )
    assert [each["httpStatusCode"] for each in results] == [201, 201, 200, 400]
    assert results[2]["body"]["Account"]["Name"] == "Renault Lyon"
    assert results[3]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_a_composite_of_all_or_none_halts_and_undoes(client: Client) -> None:
    lead = new_lead(client.org)
    steps = (
        {"url": f"/sobjects/Lead/{lead}", "body": {"Rating": "Hot"}},
        {"url": f"/sobjects/Lead/{lead}", "body": {"Nope__c": 1}},
        {"url": f"/sobjects/Lead/{lead}", "body": {"Rating": "Cold"}},
    )
    results = client.composite(*steps, allOrNone=True)
    codes = [each["body"][0]["errorCode"] for each in results]
    assert codes == ["PROCESSING_HALTED", "INVALID_FIELD", "PROCESSING_HALTED"]
    assert client.org.existing("Lead", lead)["Rating"] is None
    results = client.composite(*steps)
    assert [each["httpStatusCode"] for each in results] == [204, 400, 204]
    assert client.org.existing("Lead", lead)["Rating"] == "Cold"


def test_a_composite_takes_25_subrequests_and_no_more(client: Client) -> None:
    step = {"method": "GET", "url": f"{DATA}/limits"}
    many = [step | {"referenceId": f"r{n}"} for n in range(26)]
    assert client("POST", "/composite", json={"compositeRequest": many}).status_code == 400
    assert client("POST", "/composite", json={"compositeRequest": many[:25]}).status_code == 200


def test_a_batch_answers_each_request_for_itself(client: Client) -> None:
    lead = new_lead(client.org)
    requests_ = [
        {"method": "PATCH", "url": f"v66.0/sobjects/Lead/{lead}", "richInput": {"Rating": "Hot"}},
        {"method": "GET", "url": "v66.0/sobjects/Lead/00Q7Q0000009999AAA"},
    ]
    answer = client("POST", "/composite/batch", json={"batchRequests": requests_}).json()
    assert answer["hasErrors"] is True
    assert [each["statusCode"] for each in answer["results"]] == [204, 404]


def test_query_pages_until_done(client: Client) -> None:
    rows = [{"LastName": f"L{n}", "Company": "C"} for n in range(450)]
    client.org.create_many("Lead", rows, user_id=client.user)
    small = {"Sforce-Query-Options": "batchSize=200"}
    page = client("GET", "/query?q=SELECT+LastName+FROM+Lead+ORDER+BY+Id", headers=small).json()
    names = [each["LastName"] for each in page["records"]]
    while not page["done"]:
        assert page["totalSize"] == 450
        path = page["nextRecordsUrl"].removeprefix(DATA)
        page = client("GET", path).json()
        names += [each["LastName"] for each in page["records"]]
    assert names == [row["LastName"] for row in rows]


def test_an_eleventh_cursor_closes_the_first(client: Client) -> None:
    rows = [{"LastName": "L", "Company": "C"}] * 201
    client.org.create_many("Lead", rows, user_id=client.user)
    small = {"Sforce-Query-Options": "batchSize=200"}
    urls = [
        client("GET", "/query?q=SELECT+Id+FROM+Lead", headers=small).json()["nextRecordsUrl"]
        for _ in range(11)
    ]
    answers = [client("GET", url.removeprefix(DATA)).status_code for url in urls]
    assert answers == [400] + [200] * 10


def test_describe_tells_types_references_and_picklists(client: Client) -> None:
    described = client("GET", "/sobjects/Lead/describe").json()
    fields = {each["name"]: each for each in described["fields"]}
    assert described["keyPrefix"] == "00Q"
    assert fields["OwnerId"]["referenceTo"] == ["User", "Group"]
    assert fields["OwnerId"]["relationshipName"] == "Owner"
    assert fields["LastName"]["nillable"] is False
    assert fields["Key__c"]["externalId"] is True
    assert fields["Brand__c"]["restrictedPicklist"] is True
    assert [v["value"] for v in fields["Brand__c"]["picklistValues"]] == ["Renault", "Dacia"]
    assert fields["CreatedDate"]["createable"] is False
    names = [each["name"] for each in client("GET", "/sobjects").json()["sobjects"]]
    assert {"Lead", "Case", "Site__c"} <= set(names)


def test_versions_and_limits(client: Client) -> None:
    versions = requests.get(f"{client.url}/services/data", timeout=10).json()
    assert versions[-1] == {
        "label": "Spring '26",
        "url": "/services/data/v66.0",
        "version": "66.0",
    }
    old = requests.get(f"{client.url}/services/data/v30.0/limits", timeout=10)
    assert old.status_code == 410
    daily = client("GET", "/limits").json()["DailyApiRequests"]
    assert daily["Max"] >= daily["Remaining"] > 0
