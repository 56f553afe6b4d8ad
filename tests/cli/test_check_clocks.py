"""`check --org` says what an edit would do to clocks that run in the org."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import CONFIG, copied_config, ortoo
from tests.processes import DaemonProcess, SandboxProcess, wait_until

TOULOUSE = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "31000", "Company": "Private"}
EDITS = {"{else: 30m}": "{else: 45m}", "escalate: rooftop_manager": "escalate: manager"}


def test_running_clocks_that_an_edit_moves_are_counted(
    sandbox: SandboxProcess, env: dict[str, str], tmp_path: Path
) -> None:
    process = DaemonProcess(CONFIG / "ortoo.yaml", environment=env)
    process.log = tmp_path / "daemon.log"
    with process:
        process.until_ready()
        (lead,) = sandbox.leads(1, **TOULOUSE, Email="clocks@clocks.example")
        wait_until(lambda: started(sandbox, lead), 15, "the clock to run")

    as_it_is = ortoo("check", CONFIG, "--org", "--json", env=env).json()
    assert as_it_is["clocks"] == []

    (tmp_path / "edited").mkdir()
    folder = copied_config(tmp_path / "edited")
    leads = folder / "policies" / "leads.yaml"
    text = leads.read_text()
    for before, after in EDITS.items():
        assert before in text
        text = text.replace(before, after)
    leads.write_text(text)
    clocks = ortoo("check", folder, "--org", "--json", env=env).json()["clocks"]
    assert {(each["policy"], each["clock"]) for each in clocks} == {
        ("retail-leads", "first_response")
    }
    assert [each["what"].partition(" ")[0] for each in clocks] == ["its", "what"]
    assert clocks[0]["running"] >= 1
    out = " ".join(ortoo("check", folder, "--org", env=env).out.split())
    assert "first_response of retail-leads: its target, hours or warnings are edited" in out


def started(sandbox: SandboxProcess, lead: str) -> bool:
    (row,) = sandbox.rows_of("Lead", ["Ortoo_SLA_Next_At__c"], [lead], "Id")
    return bool(row["Ortoo_SLA_Next_At__c"])
