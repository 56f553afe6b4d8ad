"""Fields that a text is to fill, through the handler: plain records don't pay for them, and people win."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import yaml
from structlog.testing import capture_logs

from ortoo_daemon.interpretation import InterpretQuestion, Item, Said
from ortoo_daemon.policy.load import load
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.verdicts import Finished
from tests.daemon.rig import claim_of, handler_on
from tests.sandbox.live import Live, live

TEXT = "Agent: What do you look for?\nVisitor: A Corsa, before June."
POLICY: dict[str, Any] = {
    "policy": "leads",
    "object": "Lead",
    "take_from": "2020-01-01T00:00:00Z",
    "take_over": ["web-forms@ortoo.example"],
    "enrichment": [
        {
            "ai": {
                "task": "lead_profile",
                "label": "profile",
                "when": {"LeadSource": "Other"},
                "map": "tables/m.csv",
            }
        }
    ],
    "ownership": {"rules": [], "otherwise": {"queue": seed.UNROUTED_QUEUE}},
}
MAP = b"field,about\nModel__c,the model\nTimeframe__c,when\n"
POLICIES = load({"policies/a.yaml": yaml.safe_dump(POLICY).encode(), "tables/m.csv": MAP})
UNREADABLE = {
    "kind": "error",
    "times": None,
    "path": r"/query\?q=.*Timeframe__c",
    "status": 400,
    "body": [{"errorCode": "INVALID_FIELD", "message": "No such column 'Timeframe__c'"}],
}


class Reader:
    """A model that says both values; ``meanwhile`` happens while it reads."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self.asked: list[InterpretQuestion] = []
        self.meanwhile = meanwhile

    async def ask(self, question: InterpretQuestion, *, looking: bool = False) -> Said:
        self.asked.append(question)
        if self.meanwhile is not None and len(self.asked) == 1:
            await self.meanwhile()
        return Said(
            items=(
                Item("Model__c", "Corsa", 0.9, ("A Corsa",)),
                Item("Timeframe__c", "before June", 0.9, ("before June",)),
            )
        )

    async def close(self) -> None:
        pass


def stands(live: Live, lead: str) -> tuple[Any, Any]:
    (row,) = live.sandbox.org.storage.find("Lead", Id=lead)
    return row["Model__c"], row["Timeframe__c"]


@live()
async def test_a_lead_whose_text_is_not_read_asks_the_org_for_none_of_them(live: Live) -> None:
    await live.control("/faults", UNREADABLE)
    reader = Reader()
    async with handler_on(live, POLICIES, interpreter=reader) as handler:
        plain = live.lead(Description=TEXT, LeadSource="Web")
        assert await handler.handle(claim_of(plain)) == Finished("otherwise")
        assert stands(live, plain) == (None, None)
        read = live.lead(Description=TEXT, LeadSource="Other")
        with capture_logs() as logs:
            assert await handler.handle(claim_of(read)) == Finished("otherwise")
    assert [each["code"] for each in logs if each["event"] == "known_refused"] == ["INVALID_FIELD"]
    assert stands(live, read) == (None, None)
    assert reader.asked == []


@live()
async def test_all_of_them_are_filled_in_one_write_with_the_owner(live: Live) -> None:
    async with handler_on(live, POLICIES, interpreter=Reader()) as handler:
        lead = live.lead(Description=TEXT, LeadSource="Other", Model__c="Clio")
        assert await handler.handle(claim_of(lead)) == Finished("otherwise")
    assert stands(live, lead) == ("Clio", "before June")
    (row,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)
    (kept,) = (each for each in json.loads(row["Facts__c"])["answers"] if "late_of" in each)
    assert kept == {"late_of": "profile", "answer": {"Model__c": "Clio"}}


@live()
async def test_what_a_person_writes_while_a_model_reads_stays(live: Live) -> None:
    leads: list[str] = []

    async def edit() -> None:
        """In another second than the lead was made in: the org's own precondition counts no smaller."""
        await asyncio.sleep(1.01)
        live.change(leads[0], user_id=seed.WEB_FORMS_USER_ID, Model__c="Astra")

    reader = Reader(edit)
    async with handler_on(live, POLICIES, interpreter=reader) as handler:
        leads.append(live.lead(Description=TEXT, LeadSource="Other"))
        assert await handler.handle(claim_of(leads[0])) == Finished("otherwise")
    assert stands(live, leads[0]) == ("Astra", "before June")
    assert len(reader.asked) == 2
