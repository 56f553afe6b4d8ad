"""Hundreds of leads in one second: rates and loads are not passed by one, whoever dies meanwhile."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network

PERSON, ROOFTOP = 6, 20
SKILL = "used_cars"


def limited(**limits: object) -> dict[str, object]:
    """Leads of a Mr Few go to few advisers of the rooftop, all others to any of the ten."""
    few = {**deepcopy(FLAGSHIP), "team": {"role": "sales_adviser", "skills": {"required": [SKILL]}}}
    return {
        "ownership": {
            "rules": [
                {"name": "few", "when": {"LastName": "Few"}, "assign": few},
                {"name": "all", "assign": deepcopy(FLAGSHIP)},
            ],
            "limits": limits,
            "otherwise": {"queue": seed.UNROUTED_QUEUE},
        }
    }


RATES = limited(
    rate_limit={
        "person": {"at_most": PERSON, "per": "1h"},
        "rooftop": {"at_most": ROOFTOP, "per": "day"},
    }
)
HOT, HEAVY, MOST = "Hot", 3, 17
LOADS = limited(
    load_limit={
        "person": MOST,
        "weigh": {"first": [{"when": {"LastName": HOT}, "then": HEAVY}, {"else": 1}]},
    }
)


def given(network: Network, ids: list[str]) -> Counter[str]:
    """How many of these leads each person has, by the org."""
    owners = Counter(row["OwnerId"] for row in network.read(ids).values())
    return Counter({owner: n for owner, n in owners.items() if owner.startswith("005")})


def few_advisers(network: Network) -> int:
    where = f"Ortoo_Rooftop__c = '{seed.FLAGSHIP_ROOFTOP_ID}' AND Ortoo_Role__c = 'sales_adviser'"
    rows = network.sandbox.query(
        f"SELECT Id FROM User WHERE {where} AND IsActive = true AND Ortoo_Skills__c INCLUDES ('{SKILL}')"
    )
    return len(rows)


def test_rates_of_persons_and_the_rooftop_hold_to_the_record_through_a_kill_and_a_lost_store(
    network: Network,
) -> None:
    advisers = few_advisers(network)
    assert 0 < advisers * PERSON < ROOFTOP
    with network.daemon(policy=RATES) as daemon:
        daemon.until_ready()
        few = network.leads(100, LastName="Few")
        daemon.until_logged("record_handled")
        daemon.kill()
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(few, 60)
        assert set(given(network, few).values()) == {PERSON}
        assert sum(given(network, few).values()) == PERSON * advisers
        rest = network.leads(200)
        daemon.until_logged("record_handled")
        daemon.kill()
    network.forget_state()
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(rest, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(few + rest)
    everybody = given(network, few + rest)
    assert max(everybody.values()) == PERSON
    assert sum(everybody.values()) == ROOFTOP


def load_before(network: Network) -> Counter[str]:
    """Open leads of the flagship's people before the test; they bear no weight, so each is one."""
    rows = network.sandbox.query(
        f"SELECT OwnerId, COUNT(Id) n FROM Lead WHERE IsConverted = false AND Company != '{network.company}'"
        " AND Status IN ('New', 'Open', 'Working', 'Contacted') GROUP BY OwnerId"
    )
    return Counter({row["OwnerId"]: int(row["n"]) for row in rows})


def test_loads_hold_to_the_point_through_a_kill(network: Network) -> None:
    before = load_before(network)
    with network.daemon(policy=LOADS) as daemon:
        daemon.until_ready()
        hot = network.leads(60, LastName=HOT)
        daemon.until_logged("record_handled")
        daemon.kill()
    with network.again() as daemon:
        daemon.until_ready()
        cold = network.leads(140)
        network.until_routed(hot + cold, 60)
        assert daemon.terminate() == 0
    network.assert_routed_once(hot + cold)
    heavy, light = given(network, hot), given(network, cold)
    loads = {one: HEAVY * heavy[one] + light[one] + before[one] for one in heavy | light}
    assert set(loads.values()) == {MOST}
    stamps = {row["Ortoo_Load__c"] for row in network.read(hot, "Ortoo_Load__c").values()}
    assert stamps == {HEAVY, None}
