"""By which policies a start goes, and how admins without a shell learn what became of their edits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests
import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.git import Repository, needs_git
from tests.processes import DISPATCHER, ROOT, DaemonProcess, Row, wait_until

UNROUTED = {"queue": seed.UNROUTED_QUEUE}
WATCHED = {"watch": {"listen": "127.0.0.1:0"}}
UNUSABLE_FILES = 78
PULL = ROOT / "systemd" / "ortoo-policies-pull"
TYPO = "onwership: {}\n"
LOAD_FIELDS = (
    "Outcome__c, Summary__c, Revision__c, Revision_Before__c, Changed_Files__c, Commit__c, "
    "Author__c, Note__c, Cases__c, Problem_Count__c, Problems__c"
)


@pytest.fixture(autouse=True)
def no_loads_of_others(network: Network) -> None:
    """The org is the module's: loads of tests before are deleted."""
    rows = network.sandbox.query("SELECT Id FROM Ortoo_Policy_Load__c")
    network.sandbox.control("POST", "/act", {"user": DISPATCHER, "delete": [r["Id"] for r in rows]})


def loads(network: Network) -> list[Row]:
    """Rows of this test's daemons, oldest first."""
    return network.sandbox.query(
        f"SELECT {LOAD_FIELDS} FROM Ortoo_Policy_Load__c ORDER BY Load_Key__c"
    )


def until_loads(network: Network, number: int) -> list[Row]:
    return wait_until(
        lambda: found if len(found := loads(network)) >= number else None, 20, f"{number} loads"
    )


def policy_file(network: Network) -> Path:
    return network.folder / "policies" / "leads.yaml"


def assign(network: Network, target: Row) -> None:
    document = yaml.safe_load(policy_file(network).read_text())
    document["ownership"]["rules"] = [{"name": "all", "assign": target}]
    policy_file(network).write_text(yaml.safe_dump(document))


def owner_of_a_new_lead(network: Network) -> str:
    (lead,) = network.leads(1)
    wait_until(lambda: network.lead(lead)["Ortoo_Decided_At__c"], 20, "a decision")
    return str(network.lead(lead)["OwnerId"])


def routed_once(network: Network) -> str:
    """The files are in force and kept; the daemon has ended. Their revision."""
    with network.daemon(settings=WATCHED) as daemon:
        daemon.until_ready()
        assert daemon.terminate() == 0
        return str(daemon.events("service.starting")[0]["revision"])


def test_a_first_start_with_wrong_policies_ends_with_every_problem_and_says_not_to_try_again(
    network: Network,
) -> None:
    config = network.write()
    with policy_file(network).open("a") as file:
        file.write(TYPO)
    (network.folder / "policies" / "second.yaml").write_text("policy: second\n")
    with DaemonProcess(config) as daemon:
        assert daemon.wait() == UNUSABLE_FILES
        said = daemon.tail()
    assert any("leads.yaml:" in line and "onwership" in line for line in said)
    assert any("second.yaml:" in line for line in said)


def test_a_first_start_with_fields_that_the_org_does_not_have_routes_nothing(
    network: Network,
) -> None:
    leads = network.leads(3)
    config = network.write()
    document = yaml.safe_load(policy_file(network).read_text())
    document["enter"]["Nobody_Made_This__c"] = "x"
    policy_file(network).write_text(yaml.safe_dump(document))
    with DaemonProcess(config) as daemon:
        assert daemon.wait() == UNUSABLE_FILES
        assert any("Nobody_Made_This__c" in line for line in daemon.tail())
        assert daemon.events("service.ready") == []
    network.assert_untouched(leads)


def test_a_first_start_with_a_queue_that_is_gone_routes_by_the_rest_and_says_so_everywhere(
    network: Network,
) -> None:
    """A journal was lost and a queue deleted: leads that could find an owner must not wait for a person."""
    (lead,) = network.leads(1)
    (unrouted,) = network.sandbox.query(
        f"SELECT Id FROM Group WHERE DeveloperName = '{seed.UNROUTED_QUEUE}'"
    )
    with network.daemon(settings=WATCHED, assign={"queue": "Nobody_Made_This_Queue"}) as daemon:
        daemon.until_ready()
        unproven = daemon.until_logged("policies.unproven")
        assert "Nobody_Made_This_Queue" in unproven["problems"][0]
        wait_until(lambda: network.lead(lead)["Ortoo_Decided_At__c"], 20, "a decision")
        assert network.lead(lead)["OwnerId"] == unrouted["Id"]
        address = "http://" + daemon.until_logged("watch.listening")["address"]
        ready = requests.get(address + "/readyz", timeout=30)
        assert (ready.status_code, "not in order" in ready.text) == (200, True)
        (row,) = until_loads(network, 1)
        assert row["Outcome__c"] == "unproven"
        assign(network, UNROUTED)
        daemon.until_logged("policies.reloaded")
        assert until_loads(network, 2)[-1]["Outcome__c"] == "accepted"


def test_a_first_start_with_a_directory_file_that_the_org_does_not_bear_out_says_where(
    network: Network,
) -> None:
    config = network.write()
    file = network.folder / "directory.yaml"
    file.write_text(file.read_text().replace("Ortoo_Skills__c", "Ortoo_Skils__c"))
    with DaemonProcess(config) as daemon:
        assert daemon.wait() == UNUSABLE_FILES
        (line,) = (each for each in daemon.tail() if each.startswith(file.as_posix()))
    assert "Ortoo_Skils__c" in line


def test_a_start_that_finds_wrong_policies_goes_by_those_in_force_last_and_takes_up_the_mended(
    network: Network,
) -> None:
    revision = routed_once(network)
    good = policy_file(network).read_text()
    policy_file(network).write_text(good + TYPO)
    with network.again() as daemon:
        daemon.until_ready()
        assert daemon.until_logged("policies.last_good_in_force")["revision"] == revision
        refused = daemon.until_logged("policies.refused")
        assert refused["revision"] == revision
        place = f"{policy_file(network).as_posix()}:{len(good.splitlines()) + 1}:1: "
        assert refused["problems"][0].startswith(place)
        address = "http://" + daemon.until_logged("watch.listening")["address"]
        ready = requests.get(address + "/readyz", timeout=30)
        assert ready.status_code == 200
        assert place in ready.text
        metrics = requests.get(address + "/metrics", timeout=30).text
        assert "ortoo_policies_last_load_successful 0.0" in metrics
        assert owner_of_a_new_lead(network).startswith("005")
        row = until_loads(network, 2)[-1]
        assert (row["Outcome__c"], row["Revision__c"]) == ("refused", revision)
        assert place in row["Problems__c"]
        policy_file(network).write_text(good)
        assign(network, UNROUTED)
        daemon.until_logged("policies.reloaded")
        assert owner_of_a_new_lead(network).startswith("00G")


def test_a_wrong_directory_file_does_not_keep_a_start_from_the_one_in_force_last(
    network: Network,
) -> None:
    routed_once(network)
    (network.folder / "directory.yaml").write_text("rooftops: {from: Account, brandd: X}\n")
    with network.again() as daemon:
        daemon.until_ready()
        (problem,) = daemon.until_logged("policies.refused")["problems"]
        assert "directory.yaml:1:" in problem
        assert owner_of_a_new_lead(network).startswith("005")


def test_policies_edited_while_the_daemon_was_down_decide_from_the_first_record_on(
    network: Network,
) -> None:
    routed_once(network)
    assign(network, UNROUTED)
    leads = network.leads(5)
    with network.again() as daemon:
        daemon.until_ready()
        network.until_routed(leads)
        names = [each["event"] for each in daemon.events()]
        assert names.index("policies.reloaded") < names.index("service.ready")
    assert {row["OwnerId"][:3] for row in network.read(leads).values()} == {"00G"}


def test_files_that_passed_already_start_without_another_look(network: Network) -> None:
    routed_once(network)
    with network.again() as daemon:
        daemon.until_ready()
        assert daemon.events("policies.last_good_in_force") == []
        assert daemon.events("policies.unchanged") == []
    assert len(loads(network)) == 1


def test_a_refused_edit_and_a_taken_one_are_rows_that_admins_find_in_the_org(
    network: Network,
) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        (first,) = until_loads(network, 1)
        before = daemon.until_logged("service.starting")["revision"]
        good = policy_file(network).read_text()
        policy_file(network).write_text(good + TYPO)
        _, refused = until_loads(network, 2)
        in_force = network.sandbox.query("SELECT Name_Key__c, Revision__c FROM Ortoo_Policy__c")
        policy_file(network).write_text(good)
        _, _, back = until_loads(network, 3)
        assign(network, UNROUTED)
        *_, taken = until_loads(network, 4)
        after = daemon.until_logged("policies.reloaded")["revision"]
    name = network.company.lower().replace(" ", "-")
    assert (first["Outcome__c"], first["Revision__c"]) == ("accepted", before)
    assert refused["Outcome__c"] == "refused"
    assert refused["Problem_Count__c"] == 1
    assert refused["Problems__c"].startswith(
        f"{policy_file(network).as_posix()}:{len(good.splitlines()) + 1}:1: "
    )
    assert refused["Changed_Files__c"] == "policies/leads.yaml edited"
    assert refused["Revision__c"] == before
    assert {"Name_Key__c": name, "Revision__c": before} in in_force
    assert (back["Outcome__c"], back["Changed_Files__c"]) == ("unchanged", None)
    assert (taken["Outcome__c"], taken["Revision_Before__c"]) == ("accepted", before)
    assert (taken["Revision__c"], taken["Cases__c"]) == (after, 0)
    assert after in taken["Summary__c"]
    assert taken["Summary__c"].endswith(f"; {name} edited")


def test_an_org_that_takes_no_rows_of_loads_costs_the_rows_alone(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        until_loads(network, 1)
        network.sandbox.fault(
            "error", path="composite/sobjects/Ortoo_Policy_Load__c", status=503, times=None
        )
        assign(network, UNROUTED)
        daemon.until_logged("policies.reloaded")
        assert daemon.until_logged("policies.post_delayed", within=40)["again_in"] > 0
        assert owner_of_a_new_lead(network).startswith("00G")
        network.sandbox.heal()
        assert until_loads(network, 2)[-1]["Outcome__c"] == "accepted"


def test_an_edited_directory_file_is_taken_up_with_what_it_reads(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        people = daemon.until_logged("directory.read")["people"]
        file = network.folder / "directory.yaml"
        document = yaml.safe_load(file.read_text())
        document["people"]["where"]["Ortoo_Role__c"] = ["sales_adviser"]
        file.write_text(yaml.safe_dump(document))
        said = daemon.until_logged("policies.reloaded")
        assert said["files"] == ["directory.yaml edited"]
        assert said["before"] == said["revision"]
        assert daemon.events("directory.read")[-1]["people"] < people
        assert owner_of_a_new_lead(network).startswith("005")
        file.write_text(file.read_text().replace("Ortoo_Skills__c", "Ortoo_Skils__c"))
        (problem,) = daemon.until_logged("policies.refused")["problems"]
        assert "directory.yaml:" in problem
        assert "Ortoo_Skils__c" in problem
        assert owner_of_a_new_lead(network).startswith("005")


def test_edited_settings_are_told_to_wait_for_a_restart(network: Network) -> None:
    with network.daemon(settings=WATCHED) as daemon:
        daemon.until_ready()
        config = network.folder / "ortoo.yaml"
        good = config.read_text()
        config.write_text(good + "wokers: {}\n")
        said = daemon.until_logged("settings.edited")
        assert len(said["problems"]) == 1
        address = "http://" + daemon.until_logged("watch.listening")["address"]
        assert "can't be used" in requests.get(address + "/readyz", timeout=30).text
        config.write_text(good + "workers: {parallel: 7}\n")
        os.kill(daemon.process.pid, signal.SIGHUP)
        wait_until(lambda: len(daemon.events("settings.edited")) == 2, 20, "the second edit")
        assert "restart the daemon" in requests.get(address + "/readyz", timeout=30).text
        config.write_text(good)
        daemon.until_logged("settings.restored")
        assert owner_of_a_new_lead(network).startswith("005")


@needs_git
def test_a_commit_that_is_pulled_comes_into_force_and_admins_find_whose_it_was(
    network: Network,
) -> None:
    network.write()
    repository = Repository.at(network.folder / "upstream")
    shutil.move(network.folder / "policies", repository.upstream / "policies")
    shutil.move(network.folder / "directory.yaml", repository.upstream / "directory.yaml")
    first = repository.commit("As it was")
    checkout = repository.checkout(network.folder / "checkout")
    settings = {
        "policies": str(checkout / "policies"),
        "directory": str(checkout / "directory.yaml"),
        **WATCHED,
    }
    with DaemonProcess(network.settings(settings)) as daemon:
        daemon.until_ready()
        assert daemon.events("service.starting")[0]["commit"].startswith(first[:12])
        file = repository.upstream / "policies" / "leads.yaml"
        document = yaml.safe_load(file.read_text())
        document["ownership"]["rules"] = [{"name": "all", "assign": UNROUTED}]
        file.write_text(yaml.safe_dump(document))
        second = repository.commit("Everything to the desk")
        subprocess.run([str(PULL), str(checkout)], check=True, timeout=30)
        said = daemon.until_logged("policies.reloaded")
        assert said["commit"] == f"{second[:12]} by Anna Roy: Everything to the desk"
        assert owner_of_a_new_lead(network).startswith("00G")
        file.write_text(file.read_text() + TYPO)
        third = repository.commit("A slip")
        subprocess.run([str(PULL), str(checkout)], check=True, timeout=30)
        assert third[:12] in daemon.until_logged("policies.refused")["commit"]
        *_, taken, refused = until_loads(network, 3)
        address = "http://" + daemon.until_logged("watch.listening")["address"]
        status = requests.get(address + "/status", timeout=30).json()["policies"]
    assert (taken["Commit__c"], taken["Author__c"], taken["Note__c"]) == (
        second,
        "Anna Roy",
        "Everything to the desk",
    )
    assert (refused["Commit__c"], refused["Outcome__c"]) == (third, "refused")
    assert status["commit"] == {
        "id": second,
        "author": "Anna Roy",
        "note": "Everything to the desk",
        "edited": False,
    }
