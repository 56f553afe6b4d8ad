import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import responses
from structlog.testing import capture_logs

from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    OutcomeUnknownError,
    PermanentOrgError,
    TemporaryOrgError,
)
from ortoo_daemon.salesforce.queries import query
from ortoo_daemon.salesforce.rest import ApiBudget
from tests.asynchronous import asynchronous
from tests.salesforce.answers import EXPIRED, LEAD, ROOT, KnownTokens, client, problem, run

LEAD_URL = f"{ROOT}sobjects/Lead/{LEAD}"
HTML = "<html><title>Down</title></html>"


def calling(*arguments, on=None, **options):
    async def work():
        rest = on or client()
        try:
            return await rest.call(*arguments, **options)
        finally:
            await rest.close()

    return run(work())


@responses.activate
def test_a_write_repeated_after_401_carries_the_same_headers_and_body():
    responses.patch(LEAD_URL, status=401, json=EXPIRED)
    responses.patch(LEAD_URL, status=204)
    calling(
        "PATCH",
        f"sobjects/Lead/{LEAD}",
        body={"OwnerId": "005000000000001AAA"},
        headers={"If-Unmodified-Since": "Mon, 23 Nov 2026 09:00:00 GMT"},
    )
    first, second = (call.request for call in responses.calls)
    assert first.headers.pop("Authorization") == "Bearer t0"
    assert second.headers.pop("Authorization") == "Bearer t1"
    assert dict(first.headers) == dict(second.headers)
    assert first.body == second.body
    assert second.headers["Sforce-Auto-Assign"] == "FALSE"
    assert second.headers["If-Unmodified-Since"] == "Mon, 23 Nov 2026 09:00:00 GMT"


@responses.activate
@pytest.mark.parametrize("body", [{"html": HTML}, {"empty": ""}, {"object": {"error": "x"}}])
def test_a_401_is_understood_whatever_its_body(body):
    kind, value = next(iter(body.items()))
    given = {"json": value} if kind == "object" else {"body": value}
    responses.get(f"{ROOT}limits", status=401, **given)
    responses.get(f"{ROOT}limits", json={"ok": 1})
    assert calling("GET", "limits") == {"ok": 1}


@responses.activate
def test_a_token_refused_twice_is_a_login_error_after_two_requests():
    responses.get(f"{ROOT}limits", status=401, json=EXPIRED)
    with pytest.raises(LoginError):
        calling("GET", "limits")
    assert len(responses.calls) == 2


@responses.activate
def test_ten_calls_that_meet_a_401_together_refresh_once():
    def answer(request):
        if request.headers["Authorization"] == "Bearer t0":
            return 401, {}, '[{"errorCode": "INVALID_SESSION_ID", "message": ""}]'
        return 200, {}, "{}"

    responses.add_callback("GET", f"{ROOT}limits", callback=answer)
    tokens = KnownTokens()

    async def work():
        rest = client(tokens)
        await asyncio.gather(*(rest.call("GET", "limits") for _ in range(10)))
        await rest.close()

    run(work())
    assert tokens.refreshed == 1


@responses.activate
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_every_write_forbids_assignment_rules(method):
    responses.add(method, LEAD_URL, status=204)
    calling(method, f"sobjects/Lead/{LEAD}", body={}, headers={"Sforce-Auto-Assign": "TRUE"})
    assert responses.calls[0].request.headers["Sforce-Auto-Assign"] == "FALSE"


@responses.activate
def test_composite_subrequests_forbid_assignment_rules_themselves():
    responses.post(f"{ROOT}composite", json={"compositeResponse": []})
    parts = [
        {"method": "PATCH", "url": "u", "referenceId": "a", "body": {}},
        {"method": "GET", "url": "u", "referenceId": "b"},
    ]
    calling("POST", "composite", body={"compositeRequest": parts})
    import json

    sent = json.loads(responses.calls[0].request.body)["compositeRequest"]
    assert sent[0]["httpHeaders"] == {"Sforce-Auto-Assign": "FALSE"}
    assert "httpHeaders" not in sent[1]


@responses.activate
@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 503, "body": HTML},
        {"status": 500, "json": problem("UNKNOWN_EXCEPTION")},
        {"status": 403, "json": problem("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit")},
        {"body": requests.ConnectionError("reset")},
        {"body": requests.ReadTimeout("slow")},
    ],
)
def test_a_read_is_repeated_after_what_passes_by_itself(refusal):
    responses.get(f"{ROOT}limits", **refusal)
    responses.get(f"{ROOT}limits", json={"ok": 1})
    assert calling("GET", "limits") == {"ok": 1}


@responses.activate
@pytest.mark.parametrize(
    "lost",
    [
        {"body": requests.ConnectionError("reset")},
        {"body": requests.ReadTimeout("slow")},
        {"status": 502, "body": HTML},
        {"status": 200, "body": HTML},
    ],
)
def test_a_write_whose_answer_was_lost_is_not_repeated_unasked(lost):
    responses.patch(LEAD_URL, **lost)
    with pytest.raises(OutcomeUnknownError):
        calling("PATCH", f"sobjects/Lead/{LEAD}", body={})
    assert len(responses.calls) == 1


@responses.activate
def test_a_write_that_is_safe_to_repeat_is_repeated_after_a_lost_answer():
    responses.patch(LEAD_URL, body=requests.ReadTimeout("slow"))
    responses.patch(LEAD_URL, status=204)
    calling("PATCH", f"sobjects/Lead/{LEAD}", body={}, idempotent=True)
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize(
    "refusal",
    [
        {"body": requests.ConnectTimeout("no")},
        {"status": 503, "json": problem("SERVER_UNAVAILABLE")},
    ],
)
def test_a_write_that_was_certainly_not_carried_out_is_repeated(refusal):
    responses.patch(LEAD_URL, **refusal)
    responses.patch(LEAD_URL, status=204)
    calling("PATCH", f"sobjects/Lead/{LEAD}", body={})
    assert len(responses.calls) == 2


def test_a_connection_nobody_accepts_counts_as_not_sent():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://localhost:{taken.getsockname()[1]}"
        with pytest.raises(TemporaryOrgError) as caught:
            calling("PATCH", "sobjects/Lead/x", body={}, on=client(KnownTokens(url)))
    assert caught.value.code == "NOT_SENT"


@responses.activate
def test_what_can_never_work_is_sent_once():
    responses.get(f"{ROOT}query", status=400, json=problem("MALFORMED_QUERY"))
    with pytest.raises(PermanentOrgError):
        calling("GET", "query", params={"q": "SELECT"})
    assert len(responses.calls) == 1


@responses.activate
def test_retry_after_is_kept_to(monkeypatch):
    responses.get(f"{ROOT}limits", status=503, headers={"Retry-After": "1"}, body=HTML)
    responses.get(f"{ROOT}limits", json={"ok": 1})
    began = time.monotonic()
    calling("GET", "limits")
    assert time.monotonic() - began >= 1


@responses.activate
def test_the_budget_the_calls_and_the_clock_are_noted():
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=90), usegmt=True)
    told = {
        "Sforce-Limit-Info": "api-usage=18/5000; per-app-api-usage=1/2(appName=x)",
        "Date": date,
    }
    responses.get(f"{ROOT}limits", json={"ok": 1}, headers=told)
    rest = client()
    calling("GET", "limits", on=rest)
    assert rest.budget is not None
    assert (rest.budget.used, rest.budget.maximum) == (18, 5000)
    assert rest.calls_made == 1
    assert timedelta(seconds=88) < rest.clock_skew < timedelta(seconds=92)


@responses.activate
@pytest.mark.parametrize(
    ("told", "used"),
    [
        ("per-app-api-usage=17/250(appName=x); api-usage=18/5000", 18),
        ("api-usage=18/5000", 18),
        ("per-app-api-usage=17/250(appName=x)", None),
        ("api-usage=many/5000", None),
    ],
)
def test_the_calls_of_one_app_are_not_taken_for_those_of_the_org(told, used):
    responses.get(f"{ROOT}limits", json={"ok": 1}, headers={"Sforce-Limit-Info": told})
    rest = client()
    calling("GET", "limits", on=rest)
    assert (rest.budget and rest.budget.used) == used


@responses.activate
def test_calls_that_can_wait_are_refused_when_little_of_the_budget_is_left():
    responses.get(f"{ROOT}limits", json={"ok": 1})
    some_left, rest = client(), client()
    some_left.budget = ApiBudget(used=96, maximum=100, noted_at=datetime.now(UTC))
    assert calling("GET", "limits", on=some_left, essential=False) == {"ok": 1}
    rest.budget = ApiBudget(used=97, maximum=100, noted_at=datetime.now(UTC))
    with pytest.raises(ApiLimitError):
        calling("GET", "limits", on=rest, essential=False)
    assert calling("GET", "limits", on=client()) == {"ok": 1}


@responses.activate
def test_plain_http_reaches_a_local_org_and_nothing_else():
    responses.get("http://localhost:8099/services/data/v66.0/limits", json={"local": 1})
    assert calling("GET", "limits", on=client(KnownTokens("http://localhost:8099"))) == {"local": 1}


@responses.activate
def test_a_password_in_netrc_never_replaces_the_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine example.my.salesforce.com login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get(f"{ROOT}limits", json={"ok": 1})
    calling("GET", "limits")
    assert responses.calls[0].request.headers["Authorization"] == "Bearer t0"


@responses.activate
@asynchronous
async def test_a_reached_limit_is_known_until_a_call_passes_again():
    body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    responses.get(f"{ROOT}limits", json=body, status=403)
    responses.get(f"{ROOT}limits", json=[{"errorCode": "X", "message": "no"}], status=400)
    responses.get(f"{ROOT}limits", json={"ok": 1})
    rest = client()
    with pytest.raises(ApiLimitError):
        await rest.call("GET", "limits")
    assert rest.limit_reached
    with pytest.raises(PermanentOrgError):
        await rest.call("GET", "limits")
    assert rest.limit_reached, "a refusal of another kind says nothing about the limit"
    await rest.call("GET", "limits")
    assert not rest.limit_reached
    await rest.close()


@responses.activate
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_call_that_is_sent_elsewhere_goes_nowhere_else_but_where_the_next_token_says(status):
    """A redirect would make a read of a write, or carry a record's values to whom nobody named."""
    responses.patch(LEAD_URL, status=status, headers={"Location": "http://elsewhere.example/"})
    responses.patch(LEAD_URL, status=204)
    calling("PATCH", f"sobjects/Lead/{LEAD}", body={"OwnerId": "005000000000001AAA"})
    assert [(call.request.method, call.request.url) for call in responses.calls] == [
        ("PATCH", LEAD_URL)
    ] * 2
    assert responses.calls[1].request.headers["Authorization"] == "Bearer t1"


@responses.activate
@pytest.mark.parametrize(
    "headers",
    [
        {"Sforce-Limit-Info": "api-usage=\u00b2/\u00b3", "Date": "Mon, 01 Jan 0001 00:00:00 +2300"},
        {"Sforce-Limit-Info": "api-usage=1", "Date": "yesterday"},
    ],
)
def test_headers_that_can_not_be_read_cost_no_answer(headers):
    responses.get(f"{ROOT}limits", json={"ok": 1}, headers=headers)
    assert calling("GET", "limits") == {"ok": 1}


@responses.activate
def test_the_clock_of_a_gateway_is_not_taken_for_the_orgs():
    late = format_datetime(datetime.now(UTC) - timedelta(days=9), usegmt=True)
    responses.get(f"{ROOT}limits", status=503, body=HTML, headers={"Date": late})
    responses.get(
        f"{ROOT}limits", json={"ok": 1}, headers={"Date": format_datetime(datetime.now(UTC))}
    )
    rest = client()
    skews = []
    heard = rest._heard

    def noting(answer):
        heard(answer)
        skews.append(rest.clock_skew)

    rest._transport._heard = noting
    calling("GET", "limits", on=rest)
    assert skews[0] is None
    assert abs(skews[1]) < timedelta(minutes=1)


@responses.activate
def test_the_orgs_time_is_followed_and_its_leaps_are_said():
    for minutes in (0, 0, 3600, 3600):
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
        responses.get(f"{ROOT}limits", json={"ok": 1}, headers={"Date": date})
    rest, behind = client(), []

    async def work():
        for _ in range(4):
            await rest.call("GET", "limits")
            behind.append(round(-rest.clock_skew / timedelta(minutes=1)))
        await rest.close()

    with capture_logs() as said:
        run(work())
    assert behind == [0, 0, 3600, 3600]
    (leapt,) = said
    assert leapt["event"] == "org.clock_leapt"
    assert leapt["seconds"] == pytest.approx(3600 * 60, abs=5)


GONE = {"totalSize": 3, "done": False, "nextRecordsUrl": "/services/data/v66.0/query/01g-2"}


def rows(*ids):
    return [{"attributes": {"type": "Lead"}, "Id": each} for each in ids]


def queried():
    async def work():
        rest = client()
        try:
            return await query(rest, "SELECT Id FROM Lead")
        finally:
            await rest.close()

    return run(work())


@responses.activate
@pytest.mark.parametrize(
    "more",
    [
        "/services/data/v66.0/query/01g-2",
        "/services/data/v61.0/query/01g-2",
        "//services/data/v61.0/query/01g-2",
        "https://elsewhere.example/services/data/v61.0/query/01g-2",
    ],
)
def test_the_next_page_is_asked_of_the_same_org_wherever_its_address_leads(more):
    responses.get(f"{ROOT}query", json={**GONE, "nextRecordsUrl": more, "records": rows("a")})
    responses.get(f"{ROOT}query/01g-2", json={"done": True, "records": rows("b")})
    assert [row["Id"] for row in queried()] == ["a", "b"]


@responses.activate
def test_a_query_whose_cursor_the_org_has_closed_is_asked_once_more_from_its_beginning():
    responses.get(f"{ROOT}query", json={**GONE, "records": rows("a", "b")})
    responses.get(f"{ROOT}query/01g-2", status=400, json=problem("INVALID_QUERY_LOCATOR"))
    responses.get(f"{ROOT}query", json={"done": True, "records": rows("a", "b", "c")})
    assert [row["Id"] for row in queried()] == ["a", "b", "c"]


@responses.activate
def test_a_cursor_that_closes_each_time_is_worth_a_later_try():
    responses.get(f"{ROOT}query", json={**GONE, "records": rows("a")})
    responses.get(f"{ROOT}query/01g-2", status=400, json=problem("INVALID_QUERY_LOCATOR"))
    with pytest.raises(TemporaryOrgError, match="INVALID_QUERY_LOCATOR"):
        queried()
    assert len(responses.calls) == 4


@responses.activate
def test_pages_that_lead_round_in_a_circle_come_to_an_end():
    responses.get(f"{ROOT}query", json={**GONE, "records": rows("a")})
    responses.get(f"{ROOT}query/01g-2", json={**GONE, "records": rows("b")})
    with pytest.raises(TemporaryOrgError, match="no end"):
        queried()


class Moving(KnownTokens):
    """Each login tells where the org is by now."""

    async def refresh(self, stale):
        await super().refresh(stale)
        self.token = replace(self.token, instance_url="https://moved.my.salesforce.com")
        return self.token


@responses.activate
def test_an_org_that_nobody_reaches_where_it_was_is_looked_for_by_a_login():
    moved = ROOT.replace("example.my", "moved.my")
    responses.get(f"{ROOT}limits", body=requests.ConnectTimeout())
    responses.get(f"{moved}limits", json={"ok": 1})
    tokens = Moving()

    async def work():
        rest = client(tokens)
        answers = []
        for _ in range(4):
            try:
                answers.append(await rest.call("GET", "limits"))
            except TemporaryOrgError as error:
                answers.append(error.code)
        await rest.close()
        return answers

    assert run(work()) == ["NOT_SENT", "NOT_SENT", {"ok": 1}, {"ok": 1}]
    assert tokens.refreshed == 1


@responses.activate
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_an_answer_nested_without_end_is_no_answer(opening):
    responses.get(f"{ROOT}limits", body=opening * 200_000)
    with pytest.raises(TemporaryOrgError, match="NOT_JSON"):
        calling("GET", "limits")
