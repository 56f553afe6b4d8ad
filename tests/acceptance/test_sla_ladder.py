"""The steps of late clocks, line by line: who is warned and told, to whom a record goes, what ends it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from shutil import copytree
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import ROOT, DaemonProcess, Row, wait_until

SITE = seed.FLAGSHIP_ROOFTOP_ID
ANSWERED = "Working - Contacted"
OFTEN = {"sweeps": {"sla_every": "1s", "directory_every": "1s", "absence_every": "1s"}}


def clock(name: str, *steps: Row, **more: Any) -> Row:
    """A clock of half an hour that runs on leads of this name alone."""
    return {
        "clock": name,
        "target": {"first": [{"when": {"LastName": name}, "then": "30m"}]},
        "hours": "24x7",
        "stopped_by": [{"Status": [ANSWERED]}],
        "on_violation": list(steps),
        **more,
    }


CLOCKS = (
    clock(
        "told",
        {"notify": "manager", "repeat": {"every": "1h", "at_most": 2}},
        warn=["10m"],
        on_warning={"notify": "owner"},
    ),
    clock("noted", {"after": "1h", "reassign": {"within": "rooftop"}},
          acknowledged_by=[{"Rating": "Warm"}]),
    clock("back_up", {"reassign": {"back_up": "Back_Up"}}),
    clock("group", {"reassign": {"within": "group"}}),
    clock("desk", {"reassign": {"desk": "desk_lead"}, "set": {"Rating": "Hot"}}),
    clock("reopened", {"notify": "manager"}, on_reopen="resume"),
)  # fmt: skip


def daemon_of(network: Network, **policy: Any) -> DaemonProcess:
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    config = network.write(policy=policy, settings=OFTEN)
    file = network.folder / "directory.yaml"
    directory = yaml.safe_load(file.read_text())
    directory["rooftops"]["tags"]["Back_Up"] = "Description"
    file.write_text(yaml.safe_dump(directory))
    return DaemonProcess(config)


def bells(network: Network, lead: str) -> list[tuple[str, ...]]:
    told = network.sandbox.control("GET", "/told")["bells"]
    return [tuple(each["recipients"]) for each in told if each["target"] == lead]


def outcomes(network: Network, lead: str) -> set[str]:
    return {row["Outcome__c"] for row in network.proofs([lead])[lead]}


def user(network: Network, id: str) -> Row:
    names = ("Ortoo_Role__c", "Ortoo_Rooftop__c", "ManagerId")
    (found,) = network.sandbox.rows_of("User", names, [id], "Id")
    return found


def test_each_step_of_a_late_clock_tells_moves_or_ends_as_its_policy_says(network: Network):
    sandbox = network.sandbox
    sites = sandbox.query(
        f"SELECT Id, Dealer_Code__c, ParentId, Brands__c FROM Account WHERE Id = '{SITE}'"
    )
    mates = sandbox.query(
        "SELECT Id, Dealer_Code__c, Brands__c FROM Account WHERE Type = 'Dealer' "
        f"AND Status__c = 'Active' AND Id != '{SITE}' AND ParentId = '{sites[0]['ParentId']}'"
    )
    brands = set(str(sites[0]["Brands__c"]).split(";"))
    mates = [each for each in mates if brands & set(str(each["Brands__c"]).split(";"))]
    elsewhere = sandbox.query(
        "SELECT Ortoo_Rooftop__c FROM User WHERE Ortoo_Role__c = 'sales_adviser' "
        f"AND IsActive = true AND Ortoo_Rooftop__c NOT IN ('{SITE}', null) ORDER BY Id LIMIT 1"
    )[0]["Ortoo_Rooftop__c"]
    (other,) = sandbox.rows_of("Account", ("Id", "Dealer_Code__c"), [elsewhere], "Id")
    sandbox.change(SITE, user=seed.ADMIN_USER_ID, Description=other["Dealer_Code__c"])
    with daemon_of(network, action={"sla": list(CLOCKS)}) as daemon:
        daemon.until_ready()
        leads = {each["clock"]: network.leads(1, LastName=each["clock"])[0] for each in CLOCKS}
        network.until_routed(list(leads.values()))
        owners = {name: network.lead(id)["OwnerId"] for name, id in leads.items()}

        def step(name: str, step: str) -> Row:
            return network.until_step(leads[name], step, name)

        def until(name: str, reason: str) -> None:
            def there() -> bool:
                rows = network.proofs([leads[name]])[leads[name]]
                return any(row["Reason_Code__c"] == reason for row in rows)

            wait_until(there, 20, f"{reason} of {name}")

        sandbox.change(leads["reopened"], Status=ANSWERED)
        step("reopened", "stopped")
        sandbox.shift_clock(21 * 60)
        step("told", "warning1")
        wait_until(lambda: bells(network, leads["told"]), 20, "the owner is warned")
        assert bells(network, leads["told"]) == [(owners["told"],)]
        sandbox.change(leads["reopened"], Status="Open")
        until("reopened", "sla_reopened")

        sandbox.shift_clock(31 * 60)
        step("told", "violation")
        sandbox.change(leads["noted"], Rating="Warm")
        until("noted", "sla_acknowledged")
        assert step("back_up", "violation")["Outcome__c"] == "reassigned"
        assert step("desk", "violation")["Outcome__c"] == "reassigned"
        group = step("group", "violation")["Outcome__c"]
        assert "violated" not in outcomes(
            network, leads["reopened"]
        )  # it goes on with what was left

        sandbox.shift_clock(3 * 60 * 60)
        wait_until(lambda: "violated" in outcomes(network, leads["reopened"]), 20, "late at last")
        wait_until(lambda: len(bells(network, leads["told"])) == 3, 20, "the manager is told twice")
        assert daemon.terminate() == 0
    boss = user(network, owners["told"])["ManagerId"]
    assert bells(network, leads["told"])[1:] == [(boss,)] * 2
    assert network.lead(leads["noted"])["OwnerId"] == owners["noted"]
    assert "reassigned" not in outcomes(network, leads["noted"])
    now = {name: network.lead(id, "Ortoo_Rooftop__c", "Rating") for name, id in leads.items()}
    assert user(network, now["back_up"]["OwnerId"])["Ortoo_Rooftop__c"] == other["Id"]
    assert now["back_up"]["Ortoo_Rooftop__c"] == other["Id"]
    assert user(network, now["desk"]["OwnerId"])["Ortoo_Role__c"] == "desk_lead"
    assert now["desk"]["Rating"] == "Hot"
    if mates:
        assert group == "reassigned"
        assert now["group"]["Ortoo_Rooftop__c"] in {each["Id"] for each in mates}
    else:
        assert now["group"]["OwnerId"] == owners["group"]


def test_a_lead_of_the_evening_is_due_in_the_morning_and_moves_when_the_site_opens(
    network: Network,
):
    """By the rooftop's own hours; a clock around the clock waits for the opening, too, and says so."""
    moving = {"reassign": {"within": "rooftop"}}
    open_hours = clock("open", deepcopy(moving), hours="rooftop") | {"target": "1h"}
    whole_day = clock("always", deepcopy(moving)) | {"target": "1h"}
    sandbox = network.sandbox
    evening = _next(datetime.now(UTC), weekday=1, hour=22)
    files = daemon_of(
        network, action={"sla": [open_hours, whole_day], "moves": {"while_closed": "hold"}}
    )
    ahead = (evening - datetime.now(UTC)).total_seconds()
    sandbox.shift_clock(ahead)
    with files as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        first = network.lead(lead)["OwnerId"]
        text = network.lead(lead, "Ortoo_SLA_Clocks__c")["Ortoo_SLA_Clocks__c"]
        targets = {each["name"]: instant(each["target_at"]) for each in json.loads(text)["clocks"]}
        sandbox.shift_clock(ahead + 2 * 60 * 60)
        assert network.until_step(lead, "held1", "always")["Reason_Code__c"] == "sla_held_back"
        assert network.lead(lead)["OwnerId"] == first
        morning = _next(evening, weekday=2, hour=13)
        sandbox.shift_clock((morning - datetime.now(UTC)).total_seconds())
        network.until_step(lead, "violation", "always")
        assert daemon.terminate() == 0
    assert targets["always"] is not None
    assert abs(targets["always"] - evening) < timedelta(minutes=62)
    assert targets["open"] is not None
    assert evening + timedelta(hours=8) < targets["open"] < morning
    assert network.lead(lead)["OwnerId"] != first


def test_work_is_handed_over_when_a_planned_absence_begins(network: Network):
    sandbox = network.sandbox
    with daemon_of(network, absence={"move": "untouched"}) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        person = network.lead(lead)["OwnerId"]
        begins_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        leave = {
            "OwnerId": person,
            "Subject": "Holiday",
            "ShowAs": "OutOfOffice",
            "StartDateTime": instant_text(begins_at),
            "EndDateTime": instant_text(begins_at + timedelta(days=1)),
        }
        read = len(daemon.events("directory.read"))
        (event,) = sandbox.create([leave], user=seed.ADMIN_USER_ID, object="Event")
        try:
            wait_until(lambda: len(daemon.events("directory.read")) > read, 20, "the calendar")
            assert network.lead(lead)["OwnerId"] == person
            sandbox.shift_clock(61 * 60)
            wait_until(lambda: network.lead(lead)["OwnerId"] != person, 30, "handed over")
            wait_until(lambda: len(network.proofs([lead])[lead]) == 2, 20, "proven")
        finally:
            sandbox.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [event]})
        assert daemon.terminate() == 0
    reasons = [row["Reason_Code__c"] for row in network.proofs([lead])[lead]]
    assert sorted(reasons) == ["owner_away", "rule"]
    holder = user(network, network.lead(lead)["OwnerId"])
    assert holder["Ortoo_Rooftop__c"] == FLAGSHIP["rooftop"]["where"]["Id"]


def _next(after: datetime, *, weekday: int, hour: int) -> datetime:
    """The first such hour of that weekday from then on, where the site is."""
    day = after.astimezone(ZoneInfo("Europe/Paris")).replace(minute=0, second=0, microsecond=0)
    while not (day.weekday() == weekday and day.hour == hour and day >= after):
        day += timedelta(hours=1)
    return day.astimezone(UTC)
