"""`explain --as-of` on decisions that a daemon made, and what would have changed the owner."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from tests.cli.command import ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until

TOULOUSE = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "31000", "Company": "Private"}
_numbers = count(1)
FIELDS = [
    "Ortoo_Key__c",
    "Outcome__c",
    "Decided_At__c",
    "Owner_After__c",
    "Facts__c",
    "Revision__c",
]


def toulouse(sandbox: SandboxProcess, **values: Any) -> str:
    """A lead of a customer whom nobody else in this org is."""
    given = TOULOUSE | {"Email": f"then{next(_numbers)}@then.example"} | values
    (lead,) = sandbox.leads(1, **given)
    return lead


def decision(sandbox: SandboxProcess, lead: str, count: int = 1) -> dict[str, Any]:
    """The record's last decision, once there are so many."""

    def found() -> list[dict[str, Any]]:
        rows = sandbox.rows_of("Ortoo_Decision__c", FIELDS, [lead], "Record_Id__c")
        return rows if len(rows) >= count else []

    rows = wait_until(found, 15, f"{count} decisions about {lead}")
    return max(rows, key=lambda row: str(row["Decided_At__c"]))


def test_a_past_decision_is_made_again_and_is_the_same_byte_for_byte(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    """Since then the record was edited, and everybody else has more work."""
    lead = toulouse(sandbox, LastName="  durand ", Email="Old@Then.example")
    then = decision(sandbox, lead)
    for each in [toulouse(sandbox) for _ in range(12)]:
        decision(sandbox, each)
    sandbox.change(lead, PostalCode="75001", Brand__c="Fiat", Email="new@example.com")

    ended = ortoo("explain", lead, "--as-of", then["Ortoo_Key__c"], "--json", env=env)
    found = ended.json()
    assert found["again"]["differences"] == [], ended.out
    assert (found["again"]["same"], found["again"]["gaps"]) == (True, [])
    assert found["then"]["owner"]["id"] == then["Owner_After__c"]
    assert found["again"]["decision"]["owner"] == found["then"]["owner"]
    assert found["alternatives"]["runner_up"]["owner"]["id"] != then["Owner_After__c"]
    assert found["alternatives"]["runner_up"]["lost_by"]
    assert found["alternatives"]["changes"]

    out = ortoo("explain", lead, "--as-of", str(then["Decided_At__c"]), env=env).out
    assert "decided again from the facts and policies of then: the same, byte for byte" in out
    assert "smallest change: " in out


def test_of_several_decisions_the_moment_tells_which(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = toulouse(sandbox)
    first = decision(sandbox, lead)
    assert ortoo("requeue", lead, env=env).code == 0
    second = decision(sandbox, lead, 2)
    for row in (first, second):
        moment = str(row["Decided_At__c"])
        found = ortoo("explain", lead, "--as-of", moment, "--json", env=env).json()
        assert found["then"]["key"] == row["Ortoo_Key__c"]
        assert found["again"]["same"], found["again"]
    early = ortoo("explain", lead, "--as-of", "2020-01-01", env=env)
    assert early.code == 1
    assert "there is no decision at 2020-01-01T00:00:00.000Z or before" in " ".join(
        early.err.replace("│", " ").split()
    )


def test_a_parked_record_tells_what_would_have_had_it_routed(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = toulouse(sandbox, Email=None)
    then = decision(sandbox, lead)
    assert then["Outcome__c"] == "parked"
    found = ortoo("explain", lead, "--as-of", then["Ortoo_Key__c"], "--json", env=env).json()
    assert found["again"]["same"], found["again"]
    assert found["alternatives"]["changes"][0]["owner"] is not None


def test_where_policies_or_facts_are_gone_that_is_said(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = toulouse(sandbox)
    then = decision(sandbox, lead)
    facts = json.loads(then["Facts__c"])
    proof = {"Ortoo_Key__c": then["Ortoo_Key__c"], "Revision__c": then["Revision__c"]}
    del facts["fields"]
    (row,) = sandbox.rows_of("Ortoo_Decision__c", ["Id"], [lead], "Record_Id__c")
    asked = ("explain", lead, "--as-of", proof["Ortoo_Key__c"], "--json")

    sandbox.change(row["Id"], Facts__c=json.dumps(facts))
    found = ortoo(*asked, env=env).json()
    assert found["again"] is None
    assert "the record as it was read was not kept" in found["why_not_again"]
    assert found["then"]["rule"] == "dealer network"

    sandbox.change(row["Id"], Revision__c="0123456789ab")
    found = ortoo(*asked, env=env).json()
    assert found["why_not_again"] == "the org has no content of revision 0123456789ab"


def test_a_file_has_no_past(tmp_path: Path) -> None:
    assert ortoo("explain", tmp_path / "lead.json", "--as-of", "2026-01-01").code == 2
