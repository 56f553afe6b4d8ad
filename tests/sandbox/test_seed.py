"""The seeded org is a whole dealer network, the same in every run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema
from ortoo_daemon.sandbox.seed.identities import FLAGSHIP_ADVISERS
from ortoo_daemon.sandbox.seed.queues import region_queue
from ortoo_daemon.sandbox.seed.rooftops import read_directory
from ortoo_daemon.sandbox.seed.roster import DESKS, PODS, SKILLS
from tests.sandbox.live import METADATA

Row = dict[str, Any]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def filled(path: Path | str = ":memory:") -> Org:
    org = Org(Schema.load(METADATA), path, clock=lambda: NOW)
    seed.load(org)
    return org


@pytest.fixture(scope="module")
def org() -> Iterator[Org]:
    with closing(filled()) as org:
        yield org


def people(org: Org, **equal: Any) -> list[Row]:
    return [each for each in org.storage.find("User", **equal) if each["Ortoo_Role__c"]]


def test_every_rooftop_keeps_its_id_and_stands_under_its_group(org: Org) -> None:
    rooftops = {each["Id"]: each for each in org.storage.find("Account", Type="Dealer")}
    groups = {e["Id"]: e["Name"] for e in org.storage.find("Account", Type="Dealer Group")}
    directory = read_directory()
    assert len(directory) == len(rooftops) == 120
    assert len(groups) == 27
    for dealer in directory:
        rooftop = rooftops[dealer["Id"]]
        assert rooftop["Name"] == dealer["Name"]
        assert rooftop["BillingLatitude"] == pytest.approx(dealer["Latitude"])
        assert groups.get(rooftop["ParentId"]) == dealer["Group"]
        assert rooftop["BusinessHours__c"]
    assert len(org.storage.find("Contact")) == sum(len(d["Contacts"]) for d in directory)


def test_some_sites_of_each_country_are_certified_and_closed_ones_are_not(org: Org) -> None:
    sites = org.storage.find("Account", Type="Dealer")
    for name in ("EV_Certified__c", "Fleet_Certified__c"):
        certified = Counter(site["BillingCountry"] for site in sites if site[name])
        assert len(certified) == 7
        assert not [site for site in sites if site[name] and site["Status__c"] == "Closed"]


def test_the_roster_is_large_and_a_few_people_have_left(org: Org) -> None:
    active, left = people(org, IsActive=True), people(org, IsActive=False)
    assert len(active) >= 360
    assert 0.005 <= len(left) / (len(active) + len(left)) <= 0.04
    for person in active:
        assert person["Ortoo_Languages__c"]
        ZoneInfo(person["TimeZoneSidKey"])


def test_every_active_rooftop_has_a_manager_whose_people_report_to_them(org: Org) -> None:
    staff = people(org)
    managers = {
        p["Ortoo_Rooftop__c"]: p["Id"] for p in staff if p["Ortoo_Role__c"] == "rooftop_manager"
    }
    open_sites = org.storage.find("Account", Type="Dealer", Status__c="Active")
    assert set(managers) == {site["Id"] for site in open_sites}
    for adviser in staff:
        if adviser["Ortoo_Role__c"] == "sales_adviser":
            assert adviser["ManagerId"] == managers[adviser["Ortoo_Rooftop__c"]]
            assert adviser["Ortoo_Open_Limit__c"] > 0


def test_every_certified_rooftop_has_a_specialist(org: Org) -> None:
    skills: dict[str, set[str]] = {}
    for person in people(org):
        mine = skills.setdefault(person["Ortoo_Rooftop__c"], set())
        mine.update(str(person["Ortoo_Skills__c"]).split(";"))
    for site in org.storage.find("Account", Type="Dealer"):
        if site["EV_Certified__c"]:
            assert "ev" in skills[site["Id"]]
        if site["Fleet_Certified__c"]:
            assert "fleet" in skills[site["Id"]]


def test_each_language_desk_covers_every_skill_and_pod(org: Org) -> None:
    agents = people(org, Ortoo_Role__c="service_agent", IsActive=True)
    for language in DESKS:
        desk = [a for a in agents if language in a["Ortoo_Languages__c"].split(";")]
        covered = {skill for agent in desk for skill in agent["Ortoo_Skills__c"].split(";")}
        assert {*SKILLS, *PODS} <= covered


def test_the_flagship_has_exactly_ten_advisers_ready(org: Org) -> None:
    advisers = people(
        org, Ortoo_Rooftop__c=seed.FLAGSHIP_ROOFTOP_ID, Ortoo_Role__c="sales_adviser", IsActive=True
    )
    assert len(advisers) == FLAGSHIP_ADVISERS == 10
    assert {a["Ortoo_Availability__c"] for a in advisers} == {None}
    assert {a["Ortoo_Business_Hours__c"] for a in advisers} == {None}


def test_every_region_has_its_queue_and_one_queue_takes_no_leads(org: Org) -> None:
    queues = seed.load(org).queues
    for site in org.storage.find("Account", Type="Dealer"):
        assert region_queue(site["Region__c"]) in queues
    assert {"Leads_FR_Ouest", "Leads_FR_Ile_de_France", "Leads_DE_Sudwest"} <= set(queues)
    takes = {
        name: {row["SobjectType"] for row in org.storage.find("QueueSobject", QueueId=each)}
        for name, each in queues.items()
    }
    assert takes[seed.NOT_FOR_LEADS_QUEUE] == {"Case"}
    assert takes[seed.UNROUTED_QUEUE] == {"Lead"}
    assert takes["Needs_A_Person"] == {"Lead", "Case"}
    assert all(takes.values())
    lead = {"LastName": "Roy", "Company": "x", "OwnerId": queues[seed.NOT_FOR_LEADS_QUEUE]}
    (outcome,) = org.create_many("Lead", [lead], user_id=seed.WEB_FORMS_USER_ID)
    assert outcome.error is not None
    assert outcome.error.code == "INVALID_OPERATION"


def test_opening_hours_exist_for_every_zone_and_the_default_never_closes(org: Org) -> None:
    hours = {each["Id"]: each for each in org.storage.find("BusinessHours")}
    (default,) = [each for each in hours.values() if each["IsDefault"]]
    assert default["SundayStartTime"] == default["SundayEndTime"] == "00:00:00.000Z"
    sites = org.storage.find("Account", Type="Dealer")
    site_hours = [hours[site["BusinessHours__c"]] for site in sites]
    assert len({each["TimeZoneSidKey"] for each in site_hours}) == 9
    assert {each["SundayStartTime"] is None for each in site_hours} == {True, False}


def test_two_runs_give_the_same_org(org: Org) -> None:
    with closing(filled()) as again:
        for entity in ("Account", "Contact", "User", "Group", "QueueSobject", "BusinessHours"):
            assert again.storage.find(entity) == org.storage.find(entity)


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "org.db"
    first = filled(path)
    users = len(first.storage.find("User"))
    first.close()
    second = filled(path)
    assert len(second.storage.find("User")) == users
    second.close()


def test_the_seed_loads_within_two_seconds() -> None:
    at = time.process_time()
    filled().close()
    assert time.process_time() - at < 2
