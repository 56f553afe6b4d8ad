"""A fuse stops what is too much, whoever dies meanwhile; the rest is told of, and routed when it may be."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import wait_until

MOST = 20


def fused(at_most: int, per: str = "1h") -> dict[str, object]:
    return {
        "ownership": {
            "rules": [
                {"name": "desk", "when": {"LastName": "Desk"}, "assign": {"queue": "EV_Desk"}},
                {"name": "all", "assign": deepcopy(FLAGSHIP)},
            ],
            "otherwise": {"queue": seed.UNROUTED_QUEUE},
        },
        "action": {"fuse": {"at_most": at_most, "per": per}},
    }


def parked(network: Network, ids: list[str]) -> Counter[str | None]:
    return Counter(row["Ortoo_Parked__c"] for row in network.read(ids).values())


def test_no_more_is_moved_than_the_fuse_lets_pass_through_a_kill_and_a_lost_store(
    network: Network,
) -> None:
    name = network.company.lower().replace(" ", "-")
    with network.daemon(policy=fused(MOST)) as daemon:
        daemon.until_ready()
        first = network.leads(12) + network.leads(4, LastName="Desk")
        network.until_routed(first, 60)
        daemon.kill()
    network.forget_state()
    with network.again() as daemon:
        daemon.until_ready()
        rest = network.leads(30)
        network.until_routed(rest, 60)
        blown = daemon.until_logged("fuse.blown")
        assert (blown["fuse"], blown["at_most"]) == (name, MOST)
        assert parked(network, first) == {None: 16}
        word = f"fuse ({name})"
        assert parked(network, rest) == {None: MOST - 16, word: 30 - (MOST - 16)}
        assert daemon.terminate() == 0
    with network.daemon(policy=fused(100)) as daemon:
        daemon.until_ready()
        wait_until(lambda: parked(network, rest) == {None: 30}, 60, "the rest is routed")
        assert daemon.terminate() == 0
    network.assert_routed_once(first)
    loads = network.sandbox.query(
        "SELECT Summary__c FROM Ortoo_Policy_Load__c"
        f" WHERE Outcome__c = 'fuse_blown' AND Load_Key__c LIKE '%{name}'"
    )
    assert [row["Summary__c"].partition(":")[0] for row in loads] == [
        "Fuse blown, the rest is parked"
    ]
