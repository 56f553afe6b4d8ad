"""A candidate is decided beside the live policies: where they differ is told, and only these write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import yaml

from tests.acceptance.network import FLAGSHIP, Network
from tests.cli.command import ortoo
from tests.processes import DaemonProcess, Row, wait_until

WATCHED = {"watch": {"listen": "127.0.0.1:0"}}
FLEET = {
    "name": "fleet",
    "when": {"FleetSize__c": {"at_least": 10}},
    "assign": {"queue": "Fleet_Desk"},
}
ALL = {"name": "all", "assign": FLAGSHIP}


def write_candidate(network: Network, *rules: Row, **more: object) -> Path:
    """The live policy with other rules, in a folder beside it."""
    live = network.folder / "policies" / "leads.yaml"
    document = yaml.safe_load(live.read_text())
    document["ownership"]["rules"] = list(rules)
    folder = network.folder / "candidate" / "policies"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "leads.yaml").write_text(yaml.safe_dump(document | more))
    return folder.parent


@contextmanager
def running(network: Network) -> Iterator[DaemonProcess]:
    config = network.settings({**WATCHED, "candidate": "candidate"})
    with DaemonProcess(config) as daemon:
        yield daemon.until_ready()
        assert daemon.terminate() == 0


def address(daemon: DaemonProcess) -> str:
    return str(daemon.until_logged("watch.listening")["address"])


def told(daemon: DaemonProcess, page: str) -> Row:
    return dict(requests.get(f"http://{address(daemon)}/{page}", timeout=30).json())


def until(daemon: DaemonProcess, holds: Callable[[Row], bool]) -> Row:
    """What /candidate tells once the comparison is so far."""

    def look() -> Row | None:
        found = told(daemon, "candidate")["comparison"]
        return found if found is not None and holds(found) else None

    return wait_until(look, 20, "the comparison")


def metrics(daemon: DaemonProcess) -> dict[str, float]:
    text = requests.get(f"http://{address(daemon)}/metrics", timeout=30).text
    lines = (line.rpartition(" ") for line in text.splitlines() if line.startswith("ortoo_candid"))
    return {name: float(value) for name, _, value in lines}


def test_divergence_is_logged_measured_and_summed_up_while_the_live_policies_alone_write(
    network: Network,
) -> None:
    network.write()
    folder = write_candidate(network, FLEET, ALL)
    with running(network) as daemon:
        revision = daemon.until_logged("candidate.compares")["revision"]
        small = network.leads(7, FleetSize__c=2)
        large = network.leads(3, FleetSize__c=40)
        network.until_routed([*small, *large])
        found = until(daemon, lambda each: each["records"] == 10)

        # the live policies gave everything to people
        assert all(network.lead(id)["OwnerId"].startswith("005") for id in large)
        network.assert_routed_once([*small, *large])

        # whose turn it is, is the same for both: nobody differs but those the edit is about
        assert (found["edit"]["same"], found["edit"]["moved"], found["edit"]["changed"]) == (
            7,
            3,
            3,
        )
        assert {each["record"] for each in found["edit"]["movers"]} == set(large)
        assert found["not_compared"] == {}
        rows = {row["name"]: row["difference"] for row in found["groups"]["queue"]}
        assert list(rows.values()) == [3]

        differs = daemon.events("candidate.differs")
        assert {each["record"] for each in differs} == set(large)
        assert {(each["change"], each["candidate"]["rule"]) for each in differs} == {
            ("moved", "fleet")
        }
        seen = metrics(daemon)
        assert seen['ortoo_candidate_records{change="moved"}'] == 3
        assert seen['ortoo_candidate_records{change="same"}'] == 7
        assert seen[f'ortoo_candidate_info{{revision="{revision}"}}'] == 1
        assert seen["ortoo_candidate_in_order"] == 1

        shown = ortoo("status", "--candidate", "--address", address(daemon))
        assert shown.code == 0, shown.err
        assert "live → candidate: 3 of 10 records would end elsewhere: 3 moved" in shown.out
        assert large[0] in shown.out
        once = ortoo("status", "--once", "--address", address(daemon))
        line = next(line for line in once.out.splitlines() if line.startswith("candidate\t"))
        assert line == f"candidate\t{folder} @ {revision}: 10 records compared, 3 moved"
    (summed,) = daemon.events("candidate.compared")
    assert (summed["records"], summed["changes"]) == (10, {"same": 7, "moved": 3})


def test_a_broken_candidate_is_told_and_harms_nothing_and_is_taken_up_when_it_is_mended(
    network: Network,
) -> None:
    network.write()
    folder = write_candidate(network, {"name": "none", "assign": {"queue": "No_Such_Queue"}})
    with running(network) as daemon:
        said = daemon.until_logged("candidate.refused")
        assert said["count"] == 1
        assert "No_Such_Queue" in said["problems"][0]
        ids = network.leads(3)
        network.until_routed(ids)
        network.assert_routed_once(ids)
        status = told(daemon, "status")
        assert status["ready"]
        assert status["candidate"]["in_order"] is False
        assert "No_Such_Queue" in status["candidate"]["problems"][0]
        assert metrics(daemon) == {"ortoo_candidate_in_order": 0}
        shown = ortoo("status", "--candidate", "--address", address(daemon))
        assert (shown.code, "not compared, 1 problem" in shown.out) == (1, True)

        (folder / "policies" / "leads.yaml").write_text("policy: [")
        wait_until(lambda: len(daemon.events("candidate.refused")) == 2, 20, "a second refusal")
        write_candidate(network, FLEET, ALL)
        daemon.until_logged("candidate.compares")
        network.until_routed(network.leads(2, FleetSize__c=10))
        until(daemon, lambda each: each["edit"]["moved"] == 2)


def test_a_candidate_reads_and_asks_what_the_live_policies_do_not(network: Network) -> None:
    network.write()
    sticky = {**FLAGSHIP, "person": {"by": "rotation", "sticky": {"on": "Email", "for": "90d"}}}
    write_candidate(
        network,
        {"name": "electric", "when": {"Fuel__c": "EV"}, "assign": {"queue": "EV_Desk"}},
        {"name": "all", "assign": sticky},
    )
    with running(network) as daemon:
        daemon.until_logged("candidate.compares")
        electric = network.leads(2, Fuel__c="EV")
        others = network.leads(3)
        network.until_routed([*electric, *others])
        found = until(daemon, lambda each: each["records"] == 5)
        assert found["edit"]["moved"] == 2
        assert {each["record"] for each in found["edit"]["movers"]} >= set(electric)
        assert found["not_compared"] == {}
        assert found["totals"]["candidate"]["routed"] == 5


def test_when_the_org_takes_a_field_away_the_candidate_stands_aside_and_no_record_waits(
    network: Network,
) -> None:
    network.write()
    write_candidate(
        network, {"name": "fuel", "when": {"Fuel__c": "EV"}, "assign": {"queue": "EV_Desk"}}, ALL
    )
    with running(network) as daemon:
        daemon.until_logged("candidate.compares")
        network.sandbox.fault(
            "error",
            path="query.*Fuel__c",
            status=400,
            body=[
                {
                    "errorCode": "INVALID_FIELD",
                    "message": "No such column 'Fuel__c' on entity 'Lead'",
                }
            ],
            times=None,
        )
        ids = network.leads(2)
        network.until_routed(ids)
        network.sandbox.heal()
        network.assert_routed_once(ids)
        daemon.until_logged("candidate.unreadable")
        assert "INVALID_FIELD" in told(daemon, "status")["candidate"]["why"]
        assert daemon.events("record_given_up") == []


def test_an_edit_of_the_live_policies_begins_the_comparison_anew(network: Network) -> None:
    network.write()
    write_candidate(network, FLEET, ALL)
    with running(network) as daemon:
        daemon.until_logged("candidate.compares")
        network.until_routed(network.leads(2, FleetSize__c=10))
        until(daemon, lambda each: each["edit"]["moved"] == 2)
        live = network.folder / "policies" / "leads.yaml"
        live.write_text((network.folder / "candidate/policies/leads.yaml").read_text())
        daemon.until_logged("policies.reloaded")
        ids = network.leads(3, FleetSize__c=10)
        network.until_routed(ids)
        found = until(daemon, lambda each: each["records"] == 3)
        assert found["edit"]["changed"] == 0
        assert found["revisions"]["live"] == found["revisions"]["candidate"]
        assert all(network.lead(id)["OwnerId"].startswith("00G") for id in ids)
