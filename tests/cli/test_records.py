"""Verbs about records, with the daemon running beside them and without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.command import Ended, ortoo, shipped_daemon
from tests.processes import DaemonProcess, SandboxProcess, wait_until

TOULOUSE = {"Brand__c": "Peugeot", "Country": "France", "PostalCode": "31000", "Company": "Private"}


def decided(sandbox: SandboxProcess, lead: str, count: int = 1) -> list[dict[str, Any]]:
    """The record's decisions, once there are so many."""
    fields = ["Ortoo_Key__c", "Outcome__c", "Reason__c"]

    def found() -> list[dict[str, Any]]:
        rows = sandbox.rows_of("Ortoo_Decision__c", fields, [lead], "Record_Id__c")
        return rows if len(rows) >= count else []

    return wait_until(found, 15, f"{count} decisions about {lead}")


def stamps(sandbox: SandboxProcess, lead: str) -> dict[str, Any]:
    fields = ["OwnerId", "Ortoo_Parked__c", "Ortoo_Decided_At__c", "LastModifiedDate"]
    (row,) = sandbox.rows_of("Lead", fields, [lead], "Id")
    return row


def test_explain_tells_what_would_be_decided_and_writes_nothing(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    before, calls = stamps(sandbox, lead), sandbox.last_call()
    found = ortoo("explain", lead, "--json", env=env).json()
    assert found["stands"] is None
    assert found["now"]["rule"] == "dealer network"
    assert found["now"]["owner"]["kind"] == "user"
    assert found["now"]["clocks"][0]["name"] == "first_response"
    assert stamps(sandbox, lead) == before
    assert sandbox.writes(after=calls) == []


def test_explain_shows_rules_with_line_and_value_and_what_removed_candidates(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    lines = ortoo("explain", lead, env=env).out.splitlines()
    said = "\n".join(lines)
    assert (
        'Brand__c: {blank: true} fails, Brand__c is "Peugeot" (config/policies/leads.yaml:' in said
    )
    assert any("removed by brand: Brand__c is Peugeot" in line for line in lines)
    assert sum("← chosen" in line for line in lines) == 2  # a rooftop and a person


def test_explain_tells_which_condition_keeps_a_record_out(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    lead = sandbox.stranger(**TOULOUSE, Status="Qualified")
    out = ortoo("explain", lead, env=env).out
    assert "nothing to do: no policy takes it" in out
    assert "Status: [New, Open] fails, Status is Qualified (config/policies/leads.yaml:" in out


def test_a_record_in_a_file_is_decided_without_any_org(tmp_path: Path) -> None:
    given = {"Status": "New", "IsConverted": False, "Email": "a@b.example", "FleetSize__c": 40}
    record = {"object": "Lead", "fields": given, "now": "2026-11-23T10:15:00+01:00"}
    (tmp_path / "lead.json").write_text(json.dumps(record))
    found = ortoo("explain", tmp_path / "lead.json", "--json").json()
    assert (found["now"]["rule"], found["now"]["owner"]["kind"]) == ("fleet", "queue")
    assert found["now"]["decided_at"] == "2026-11-23T09:15:00.000Z"


def test_a_file_that_is_no_record_is_refused_with_an_example(tmp_path: Path) -> None:
    row = {
        "attributes": {"type": "Lead"},
        "Brand__c": "Kia",
        "City": "x",
        "Email": "e",
        "Phone": "1",
    }
    for given, said in (
        ({"object": "Lead"}, "lacks fields"),
        (
            row,
            "lacks object, fields; attributes, Brand__c, City, Email and 1 more: what the record",
        ),
    ):
        (tmp_path / "lead.json").write_text(json.dumps(given))
        ended = ortoo("explain", tmp_path / "lead.json")
        assert ended.code == 1
        assert said in ended.err
        assert '(write {"object": "Lead"' in ended.err


def test_a_requeued_record_is_decided_again_within_a_second_or_two(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    decided(sandbox, lead)
    assert ortoo("requeue", lead, env=env).code == 0
    assert "requeued" in {row["Reason__c"] for row in decided(sandbox, lead, 2)}

    explained = ortoo("explain", lead, "--json", env=env).json()
    assert explained["stands"]["rule"] == "dealer network"
    assert explained["now_is_a_requeue"] is True
    assert ortoo("explain", lead, "--no-again", "--json", env=env).json()["now"] is None

    story = ortoo("why", lead, "--json", env=env).json()["story"]
    kinds = [each["kind"] for each in story]
    assert kinds[0] == "created"
    assert kinds.count("decided") == 2
    (change,) = (each for each in story if each["kind"] == "owner")
    assert change["by"] == "the daemon"
    assert [each["at"] for each in story] == sorted(each["at"] for each in story)


def test_a_record_whose_clock_was_stopped_still_tells_why_its_owner_has_it(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    decided(sandbox, lead)
    owner = stamps(sandbox, lead)["OwnerId"]
    sandbox.change(lead, Status="Contacted", user=owner)
    decided(sandbox, lead, 2)
    ended = ortoo("explain", lead, env=env).out
    lines = ended[: ended.index("if it were requeued now")].splitlines()
    assert any("clock stopped" in line for line in lines)
    assert sum("← chosen" in line for line in lines) == 2, ended  # a rooftop and a person
    found = ortoo("explain", lead, "--json", env=env).json()
    assert (found["stands"]["outcome"], found["stands"]["owner"]) == ("clock_stopped", None)
    assert (found["chose"]["rule"], found["chose"]["owner"]["id"]) == ("dealer network", owner)


def test_a_decision_whose_record_is_missing_or_foreign_is_told_as_such(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    key, moment = f"{lead}:first", "2026-11-23T09:15:00.000Z"
    sandbox.change(lead, Ortoo_Decision_Key__c=key, Ortoo_Decided_At__c=moment)
    found = ortoo("explain", lead, "--json", env=env).json()
    assert (found["stands"], found["now_is_a_requeue"]) == (None, True)
    assert "there is no decision record of it" in found["gap"]

    row = {"Ortoo_Key__c": key, "Record_Id__c": lead, "Object__c": "Lead", "Decided_At__c": moment}
    row |= {"Outcome__c": "juggled", "Reason_Code__c": "rule", "Summary__c": "to a circus"}
    sandbox.create([row], object="Ortoo_Decision__c", user="daemon@ortoo.example")
    gap = ortoo("explain", lead, "--json", env=env).json()["gap"]
    assert "to a circus, but its record is not readable" in gap


def test_why_tells_who_overrode_the_daemon(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    decided(sandbox, lead)
    sandbox.change(lead, OwnerId="005000000000003AAA")
    ended = ortoo("why", lead, env=env)
    lines = [line.split("\t") for line in ended.out.splitlines()]
    owners = [line for line in lines if line[1:2] == ["owner"]]
    assert [line[3] == "the daemon" for line in owners] == [True, False], ended.out


def test_parked_records_are_listed_with_the_reason_and_come_back_by_query(
    sandbox: SandboxProcess, env: dict[str, str], daemon: DaemonProcess
) -> None:
    (lead,) = sandbox.leads(1, LastName="Nobody", **TOULOUSE, Email=None)
    decided(sandbox, lead)
    listed = {each["record"]: each for each in ortoo("parked", "--json", env=env).json()}
    assert (listed[lead]["reason"], listed[lead]["noted_in"]) == ("no_contact", "org")
    assert listed[lead]["since"]

    sandbox.change(lead, Email="found@mail.example")
    query = f"SELECT Id FROM Lead WHERE Id = '{lead}'"
    assert ortoo("requeue", "--query", query, "--yes", env=env).code == 0
    decided(sandbox, lead, 2)
    wait_until(lambda: not stamps(sandbox, lead)["Ortoo_Parked__c"], 10)
    listed = {each["record"] for each in ortoo("parked", "--json", env=env).json()}
    assert lead not in listed


def test_what_is_requeued_while_the_daemon_is_down_waits_for_it(
    sandbox: SandboxProcess, env: dict[str, str], tmp_path: Path
) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    assert ortoo("requeue", lead, "--json", env=env).json() == {
        "requeued": [{"object": "Lead", "record": lead}]
    }
    with shipped_daemon(env, tmp_path) as process:
        process.until_ready()
        reasons = {row["Reason__c"] for row in decided(sandbox, lead)}
    assert "requeued" in reasons


def refused(ended: Ended, code: int, words: str) -> bool:
    said = " ".join(ended.err.replace("│", " ").split())
    return ended.code == code and words in said and "Traceback" not in said


def test_what_is_no_record_id_is_wrong_use_with_a_way_out(env: dict[str, str]) -> None:
    for verb in ("explain", "why", "requeue"):
        ended = ortoo(verb, "00Q-nonsense", env=env)
        assert refused(ended, 2, "is no record id; take the 15 or 18 characters"), ended


def test_a_record_is_found_by_its_web_address(sandbox: SandboxProcess, env: dict[str, str]) -> None:
    lead = sandbox.stranger(**TOULOUSE)
    address = f"https://example.lightning.force.com/lightning/r/Lead/{lead}/view?x=1"
    assert ortoo("why", address, "--json", env=env).json()["record"] == lead


def test_records_that_are_gone_or_not_routed_are_refused(env: dict[str, str]) -> None:
    assert refused(ortoo("why", "00Q7Q0000099999", env=env), 1, "there is no such record")
    account = ortoo("requeue", "0017Q00000MNdpR", env=env)
    routed = "policies route Case, Lead, Opportunity, Service_Ticket__c, Task"
    assert refused(account, 1, f"no policy is for Account records ({routed})")
    assert refused(ortoo("explain", "zzz000000000001", env=env), 1, "no object of the org has ids")


def test_records_and_a_query_together_are_wrong_use(env: dict[str, str]) -> None:
    assert ortoo("requeue", env=env).code == 2
    both = ortoo("requeue", "00Q7Q0000000001", "--query", "SELECT Id FROM Lead", env=env)
    assert both.code == 2


def test_a_query_the_org_refuses_is_told_in_its_words(env: dict[str, str]) -> None:
    ended = ortoo("requeue", "--query", "SELECT Id FROM Lead WHERE Nope__c = 1", env=env)
    assert refused(ended, 1, "INVALID_FIELD")
