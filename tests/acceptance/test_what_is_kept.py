"""What is kept beside the routing: policies in the org, outcomes of edits, rotations and good files in the
journal. When something of it can't be kept that is said, and the routing goes on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import wait_until

GONE = json.dumps([{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
IN_ROTATION = {**FLAGSHIP, "person": {"by": "rotation"}}


def edit(network: Network) -> None:
    """Another rule for the leads to come."""
    file = network.folder / "policies" / "leads.yaml"
    document = yaml.safe_load(file.read_text())
    document["ownership"]["rules"] = [{"name": "all", "assign": {"queue": seed.UNROUTED_QUEUE}}]
    file.write_text(yaml.safe_dump(document))


@pytest.mark.parametrize(
    ("object_name", "event"),
    [
        ("Ortoo_Policy__c", "policy.register_refused"),
        ("Ortoo_Policy_Load__c", "policies.post_refused"),
    ],
)
def test_an_org_that_refuses_the_rows_for_admins_gets_its_records_routed(
    network: Network, object_name: str, event: str
) -> None:
    """As where the metadata of an older version is deployed."""
    network.sandbox.fault("error", path=f"/{object_name}/", status=404, body=GONE, times=None)
    with network.daemon() as daemon:
        daemon.until_ready()
        edit(network)
        said = daemon.until_logged(event, within=40)
        assert said["code"] == "NOT_FOUND"
        ids = network.leads(2)
        network.until_routed(ids)
        assert daemon.terminate() == 0


def test_a_policy_that_takes_older_records_than_before_is_told(network: Network) -> None:
    january, february, march = (f"2026-0{month}-01T00:00:00.000Z" for month in (1, 2, 3))
    said = []
    for take_from in (february, january, march):
        with network.daemon(take_from=take_from) as daemon:
            daemon.until_ready()
            assert daemon.terminate() == 0
            told = daemon.events("policy.take_from_moved_back")
            said.append([(each["before"], each["now"]) for each in told])
    assert said == [[], [(february, january)], []]


def test_rotations_and_good_files_that_the_journal_does_not_take_are_told_and_cost_no_routing(
    network: Network,
) -> None:
    """Two of its tables are away for a while; what is owed to them is kept once they are back."""
    with network.daemon(assign=IN_ROTATION) as daemon:
        daemon.until_ready()
        rename(network, rotation="rotation_away", meta="meta_away")
        (lead,) = network.leads(1)
        network.until_routed([lead])
        daemon.until_logged("service.turns_not_saved")
        edit(network)
        daemon.until_logged("policies.not_kept")
        daemon.until_logged("policies.reloaded")
        rename(network, rotation_away="rotation", meta_away="meta")
        wait_until(lambda: rotations(network), 20, "the rotation to be saved")
        assert daemon.terminate() == 0
    network.assert_routed_once([lead])


def rename(network: Network, **tables: str) -> None:
    with closing(sqlite3.connect(network.state, isolation_level=None, timeout=10)) as journal:
        for before, after in tables.items():
            journal.execute(f"ALTER TABLE {before} RENAME TO {after}")


def rotations(network: Network) -> int:
    with closing(sqlite3.connect(network.state)) as journal:
        return int(journal.execute("SELECT count(*) FROM rotation").fetchone()[0])
