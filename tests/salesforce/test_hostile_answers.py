"""Whatever the org, a gateway or a proxy answers: an error of the org, in time, and never anything else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.errors import OrgError, OutcomeUnknownError, TemporaryOrgError
from ortoo_daemon.records import record_id
from ortoo_daemon.salesforce.allocations import read_allocations
from ortoo_daemon.salesforce.queries import count, query
from ortoo_daemon.salesforce.reader import read_records
from ortoo_daemon.salesforce.responses import error_of
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.stream.messages import UnreadableMessageError, parse
from ortoo_daemon.salesforce.writer import RecordWriter
from ortoo_daemon.salesforce.writes import RecordWrite, send_conditional, send_in_bulk
from tests.salesforce.answers import LEAD, ROOT, client
from tests.salesforce.hostile import ANYTHING, EXAMPLES, damaged
from tests.salesforce.stream.test_messages import MESSAGE

ID = record_id(LEAD)
ROW = {"attributes": {"type": "Lead"}, "Id": LEAD, "OwnerId": "005000000000001AAA"}
PAGE = {"totalSize": 1, "done": True, "records": [ROW]}
PART = {"referenceId": "row0", "httpStatusCode": 204, "body": None, "httpHeaders": {}}
REFUSED = [
    {"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain", "fields": ["OwnerId"]}
]
BULK = [
    {"id": LEAD, "success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "x"}]}
]
LIMITS = {"DailyApiRequests": {"Max": 100, "Remaining": 40}}
WRITE = RecordWrite(
    object="Lead",
    id=ID,
    fields={"OwnerId": "005000000000002AAA"},
    modified_at="2026-11-23T09:00:00.000+0000",
)


async def pause() -> None: ...


async def upsert(rest: RestClient) -> None:
    writer = RecordWriter(rest, pause=0.0)
    try:
        await writer.upsert("Ortoo_Decision__c", "Ortoo_Key__c", [{"Ortoo_Key__c": "k"}])
    finally:
        await writer.close()


Ask = Callable[[RestClient], Awaitable[Any]]
ASKED: dict[str, tuple[Any, Ask]] = {
    "query": (PAGE, lambda rest: query(rest, "SELECT Id FROM Lead")),
    "count": (PAGE, lambda rest: count(rest, "SELECT COUNT() FROM Lead")),
    "read": (PAGE, lambda rest: read_records(rest, "Lead", [ID], ["OwnerId"])),
    "limits": (LIMITS, read_allocations),
    "composite": ({"compositeResponse": [PART]}, lambda rest: send_conditional(rest, [WRITE])),
    "bulk": (BULK, lambda rest: send_in_bulk(rest, [WRITE], pause)),
    "upsert": (BULK, upsert),
}


def answered(ask: Ask, body: bytes, status: int) -> None:
    """Every call gets this answer; nothing but an error of the org may come of it."""

    async def work() -> None:
        rest = client()
        try:
            async with asyncio.timeout(20):
                await ask(rest)
        finally:
            await rest.close()

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PATCH"):
            mock.add(method, _ANY, body=body, status=status, content_type="application/json")
        with suppress(OrgError):
            asyncio.run(work())


_ANY = re.compile(re.escape(ROOT) + ".*")


@pytest.mark.parametrize("name", ASKED)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_a_damaged_answer_is_read_or_an_error_of_the_org(name: str, data: st.DataObject) -> None:
    whole, ask = ASKED[name]
    status = data.draw(st.sampled_from([200, 200, 200, 400, 401, 404, 500, 503]))
    body = data.draw(damaged(whole if status == 200 else REFUSED))
    answered(ask, json.dumps(body).encode(), status)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([200, 204, 300, 403, 500]), st.sampled_from([*ASKED])
)
def test_any_bytes_are_an_answer_or_an_error_of_the_org(
    body: bytes, status: int, name: str
) -> None:
    answered(ASKED[name][1], body, status)


@settings(max_examples=EXAMPLES, deadline=None)
@given(content=ANYTHING | damaged(REFUSED), status=st.integers(100, 599), writing=st.booleans())
def test_every_refusal_is_an_error_of_the_org(content: Any, status: int, writing: bool) -> None:
    error = error_of(status, content, writing=writing)
    assert isinstance(error, OrgError)
    assert len(error.message) <= 400


def test_an_answer_that_can_not_be_read_is_tried_again_and_a_write_is_looked_for_first() -> None:
    async def work(ask: Ask) -> None:
        rest = client()
        try:
            await ask(rest)
        finally:
            await rest.close()

    for name, kind in (("query", TemporaryOrgError), ("composite", OutcomeUnknownError)):
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for method in ("GET", "POST"):
                mock.add(method, _ANY, json={"hello": "from a proxy"})
            with pytest.raises(kind, match="UNREADABLE_ANSWER"):
                asyncio.run(work(ASKED[name][1]))


@settings(max_examples=4 * EXAMPLES, deadline=None)
@given(message=damaged(MESSAGE) | ANYTHING)
def test_a_damaged_event_is_read_or_told_as_unreadable(message: Any) -> None:
    if not isinstance(message, dict):
        return  # the protocol's own framing: no message at all
    with suppress(UnreadableMessageError):
        parse(message)
