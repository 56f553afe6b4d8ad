"""Proofs are looked for together: a sweep in a burst costs one query, not one for each record."""

from __future__ import annotations

import asyncio

from ortoo_daemon.daemon.handling.proofs import Proofs
from tests.daemon.rig import claim_of, handler_on
from tests.sandbox.live import Live, live


@live()
async def test_many_records_are_looked_up_in_one_query_each_with_its_own_answer(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
        (proof,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)
        key = str(proof["Ortoo_Key__c"])
        before = handler.org.rest.calls_made
        looking = Proofs(handler.org)
        asked = [key, *(f"none-{number}" for number in range(150)), key.lower()]
        found = await asyncio.gather(*map(looking.stands, asked))
        assert handler.org.rest.calls_made - before == 1
    assert found == [True, *[False] * 150, True]
