"""The whole daemon, as its own process, against the sandbox org, as its own process."""

from __future__ import annotations

from tests.acceptance.network import Network


def test_leads_created_while_it_runs_are_routed_once(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        ids = network.leads(30)
        network.until_routed(ids)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)
