"""What is delivered, published and called counts against the allocation that the platform names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.usage import Rolling
from tests.sandbox.live import CHANNEL, Live, live
from tests.sandbox.rest_client import DATA, Rest

EXHAUSTED = "403::Organization total events daily limit exceeded"
EVENTS, TOPICS = "DailyDeliveredPlatformEvents", "DailyDurableStreamingApiEvents"
TOPIC = {"Name": "All", "Query": "SELECT Id FROM Lead", "ApiVersion": 66.0}


async def used(org: Live) -> dict[str, int]:
    _, told = await Rest(org).call("GET", f"{DATA}/limits")
    return {name: each["Max"] - each["Remaining"] for name, each in told.items()}


def new_topic(org: Live) -> None:
    org.sandbox.org.create("PushTopic", TOPIC, user_id=seed.ADMIN_USER_ID)


@live()
async def test_every_delivery_to_every_subscriber_counts_under_its_own_name(org: Live) -> None:
    new_topic(org)
    await org.control("/flows", {"name": "Ortoo_Lead_Changed"})
    one, two = await org.bayeux().opened(), await org.bayeux().opened()
    await one.subscribe()
    await one.subscribe("/topic/All")
    await two.subscribe()
    await two.subscribe("/event/Ortoo_Record__e")
    org.lead()
    assert len(await one.events(2)) == len(await two.events(2)) == 2
    told = await used(org)
    assert (told[EVENTS], told[TOPICS]) == (3, 1)
    assert told["HourlyPublishedPlatformEvents"] == 1
    assert told["DurableStreamingApiConcurrentClients"] == 2
    assert told["DailyStreamingApiEvents"] == told["StreamingApiConcurrentClients"] == 0
    figures = await org.control("/streams", method="GET")
    assert (figures["delivered"], figures["topic_delivered"], figures["published"]) == (3, 1, 1)


@live()
async def test_no_more_is_delivered_than_the_allocation_holds(org: Live) -> None:
    await org.control("/limits", {"delivered_events": 3})
    client = await org.bayeux().opened()
    await client.subscribe()
    leads = [org.lead() for _ in range(5)]
    events = await client.events(3)
    shown = [e["data"]["payload"]["ChangeEventHeader"]["recordIds"][0] for e in events]
    assert shown == leads[:3]
    (refused,) = await client.connect()
    assert (refused["error"], refused["advice"]["reconnect"]) == (EXHAUSTED, "none")


@live()
async def test_an_allocation_frees_itself_when_a_day_has_passed(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/limits", {"delivered_events": 1})
    org.lead()
    org.lead()
    await client.events(1)
    assert (await client.connect())[0]["error"] == EXHAUSTED
    await org.control("/clock", {"shift_seconds": 25 * 3600})
    assert len(await client.events(1)) == 1


@live()
async def test_an_exhausted_allocation_of_topics_leaves_change_events_alone(org: Live) -> None:
    new_topic(org)
    await org.control("/limits", {"topic_events": 0})
    client = await org.bayeux().opened()
    assert (await client.subscribe("/topic/All"))["error"] == EXHAUSTED
    assert (await client.subscribe(CHANNEL))["successful"]
    org.lead()
    assert len(await client.events(1)) == 1


@live()
async def test_api_calls_of_yesterday_no_longer_count(org: Live) -> None:
    await org.control("/limits", {"api_calls": 2})
    rest = Rest(org)
    answers: list[Any] = [await rest.call("GET", f"{DATA}/limits") for _ in range(3)]
    assert [status for status, _ in answers] == [200, 200, 403]
    await org.control("/clock", {"shift_seconds": 25 * 3600})
    assert (await Rest(org).call("GET", f"{DATA}/limits"))[0] == 200


def test_a_rolling_allocation_forgets_step_by_step() -> None:
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    allocation = Rolling(10, timedelta(hours=1), lambda: now[0])
    allocation.add(4)
    now[0] += timedelta(minutes=40)
    allocation.add(3)
    assert (allocation.used, allocation.left) == (7, 3)
    now[0] += timedelta(minutes=19, seconds=50)
    assert allocation.used == 7
    now[0] += timedelta(seconds=20)
    assert allocation.used == 3
    now[0] -= timedelta(hours=2)
    allocation.add(20)
    assert (allocation.used, allocation.left) == (23, 0)
