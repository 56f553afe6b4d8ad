"""Several daemons on one PostgreSQL: any of them may die or stand still at any moment."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.acceptance.test_crashes import SEED, SPREAD, web_forms
from tests.acceptance.test_limits import LIMIT, limited, loads
from tests.processes import DaemonProcess, wait_until
from tests.work.postgres import PostgresServer

LEADS = int(os.environ.get("ORTOO_MANY_LEADS", "1000"))
SOON = {"org": {"connect_timeout": "1s", "answer_timeout": "2s"}, "workers": {"lease_for": "6s"}}
"""A lease that need not outlast more: what a killed daemon had in hand is taken up after 6 s."""


def daemons_on(
    postgres: PostgresServer, network: Network, number: int, *, parallel: int = 1600, **files: Any
) -> list[DaemonProcess]:
    """As on hosts of their own: each with its files and its log, all for the same leads."""
    found = []
    for host in range(number):
        folder = network.folder / f"host{host}"
        folder.mkdir()
        config = replace(network, folder=folder).write(settings={"state": postgres.url}, **files)
        found.append(DaemonProcess(with_short_leases(config, parallel)))
    return found


def with_short_leases(config: Path, parallel: int) -> Path:
    settings = yaml.safe_load(config.read_text())
    for section, values in SOON.items():
        settings[section] = {**settings.get(section, {}), **values}
    settings["workers"]["parallel"] = parallel
    config.write_text(yaml.safe_dump(settings))
    return config


def leader_of(daemons: list[DaemonProcess]) -> DaemonProcess:
    """The one that has taken the lead last."""
    taken = [
        (event["epoch"], number)
        for number, daemon in enumerate(daemons)
        for event in daemon.events("leadership.taken")
    ]
    return daemons[max(taken)[1]]


def listens_after(daemon: DaemonProcess, before: int) -> bool:
    return len(daemon.events("stream.subscribed")) > before


@pytest.mark.timeout(120)
def test_three_daemons_keep_the_limits_of_ten_advisers_exactly(
    network: Network, postgres: PostgresServer
) -> None:
    """500 leads of one second: nobody gets too many, and nobody too few. First: they hold nothing yet."""
    number = 500
    with ExitStack() as running:
        hosts = daemons_on(postgres, network, 3, parallel=25, policy=limited(network))
        three = [running.enter_context(each) for each in hosts]
        for each in three:
            each.until_logged("service.ready", 60)
        wait_until(lambda: any(each.events("stream.subscribed") for each in three), 20, "a stream")
        ids = network.leads(number)
        network.until_routed(ids, 60)
        assert [each.terminate() for each in three] == [0, 0, 0]
        shares = [len(each.events("record_handled")) for each in three]
    print(f"handled by each: {shares}")
    network.assert_routed_once(ids)
    people, queued = loads(network, ids)
    assert set(people.values()) == {LIMIT}
    assert len(people) == seed.FLAGSHIP_ADVISERS
    assert queued == number - LIMIT * seed.FLAGSHIP_ADVISERS
    assert sum(share > 0 for share in shares) > 1


@pytest.mark.timeout(120)
def test_the_others_take_over_listening_within_five_seconds(
    network: Network, postgres: PostgresServer
) -> None:
    with ExitStack() as running:
        two = [running.enter_context(each) for each in daemons_on(postgres, network, 2)]
        for each in two:
            each.until_logged("service.ready", 60)
        wait_until(lambda: any(each.events("stream.subscribed") for each in two), 20, "a stream")
        leader = leader_of(two)
        (other,) = (each for each in two if each is not leader)
        assert not other.events("stream.subscribed")

        leader.pause()
        stopped_at = time.monotonic()
        wait_until(lambda: listens_after(other, 0), 10, "the other one to listen")
        print(f"listening again {time.monotonic() - stopped_at:.1f} s after the leader stopped")
        assert time.monotonic() - stopped_at < 5
        leader.resume()
        assert leader.until_logged("leadership.lost")["epoch"] == 1
        ids = network.leads(20)
        network.until_routed(ids)

        other.kill()
        killed_at = time.monotonic()
        late = network.leads(20)
        wait_until(lambda: listens_after(leader, 1), 10, "the first one to listen again")
        print(f"listening again {time.monotonic() - killed_at:.1f} s after the leader was killed")
        assert time.monotonic() - killed_at < 5
        network.until_routed(late)
        assert leader.terminate() == 0
    network.assert_routed_once([*ids, *late])


class Trouble:
    """Kills and pauses, one after the other; every daemon is up again at the end, and none ends by itself."""

    def __init__(self, daemons: list[DaemonProcess], dice: Random) -> None:
        self._daemons = daemons
        self._dice = dice
        self._wakes: dict[DaemonProcess, float] = {}

    def make(self) -> str:
        self._wake(time.monotonic())
        assert all(each.running() for each in self._daemons), "one ended by itself"
        awake = [each for each in self._daemons if each not in self._wakes]
        if len(awake) < 2:
            return "nothing"
        daemon = self._dice.choice(awake)
        if self._dice.random() < 0.4:
            daemon.kill()
            daemon.start()
            return f"daemon {self._daemons.index(daemon)} killed"
        asleep_for = self._dice.choice((0.3, 3.0, 8.0))
        daemon.pause()
        self._wakes[daemon] = time.monotonic() + asleep_for
        return f"daemon {self._daemons.index(daemon)} stopped for {asleep_for:g} s"

    def end(self) -> None:
        self._wake(float("inf"))
        for daemon in self._daemons:
            daemon.until_logged("service.ready", 60)

    def _wake(self, now: float) -> None:
        for daemon in [each for each, at in self._wakes.items() if at <= now]:
            daemon.resume()
            del self._wakes[daemon]


@pytest.mark.timeout(600)
def test_every_lead_is_routed_once_by_three_daemons_that_die_and_stand_still(
    network: Network, postgres: PostgresServer
) -> None:
    dice = Random(SEED)
    print(f"seed {SEED} (set ORTOO_TEST_SEED for another)")
    with ExitStack() as running:
        three = [
            running.enter_context(each) for each in daemons_on(postgres, network, 3, assign=SPREAD)
        ]
        for each in three:
            each.until_logged("service.ready", 60)
        customers = web_forms(network, LEADS, a_second=max(60, LEADS // 30))
        customers.start()
        trouble, restarted = Trouble(three, dice), False
        while customers.is_alive():
            print(f"{len(customers.ids)} leads made: {trouble.make()}")
            if not restarted and len(customers.ids) > LEADS // 2:
                postgres.stop()
                time.sleep(dice.uniform(0.2, 2))
                postgres.start()
                restarted = True
            time.sleep(dice.uniform(0.3, 1.5))
        trouble.end()
        ids = customers.finish(5)
        network.until_routed(ids, 120)
        assert [each.terminate() for each in three] == [0, 0, 0]
    assert restarted
    assert len(ids) == LEADS
    network.assert_routed_once(ids)
