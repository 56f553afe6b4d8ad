"""What seldom happens to clocks and to people who are away: it ends as somebody there would expect."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from shutil import copytree
from zoneinfo import ZoneInfo

import yaml

from ortoo_daemon.instants import instant
from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.acceptance.test_absence import SITE, advisers, daemon_of, reasons
from tests.acceptance.test_sla_ladder import OFTEN, clock
from tests.processes import ROOT, DaemonProcess, Row, wait_until

MOVE: Row = {"reassign": {"within": "rooftop"}}
MINUTE, DAY = 60, 24 * 60 * 60
PARIS = ZoneInfo("Europe/Paris")


def clocks_of(network: Network, lead: str) -> dict[str, Row]:
    text = network.lead(lead, "Ortoo_SLA_Clocks__c")["Ortoo_SLA_Clocks__c"]
    return {each["name"]: each for each in json.loads(text)["clocks"]}


def closed_for_a_fortnight(network: Network, *clocks: Row) -> tuple[DaemonProcess, datetime]:
    """A daemon whose site opens on working days, but not within the next two weeks; when it opens then."""
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    config = network.write(policy={"action": {"sla": list(clocks)}}, settings=OFTEN)
    (site,) = network.sandbox.rows_of("Account", ("Dealer_Code__c",), [SITE], "Id")
    file = network.folder / "directory.yaml"
    directory = yaml.safe_load(file.read_text())
    today = datetime.now(PARIS).date()
    directory["hours"]["Works holidays"] = {
        "zone": "Europe/Paris",
        "week": {"mon-sun": "09:00-18:00"},
        "closed": [f"{today - timedelta(days=1)} .. {today + timedelta(days=14)}"],
        "for": [{"rooftop": site["Dealer_Code__c"]}],
    }
    file.write_text(yaml.safe_dump(directory))
    opens_on = datetime.combine(today + timedelta(days=15), datetime.min.time(), PARIS)
    return DaemonProcess(config), opens_on.replace(hour=9).astimezone(UTC)


def test_clocks_late_in_one_second_a_site_shut_for_a_fortnight_and_a_manager_who_holds_it(
    network: Network,
):
    sandbox = network.sandbox
    closed, opens_at = closed_for_a_fortnight(
        network,
        clock("both", deepcopy(MOVE)),
        clock("both", deepcopy(MOVE)) | {"clock": "second"},
        clock("boss", {"after": "1h", "escalate": "rooftop_manager"}),
        clock("shut", deepcopy(MOVE), hours="rooftop", warn=["50%"]),
    )
    names = ["both", "boss", "shut"]
    with closed as daemon:
        daemon.until_ready()
        leads = {each: network.leads(1, LastName=each)[0] for each in names}
        network.until_routed(list(leads.values()))
        owners = {name: network.lead(id)["OwnerId"] for name, id in leads.items()}
        (boss,) = sandbox.rows_of("User", ("ManagerId",), [owners["boss"]], "Id")

        sandbox.shift_clock(31 * MINUTE)
        wait_until(lambda: len(network.proofs([leads["both"]])[leads["both"]]) == 2, 20, "a move")
        sandbox.change(leads["boss"], OwnerId=boss["ManagerId"])
        second = network.lead(leads["both"])["OwnerId"]
        waiting = next(
            each
            for each in clocks_of(network, leads["both"]).values()
            if each["state"] == "running"
        )
        sandbox.shift_clock(50 * MINUTE)
        sandbox.shift_clock(65 * MINUTE)
        network.until_step(leads["both"], "violation", waiting["name"])
        third = network.lead(leads["both"])["OwnerId"]

        sandbox.shift_clock(95 * MINUTE)
        kept = network.until_step(leads["boss"], "step1", "boss")
        due_at = instant(clocks_of(network, leads["shut"])["shut"]["target_at"])
        assert due_at == opens_at + timedelta(minutes=30)
        assert not network.steps(leads["shut"], "shut")
        sandbox.shift_clock((opens_at - datetime.now(UTC)).total_seconds() + 16 * MINUTE)
        network.until_step(leads["shut"], "warning1", "shut")
        sandbox.shift_clock((opens_at - datetime.now(UTC)).total_seconds() + 31 * MINUTE)
        assert network.until_step(leads["shut"], "violation", "shut")["Outcome__c"] == "reassigned"
        assert daemon.terminate() == 0
    assert len({owners["both"], second, third}) == 3
    assert (kept["Reason_Code__c"], kept["Owner_After__c"]) == ("sla_nobody", boss["ManagerId"])
    assert network.lead(leads["boss"])["OwnerId"] == boss["ManagerId"]


def test_absences_that_overlap_or_pass_between_two_looks_move_and_give_back_once(network: Network):
    absence = {"move": "untouched", "give_back": {"at_most": 2}}
    sandbox = network.sandbox

    def mark(person: str, word: str) -> None:
        sandbox.change(person, user=seed.ADMIN_USER_ID, Ortoo_Availability__c=word)

    with daemon_of(network, absence=absence) as daemon:
        daemon.until_ready()
        ids = network.leads(4 * len(advisers(network)), Preferred_Dealer__c=SITE)
        network.until_routed(ids)
        rows = network.read(ids)
        first = rows[ids[0]]["OwnerId"]
        held = [id for id, row in rows.items() if row["OwnerId"] == first]
        mark(first, "Away")
        wait_until(lambda: reasons(network, held)["owner_away"] == len(held), 30, "all moved")
        second = network.lead(held[0])["OwnerId"]
        mark(second, "Away")
        wait_until(lambda: network.lead(held[0])["OwnerId"] != second, 30, "moved on")
        third = network.lead(held[0])["OwnerId"]
        assert daemon.terminate() == 0
    brief = next(each for each in advisers(network) if each not in (first, second, third))
    mark(brief, "Away")
    mark(brief, "Available")
    with network.again() as daemon:
        daemon.until_ready()
        mark(first, "Available")
        wait_until(lambda: reasons(network, held)["owner_back"] == 2, 30, "what goes back")
        mark(second, "Available")
        wait_until(lambda: network.lead(held[0])["OwnerId"] == second, 30, "back to the second")
        assert daemon.terminate() == 0
    changes = network.owner_changes(ids)
    assert [each["NewValue"] for each in changes[held[0]]] == [first, second, third, second]
    assert sum(network.lead(id)["OwnerId"] == first for id in held) == 2
    for id, row in rows.items():
        if row["OwnerId"] not in (first, second):
            assert len(changes[id]) == 1
