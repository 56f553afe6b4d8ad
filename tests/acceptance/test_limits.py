"""Five hundred leads in one second for a rooftop of ten: nobody gets too many, nobody too few."""

from __future__ import annotations

from collections import Counter

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network

LIMIT, LEADS = 40, 500


def limited(network: Network) -> dict[str, object]:
    """The policy's ownership with an open_limit; the overflow goes to the unrouted queue."""
    return {
        "ownership": {
            "rules": [{"name": "all", "assign": FLAGSHIP}],
            "limits": {"open_limit": {"person": LIMIT}},
            "otherwise": {"queue": seed.UNROUTED_QUEUE},
        }
    }


def loads(network: Network, ids: list[str]) -> tuple[Counter[str], int]:
    """How many leads each person got, and how many went to the queue."""
    owners = Counter(row["OwnerId"] for row in network.read(ids).values())
    queued = sum(number for owner, number in owners.items() if owner.startswith("00G"))
    people = Counter({owner: n for owner, n in owners.items() if owner.startswith("005")})
    return people, queued


def test_ten_advisers_share_five_hundred_leads_of_one_second_within_their_limits(
    network: Network,
) -> None:
    with network.daemon(policy=limited(network)) as daemon:
        daemon.until_ready()
        ids = network.leads(LEADS)
        network.until_routed(ids, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(ids)
    people, queued = loads(network, ids)
    assert len(people) == seed.FLAGSHIP_ADVISERS
    assert max(people.values()) <= LIMIT
    assert max(people.values()) - min(people.values()) <= 1
    assert queued == LEADS - LIMIT * seed.FLAGSHIP_ADVISERS


def test_a_kill_between_two_bursts_lets_nobody_pass_the_limit(network: Network) -> None:
    """Everybody is full from the first test's leads; a fresh daemon counts them in the org."""
    network.write(policy=limited(network))
    first = network.leads(50)
    with network.again() as daemon:
        daemon.until_logged("record_handled")
        daemon.kill()
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(first, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(first)
    assert loads(network, first) == (Counter(), 50)
