"""`backfill` fills the keys of customers by the shipped directory file."""

from __future__ import annotations

from tests.cli.command import ortoo
from tests.processes import SandboxProcess


def test_leads_and_contacts_that_are_there_get_their_keys(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    (lead,) = sandbox.leads(1, LastName="Key", Email="Key@Backfill.example", Company="Private")
    ended = ortoo("backfill", "Lead", "Contact", "--json", env=env)
    assert ended.code == 0, ended.err
    first, second = ended.json()["objects"]
    assert (first["object"], second["object"]) == ("Lead", "Contact")
    assert first["written"] >= 1
    (row,) = sandbox.rows_of("Lead", ["Ortoo_Email_Key__c"], [lead], "Id")
    assert row["Ortoo_Email_Key__c"] == "key@backfill.example"
    again = ortoo("backfill", "Lead", env=env)
    assert again.code == 0
    assert again.out.startswith("Lead: 0 written")


def test_an_object_that_is_not_named_in_the_directory_file_is_refused(env: dict[str, str]) -> None:
    ended = ortoo("backfill", "Opportunity", env=env)
    assert ended.code == 2
    assert "Opportunity is not under customers" in ended.err


def test_going_on_behind_a_record_needs_its_object(env: dict[str, str]) -> None:
    ended = ortoo("backfill", "--after", "00Q000000000001EAA", env=env)
    assert ended.code == 2
    assert "name the object" in ended.err
