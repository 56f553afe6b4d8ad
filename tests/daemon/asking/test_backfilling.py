"""Keys of customers for records that are there already, on a live sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from ortoo_daemon.daemon.asking import backfilling
from ortoo_daemon.daemon.asking.backfilling import Filled, Pace, Scope, backfill, to_look_at
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.policy.intake_model import EMAIL_KEY, PHONE_KEY, KeySources
from ortoo_daemon.records import record_id
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.sandbox.seed import identities as seed
from tests.sandbox.live import Live, live

SOURCES = KeySources(email=("Email",), phone=("MobilePhone", "Phone"), country="Country")
LEADS = Scope(object="Lead", sources=SOURCES)
WHOLE = Scope(object="Lead", sources=SOURCES, whole=True)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few records fill a page and a call."""
    monkeypatch.setattr(backfilling, "PAGE", 20)
    monkeypatch.setattr(backfilling, "_AT_ONCE", 10)


class Waits:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def clock(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def pace(waits: Waits | None = None, **given: Any) -> Pace:
    found = waits or Waits()
    options: dict[str, Any] = {
        "per_minute": 100_000,
        "spend_up_to": 0.8,
        "sleep": found.sleep,
    } | given
    return Pace(clock=found.clock, **options)


@asynccontextmanager
async def reached(live: Live) -> AsyncIterator[Org]:
    auth = ClientCredentials(client_id=seed.CLIENT_ID, client_secret=seed.CLIENT_SECRET)
    org = Org.of(auth=auth, login_url=live.url)
    try:
        yield org
    finally:
        await org.close()


async def filled(org: Org, scope: Scope, given: Pace | None = None) -> Filled:
    found = Filled(object=scope.object)
    async for each in backfill(org, scope, given or pace()):
        found = each
    return found


def keys(live: Live, id: str, object_name: str = "Lead") -> tuple[object, object]:
    (row,) = (
        row
        for row in live.sandbox.org.storage.find(object_name)
        if record_id(row["Id"]) == record_id(id)
    )
    return row[EMAIL_KEY], row[PHONE_KEY]


@live()
async def test_records_that_lack_keys_get_them_and_nothing_else_of_them_changes(live: Live) -> None:
    lead = live.lead(Email="Ana@Example.com", MobilePhone="06 12 34 56 78", Country="France")
    before = next(r for r in live.sandbox.org.storage.find("Lead") if r["Id"] == lead)
    async with reached(live) as org:
        assert await to_look_at(org, LEADS) == 1
        found = await filled(org, LEADS)
    assert (found.written, found.stopped, dict(found.refused)) == (1, "", {})
    assert keys(live, lead) == ("ana@example.com", "+33612345678")
    after = next(r for r in live.sandbox.org.storage.find("Lead") if r["Id"] == lead)
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"LastModifiedDate", "LastModifiedById", "SystemModstamp"} == {
        EMAIL_KEY,
        PHONE_KEY,
    }


@pytest.mark.usefixtures("small")
@live()
async def test_started_again_it_asks_only_for_what_is_left(live: Live) -> None:
    leads = [live.lead(Email=f"a{number}@example.com") for number in range(50)]
    async with reached(live) as org:
        async with aclosing(backfill(org, LEADS, pace())) as steps:
            async for each in steps:
                if each.looked_at == 30:
                    break
        assert await to_look_at(org, LEADS) == 20
        again = await filled(org, LEADS)
        assert (again.looked_at, again.written) == (20, 20)
        assert await to_look_at(org, LEADS) == 0
    assert all(keys(live, lead)[0] for lead in leads)


@live()
async def test_a_key_that_stands_is_corrected_only_when_all_are_compared(live: Live) -> None:
    stale = live.lead(Email="new@example.com", **{EMAIL_KEY: "old@example.com"})
    gone = live.lead(**{EMAIL_KEY: "old@example.com"})
    right = live.lead(Email="ana@example.com", **{EMAIL_KEY: "ana@example.com"})
    async with reached(live) as org:
        assert (await filled(org, LEADS)).looked_at == 0
        found = await filled(org, WHOLE)
        assert (found.written, found.without) == (2, 1)
        assert found.last == max(stale, gone, right)
        behind = Scope(object="Lead", sources=SOURCES, whole=True, after=found.last)
        assert (await filled(org, behind)).looked_at == 0
    assert [keys(live, each)[0] for each in (stale, gone, right)] == [
        "new@example.com",
        None,
        "ana@example.com",
    ]


@live()
async def test_what_makes_no_key_is_counted_and_does_not_hold_up_the_rest(live: Live) -> None:
    live.lead(Phone="ask for Ana")
    good = live.lead(Phone="+33299112233")
    async with reached(live) as org:
        found = await filled(org, LEADS)
    assert (found.looked_at, found.written, found.without) == (2, 1, 1)
    assert keys(live, good) == (None, "+33299112233")


@live()
async def test_contacts_get_keys_too(live: Live) -> None:
    row = {"LastName": "Roy", "Email": "Roy@Example.com", "Phone": "0299112233"}
    row |= {"MailingCountry": "FR"}
    (made,) = live.sandbox.org.create_many("Contact", [row], user_id=seed.WEB_FORMS_USER_ID)
    sources = KeySources(email=("Email",), phone=("Phone",), country="MailingCountry")
    async with reached(live) as org:
        scope = Scope(object="Contact", sources=sources)
        lacking = await to_look_at(org, scope)
        assert (await filled(org, scope)).written == lacking
    assert made.id is not None
    assert keys(live, made.id, "Contact") == ("roy@example.com", "+33299112233")


@pytest.mark.usefixtures("small")
@live()
async def test_it_keeps_the_pace(live: Live) -> None:
    for number in range(30):
        live.lead(Email=f"a{number}@example.com")
    waits = Waits()
    async with reached(live) as org:
        found = await filled(org, LEADS, pace(waits, per_minute=60))
    assert found.written == 30
    assert waits.slept == [10.0, 10.0], "ten records, ten seconds; none after the last"


@live()
async def test_it_stops_before_an_allocation_is_used_up_and_says_which(live: Live) -> None:
    lead = live.lead(Email="a@example.com")
    events = live.sandbox.usage.delivered_events
    events.add(21_000)
    events.max = 25_000
    async with reached(live) as org:
        found = await filled(org, LEADS)
        assert "21,000 of 25,000 delivered events are used, 80% is the limit" in found.stopped
        assert (found.looked_at, keys(live, lead)) == (0, (None, None))


@live()
async def test_many_records_take_few_calls(live: Live) -> None:
    for number in range(1000):
        live.lead(Email=f"a{number}@example.com")
    async with reached(live) as org:
        before = org.rest.calls_made
        found = await filled(org, LEADS)
        assert found.written == 1000
        assert org.rest.calls_made - before <= 17, "limits, a query, and per 200 a look and a write"


@live()
async def test_a_field_that_is_not_there_is_told_by_its_name(live: Live) -> None:
    scope = Scope(object="Lead", sources=KeySources(email=("Mail__c",)))
    async with reached(live) as org:
        with pytest.raises(PermanentOrgError, match="Mail__c"):
            await filled(org, scope)
