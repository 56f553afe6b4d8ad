"""Somebody goes away: what they hold goes to colleagues by the same rules, and every move is on record."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DaemonProcess, wait_until

SITE = seed.FLAGSHIP_ROOFTOP_ID
HELD = 40
CHOSEN = {
    "rooftop": {"prefer": ["customer_choice", "nearest"], "where": {"Id": SITE}},
    "team": {"role": "sales_adviser"},
    "person": {"by": "rotation"},
}


def daemon_of(network: Network, **policy: Any) -> DaemonProcess:
    return network.daemon(
        assign=CHOSEN,
        policy={"absence": {"move": "untouched"}, **policy},
        settings={"sweeps": {"directory_every": "1s", "workload_every": "2s"}},
    )


def advisers(network: Network) -> list[str]:
    where = f"Ortoo_Rooftop__c = '{SITE}' AND Ortoo_Role__c = 'sales_adviser' AND IsActive = true"
    return [row["Id"] for row in network.sandbox.query(f"SELECT Id FROM User WHERE {where}")]


def given_to(network: Network, daemon: DaemonProcess, person: str, number: int) -> list[str]:
    """Leads of one person, given by the daemon: everybody else at the site is away meanwhile."""
    others = [each for each in advisers(network) if each != person]
    network.sandbox.change(*others, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Away")
    read = len(daemon.events("directory.read"))
    wait_until(lambda: len(daemon.events("directory.read")) > read, 20, "the directory")
    ids = network.leads(number, Preferred_Dealer__c=SITE)
    network.until_routed(ids)
    assert {row["OwnerId"] for row in network.read(ids).values()} == {person}
    network.sandbox.change(*others, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Available")
    read = len(daemon.events("directory.read"))
    wait_until(lambda: len(daemon.events("directory.read")) > read, 20, "the directory")
    return ids


def test_what_an_advisor_holds_is_spread_over_colleagues_within_a_minute(network: Network):
    person = advisers(network)[0]
    limits = {"open_limit": {"person": 60}}
    with daemon_of(network) as daemon:
        daemon.until_ready()
        ids = given_to(network, daemon, person, HELD)
        touched, *rest = ids
        network.sandbox.change(touched, Description="spoke to her, will call back")
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Away")
        try:
            wait_until(
                lambda: all(r["OwnerId"] != person for r in network.read(rest).values()),
                60,
                "all moved",
            )
            wait_until(lambda: len(network.proofs(rest)) == len(rest), 20, "all proven")
            kept = network.lead(touched)["OwnerId"]
            (fresh,) = network.leads(1, Preferred_Dealer__c=SITE)
            network.until_routed([fresh])
        finally:
            network.sandbox.change(
                person, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Available"
            )
    assert kept == person
    assert network.lead(fresh)["OwnerId"] != person
    owners = Counter(row["OwnerId"] for row in network.read(rest).values())
    assert set(owners) <= set(advisers(network)) - {person}  # the dealer that customers chose
    assert max(owners.values()) - min(owners.values()) <= 1
    assert max(owners.values()) <= limits["open_limit"]["person"]
    proofs = network.proofs(rest)
    for id in rest:
        moves = [row for row in proofs[id] if row["Reason_Code__c"] == "owner_away"]
        assert [(row["Owner_Before__c"], row["Owner_After__c"]) for row in moves] == [
            (person, network.lead(id)["OwnerId"])
        ]
        assert len(network.owner_changes([id])[id]) == 2


def test_what_somebody_who_left_holds_is_given_to_others(network: Network):
    person = advisers(network)[1]
    with daemon_of(network) as daemon:
        daemon.until_ready()
        ids = given_to(network, daemon, person, 5)
    try:
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, IsActive=False)
        with network.again() as daemon:
            daemon.until_ready()
            wait_until(
                lambda: all(r["OwnerId"] != person for r in network.read(ids).values()),
                60,
                "all moved",
            )
            wait_until(
                lambda: all(
                    any(row["Reason_Code__c"] == "owner_left" for row in rows)
                    for rows in network.proofs(ids).values()
                ),
                20,
                "all proven",
            )
    finally:
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, IsActive=True)


def test_what_nobody_has_touched_goes_back_to_whoever_returns_once_and_within_bounds(
    network: Network,
):
    absence = {"move": "untouched", "give_back": {"at_most": 2}}
    everybody = advisers(network)
    with daemon_of(network, absence=absence) as daemon:
        daemon.until_ready()
        ids = network.leads(4 * len(everybody), Preferred_Dealer__c=SITE)
        network.until_routed(ids)
        person = network.lead(ids[0])["OwnerId"]
        held = [id for id, row in network.read(ids).items() if row["OwnerId"] == person]
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Away")
        wait_until(lambda: reasons(network, held)["owner_away"] == len(held), 30, "all moved")
        touched = held[0]
        network.sandbox.change(touched, Description="spoke to her, will call back")
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Available")
        wait_until(lambda: reasons(network, held)["owner_back"] == 2, 30, "what goes back")
        looked = len(daemon.events("directory.read"))
        network.sandbox.change(person, user=seed.ADMIN_USER_ID, Ortoo_Skills__c="ev")
        wait_until(lambda: len(daemon.events("directory.read")) > looked, 20, "another look")
    rows = network.read(held, "Ortoo_Custody__c")
    back = [id for id, row in rows.items() if row["OwnerId"] == person]
    assert reasons(network, held) == {"rule": len(held), "owner_away": len(held), "owner_back": 2}
    assert len(held) > 3
    assert len(back) == 2
    assert touched not in back
    for id in back:
        assert "nobody has touched it" in rows[id]["Ortoo_Custody__c"]
        assert len(network.owner_changes([id])[id]) == 3


def reasons(network: Network, ids: list[str]) -> Counter[str]:
    proofs = network.proofs(ids).values()
    return Counter(row["Reason_Code__c"] for rows in proofs for row in rows)


def test_where_nobody_else_can_take_them_records_stay(network: Network):
    person, *others = advisers(network)
    with daemon_of(network) as daemon:
        daemon.until_ready()
        ids = given_to(network, daemon, person, 3)
        network.sandbox.change(
            person, *others, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Away"
        )
        try:
            wait_until(lambda: daemon.events("sweep.absence"), 20, "the sweep")
            assert daemon.terminate() == 0
        finally:
            network.sandbox.change(
                person, *others, user=seed.ADMIN_USER_ID, Ortoo_Availability__c="Available"
            )
    assert {row["OwnerId"] for row in network.read(ids).values()} == {person}
