"""What the daemon's sweeps do by themselves at their times, with a journal and a live sandbox."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import until
from tests.daemon.rig import DIRECTORY, claim_of, handler_on, now
from tests.sandbox.live import Live, live

OFTEN = timedelta(milliseconds=50)
EVERY = SweepSettings(
    retention_every=OFTEN,
    workload_every=OFTEN,
    finished_for=timedelta(0),
    parked_for=timedelta(days=90),
)


async def settle_two(live: Live, queue: WorkQueue) -> None:
    """One row is finished, the other parked."""
    await queue.put([claim_of(live.lead()).item for _ in range(2)])
    finished, parked = await queue.claim(2)
    await queue.finish(finished, "rule")
    await queue.park(parked, reason="too_many_tries")


def test_who_leads_forgets_what_is_finished_for_long_and_keeps_what_is_parked(url: str) -> None:
    """On either database; who does not lead forgets nothing."""
    leading: list[bool] = []

    @live()
    async def scenario(live: Live) -> None:
        queue = await WorkQueue.open(
            url, instance="test", lease_for=timedelta(minutes=1), clock=now
        )
        async with handler_on(live) as handler:
            roster = DirectoryReader(handler.org, read_directory_mapping(DIRECTORY))
            sweeping = Sweeping(
                handler.org,
                queue,
                handler.knowledge,
                roster,
                now=now,
                leads=lambda: bool(leading),
            )
            sweeping.plan(EVERY, shadow=False)
            try:
                await settle_two(live, queue)
                with capture_logs() as logs:
                    sweeping.schedule.start()
                    await until(lambda: counted(sweeping) >= 5)
                    assert "retention" not in sweeping.schedule.last_run
                    leading.append(True)
                    await until(lambda: "retention" in sweeping.schedule.last_run)
                    last = sweeping.schedule.last_run[
                        "retention"
                    ]  # the next may be cut short below
                left = await queue.stats()
            finally:
                await sweeping.schedule.stop()
                await queue.close()
        assert (last.error, left.finished, left.parked) == ("", 0, 1)
        told = [each["forgotten"] for each in logs if each["event"] == "sweep.retention"]
        assert told[0] == 1

    scenario()


def counted(sweeping: Sweeping) -> int:
    """How often everybody's open work was counted: by who leads and by who does not."""
    last = sweeping.schedule.last_run.get("workload")
    return last.runs if last else 0
