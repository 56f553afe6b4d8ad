"""When what only the leader does begins, and that it has ended before another one may begin it."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.leading import Leading
from ortoo_daemon.errors import StateError
from ortoo_daemon.work.elapsed import elapsed
from tests.asynchronous import asynchronous, until


class Lead:
    """A share in leadership whose store is told what to answer."""

    def __init__(self, *, shared: bool = True) -> None:
        self.shared = shared
        self.term = timedelta(seconds=0.2)
        self.holder, self.leader = "me", ""
        self.answers = "other"
        self.until = 0.0
        self.resigned = 0

    @property
    def epoch(self) -> int | None:
        return 1 if elapsed() < self.until else None

    @property
    def certain_for(self) -> float:
        return max(self.until - elapsed(), 0.0)

    async def hold(self) -> bool:
        match self.answers:
            case "hangs":
                await asyncio.Event().wait()
            case "fails":
                raise StateError("it is away")
        self.leader = self.answers
        self.until = elapsed() + 0.2 if self.leader == "me" else 0.0
        return self.epoch is not None

    async def resign(self) -> None:
        self.resigned += 1


class Duty:
    def __init__(self) -> None:
        self.begun = self.ended = 0

    async def __call__(self, over: asyncio.Event) -> None:
        self.begun += 1
        await over.wait()
        self.ended += 1


async def led(lead: Lead, duty: Duty, stop: asyncio.Event) -> None:
    await Leading(lead).run(duty, stop)  # type: ignore[arg-type]


@asynchronous
async def test_the_duty_begins_with_the_lead_and_ends_with_it() -> None:
    lead, duty, stop = Lead(), Duty(), asyncio.Event()
    with capture_logs() as said:
        running = asyncio.create_task(led(lead, duty, stop))
        await until(lambda: lead.leader == "other")
        assert duty.begun == 0
        lead.answers = "me"
        await until(lambda: duty.begun == 1)
        lead.answers = "another"
        await until(lambda: duty.ended == 1)
        stop.set()
        await running
    assert [(each["event"], each.get("leader")) for each in said] == [
        ("leadership.with_other", "other"),
        ("leadership.taken", None),
        ("leadership.lost", "another"),
    ]
    assert lead.resigned == 0


@pytest.mark.parametrize("trouble", ["fails", "hangs"])
def test_a_store_that_does_not_answer_costs_the_lead_when_the_term_is_over(trouble: str) -> None:
    @asynchronous
    async def tried() -> None:
        lead, duty, stop = Lead(), Duty(), asyncio.Event()
        lead.answers = "me"
        running = asyncio.create_task(led(lead, duty, stop))
        await until(lambda: duty.begun == 1)
        lead.answers = trouble
        await until(lambda: duty.ended == 1)
        assert lead.epoch is None
        lead.answers = "me"
        await until(lambda: duty.begun == 2)
        stop.set()
        await running
        assert lead.resigned == 1

    tried()


@asynchronous
async def test_a_duty_that_fails_ends_the_daemon() -> None:
    async def fails(over: asyncio.Event) -> None:
        raise ValueError("a defect")

    lead = Lead()
    lead.answers = "me"
    with pytest.raises(ValueError, match="a defect"):
        await Leading(lead).run(fails, asyncio.Event())  # type: ignore[arg-type]


@asynchronous
async def test_a_daemon_that_shares_with_nobody_leads_from_the_start_to_the_end() -> None:
    lead, duty, stop = Lead(shared=False), Duty(), asyncio.Event()
    running = asyncio.create_task(led(lead, duty, stop))
    await until(lambda: duty.begun == 1)
    stop.set()
    await running
    assert (duty.ended, lead.leader, lead.resigned) == (1, "", 0)
