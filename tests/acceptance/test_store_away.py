"""PostgreSQL is away when a daemon starts, or goes away at any later time: the daemon waits, and says so."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from tests.acceptance.network import Network
from tests.acceptance.test_many_daemons import daemons_on
from tests.processes import DaemonProcess, wait_until
from tests.work.postgres import PostgresServer


def said(service_manager: socket.socket) -> str:
    """The last status line that the service manager was told, of those that wait to be read."""
    told = ""
    while True:
        try:
            message = service_manager.recv(65536).decode()
        except BlockingIOError:
            return told
        for line in message.splitlines():
            if line.startswith("STATUS="):
                told = line


@pytest.mark.timeout(120)
def test_a_daemon_waits_for_its_store_at_the_start_and_whenever_it_goes_away(
    network: Network, postgres: PostgresServer
) -> None:
    (daemon,) = daemons_on(postgres, network, 1)
    address = network.folder / "notify"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(str(address))
        manager.setblocking(False)
        postgres.stop()
        early = network.leads(3)
        watched = DaemonProcess(
            daemon.log.parent / "ortoo.yaml", environment={"NOTIFY_SOCKET": str(address)}
        )
        with watched as daemon:
            waiting = daemon.until_logged("service.waiting_for_store")
            assert waiting["step"] == "open the store"
            assert "waiting for the store" in wait_until(lambda: said(manager), 5, "a status")
            postgres.start()
            network.until_routed(early)
            postgres.stop()
            late = network.leads(10)
            daemon.until_logged("work.store_failed")
            postgres.start()
            network.until_routed(late)
            assert daemon.terminate() == 0
    network.assert_routed_once([*early, *late])


def test_a_daemon_that_waits_for_its_store_ends_when_it_is_told_to(
    network: Network, postgres: PostgresServer
) -> None:
    (daemon,) = daemons_on(postgres, network, 1)
    postgres.stop()
    with daemon:
        daemon.until_logged("service.waiting_for_store")
        assert daemon.terminate(10) == 0
