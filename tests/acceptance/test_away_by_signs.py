"""What shows that somebody is away, sign by sign: what they hold goes to colleagues who are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.acceptance.test_absence import CHOSEN, SITE, advisers, reasons
from tests.processes import DaemonProcess, wait_until

OFTEN = {"sweeps": {"directory_every": "1s", "absence_every": "1s"}}
DAY = 24 * 60 * 60


def daemon_of(network: Network, **signs: Any) -> DaemonProcess:
    config = network.write(
        assign=CHOSEN,
        policy={"absence": {"move": "untouched", "signs": ["presence", "shifts", "login"]}},
        settings=OFTEN,
    )
    file = network.folder / "directory.yaml"
    directory = yaml.safe_load(file.read_text())
    directory["absences"] = signs
    file.write_text(yaml.safe_dump(directory))
    return DaemonProcess(config)


def username(network: Network, person: str) -> str:
    (found,) = network.sandbox.rows_of("User", ("Username",), [person], "Id")
    return str(found["Username"])


def test_presence_a_frozen_login_a_shift_and_a_login_long_ago_each_hand_work_over(
    network: Network,
):
    """Colleagues are online: who is online is there, whenever they last logged in."""
    sandbox = network.sandbox
    lunch, frozen, off, silent, *others = advisers(network)
    today = datetime.now(UTC).date()
    made: list[str] = []

    def create(object: str, *rows: dict[str, Any]) -> list[str]:
        ids = sandbox.create(rows, user=seed.ADMIN_USER_ID, object=object)
        made.extend(ids)
        return ids

    def online(person: str, status: str) -> dict[str, Any]:
        named = {"ServicePresenceStatusId": status, "IsCurrentState": True, "IsAway": False}
        return {"UserId": person, **named}

    shifts = {
        "person": username(network, off),
        "days": f"{today + timedelta(days=3)} .. {today + timedelta(days=4)}",
        "hours": "off",
    }
    daemon = daemon_of(
        network,
        order=["shifts", "presence"],
        frozen=True,
        presence=["Lunch_Break"],
        shifts=[shifts],
        login={"working_days": 10},
    )
    try:
        at_lunch, there = create(
            "ServicePresenceStatus",
            {"DeveloperName": "Lunch_Break", "MasterLabel": "Lunch"},
            {"DeveloperName": "Online", "MasterLabel": "Online"},
        )
        with daemon:
            daemon.until_ready()
            leads = network.leads(2 * len(advisers(network)), Preferred_Dealer__c=SITE)
            network.until_routed(leads)
            held: dict[str, list[str]] = {}
            for id, row in network.read(leads).items():
                held.setdefault(row["OwnerId"], []).append(id)

            def moves(ids: list[str]) -> int:
                return reasons(network, ids)["owner_away"]

            def until_handed_over(person: str) -> None:
                ids = held[person]
                wait_until(lambda: moves(ids) == len(ids), 20, "moves")
                assert person not in {row["OwnerId"] for row in network.read(ids).values()}

            def still_held(*people: str) -> bool:
                found = {person: network.read(held[person]).values() for person in people}
                return all(row["OwnerId"] == who for who, rows in found.items() for row in rows)

            create("UserServicePresence", *(online(each, there) for each in [*others, off]))
            create("UserServicePresence", online(lunch, at_lunch))
            until_handed_over(lunch)
            create("UserLogin", {"UserId": frozen, "IsFrozen": True})
            until_handed_over(frozen)
            assert still_held(off, silent, *others)
            sandbox.shift_clock(3.5 * DAY)
            until_handed_over(off)
            assert still_held(silent, *others)
            sandbox.shift_clock(21 * DAY)
            until_handed_over(silent)
            assert still_held(*others)
            (fresh,) = network.leads(1, Preferred_Dealer__c=SITE)
            network.until_routed([fresh])
            assert daemon.terminate() == 0
    finally:
        body = {"user": seed.ADMIN_USER_ID, "delete": made[::-1]}
        sandbox.control("POST", "/act", body)
    assert network.lead(fresh)["OwnerId"] in {*others, off}  # whose shift table says nothing by now
    for person in (lunch, frozen, off, silent):
        for id in held[person]:
            assert network.lead(id)["OwnerId"] in {*others, off}
