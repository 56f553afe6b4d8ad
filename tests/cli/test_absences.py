"""`absences` lists who will be away, and what of their open work would go to colleagues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ortoo_daemon.instants import instant_text
from ortoo_daemon.sandbox.seed import identities as seed
from tests.cli.command import copied_config, ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until

TOULOUSE = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "31000", "Company": "Private"}

NOBODY_MOVES = """\
policy: retail-leads
object: Lead
take_from: 2020-01-01T00:00:00Z
absence: {move: all, when: {Company: Nobody}}
ownership:
  otherwise: {queue: Unrouted_Leads}
"""


def test_planned_absences_are_listed_with_what_would_move(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess, tmp_path: Path
) -> None:
    lead = sandbox.stranger(**TOULOUSE)

    def owner() -> str:
        (row,) = sandbox.rows_of("Lead", ["OwnerId", "Ortoo_Decided_At__c"], [lead], "Id")
        return str(row["OwnerId"]) if row["Ortoo_Decided_At__c"] else ""

    person = wait_until(owner, 15, "the lead's owner")
    begins_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    leave = {
        "OwnerId": person,
        "Subject": "Holiday",
        "ShowAs": "OutOfOffice",
        "StartDateTime": instant_text(begins_at),
        "EndDateTime": instant_text(begins_at + timedelta(days=1)),
    }
    (event,) = sandbox.create([leave], user=seed.ADMIN_USER_ID, object="Event")
    found = ortoo("absences", "--json", env=env).json()
    (told,) = [each for each in found if each["person"] == person]
    assert told["sign"] == "calendar"
    assert (told["begins_at"], told["ends_at"]) == (
        leave["StartDateTime"],
        leave["EndDateTime"],
    )
    assert told["held"]["Lead"] >= 1
    assert 1 <= told["moves"]["Lead"] <= told["held"]["Lead"]
    folder = copied_config(tmp_path, policies={"leads.yaml": NOBODY_MOVES})
    tried = ortoo("absences", "--candidate", folder, "--json", env=env).json()
    (told,) = [each for each in tried if each["person"] == person]
    assert (told["moves"]["Lead"] >= 1, told["candidate_moves"].get("Lead", 0)) == (True, 0)
    soon = ortoo("absences", "--days", "1", "--json", env=env).json()
    assert person not in [each["person"] for each in soon]
    shown = ortoo("absences", "--manager", "Nobody Such", env=env)
    assert "nobody's absence begins within 7 days" in shown.out
    sandbox.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [event]})
