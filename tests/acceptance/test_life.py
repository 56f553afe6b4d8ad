"""Starting, stopping, shadow runs, memory: how the process behaves towards whoever runs it."""

from __future__ import annotations

import errno
import json
import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.network import Network
from tests.processes import ROOT, DaemonProcess, Row, slowness, wait_until


def test_sigterm_drains_and_the_next_start_takes_up_the_rest(network: Network) -> None:
    """Told to stop in the middle of a burst with a slow org: what is in hand is seen through."""
    sandbox = network.sandbox
    with network.daemon(settings={"workers": {"parallel": 50}}) as daemon:
        daemon.until_ready()
        sandbox.control("POST", "/latency", {"ms": 150})
        ids = network.leads(400)
        daemon.until_logged("record_handled")
        began = time.monotonic()
        assert daemon.terminate() == 0
        took = time.monotonic() - began
    sandbox.control("POST", "/latency", {"ms": 0})
    left = network.undecided()
    assert 0 < left < 400
    assert took < 35  # the deadline of 30 s and a little
    done = [row["Id"] for row in network.read(ids).values() if row["Ortoo_Decided_At__c"]]
    network.assert_routed_once(done)
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(ids)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def test_what_does_not_end_in_time_is_given_back(network: Network) -> None:
    """The org hangs: the process ends at its deadline, and the next one finds the work."""
    sandbox = network.sandbox
    with network.daemon(settings={"workers": {"drain_for": "1s"}}) as daemon:
        daemon.until_ready()
        held = sandbox.fault("hold", path="/composite(/sobjects)?$", times=None)
        ids = network.leads(30)
        sandbox.until_met(held)
        daemon.process.terminate()
        daemon.until_logged("work.released")
        sandbox.heal()
        assert daemon.wait(40) == 0
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(ids)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)


def handles(process: DaemonProcess, *signals: signal.Signals) -> bool:
    """Whether the process has taken these signals into its own hands."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    (caught,) = (line for line in status.splitlines() if line.startswith("SigCgt:"))
    return all(int(caught.split()[1], 16) & 1 << (each - 1) for each in signals)


def test_a_plain_lead_loads_no_library_that_its_policy_does_not_use(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        network.until_routed(network.leads(2))
        mapped = Path(f"/proc/{daemon.process.pid}/maps").read_text()
        assert daemon.terminate() == 0
    libraries = {Path(line.split()[-1]).as_posix() for line in mapped.splitlines() if ".so" in line}
    assert any("/pydantic_core/" in name for name in libraries)
    heavy = ("cryptography", "lxml", "numpy", "rapidfuzz", "selectolax", "sklearn")
    assert [name for name in libraries if any(f"/{each}/" in name for each in heavy)] == []


def opened(pipe: Path) -> int | None:
    """The end to write to, once somebody reads the other one."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None


def test_sigterm_ends_a_daemon_that_is_still_loading(network: Network) -> None:
    """It is told to stop while it reads a file that comes slowly, and says nothing of having started."""
    settings = network.write()
    directory = network.folder / "directory.yaml"
    known = directory.read_bytes()
    directory.unlink()
    os.mkfifo(directory)
    with DaemonProcess(settings) as daemon:
        pipe = wait_until(lambda: opened(directory), 20, "the file to be read")
        assert handles(daemon, signal.SIGTERM, signal.SIGINT)
        daemon.process.terminate()
        os.write(pipe, known)
        os.close(pipe)
        assert daemon.wait(10) == 0
        assert daemon.events() == []


def test_sigterm_ends_a_daemon_that_waits_for_the_org(network: Network) -> None:
    network.sandbox.fault("error", path="/oauth2/token", status=503, body="", times=None)
    with network.daemon() as daemon:
        daemon.until_logged("service.waiting_for_org")
        assert daemon.terminate(10) == 0


def ended_with(daemon: DaemonProcess) -> tuple[int, str]:
    """Exit code and the last words of a daemon that can't run."""
    with daemon:
        code = daemon.wait()
        return code, daemon.tail()[-1]


def test_a_store_that_cannot_be_used_ends_the_start_with_a_clear_word(network: Network) -> None:
    nowhere = f"sqlite:///{network.folder}/missing/state.db"
    code, said = ended_with(network.daemon(settings={"state": nowhere}))
    assert code == 1
    assert f"{network.folder}/missing/state.db: can't use this store" in said
    assert "its folder must exist" in said


def test_a_second_daemon_on_the_same_store_is_refused(network: Network) -> None:
    with network.daemon() as first:
        first.until_ready()
        second = network.again()
        code, said = ended_with(second)
        assert (code, str(first.process.pid) in said) == (1, True)
        assert "another daemon runs on this store" in said
        ids = network.leads(3)
        network.until_routed(ids)
        assert first.terminate() == 0


def test_mistakes_in_the_files_end_the_start_with_their_places(network: Network) -> None:
    config = network.write(settings={"workers": {"parallel": "many"}})
    code, said = ended_with(network.again())
    assert code == 78
    assert said.startswith(f"{config}:")
    assert "workers.parallel" in said


def test_a_secret_that_others_can_read_is_refused(network: Network) -> None:
    network.write()
    (network.folder / "client_secret").chmod(0o644)
    code, said = ended_with(network.again())
    assert code == 78
    assert "chmod 600" in said
    assert network.sandbox.about["client_secret"] not in said


def test_a_shadow_run_decides_and_writes_nothing(network: Network) -> None:
    sandbox = network.sandbox
    before = sandbox.last_call()
    with network.daemon("--shadow") as daemon:
        daemon.until_ready()
        ids = network.leads(40)

        def decided() -> bool:
            return {line["record"] for line in daemon.events("record_handled")} >= set(ids)

        wait_until(decided, 20, "every lead to be decided")
        lines = [line for line in daemon.events("record_handled") if line["record"] in set(ids)]
        assert daemon.terminate() == 0
    assert all(line["shadow"] and line["owner"].startswith("005") for line in lines)
    assert sandbox.writes(before) == []
    network.assert_untouched(ids)


DIRECTORY = ROOT / "ortoo_daemon/sandbox/seed/directory.json"


def lead_near(site: Row, dice: Random) -> Row:
    """An enquiry for one of a site's brands, from its own postal code."""
    name = f"{dice.choice(['roy', 'MARTIN', ' Weber'])} {dice.randrange(10_000)}"
    return {
        "LastName": name,
        "Email": f"{name.split()[0].lower()}{dice.randrange(10_000)}@mail.example",
        "Phone": f"0{dice.randrange(10**8, 10**9)}",
        "Country": site["BillingCountry"],
        "PostalCode": site["BillingPostalCode"],
        "Brand_Asked__c": dice.choice(site["Brands__c"]),
    }


@pytest.mark.timeout(180)
def test_it_is_soon_subscribed_and_stays_small_with_the_shipped_policies(network: Network) -> None:
    """Bounds with room for a busy machine; the figures are printed."""
    shipped = ROOT / "config"
    settings = {
        "policies": f"{shipped}/policies",
        "directory": f"{shipped}/directory.yaml",
        "templates": f"{shipped}/templates",
    }
    network.write(settings=settings)
    dice, sites = Random(1), json.loads(DIRECTORY.read_text())
    with network.again() as daemon:
        began = time.monotonic()
        daemon.until_logged("stream.subscribed")
        subscribed = time.monotonic() - began
        daemon.until_ready()
        ids = network.sandbox.create(
            [
                lead_near(dice.choice(sites), dice) | {"Company": network.company}
                for _ in range(1000)
            ]
        )
        network.until_routed(ids, 90)
        peak = daemon.peak_memory() / 1024**2
        assert daemon.terminate() == 0
    print(f"subscribed {subscribed:.1f} s after start; peak memory {peak:.0f} MB")
    assert subscribed <= 15 * slowness()
    assert peak <= 250
