from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from ortoo_daemon.errors import LoginError
from ortoo_daemon.salesforce.stream import listener
from ortoo_daemon.salesforce.stream.failures import StreamPauses
from ortoo_daemon.salesforce.stream.listener import Gap, GapReason, Listener, ListenerTimes
from ortoo_daemon.salesforce.stream.messages import ChangeEvent, StreamEvent, UnreadEvent
from tests.salesforce.answers import KnownTokens, run
from tests.salesforce.stream.bayeux import CHANNEL, Bayeux, change

QUICK = StreamPauses(
    soon=(0.01, 0.05), login=(0.01, 0.05), busy=(0.3, 0.3), limit=(0.6, 0.6), refused=(0.2, 0.2)
)
TIMES = ListenerTimes(check_every=0.05, silent_after=5, healthy_after=0.2)


class Daemon:
    """What stands behind a listener: remembers what was delivered and moves the checkpoint."""

    def __init__(self, bayeux: Bayeux, *, checkpoint: int | None = None) -> None:
        self.bayeux = bayeux
        self.tokens = KnownTokens(bayeux.url)
        self.checkpoint = checkpoint
        self.heard: list[int] = []
        self.batches: list[int] = []
        self.events: list[StreamEvent] = []
        self.gaps: list[Gap] = []
        self.may_take = asyncio.Event()
        self.may_take.set()
        self.fail_deliveries = 0
        self.stop = asyncio.Event()
        self.listener = self.listening(CHANNEL)

    def listening(self, *channels: str, times: ListenerTimes = TIMES) -> Listener:
        return Listener(
            channels,
            self.tokens,
            checkpoint_of=self.checkpoint_of,
            deliver=self.deliver,
            gap=self.note_gap,
            times=times,
            pauses=QUICK,
        )

    async def checkpoint_of(self, channel: str) -> int | None:
        return self.checkpoint

    async def deliver(self, events: list[StreamEvent]) -> None:
        await self.may_take.wait()
        if self.fail_deliveries:
            self.fail_deliveries -= 1
            raise RuntimeError("disk full")
        self.batches.append(len(events))
        self.events.extend(events)
        self.heard.extend(event.replay_id for event in events)
        self.checkpoint = events[-1].replay_id

    async def note_gap(self, gap: Gap) -> None:
        self.gaps.append(gap)


async def until(holds: Callable[[], object], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 (state of others, without an event of its own)
            await asyncio.sleep(0.01)


def listening(scenario, *, checkpoint=None, before=None, channels=(CHANNEL,)):
    """Run a scenario beside a listener on a server of its own."""

    async def work():
        async with Bayeux().serving() as bayeux:
            daemon = Daemon(bayeux, checkpoint=checkpoint)
            daemon.listener = daemon.listening(*channels)
            if before is not None:
                before(bayeux, daemon)
            running = asyncio.create_task(daemon.listener.run(daemon.stop))
            try:
                await scenario(bayeux, daemon)
            finally:
                daemon.stop.set()
                daemon.may_take.set()
                async with asyncio.timeout(5):
                    await running

    run(work())


def test_events_are_delivered_in_order_and_state_is_shown():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        assert daemon.listener.connected
        assert daemon.listener.subscribed == {CHANNEL}
        bayeux.publish(*map(change, range(1, 51)))
        await until(lambda: len(daemon.heard) == 50)
        assert daemon.heard == list(range(1, 51))
        assert daemon.listener.last_message_at is not None
        assert daemon.listener.rebuilds == 0

    listening(scenario)


def test_a_first_subscription_starts_at_the_tip_and_tells_of_the_gap():
    async def scenario(bayeux, daemon):
        await until(lambda: daemon.gaps)
        assert bayeux.positions == [-1]
        assert daemon.gaps == [Gap(channel=CHANNEL, reason=GapReason.NO_POSITION)]

    listening(scenario)


def test_a_later_subscription_resumes_after_the_checkpoint():
    async def scenario(bayeux, daemon):
        await until(lambda: daemon.heard == [8, 9, 10])
        assert bayeux.positions == [7]
        assert daemon.gaps == []

    listening(scenario, checkpoint=7, before=lambda b, d: b.publish(*map(change, range(1, 11))))


def test_an_unknown_client_is_replaced_without_a_login_or_a_lost_event():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.publish(*map(change, range(1, 6)))
        await until(lambda: len(daemon.heard) == 5)
        bayeux.forget_clients()
        bayeux.publish(*map(change, range(6, 11)))
        await until(lambda: len(daemon.heard) >= 10)
        assert daemon.heard == list(range(1, 11))
        assert daemon.tokens.refreshed == 0
        assert daemon.listener.rebuilds == 1

    listening(scenario, checkpoint=0)


def test_a_revoked_token_is_refreshed_once_and_the_stream_goes_on():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.refuse_token = "t0"
        await until(lambda: daemon.tokens.refreshed == 1)
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])
        assert daemon.tokens.refreshed == 1

    listening(scenario, checkpoint=0)


def test_an_expired_position_is_a_gap_and_everything_kept_is_replayed():
    async def scenario(bayeux, daemon):
        await until(lambda: daemon.heard == [8, 9, 10])
        assert daemon.gaps == [Gap(channel=CHANNEL, reason=GapReason.POSITION_EXPIRED)]
        assert bayeux.positions == [3, -2]

    def before(bayeux, daemon):
        bayeux.publish(*map(change, range(1, 11)))
        bayeux.oldest = 8

    listening(scenario, checkpoint=3, before=before)


def test_a_position_known_to_be_expired_is_not_asked_for_and_not_told_again():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.forget_clients()
        await until(lambda: len(bayeux.positions) == 3)
        assert bayeux.positions == [3, -2, -2]
        assert len(daemon.gaps) == 1

    def before(bayeux, daemon):
        bayeux.oldest = 8

    listening(scenario, checkpoint=3, before=before)


def test_a_position_that_expires_during_a_drop_is_noticed():
    """The library alone would go deaf here: it resubscribes by itself and ignores the refusal."""

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])
        bayeux.events.clear()
        bayeux.oldest = 5
        bayeux.forget_clients()
        bayeux.publish(change(6))
        await until(lambda: daemon.heard == [1, 6])
        assert [gap.reason for gap in daemon.gaps] == [GapReason.POSITION_EXPIRED]

    listening(scenario, checkpoint=0)


def test_a_busy_server_is_left_alone_even_when_it_says_401():
    busy = {
        "error": "401::Authentication invalid",
        "advice": {"reconnect": "none"},
        "ext": {"sfdc": {"failureReason": "503::Server is too busy. Please try again later."}},
    }

    async def scenario(bayeux, daemon):
        await until(lambda: daemon.listener.rebuilds == 1)
        assert "too busy" in daemon.listener.last_error
        assert daemon.tokens.refreshed == 0
        handshakes = bayeux.handshakes
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        assert bayeux.handshakes == handshakes + 1

    listening(scenario, before=lambda b, d: b.fail("/meta/handshake", busy))


def test_the_daily_limit_ends_the_session_until_its_pause_is_over():
    limit = {"error": "403::Organization total events daily limit exceeded"}

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        began = asyncio.get_running_loop().time()
        bayeux.fail("/meta/connect", limit)
        await until(lambda: not daemon.listener.connected)
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        assert asyncio.get_running_loop().time() - began >= 0.4
        assert daemon.tokens.refreshed == 0

    listening(scenario, checkpoint=0)


@pytest.mark.parametrize(
    "error",
    [
        "403::User not allowed to subscribe CDC without View All Data permissions",
        "400::The channel you requested to subscribe to does not exist {/data/Other__chn}",
    ],
)
def test_a_refused_channel_is_told_and_does_not_stop_the_others(error):
    other = "/data/A_Other__chn"

    async def scenario(bayeux, daemon):
        await until(lambda: daemon.listener.subscribed == {CHANNEL})
        assert daemon.listener.refused[other].startswith(error[:30])
        assert not daemon.listener.subscribed_event.is_set()
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        assert daemon.listener.refused == {}
        assert daemon.listener.rebuilds == 0

    listening(
        scenario,
        checkpoint=0,
        channels=(CHANNEL, other),
        before=lambda b, d: b.fail("/meta/subscribe", {"error": error}),
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=503, text="<html>down</html>", content_type="text/html"),
        lambda: web.Response(status=401, text="<html>login</html>", content_type="text/html"),
        lambda: web.json_response([{"errorCode": "INVALID_SESSION_ID"}], status=401),
        lambda: web.json_response({"error": "x"}),
    ],
)
def test_an_answer_that_is_not_bayeux_does_not_cost_an_event(answer):
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.fail("/meta/connect", answer())
        bayeux.publish(change(1))
        bayeux.publish(change(2))
        await until(lambda: set(daemon.heard) == {1, 2})

    listening(scenario, checkpoint=0)


def test_events_in_an_answer_lost_on_its_way_are_asked_for_again():
    """The server counts them as delivered to that session, so the session can't be kept."""

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.lose_next_events = True
        bayeux.publish(change(1))
        await until(lambda: not bayeux.lose_next_events)
        bayeux.publish(change(2))
        await until(lambda: daemon.heard == [1, 2])
        assert daemon.gaps == []

    listening(scenario, checkpoint=0)


def test_a_gateways_401_gets_a_new_token():
    denied = web.Response(status=401, text="<html>login</html>", content_type="text/html")

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.fail("/meta/connect", denied)
        await until(lambda: daemon.tokens.refreshed == 1)
        await until(lambda: bayeux.tokens[-1] == "t1")

    listening(scenario, checkpoint=0)


def test_a_slow_daemon_gets_no_next_batch_before_it_took_the_last():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        daemon.may_take.clear()
        bayeux.publish(*map(change, range(1, 501)))
        await until(lambda: daemon.listener._pump.delivering)
        await asyncio.sleep(0.1)
        assert daemon.heard == []
        daemon.may_take.set()
        await until(lambda: len(daemon.heard) == 500)
        assert daemon.heard == list(range(1, 501))
        assert max(daemon.batches) <= 200

    listening(scenario, checkpoint=0)


def test_a_batch_the_daemon_could_not_take_is_delivered_again():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        daemon.fail_deliveries = 2
        bayeux.publish(*map(change, range(1, 4)))
        await until(lambda: daemon.heard == [1, 2, 3])
        assert daemon.listener.rebuilds == 2

    listening(scenario, checkpoint=0)


def test_stopping_sees_the_running_delivery_through():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        daemon.may_take.clear()
        bayeux.publish(change(1))
        await until(lambda: daemon.listener._pump.delivering)
        daemon.stop.set()
        await asyncio.sleep(0.1)
        daemon.may_take.set()
        await until(lambda: daemon.heard == [1])

    listening(scenario, checkpoint=0)


def test_a_server_that_goes_silent_is_left():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.hold_for = 30
        await until(lambda: daemon.listener.rebuilds == 1)
        assert "nothing heard" in daemon.listener.last_error

    def before(bayeux, daemon):
        daemon.listener._times = ListenerTimes(check_every=0.05, silent_after=0.8)

    listening(scenario, checkpoint=0, before=before)


def test_a_server_that_hangs_does_not_hold_up_the_stop():
    async def scenario(bayeux, daemon):
        await until(lambda: bayeux.tokens)
        daemon.stop.set()
        began = asyncio.get_running_loop().time()
        await until(lambda: bayeux.hung == 0)
        assert asyncio.get_running_loop().time() - began < 2

    def before(bayeux, daemon):
        bayeux.hang = True

    listening(scenario, checkpoint=0, before=before)


def test_a_login_that_fails_is_tried_again():
    async def scenario(bayeux, daemon):
        await until(lambda: daemon.listener.rebuilds >= 2)
        assert "invalid_grant" in daemon.listener.last_error
        daemon.tokens.get = get
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)

    get = None

    def before(bayeux, daemon):
        nonlocal get
        get = daemon.tokens.get

        async def refused():
            raise LoginError("invalid_grant", "no")

        daemon.tokens.get = refused

    listening(scenario, checkpoint=0, before=before)


def test_a_stream_is_back_as_soon_as_logins_are_tried_again_however_often_it_was_lost_before():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        daemon.listener._failures = 12
        get = daemon.tokens.get

        async def refused():
            daemon.tokens.get = get
            error = LoginError("invalid_grant", "no")
            error.retry_after = 0.02
            raise error

        daemon.tokens.get = refused
        daemon.listener._pauses = StreamPauses(soon=(0.01, 0.05), login=(60.0, 300.0))
        bayeux.forget_clients()
        await until(lambda: daemon.listener.rebuilds >= 2)
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)

    listening(scenario, checkpoint=0)


def test_an_overflow_is_told_as_a_gap_before_its_checkpoint_moves():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.publish(change(1), change(2, kind="GAP_OVERFLOW", ids=()), change(3))
        await until(lambda: daemon.heard == [1, 2, 3])
        (gap,) = daemon.gaps
        assert (gap.reason, gap.object) == (GapReason.OVERFLOW, "Lead")
        assert gap.at is not None

    listening(scenario, checkpoint=0)


def test_a_message_nobody_can_read_is_a_gap_and_costs_no_other():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        broken = change(2)
        broken["data"]["payload"]["ChangeEventHeader"].pop("recordIds")
        broken["data"]["payload"]["ChangeEventHeader"].pop("entityName")
        bayeux.publish(change(1), broken, change(3))
        await until(lambda: daemon.heard == [1, 2, 3])  # of the second its place alone
        assert [type(event) for event in daemon.events] == [ChangeEvent, UnreadEvent, ChangeEvent]
        assert [gap.reason for gap in daemon.gaps] == [GapReason.UNREADABLE]

    listening(scenario, checkpoint=0)


def test_nothing_is_left_running_after_a_stop(caplog):
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.forget_clients()
        await until(lambda: daemon.listener.rebuilds == 1)
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)

    async def checked(bayeux, daemon):
        await scenario(bayeux, daemon)
        daemon.stop.set()
        await until(lambda: not daemon.listener.connected)

    listening(checked, checkpoint=0)
    assert [record for record in caplog.records if record.name == "asyncio"] == []


@pytest.mark.parametrize(
    "advice",
    [
        None,
        ["retry"],
        "none",
        {"reconnect": "dance", "interval": "soon", "timeout": []},
        {"reconnect": None, "interval": None, "timeout": None},
        {"reconnect": "retry", "interval": -5, "timeout": -1, "multiple-clients": True},
        {"interval": 0, "timeout": 10**30},
    ],
)
def test_advice_that_nobody_understands_stops_no_events(advice):
    """The server says that all is well, and how to go on in words of its own."""

    def before(bayeux, daemon):
        bayeux.advice = advice

    async def scenario(bayeux, daemon):
        await daemon.listener.subscribed_event.wait()
        for number in range(1, 4):
            bayeux.publish(change(number))
            await until(lambda number=number: daemon.heard == list(range(1, number + 1)))
        assert daemon.listener.rebuilds == 0

    listening(scenario, before=before)


def test_a_session_that_lived_longer_than_the_pause_before_it_ends_a_row_of_failures(monkeypatch):
    """A line that breaks twice a minute must not cost a minute each time. Time runs twenty times as fast."""
    began = monotonic()
    monkeypatch.setattr(listener, "monotonic", lambda: began + 20 * (monotonic() - began))

    def before(bayeux, daemon):
        daemon.listener = daemon.listening(CHANNEL, times=ListenerTimes(check_every=0.05))

    async def scenario(bayeux, daemon):
        with capture_logs() as said:
            for broken in range(1, 4):
                await daemon.listener.subscribed_event.wait()
                bayeux.fail("/meta/connect", web.Response(status=502))
                await until(lambda broken=broken: daemon.listener.rebuilds == broken)
            bayeux.fail("/meta/handshake", web.Response(status=502))
            await until(lambda: daemon.listener.rebuilds == 4)
        ended = [line["failures"] for line in said if line["event"] == "stream.session_ended"]
        assert ended == [1, 1, 1, 2]

    listening(scenario, checkpoint=0, before=before)
