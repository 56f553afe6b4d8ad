"""Clocks on the org's own time: pauses, contacts, new owners, other sites, bounds, and a long outage."""

from __future__ import annotations

import json
from shutil import copytree
from typing import Any

import pytest

from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import ROOT, DaemonProcess, Row, wait_until

SITE = FLAGSHIP["rooftop"]["where"]["Id"]
ANSWERED = "Working - Contacted"
FIELDS = (
    "Ortoo_SLA_Status__c",
    "Ortoo_SLA_Clocks__c",
    "Ortoo_Custody__c",
    "Ortoo_Rooftop__c",
    "Rating",
)
HOTTER = {"set": {"Rating": "Hot"}}
OFTEN = {"sweeps": {"sla_every": "1s"}}


def policy(*, moves: Row | None = None, settings: Row | None = None, **clock: Any) -> Row:
    """One clock of half an hour around the clock."""
    usual = {
        "clock": "first_response",
        "target": "30m",
        "hours": "24x7",
        "stopped_by": [{"Status": [ANSWERED]}],
    }
    action: Row = {"sla": [usual | clock]}
    if moves is not None:
        action["moves"] = moves
    return {"policy": {"action": action}, "settings": settings or OFTEN}


def clock_of(network: Network, id: str) -> Row:
    text = network.lead(id, *FIELDS)["Ortoo_SLA_Clocks__c"]
    found: Row = json.loads(text)["clocks"][0]
    return found


def routed(network: Network, number: int, daemon: DaemonProcess) -> list[str]:
    daemon.until_ready()
    ids = network.leads(number)
    network.until_routed(ids)
    return ids


def test_a_clock_pauses_and_goes_on_within_seconds_of_the_change(network: Network):
    files = policy(paused_by=[{"Status": ["Nurturing"]}], on_violation=[HOTTER])
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        (lead,) = routed(network, 1, daemon)
        sandbox.shift_clock(10 * 60)
        sandbox.change(lead, Status="Nurturing")
        assert network.until_step(lead, "paused1")["Reason_Code__c"] == "sla_paused"
        assert network.lead(lead, *FIELDS)["Ortoo_SLA_Status__c"] == "Paused"
        sandbox.shift_clock(3 * 60 * 60)
        sandbox.change(lead, Status="Open")
        network.until_step(lead, "resumed2")
        sandbox.shift_clock(3 * 60 * 60 + 15 * 60)
        assert network.steps(lead).keys() == {"paused1", "resumed2"}
        sandbox.shift_clock(3 * 60 * 60 + 21 * 60)
        network.until_step(lead, "violation")
        sandbox.change(lead, Status=ANSWERED)
        network.until_step(lead, "stopped")
        assert daemon.terminate() == 0
    kept = clock_of(network, lead)
    assert kept["elapsed_s"] == pytest.approx(3 * 3600 + 21 * 60, abs=60)
    assert kept["paused_s"] == pytest.approx(3 * 3600 - 10 * 60, abs=60)
    assert kept["open_s"] == pytest.approx(31 * 60, abs=60)


def test_a_call_stops_the_clock_and_an_automatic_reply_does_not(network: Network):
    files = policy(
        stopped_by=[{"Status": [ANSWERED]}, {"activity": ["call", "email_out"]}],
        two_way_within="24h",
        on_violation=[{"reassign": {"within": "rooftop"}}],
    )
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        called, replied, silent = ids = routed(network, 3, daemon)
        owners = {id: row["OwnerId"] for id, row in network.read(ids).items()}
        sandbox.shift_clock(5 * 60)
        done = {"attributes": {"type": "Task"}, "Status": "Completed"}
        call = {"TaskSubtype": "Call", "CallType": "Outbound", "CallDurationInSeconds": 240}
        mail = {"TaskSubtype": "Email", "Subject": "Automatic reply: your enquiry"}
        sandbox.create([done | call | {"WhoId": called}, done | mail | {"WhoId": replied}])
        sandbox.shift_clock(31 * 60)
        stopped = network.until_step(called, "stopped")
        assert stopped["Reason_Code__c"] == "sla_answered"
        for lead in (replied, silent):
            assert network.until_step(lead, "violation")["Outcome__c"] == "reassigned"
        sandbox.shift_clock(25 * 60 * 60)
        looked = network.until_step(called, "looked1")
        assert looked["Reason_Code__c"] == "sla_answered"  # they talked for four minutes
        assert daemon.terminate() == 0
    lead = network.lead(called, *FIELDS)
    assert (lead["OwnerId"], lead["Ortoo_SLA_Status__c"]) == (owners[called], "Met")
    assert clock_of(network, called)["elapsed_s"] == pytest.approx(5 * 60, abs=60)


def test_an_answer_without_a_word_of_the_customer_is_flagged_after_a_day(network: Network):
    files = policy(two_way_within="24h", on_violation=[HOTTER])
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        (lead,) = routed(network, 1, daemon)
        sandbox.change(lead, Status=ANSWERED)
        network.until_step(lead, "stopped")
        sandbox.shift_clock(25 * 60 * 60)
        assert network.until_step(lead, "looked1")["Reason_Code__c"] == "sla_one_way"
        assert daemon.terminate() == 0
    assert network.lead(lead, *FIELDS)["Ortoo_SLA_Status__c"] == "One-way"


def test_each_new_owner_has_the_whole_target_and_the_record_tells_who_had_it(network: Network):
    files = policy(
        on_reassign="restart",
        on_violation=[{"reassign": {"within": "rooftop"}, "set": {"Rating": "Hot"}}],
        moves={"at_most": 2},
    )
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        (lead,) = routed(network, 1, daemon)
        for run, minutes in (("violation", 31), ("violation:2", 62), ("violation:3", 93)):
            sandbox.shift_clock(minutes * 60)
            network.until_step(lead, run)
        assert network.steps(lead)["violation:3"]["Reason_Code__c"] == "sla_moved_often"
        assert daemon.terminate() == 0
    moves = [change["NewValue"] for change in network.owner_changes([lead])[lead]]
    assert len(moves) == len(set(moves)) == 3
    found = network.lead(lead, *FIELDS)
    custody = found["Ortoo_Custody__c"].splitlines()
    assert [line.partition("UTC: ")[2].split()[0] for line in custody] == [
        "to",
        "reassigned",
        "reassigned",
    ]
    assert found["Rating"] == "Hot"


def test_a_record_goes_to_another_site_of_the_region_and_its_rooftop_follows(network: Network):
    files = policy(on_violation=[{"reassign": {"within": "region"}}])
    with network.daemon(**files) as daemon:
        (lead,) = routed(network, 1, daemon)
        network.sandbox.shift_clock(31 * 60)
        assert network.until_step(lead, "violation")["Outcome__c"] == "reassigned"
        assert daemon.terminate() == 0
    found = network.lead(lead, *FIELDS)
    (owner,) = network.sandbox.rows_of("User", ("Ortoo_Rooftop__c",), [found["OwnerId"]], "Id")
    assert found["Ortoo_Rooftop__c"] == owner["Ortoo_Rooftop__c"] != SITE


def test_a_rooftops_budget_holds_back_what_is_more_and_lets_it_come_later(network: Network):
    files = policy(
        on_violation=[{"reassign": {"within": "rooftop"}}],
        moves={"per_rooftop": {"at_most": 2, "per": "1h"}},
    )
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        ids = routed(network, 5, daemon)

        def taken(number: int) -> list[str]:
            found = [step for id in ids for step in network.steps(id)]
            return sorted(found) if len(found) >= number else []

        sandbox.shift_clock(31 * 60)
        first = wait_until(lambda: taken(5), 30, "five steps")
        assert first == [*["held1"] * 3, *["violation"] * 2]
        sandbox.shift_clock(4 * 60 * 60)
        second = wait_until(lambda: taken(8), 30, "three more")
        assert second == [*["held1"] * 3, "held2", *["violation"] * 4]
        assert daemon.terminate() == 0
    moves = [change["NewValue"] for id in ids for change in network.owner_changes([id])[id][1:]]
    assert len(moves) == 4


def test_after_a_long_outage_steps_wait_then_come_once_within_the_budget(network: Network):
    settings = {
        "sweeps": {"sla_every": "1s", "sla_outage_after": "4s", "sla_grace": "6s"},
        "notices": {"summaries": {"users": ["dispatch@ortoo.example"]}},
    }
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    files = policy(
        on_violation=[{"reassign": {"within": "rooftop"}}, {"after": "1h"} | HOTTER],
        moves={"per_rooftop": {"at_most": 4, "per": "2h"}},
        settings=settings,
    )
    sandbox = network.sandbox
    with network.daemon(**files) as daemon:
        ids = routed(network, 10, daemon)
        answered = ids[0]
        everything = sandbox.fault("error", status=503, body="", times=None, path="/services/.*")
        sandbox.until_met(everything, times=5, within=30)
        sandbox.shift_clock(12 * 60 * 60)
        sandbox.until_met(everything, times=12, within=60)
        wait_until(lambda: _long_enough(daemon), 30, "the outage is long enough")
        sandbox.heal()
        held_back = daemon.until_logged("sweep.sla_held_back", within=60)
        assert held_back["due"] >= 10
        assert not any(network.steps(id) for id in ids)
        sandbox.change(answered, Status=ANSWERED)  # somebody answers as soon as the org is back
        network.until_step(answered, "stopped")

        def settled() -> bool:
            return all(network.steps(id) for id in ids)

        wait_until(settled, 60, "every lead had its step")
        assert daemon.terminate() == 0
    told = [bell for bell in sandbox.control("GET", "/told")["bells"] if "outage" in bell["title"]]
    assert len(told) == 1
    assert told[0]["title"].startswith(f"{held_back['due']} steps of SLA clocks wait")
    found = sorted(step for id in ids[1:] for step in network.steps(id))
    assert found == [*["held1"] * 5, *["violation"] * 4]
    assert len(daemon.events("sweep.sla_held_back")) == 1
    changes = network.owner_changes(ids)
    assert sum(len(changes[id]) - 1 for id in ids) == 4


def _long_enough(daemon: DaemonProcess) -> bool:
    return sum(line["sweep"] == "sla" for line in daemon.events("sweep.failed")) >= 5


def test_more_steps_than_an_hour_lets_pass_stay_due_are_told_once_and_come_later(network: Network):
    most, number = 3, 8
    bound = {"sla_every": "1s", "sla_at_most": most}
    told = {"summaries": {"users": ["dispatch@ortoo.example"]}}
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    files = policy(on_violation=[HOTTER], settings={"sweeps": bound, "notices": told})
    sandbox = network.sandbox

    def late(ids: list[str]) -> list[str]:
        return [id for id in ids if "violation" in network.steps(id)]

    def summaries() -> list[Row]:
        bells: list[Row] = sandbox.control("GET", "/told")["bells"]
        return [bell for bell in bells if "held back" in bell["title"]]

    with network.daemon(**files) as daemon:
        ids = routed(network, number, daemon)
        sandbox.shift_clock(31 * 60)
        wait_until(lambda: len(late(ids)) == most, 30, "as many as may be")
        wait_until(lambda: len(daemon.events("sweep.sla_stopped")) >= 3, 20, "three more looks")
        wait_until(summaries, 20, "the summary")
        assert daemon.terminate() == 0
        stopped = daemon.events("sweep.sla_stopped")
    first = late(ids)
    rest = [id for id in ids if id not in first]
    assert len(first) == most
    assert {(line["put"], line["at_most"]) for line in stopped} == {(most, most), (0, most)}
    assert {row["Ortoo_SLA_Status__c"] for row in network.read(rest, *FIELDS).values()} == {
        "Running"
    }
    (summary,) = summaries()
    assert summary["title"].startswith("Steps of SLA clocks are held back: ")
    due = int(summary["title"].split(": ")[1].split()[0])
    assert number - most <= due <= number  # those that may be taken are on their way
    assert summary["body"].startswith(f"More than {most} steps were due within an hour")
    network.settings({"sweeps": bound | {"sla_at_most": 100}, "notices": told})
    with network.again() as daemon:
        daemon.until_ready()
        wait_until(lambda: len(late(ids)) == number, 30, "the rest, once the bound is raised")
        assert daemon.terminate() == 0
    for id, rows in network.proofs(ids).items():
        assert [row["Ortoo_Key__c"] for row in rows if ":sla:" in row["Ortoo_Key__c"]] == [
            f"{id}:sla:first_response:violation"
        ]
