"""The control endpoint acts, breaks and tells as its table says."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from ortoo_daemon.sandbox import seed
from tests.asynchronous import until
from tests.sandbox.live import Live, live
from tests.sandbox.rest_client import DATA, Rest

LEAD = {"LastName": "Roy", "Company": "Private"}


@live()
async def test_a_person_acts_under_their_own_name_on_many_rows(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    rows = [LEAD | {"attributes": {"type": "Lead"}} for _ in range(3)]
    rows.append({"attributes": {"type": "Case"}, "Subject": "S"})
    made = await org.control("/act", {"user": "web-forms@ortoo.example", "create": rows})
    ids = [each["id"] for each in made["create"]]
    assert [each["success"] for each in made["create"]] == [True] * 4
    done = await org.control(
        "/act",
        {
            "user": seed.DISPATCHER_USER_ID,
            "update": [{"Id": ids[0], "Rating": "Hot"}, {"Id": ids[1], "Status": "x" * 300}],
            "delete": [ids[2]],
        },
    )
    assert [each["success"] for each in done["update"]] == [True, False]
    assert done["update"][1]["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    assert done["delete"][0]["success"] is True
    lead = org.sandbox.org.existing("Lead", ids[0])
    assert lead["CreatedById"] == seed.WEB_FORMS_USER_ID
    assert lead["LastModifiedById"] == seed.DISPATCHER_USER_ID
    headers = [e["data"]["payload"]["ChangeEventHeader"] for e in await client.events(6)]
    assert {h["changeOrigin"] for h in headers} == {
        "com/salesforce/api/soap/66.0;client=SfdcInternalAPI/"
    }


@live()
async def test_a_person_publishes_events_and_takes_records_out_of_the_bin(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe("/event/Ortoo_Record__e")
    lead = org.lead()
    rows = [{"attributes": {"type": "Ortoo_Record__e"}} | v for v in ({"RecordId__c": lead}, {})]
    user = seed.DISPATCHER_USER_ID
    made = await org.control("/act", {"user": user, "create": rows, "delete": [lead]})
    assert [each["success"] for each in made["create"]] == [True, False]
    (event,) = await client.events(1)
    payload = event["data"]["payload"]
    assert (payload["RecordId__c"], payload["CreatedById"]) == (lead, user)
    back = await org.control("/act", {"user": user, "undelete": [lead, lead]})
    assert [each["success"] for each in back["undelete"]] == [True, False]
    assert org.sandbox.org.existing("Lead", lead)["LastModifiedById"] == user


@live()
async def test_acting_wrongly_says_what_is_wrong(org: Live) -> None:
    cases: list[tuple[Any, str]] = [
        ({"user": "nobody"}, "no such user: 'nobody'"),
        ({"user": seed.ADMIN_USER_ID, "crate": []}, "no such member: crate"),
        ({"user": seed.ADMIN_USER_ID, "create": {}}, "create must be a list of rows"),
        (
            {"user": seed.ADMIN_USER_ID, "create": [{"attributes": {"type": "Nope"}}]},
            "NOT_FOUND: The requested resource does not exist",
        ),
        ({"user": seed.ADMIN_USER_ID, "create": [{}]}, "a row to create needs attributes.type"),
        ({"user": seed.ADMIN_USER_ID, "delete": ["zzz"]}, "no object has ids like 'zzz'"),
    ]
    for body, message in cases:
        async with org.http.post(f"{org.url}/sandbox/act", json=body) as response:
            assert (response.status, await response.text()) == (400, message)


@live()
async def test_the_call_log_tells_each_write_and_whether_it_was_guarded(org: Live) -> None:
    rest = Rest(org)
    off = {"Sforce-Auto-Assign": "FALSE"}
    _, made = await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD)
    lead = made["id"]
    await rest.call(
        "PATCH",
        f"{DATA}/composite/sobjects",
        {"records": [{"attributes": {"type": "Lead"}, "id": lead, "Rating": "Hot"}]},
        Sforce_Auto_Assign="FALSE",
    )
    part = {"method": "PATCH", "url": f"{DATA}/sobjects/Lead/{lead}", "body": {"City": "Lyon"}}
    await rest.call(
        "POST",
        f"{DATA}/composite",
        {
            "compositeRequest": [
                part | {"referenceId": "a", "httpHeaders": off},
                part | {"referenceId": "b"},
            ]
        },
        Sforce_Auto_Assign="FALSE",
    )
    calls = (await org.control("/calls?writes=1", method="GET"))["calls"]
    writes = [write for call in calls for write in call["writes"]]
    assert [(w["guarded"], w["rows"][0]["fields"], w["rows"][0]["id"]) for w in writes] == [
        (False, ["LastName", "Company"], lead),
        (True, ["Rating"], lead),
        (True, ["City"], lead),
        (False, ["City"], lead),
    ]
    assert {call["user_id"] for call in calls} == {seed.DAEMON_USER_ID}
    unguarded = (await org.control("/calls?unguarded=1", method="GET"))["calls"]
    assert [len(call["writes"]) for call in unguarded] == [1, 1]
    await org.control("/calls", method="DELETE")
    later = await org.control(f"/calls?after={calls[-1]['index']}", method="GET")
    assert later["calls"] == []


@live()
async def test_an_error_fault_answers_instead_of_the_org_for_so_many_calls(org: Live) -> None:
    rest = Rest(org)
    body = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]
    fault = {"kind": "error", "method": "POST", "path": "/sobjects/Lead$", "times": 2}
    await org.control("/faults", fault | {"status": 400, "body": body})
    answers = [await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD) for _ in range(3)]
    assert [status for status, _ in answers] == [400, 400, 201]
    assert answers[0][1] == body
    assert await rest.count("LastName = 'Roy'") == 1
    assert (await org.control("/faults", method="GET"))["faults"] == []


@live()
async def test_a_gateway_page_can_be_served_as_html(org: Live) -> None:
    fault = {"kind": "error", "path": "/limits", "status": 503, "body": "<html>busy</html>"}
    await org.control("/faults", fault | {"headers": {"Retry-After": "7"}})
    async with org.http.get(f"{org.url}{DATA}/limits") as response:
        assert (response.status, response.content_type) == (503, "text/html")
        assert response.headers["Retry-After"] == "7"


@live()
async def test_a_fault_may_be_bound_to_what_the_body_of_a_call_holds(org: Live) -> None:
    rest = Rest(org)
    bound = {"path": "/sobjects/Lead", "holding": '"LastName": *"Lopez"', "times": 1}
    await org.control("/faults", {"kind": "error", "body": [], **bound})
    for name, status in (("Roy", 201), ("Lopez", 503), ("Lopez", 201)):
        said, _ = await rest.call("POST", f"{DATA}/sobjects/Lead", {**LEAD, "LastName": name})
        assert said == status
    with pytest.raises(AssertionError, match="holding is no regular expression"):
        await org.control("/faults", {"kind": "error", "holding": "("})


@live()
async def test_a_lost_response_leaves_the_commit_in_place(org: Live) -> None:
    rest = Rest(org)
    await org.control("/faults", {"kind": "lost_response", "path": "/sobjects/Lead"})
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD)
    assert await rest.count("LastName = 'Roy'") == 1
    calls = (await org.control("/calls?writes=1", method="GET"))["calls"]
    assert [call["status"] for call in calls] == [0]


@live()
async def test_a_held_path_goes_on_when_the_fault_is_removed(org: Live) -> None:
    rest = Rest(org)
    fault = await org.control("/faults", {"kind": "hold", "path": "/sobjects/Lead", "times": None})
    held = asyncio.create_task(rest.call("POST", f"{DATA}/sobjects/Lead", LEAD))
    await until(lambda: any(each.used for each in org.sandbox.faults))
    assert await rest.count("LastName = 'Roy'") == 0
    await org.control(f"/faults/{fault['id']}", method="DELETE")
    assert (await held)[0] == 201


@live()
async def test_a_bayeux_fault_words_the_refusal_of_a_message(org: Live) -> None:
    client = await org.bayeux().opened()
    ext = {
        "sfdc": {"failureReason": "503::Server is too busy. Please try your request again later."}
    }
    fault = {"kind": "bayeux", "channel": "/meta/connect", "error": "401::Authentication invalid"}
    await org.control("/faults", fault | {"advice": {"reconnect": "none"}, "ext": ext})
    (reply,) = await client.connect()
    assert (reply["error"], reply["ext"]) == ("401::Authentication invalid", ext)
    assert (await client.connect(advice={"timeout": 0}))[0]["successful"] is True


@live()
async def test_a_fault_that_cannot_be_is_refused(org: Live) -> None:
    for body, words in (
        ({"kind": "nothing"}, "kind must be one of"),
        ({"kind": "error", "path": "("}, "path is no regular expression"),
        ({"kind": "error", "pth": "x"}, "no such member of a fault: pth"),
    ):
        async with org.http.post(f"{org.url}/sandbox/faults", json=body) as response:
            assert response.status == 400
            assert (await response.text()).startswith(words)


@live()
async def test_latency_slows_rest_calls_and_not_the_control_endpoint(org: Live) -> None:
    rest = Rest(org)
    await org.control("/latency", {"ms": 150})
    at = time.monotonic()
    await rest.call("GET", f"{DATA}/limits")
    assert time.monotonic() - at >= 0.15
    at = time.monotonic()
    await org.control("/latency", {"ms": 0})
    assert time.monotonic() - at < 0.15


@live()
async def test_an_assignment_rule_takes_leads_that_are_not_guarded(org: Live) -> None:
    rest = Rest(org)
    await org.control("/assignment-rule", {"object": "Lead", "owner": seed.DISPATCHER_USER_ID})
    _, taken = await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD)
    _, kept = await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD, Sforce_Auto_Assign="FALSE")
    assert org.sandbox.org.existing("Lead", taken["id"])["OwnerId"] == seed.DISPATCHER_USER_ID
    assert org.sandbox.org.existing("Lead", kept["id"])["OwnerId"] == seed.DAEMON_USER_ID
    await org.control("/assignment-rule", {"object": "Lead", "owner": None})
    _, free = await rest.call("POST", f"{DATA}/sobjects/Lead", LEAD)
    assert org.sandbox.org.existing("Lead", free["id"])["OwnerId"] == seed.DAEMON_USER_ID


@live()
async def test_answers_bear_the_orgs_own_date(org: Live) -> None:
    rest = Rest(org)
    two_days = timedelta(days=2)  # longer than a session lasts: refusals bear it, too
    await org.control("/clock", {"shift_seconds": two_days.total_seconds()})
    async with org.http.get(f"{org.url}{DATA}/limits", headers=rest.headers) as response:
        told = parsedate_to_datetime(response.headers["Date"])
    assert abs(told - datetime.now(UTC) - two_days) < timedelta(minutes=1)


@live()
async def test_the_api_allocation_is_counted_told_and_enforced(org: Live) -> None:
    rest = Rest(org)
    url = f"{org.url}{DATA}/limits"
    async with org.http.get(url, headers=rest.headers) as response:
        assert response.headers["Sforce-Limit-Info"] == "api-usage=1/1000000"
        assert (await response.json())["DailyApiRequests"]["Max"] == 1_000_000
    await org.control("/limits", {"api_calls": 1})
    status, body = await rest.call("GET", f"{DATA}/limits")
    assert status == 403
    assert body == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]


@live()
async def test_repeated_slashes_are_collapsed_before_anything_else(org: Live) -> None:
    rest = Rest(org)
    status, body = await rest.call(
        "GET", "////services//data//v66.0/query?q=SELECT+COUNT()+FROM+Lead"
    )
    assert (status, body["totalSize"]) == (200, 0)
    async with org.http.get(f"{org.url}//services/data//v66.0/limits") as response:
        assert response.status == 401


@live()
async def test_unknown_resources_answer_in_the_platforms_form(org: Live) -> None:
    rest = Rest(org)
    status, body = await rest.call("GET", f"{DATA}/nothing/here")
    assert (status, body[0]["errorCode"]) == (404, "NOT_FOUND")


@live()
async def test_a_uri_beyond_the_platforms_length_gets_its_own_answer(org: Live) -> None:
    status, _ = await Rest(org).call("GET", f"{DATA}/limits?x={'a' * 15_000}")
    assert status == 200
    status, body = await Rest(org).call("GET", f"{DATA}/limits?x={'a' * 17_000}")
    assert status == 414
    assert body[0]["errorCode"] == "URI_TOO_LONG"


@live()
async def test_rows_are_refused_one_by_one_or_where_many_come_together(org: Live) -> None:
    spared, locked = org.lead(), org.lead()
    await org.control("/faults", {"kind": "row", "object": "Lead", "ids": [locked], "times": 1})
    records = [
        {"attributes": {"type": "Lead"}, "id": id, "City": "Lyon"} for id in (spared, locked)
    ]
    body = {"allOrNone": False, "records": records}
    _, answer = await Rest(org).call("PATCH", f"{DATA}/composite/sobjects", body)
    assert [row["success"] for row in answer] == [True, False]
    assert answer[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    crowd = {"kind": "row", "object": "Lead", "above": 1, "code": "APEX_ERROR", "times": None}
    await org.control("/faults", crowd)
    _, refused = await Rest(org).call("PATCH", f"{DATA}/composite/sobjects", body)
    assert {row["errors"][0]["statusCode"] for row in refused} == {"APEX_ERROR"}
    alone = body | {"records": records[1:]}
    _, taken = await Rest(org).call("PATCH", f"{DATA}/composite/sobjects", alone)
    assert taken[0]["success"], "one row alone is within the limits"
    acted = await org.control(
        "/act",
        {
            "user": seed.DISPATCHER_USER_ID,
            "update": [{"Id": spared, "City": "Nice"}, {"Id": locked, "City": "Nice"}],
        },
    )
    assert all(row["success"] for row in acted["update"]), "people are not disturbed"
