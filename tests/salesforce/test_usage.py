"""What a record is said to have cost is what it cost."""

import asyncio

import pytest

from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.usage import measured, spend
from tests.asynchronous import asynchronous


async def _one(batcher, number):
    with measured() as spent:
        await batcher.ask(number)
        await batcher.ask(number)
    return spent.calls


@asynchronous
async def test_calls_are_divided_among_those_who_asked_none_lost_and_none_counted_twice():
    sent = 0

    async def send(asks):
        nonlocal sent
        sent += 1
        spend(1)
        await asyncio.sleep(0)
        return list(asks)

    batcher = Batcher(send, at_most=7, collect_for=0.001)
    costs = await asyncio.gather(*(_one(batcher, number) for number in range(50)))
    assert sum(costs) == pytest.approx(sent)
    await batcher.close()


@asynchronous
async def test_a_failing_call_is_paid_by_those_who_asked():
    async def send(asks):
        spend(1)
        raise OSError("gone")

    batcher = Batcher(send)
    with measured() as spent, pytest.raises(OSError, match="gone"):
        await batcher.ask(1)
    assert spent.calls == 1


def test_outside_a_measurement_spending_is_nobodys():
    spend(1)
    with measured() as spent:
        pass
    assert spent.calls == 0
