"""`audit verify` on decisions that a daemon made, and on what somebody did to them afterwards."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox.seed import identities as seed
from tests.cli.command import ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until

LILLE = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "59000", "Company": "Private"}


def decisions(sandbox: SandboxProcess, lead: str, count: int) -> list[dict[str, Any]]:
    fields = ["Id", "Ortoo_Key__c", "Envelope_Hash__c", "Previous_Hash__c", "Reason_Code__c"]

    def found() -> list[dict[str, Any]]:
        rows = sandbox.rows_of("Ortoo_Decision__c", fields, [lead], "Record_Id__c")
        return sorted(rows, key=lambda row: str(row["Id"])) if len(rows) >= count else []

    return wait_until(found, 15, f"{count} decisions about {lead}")


def test_decisions_follow_one_another_and_what_was_done_to_them_shows(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = sandbox.stranger(**LILLE)
    decisions(sandbox, lead, 1)
    for number in (2, 3):
        assert ortoo("requeue", lead, env=env).code == 0
        rows = decisions(sandbox, lead, number)
    assert [row["Previous_Hash__c"] for row in rows] == [
        None,
        *(row["Envelope_Hash__c"] for row in rows[:-1]),
    ]
    whole = ortoo("audit", "verify", lead, env=env)
    assert (whole.code, whole.out.strip()) == (0, "3 decisions about 1 records: all as written")
    assert ortoo("forget", lead, env=env).code == 0
    assert ortoo("audit", "verify", lead, env=env).code == 0, "erasing breaks nothing"

    sandbox.change(rows[0]["Id"], user=seed.ADMIN_USER_ID, Reason_Code__c="taken_by_person")
    changed = ortoo("audit", "verify", lead, "--json", env=env)
    assert changed.code == 1
    (broken,) = changed.json()["broken"]
    assert broken["decision"] == rows[0]["Ortoo_Key__c"]
    assert broken["what"] == "was changed: its envelope has another hash"

    sandbox.change(rows[0]["Id"], user=seed.ADMIN_USER_ID, Reason_Code__c=rows[0]["Reason_Code__c"])
    sandbox.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [rows[1]["Id"]]})
    (broken,) = ortoo("audit", "verify", "--json", env=env).json()["broken"]
    assert broken["decision"] == rows[2]["Ortoo_Key__c"]
    assert "follows a decision that is not there" in broken["what"]


def test_a_record_whose_only_decision_was_deleted_names_it(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = sandbox.stranger(**LILLE)
    (row,) = decisions(sandbox, lead, 1)
    sandbox.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [row["Id"]]})
    assert ortoo("audit", "verify", lead, env=env).code == 0, "it may still be on its way"
    sandbox.shift_clock(900)
    try:
        (broken,) = ortoo("audit", "verify", lead, "--json", env=env).json()["broken"]
    finally:
        sandbox.shift_clock(0)
    assert broken["what"] == "is named by its record and not there: it was deleted"
