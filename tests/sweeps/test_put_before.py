"""Steps of which nothing came are looked at again, ever more rarely, and keep no other from its turn."""

from __future__ import annotations

from datetime import timedelta

from ortoo_daemon.sweeps.put_before import LONGEST_PAUSE, PutBefore
from ortoo_daemon.sweeps.sla import DueFigures, find_due_steps
from tests.asynchronous import asynchronous
from tests.sweeps.test_sla import NOW, Org, Queue, due

EVERY = timedelta(seconds=30)


class Sweep:
    """One sweep after the other on the same org; the moments are seconds after the first."""

    def __init__(self, org: Org, *, at_most: int = 100) -> None:
        self.org, self.at_most = org, at_most
        self.before = PutBefore(every=EVERY)
        self.queue = Queue()

    async def __call__(self, after: float) -> DueFigures:
        now = NOW + timedelta(seconds=after)
        return await find_due_steps(
            self.org,
            self.queue,
            ("Lead",),
            clock=lambda: now,
            before=self.before,
            at_most=self.at_most,
        )


@asynchronous
async def test_a_step_of_which_nothing_came_is_looked_at_at_growing_pauses_for_ever():
    sweep = Sweep(Org(due(1, late=1)))
    first = await sweep(0)
    assert (first.put, first.again) == (1, 0)
    looks = [after for after in range(30, 2000, 30) if (await sweep(after)).again]
    pauses = [later - earlier for earlier, later in zip([0, *looks], looks, strict=False)]
    assert pauses == [30, 30, 60, 120, 240, *[300] * (len(pauses) - 5)]
    assert len(pauses) >= 9
    assert LONGEST_PAUSE.total_seconds() == 300


@asynchronous
async def test_what_waits_counts_once_and_keeps_nothing_new_from_its_turn():
    waiting = [due(number, late=60) for number in range(1, 9)]
    org = Org(*waiting)
    sweep = Sweep(org, at_most=10)
    left = sweep.at_most - (await sweep(0)).put
    for after in range(30, 600, 30):
        sweep.at_most = left
        found = await sweep(after)
        assert (found.put, found.stopped) == (0, False)
    org.rows = (*waiting, due(20, late=1))  # the latest of all that is due
    found = await sweep(600)
    assert (found.put, found.stopped) == (1, False)
    assert due(20, 0)["Id"] in [item.record_id for item in sweep.queue.items]


@asynchronous
async def test_the_records_next_step_is_a_new_one():
    org = Org(due(1, late=1))
    sweep = Sweep(org)
    await sweep(0)
    org.rows = (due(1, late=0.5),)
    assert (await sweep(1)).put == 1


@asynchronous
async def test_what_could_not_be_put_is_not_taken_for_put():
    async def full(items) -> int:
        raise OSError("the store is away")

    sweep = Sweep(Org(due(1, late=1)))
    sweep.queue = full
    try:
        await sweep(0)
    except OSError:
        sweep.queue = Queue()
    assert (await sweep(1)).put == 1
