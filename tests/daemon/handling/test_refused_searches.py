"""An org that refuses to be searched for the customer's other records: nobody waits for their owner."""

from __future__ import annotations

from dataclasses import replace

from structlog.testing import capture_logs

from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.work.verdicts import Finished
from tests.daemon.rig import DIRECTORY, claim_of, handler_on, policy_set
from tests.sandbox.live import Live, live

FINDS = replace(
    policy_set(intake={"find": {"duplicates": {"on": ["Email"], "among": {"Contact": "any"}}}}),
    key_sources=read_directory_mapping(DIRECTORY).key_sources,
)
SEARCH = r"/query\?q=.*FROM(\+|%20)Contact"
REFUSAL = {
    "kind": "error",
    "path": SEARCH,
    "status": 400,
    "body": [{"errorCode": "INVALID_TYPE", "message": "sObject type 'Contact' is not supported."}],
    "times": None,
}


@live()
async def test_a_record_is_decided_as_if_nobody_knew_its_customer_and_says_so(live: Live) -> None:
    async with handler_on(live, FINDS) as handler:
        await live.control("/faults", REFUSAL)
        refused = live.lead(Email="anna@example.com")
        with capture_logs() as logs:
            assert await handler.handle(claim_of(refused)) == Finished("rule")
        await live.control("/faults", method="DELETE")
        searched = live.lead(Email="ben@example.com")
        assert await handler.handle(claim_of(searched)) == Finished("rule")
    (told,) = (each for each in logs if each["event"] == "match_refused")
    assert (told["code"], told["log_level"]) == ("INVALID_TYPE", "warning")
    assert "'Contact' is not supported" in told["error"]
    said = "not asked: the org refuses the search"
    assert said in proof(live, refused)
    assert said not in proof(live, searched)


def proof(live: Live, lead: str) -> str:
    """The trace of its only decision record."""
    (row,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)
    return str(row["Trace__c"])


REPEATS = replace(
    policy_set(
        intake={"find": {"duplicates": {"on": ["Email"], "among": {"Lead": "any"}}}},
        action={"repeats": {"of": "Lead", "set": {"Rating": "Hot"}}},
    ),
    key_sources=read_directory_mapping(DIRECTORY).key_sources,
)


@live()
async def test_an_earlier_record_that_the_org_does_not_show_gets_nothing(live: Live) -> None:
    async with handler_on(live, REPEATS) as handler:
        first = live.lead(Email="anna@example.com")
        assert await handler.handle(claim_of(first)) == Finished("rule")
        fault = {**REFUSAL, "path": r"/query\?q=.*Ortoo_Repeats__c"}
        await live.control("/faults", fault)
        with capture_logs() as logs:
            assert await handler.handle(claim_of(live.lead(Email="anna@example.com"))) == Finished(
                "rule"
            )
    assert [each["code"] for each in logs if each["event"] == "known_refused"] == ["INVALID_TYPE"]
