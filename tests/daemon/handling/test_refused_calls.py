"""Whole calls that the org refuses, with each code there is: the record waits, and is routed once later."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from ortoo_daemon.errors import OrgError
from ortoo_daemon.work.verdicts import Finished, Retry
from tests.daemon.handling.test_handler import fault, lead_row, proofs
from tests.daemon.rig import claim_of, handler_on
from tests.sandbox.live import Live, live

OF_A_READ = (
    (400, "MALFORMED_QUERY", "unexpected token"),
    (400, "INVALID_TYPE", "sObject type 'Lead' is not supported"),
    (400, "INVALID_FIELD", "No such column 'Brand__c'"),
    (400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    (400, "QUERY_TIMEOUT", "Your query request was running for too long."),
    (400, "QUERY_TOO_COMPLICATED", "Query is too complicated"),
)
OF_ANY = (
    (400, "JSON_PARSER_ERROR", "Unexpected character"),
    (400, "MALFORMED_ID", "Id not of the right type"),
    (403, "API_DISABLED_FOR_ORG", "API is disabled for this User"),
    (403, "API_CURRENTLY_DISABLED", "API is currently disabled"),
    (403, "INSUFFICIENT_ACCESS", "insufficient access"),
    (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    (403, "TXN_SECURITY_TWO_FA_REQUIRED", "blocked by a security policy"),
    (403, "TXN_SECURITY_END_A_SESSION", "blocked by a security policy"),
    (410, "GONE", "unsupported version"),
    (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1-2 (3)"),
    (503, "SERVER_UNAVAILABLE", "Too many requests waiting for connections"),
)
"""As research and the platform's own pages list them; those of rows have their ends elsewhere."""


@live()
async def test_a_refused_read_never_decides_a_record_and_costs_it_nothing(live: Live) -> None:
    await waits_and_is_routed(live, OF_A_READ)


@live()
async def test_a_call_that_is_refused_for_good_never_decides_a_record(live: Live) -> None:
    await waits_and_is_routed(live, [each for each in OF_ANY if each[0] < 500])


@live()
async def test_an_org_that_is_not_well_delays_a_record(live: Live) -> None:
    await waits_and_is_routed(live, [each for each in OF_ANY if each[0] >= 500])


async def waits_and_is_routed(live: Live, refusals: Iterable[tuple[int, str, str]]) -> None:
    async with handler_on(live) as handler:
        for status, code, message in refusals:
            lead = live.lead()
            before = lead_row(live, lead)
            body = [{"errorCode": code, "message": message}]
            await fault(live, "error", path="/query", status=status, body=body, times=None)
            verdict = None
            with suppress(OrgError):  # the workers try again, and say so
                verdict = await handler.handle(claim_of(lead))
            await live.control("/faults", method="DELETE")
            assert verdict is None or isinstance(verdict, Retry), code
            assert lead_row(live, lead) == before, code
            assert await handler.handle(claim_of(lead)) == Finished("rule"), code
            assert len(proofs(live, lead)) == 1, code
