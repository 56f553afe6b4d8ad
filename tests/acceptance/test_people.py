"""People win: a change of owner between our read and our write survives, whichever way we write."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import ROOT, SandboxProcess, wait_until

PERSON = seed.ADMIN_USER_ID
"""Whom the dispatcher gives records to by hand."""

SINGLE, BURST = "/composite$", "/composite/sobjects$"


def start_of_a_second() -> None:
    """So that what follows happens within one second, by the org's stamps."""
    wait_until(lambda: time.time() % 1 < 0.05, 2, "a second to begin")


def overtaken_in_the_same_second(network: Network) -> str:
    """A lead whose owner a person changed between the daemon's read and its write, one second's stamps."""
    sandbox = network.sandbox
    for _ in range(5):
        start_of_a_second()
        held = sandbox.fault("hold", path=SINGLE, method="POST", times=1)
        (lead,) = network.leads(1)
        sandbox.until_met(held)
        sandbox.change(lead, OwnerId=PERSON)
        stamps = network.lead(lead, "CreatedDate", "LastModifiedDate")
        sandbox.heal()
        if stamps["CreatedDate"] == stamps["LastModifiedDate"]:
            return lead
        network.until_routed([lead])
    pytest.fail("the machine is too slow to change a lead within the second it was made in")


def test_a_change_within_the_same_second_survives_a_single_write(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        lead = overtaken_in_the_same_second(network)
        network.until_routed([lead])
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == PERSON
    assert [change["NewValue"] for change in network.owner_changes([lead])[lead]] == [PERSON]
    assert network.proof(lead)["Reason_Code__c"] == "taken_by_person"


def test_a_later_change_survives_a_single_write(network: Network) -> None:
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        held = sandbox.fault("hold", path=SINGLE, method="POST", times=1)
        (lead,) = network.leads(1)
        sandbox.until_met(held)
        sandbox.shift_clock(5)
        sandbox.change(lead, OwnerId=PERSON)
        sandbox.heal()
        network.until_routed([lead])
        assert daemon.terminate() == 0
    assert [change["NewValue"] for change in network.owner_changes([lead])[lead]] == [PERSON]
    assert network.proof(lead)["Outcome__c"] == "left_alone"


def test_changes_after_the_second_look_survive_a_burst(network: Network) -> None:
    """The burst's rows were compared, and are on their way to the org when people change them."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        held = sandbox.fault("hold", path=BURST, method="PATCH", times=1)
        ids = network.leads(150)
        sandbox.until_met(held)
        where = f"Company = '{network.company}' AND Ortoo_Decided_At__c = null LIMIT 40"
        taken = [row["Id"] for row in sandbox.query(f"SELECT Id FROM Lead WHERE {where}")]
        sandbox.change(*taken, OwnerId=PERSON)
        sandbox.heal()
        network.until_routed(ids)
        assert daemon.terminate() == 0
    changes = network.owner_changes(taken)
    assert {row["NewValue"] for rows in changes.values() for row in rows} == {PERSON}
    assert {row["OwnerId"] for row in network.read(taken).values()} == {PERSON}
    network.assert_routed_once([id for id in ids if id not in set(taken)])


def test_a_change_before_the_read_is_left_alone(network: Network) -> None:
    network.write()
    (lead,) = network.leads(1)
    network.sandbox.change(lead, OwnerId=PERSON)
    with network.again() as daemon:
        network.until_routed([lead])
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == PERSON
    assert network.proof(lead)["Outcome__c"] == "left_alone"


def test_a_change_after_the_write_stays_and_starts_nothing(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        network.sandbox.change(lead, OwnerId=PERSON)
        (later,) = network.leads(1)  # heard after the change
        network.until_routed([later])
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == PERSON
    assert network.proof(lead)["Outcome__c"] == "assigned"


@pytest.fixture(scope="module")
def lax_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """An org that did not deploy the validation rules."""
    folder = tmp_path_factory.mktemp("lax")
    metadata = folder / "salesforce"
    shutil.copytree(ROOT / "config" / "salesforce", metadata)
    for rule in metadata.rglob("Ortoo_Owner_Unchanged.validationRule-meta.xml"):
        text = rule.read_text()
        rule.write_text(text.replace("<active>true</active>", "<active>false</active>"))
    with SandboxProcess(folder / "sandbox.log", "--metadata", str(metadata)) as process:
        yield process


@pytest.fixture
def lax(lax_process: SandboxProcess, tmp_path: Path) -> Network:
    lax_process.heal()
    return Network(lax_process, tmp_path)


def test_without_the_validation_rule_a_person_gets_an_overwritten_record_back(lax: Network) -> None:
    """If-Unmodified-Since can't see within a second: the record is lost for a moment, then given back."""
    with lax.daemon() as daemon:
        daemon.until_ready()
        lead = overtaken_in_the_same_second(lax)
        wait_until(lambda: len(lax.proofs([lead])[lead]) == 2, 20, "the record to be given back")
        assert daemon.terminate() == 0
    moves = [change["NewValue"] for change in lax.owner_changes([lead])[lead]]
    assert (moves[0], moves[2:]) == (PERSON, [PERSON])
    first, back = sorted(lax.proofs([lead])[lead], key=lambda row: str(row["Ortoo_Key__c"]))
    assert (first["Outcome__c"], first["Owner_After__c"]) == ("assigned", moves[1])
    assert (back["Reason_Code__c"], back["Owner_After__c"]) == ("person_wins", PERSON)


def test_without_the_validation_rule_a_burst_gives_overwritten_records_back(lax: Network) -> None:
    sandbox = lax.sandbox
    with lax.daemon() as daemon:
        daemon.until_ready()
        held = sandbox.fault("hold", path=BURST, method="PATCH", times=1)
        ids = lax.leads(120)
        sandbox.until_met(held)
        where = f"Company = '{lax.company}' AND Ortoo_Decided_At__c = null LIMIT 40"
        taken = [row["Id"] for row in sandbox.query(f"SELECT Id FROM Lead WHERE {where}")]
        sandbox.change(*taken, OwnerId=PERSON)
        sandbox.heal()
        lax.until_routed(ids)

        def given_back() -> bool:
            return {row["OwnerId"] for row in lax.read(taken).values()} == {PERSON}

        wait_until(given_back, 20, "the records to be given back")
        assert daemon.terminate() == 0
    lax.assert_routed_once([id for id in ids if id not in set(taken)])


def test_a_person_who_chose_the_same_owner_keeps_it(lax: Network) -> None:
    with lax.daemon() as daemon:
        daemon.until_ready()
        (lead,) = lax.leads(1)
        lax.until_routed([lead])
        ours = lax.lead(lead)["OwnerId"]
        lax.sandbox.change(lead, OwnerId=PERSON)
        lax.sandbox.change(lead, OwnerId=ours)
        (later,) = lax.leads(1)
        lax.until_routed([later])
        assert daemon.terminate() == 0
    assert lax.lead(lead)["OwnerId"] == ours
    assert len(lax.proofs([lead])[lead]) == 1
