"""`forget` empties what decisions hold of a customer, and leaves that they were made."""

from __future__ import annotations

from typing import Any

from tests.cli.command import ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until

ENVELOPE = [
    "Outcome__c",
    "Reason_Code__c",
    "Policy__c",
    "Revision__c",
    "Owner_After__c",
    "Summary__c",
]
PERSONAL = ["Trace__c", "Facts__c", "Fields_Written__c"]
NANTES = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "44000", "Company": "Private"}


def decision(sandbox: SandboxProcess, lead: str) -> dict[str, Any]:
    fields = ["Ortoo_Key__c", "Erased_At__c", *ENVELOPE, *PERSONAL]

    def found() -> list[dict[str, Any]]:
        return sandbox.rows_of("Ortoo_Decision__c", fields, [lead], "Record_Id__c")

    (row,) = wait_until(found, 15, f"a decision about {lead}")
    return row


def test_values_of_the_customer_go_and_the_envelope_stays(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead, other = sandbox.leads(2, LastName="Vergessen", Email="v@forgotten.example", **NANTES)
    before, beside = decision(sandbox, lead), decision(sandbox, other)
    assert "forgotten.example" in str(before["Facts__c"]), "there is something to erase"
    ended = ortoo("forget", lead, env=env)
    assert (ended.code, ended.out.strip()) == (0, f"{lead}: 1 decision emptied")
    after = decision(sandbox, lead)
    assert [after[name] for name in PERSONAL] == [None] * 3
    assert after["Erased_At__c"] is not None
    assert {name: after[name] for name in ENVELOPE} == {name: before[name] for name in ENVELOPE}
    assert decision(sandbox, other) == beside
    again = ortoo("explain", lead, "--as-of", after["Ortoo_Key__c"], env=env)
    assert "its facts were erased (ortoo-daemon forget) at" in again.out + again.err
    assert ortoo("why", lead, env=env).code == 0


def test_a_record_that_is_deleted_already_is_forgotten_too(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    (lead,) = sandbox.leads(1, LastName="Vergessen", Email="w@forgotten.example", **NANTES)
    decision(sandbox, lead)
    sandbox.control("POST", "/act", {"user": "web-forms@ortoo.example", "delete": [lead]})
    found = ortoo("forget", lead, "--json", env=env).json()
    assert found == {"forgotten": [{"record": lead, "decisions": 1}]}
    assert decision(sandbox, lead)["Facts__c"] is None


def test_a_record_that_was_never_decided_is_told(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    ended = ortoo("forget", "00Q000000000001EAA", env=env)
    assert (ended.code, ended.out.strip()) == (0, "00Q000000000001EAA: no decisions")
