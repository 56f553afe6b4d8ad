"""The org's clock moves everything that goes by it, and breaks nothing that is connected."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.values import parse_datetime
from tests.asynchronous import until
from tests.sandbox.live import CHANNEL, QUICK, Live, live
from tests.sandbox.rest_client import DATA

HOUR = 3600


def near(moment: datetime, hours: float) -> bool:
    return abs(moment - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(seconds=30)


@live()
async def test_stamps_dates_and_events_bear_the_moved_time(org: Live) -> None:
    await org.control("/flows", {"name": "Ortoo_Lead_Changed"})
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe("/event/Ortoo_Record__e")
    for hours in (1, 30, 500, -2):
        await org.control("/clock", {"shift_seconds": hours * HOUR})
        row = org.sandbox.org.existing("Lead", org.lead())
        assert near(parse_datetime(row["SystemModstamp"]), hours)
        change, event = await client.events(2)
        committed = change["data"]["payload"]["ChangeEventHeader"]["commitTimestamp"]
        assert near(datetime.fromtimestamp(committed / 1000, UTC), hours)
        assert near(parse_datetime(event["data"]["payload"]["CreatedDate"]), hours)


@live()
async def test_every_answer_bears_the_orgs_date_the_streams_too(org: Live) -> None:
    await org.control("/clock", {"shift_seconds": 48 * HOUR})
    headers = {"Authorization": f"Bearer {org.token()}"}
    asked = {"version": "1.0", "channel": "/meta/handshake"}
    async with (
        org.http.post(f"{org.url}/cometd/66.0", json=[asked], headers=headers) as shaken,
        org.http.get(f"{org.url}{DATA}/limits", headers=headers) as limits,
        org.http.get(f"{org.url}/services/nowhere") as missing,
    ):
        for response in (shaken, limits, missing):
            assert near(parsedate_to_datetime(response.headers["Date"]), 48)


@live()
async def test_a_held_connect_outlives_a_moved_clock_and_so_does_its_session(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    for day in range(1, 6):
        await org.control("/clock", {"shift_seconds": day * 24 * HOUR})
        await asyncio.sleep(0)
    assert not held.done()
    lead = org.lead()
    replies = await asyncio.wait_for(held, 5)
    assert [each["successful"] for each in replies if "data" not in each] == [True]
    assert [e["data"]["payload"]["ChangeEventHeader"]["recordIds"] for e in replies[:-1]] == [
        [lead]
    ]
    headers = {"Authorization": f"Bearer {client.token}"}
    async with org.http.get(f"{org.url}{DATA}/limits", headers=headers) as response:
        assert response.status == 200


@live(timers=QUICK)
async def test_a_session_whose_client_is_gone_expires_with_the_clock(org: Live) -> None:
    client = await org.bayeux().opened()
    await until(lambda: not org.sandbox.clients.connected)
    await org.control("/clock", {"shift_seconds": 3 * HOUR})
    headers = {"Authorization": f"Bearer {client.token}"}
    async with org.http.get(f"{org.url}{DATA}/limits", headers=headers) as response:
        assert response.status == 401


@live()
async def test_a_day_in_many_small_steps_keeps_a_client_listening(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    found: list[str] = []
    made: list[str] = []
    for step in range(1, 145):
        await org.control("/clock", {"shift_seconds": step * 600})
        if step % 12 == 0:
            made.append(org.lead())
            (event,) = await client.events(1)
            found += event["data"]["payload"]["ChangeEventHeader"]["recordIds"]
    assert found == made
    assert len(org.sandbox.log) == len(made)
    await org.control("/clock", {"shift_seconds": 100 * HOUR})
    assert len(org.sandbox.log) == 0


@live()
async def test_a_clock_set_back_keeps_events_in_order_and_within_reach(org: Live) -> None:
    client = await org.bayeux().opened()
    await org.control("/clock", {"shift_seconds": 10 * HOUR})
    first = org.lead()
    await org.control("/clock", {"shift_seconds": 0})
    second = org.lead(user_id=seed.ADMIN_USER_ID)
    await client.subscribe(CHANNEL, replay=-2)
    events = await client.events(2)
    ids = [e["data"]["payload"]["ChangeEventHeader"]["recordIds"][0] for e in events]
    assert ids == [first, second]
