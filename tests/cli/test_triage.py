"""`triage`: mail in, requests out, with and without an org."""

import json
from email.message import EmailMessage
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.cli.command import CONFIG, ortoo
from tests.processes import ROOT, SandboxProcess

EMAILS = ROOT / "tests" / "data" / "emails"
DIRECTORY = ("--directory", EMAILS / "directory.json")


@pytest.fixture
def message(tmp_path: Path) -> Path:
    mail = EmailMessage()
    mail["From"] = "Léa <t.corre@kervran-auto.fr>"
    mail["To"] = "desk@example.com"
    mail["Subject"] = "Accès"
    mail.set_content("Bonjour,\nÀ Vannes, <b>mot de passe</b> oublié.\n\nCordialement\nT. Corre\n")
    path = tmp_path / "mail.eml"
    path.write_bytes(bytes(mail))
    return path


def test_a_message_file_is_told_with_its_evidence_and_what_was_cut(message):
    ended = ortoo("triage", message, *DIRECTORY)
    assert ended.code == 0, ended.err
    assert "user_access for Renault Vannes" in ended.out
    assert "cut: signature" in ended.out


def test_json_of_a_message_holds_the_prediction_and_the_places_of_its_evidence(message):
    found = ortoo("triage", message, *DIRECTORY, "--json").json()
    (segment,) = found["segments"]
    assert (segment["request_type"], segment["basis"]) == ("user_access", "city")
    assert {part["kind"] for part in found["parts"]} >= {"new", "signature"}


def test_many_mails_give_one_prediction_a_line_in_their_order(tmp_path):
    rows = (EMAILS / "samples.jsonl").read_text("utf-8").splitlines()[:5]
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    ended = ortoo("triage", path, *DIRECTORY, "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["id"] for line in lines] == [json.loads(row)["id"] for row in rows]
    assert all(line["segments"] and "clean_body" in line for line in lines)


def test_a_mail_that_needs_a_person_says_so(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text(json.dumps({"text_body": "hello", "from_address": "x@y.example"}))
    ended = ortoo("triage", path, *DIRECTORY)
    assert ended.code == 0, "it is no failure"
    assert "needed" in ended.out


def test_the_page_shows_mail_as_text_and_loads_nothing(message, tmp_path):
    page = tmp_path / "mail.html"
    ortoo("triage", message, *DIRECTORY, "--html", page)
    text = page.read_text("utf-8")
    assert "mot de passe</b>" not in text
    assert "&lt;b&gt;" in text
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path):
    path = tmp_path / "mails.jsonl"
    path.write_text('{"subject": "a"}\n{"subject": 7}\n')
    ended = ortoo("triage", path, *DIRECTORY)
    assert ended.code == 1
    assert "mails.jsonl:2:1: this line is no e-mail: subject: text is wanted" in ended.err
    taxonomy = tmp_path / "words.yaml"
    taxonomy.write_text("taxonomy: 1\nbrand: []\n")
    ended = ortoo("triage", path, *DIRECTORY, "--taxonomy", taxonomy)
    assert ended.code == 1


def test_a_case_of_the_org_is_read_with_its_mail_and_the_orgs_rooftops(sandbox, env):
    case = _created(sandbox, "Case", Subject="Garantie", Origin="Email")
    _created(
        sandbox,
        "EmailMessage",
        ParentId=case,
        Incoming=True,
        Subject="Garantie",
        FromAddress="m.tanguy@kervran-auto.fr",
        FromName="M. Tanguy",
        TextBody="Bonjour,\nLe dossier de garantie du Captur est refusé à Lorient.\n",
        MessageDate="2026-11-20T10:00:00Z",
    )
    ended = ortoo("triage", case, "--config", CONFIG / "ortoo.yaml", "--json", env=env)
    (segment,) = ended.json()["segments"]
    assert segment["request_type"] == "warranty_claim"
    assert segment["candidates"][0]["name"] == "Kervran Lorient"


def test_a_case_that_did_not_come_by_mail_says_so(sandbox, env):
    case = _created(sandbox, "Case", Subject="Phone call", Origin="Phone")
    ended = ortoo("triage", case, "--config", CONFIG / "ortoo.yaml", env=env)
    assert ended.code == 1
    assert "no e-mail came in" in ended.err


def _created(sandbox: SandboxProcess, object_name: str, **values: Any) -> str:
    return sandbox.create([values], object=object_name)[0]


def test_a_plain_list_of_brands_and_kinds_is_a_taxonomy_with_the_shipped_words(tmp_path):
    """Run from a folder without settings: the words come with the program."""
    rows = (EMAILS / "samples.jsonl").read_text("utf-8").splitlines()[:10]
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    asked = ("triage", path, *DIRECTORY, "--json")
    listed = ortoo(*asked, "--taxonomy", EMAILS / "taxonomy.json", cwd=tmp_path)
    assert listed.code == 0, listed.err
    assert listed.out == ortoo(*asked).out, "the sample's list says what the shipped taxonomy says"


def test_a_list_that_lacks_a_skill_is_refused_with_the_place(message, tmp_path):
    wrong = tmp_path / "list.json"
    wrong.write_text(json.dumps({"brands": [], "request_types": [{"code": "billing"}]}))
    ended = ortoo("triage", message, *DIRECTORY, "--taxonomy", wrong)
    assert ended.code == 1
    assert "request_types.0.default_skill" in ended.err


TWO = "Bonjour,\n\nVannes : la facture 12 est en double.\nLorient : mot de passe oublié.\n"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.eml"
    head = "From: t.corre@kervran-auto.fr\nSubject: Deux points\nContent-Type: text/plain; charset=utf-8\n\n"
    path.write_bytes((head + TWO).encode())
    return path


def test_each_request_is_told_with_the_rule_that_takes_it_and_who_could_have_it(two, tmp_path):
    page = tmp_path / "two.html"
    asked = ("triage", two, *DIRECTORY, "--policies", CONFIG)
    ended = ortoo(*asked, "--html", page)
    assert ended.code == 0, ended.err
    assert "by rule subject known / billing (" in ended.out
    assert "by rule several requests" in ended.out
    assert "could have it: " in ended.out
    assert "org.json knows them" in ended.out
    assert page.read_text("utf-8").count("Route: ") == 3
    found = ortoo(*asked, "--json").json()["route"]["routes"]
    rules = [(route["request"], route["rule"]) for route in found]
    assert rules == [
        (None, "several requests"),
        (1, "subject known / billing"),
        (2, "subject known / access"),
    ]
    assert all(route["owner"]["name"] for route in found)


def test_many_mails_are_told_with_where_each_request_goes(tmp_path):
    rows = (EMAILS / "samples.jsonl").read_text("utf-8").splitlines()[:4]
    path = tmp_path / "mails.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    asked = ("triage", path, *DIRECTORY, "--policies", CONFIG / "policies")
    assert "subject known / parts" in ortoo(*asked).out
    lines = [json.loads(line) for line in ortoo(*asked, "--json").out.splitlines()]
    assert [len(line["route"]["routes"]) for line in lines] == [1, 1, 1, 3]


def test_a_mail_that_no_policy_takes_says_what_fails(message, tmp_path):
    folder = tmp_path / "config"
    copytree(CONFIG, folder)
    cases = folder / "policies" / "cases.yaml"
    text = cases.read_text("utf-8").replace("  Status: New\n", "  Status: Escalated\n", 1)
    cases.write_text(text, "utf-8")
    ended = ortoo("triage", message, *DIRECTORY, "--policies", folder)
    assert "route: no policy takes it: dealer-cases: " in ended.out, ended.err
    assert "Status is New" in ended.out


def test_policies_that_read_no_mail_are_told(message, tmp_path):
    ended = ortoo("triage", message, *DIRECTORY, "--policies", tmp_path)
    assert ended.code == 1
    assert "none of these policies reads e-mails" in ended.err


def test_by_the_org_the_owner_is_who_would_get_it_now(two, sandbox, env):
    asked = ("triage", two, "--config", CONFIG / "ortoo.yaml", "--policies", CONFIG, "--json")
    ended = ortoo(*asked, env=env)
    assert ended.code == 0, ended.err
    found = ended.json()["route"]
    assert found["by"] == "the org"
    assert [route["rule"] for route in found["routes"]][1:] == [
        "subject known / billing",
        "subject known / access",
    ]
    assert all(route["owner"]["name"] for route in found["routes"])


def test_of_a_case_of_the_org_the_route_is_that_of_the_case_as_it_stands(sandbox, env):
    case = _created(sandbox, "Case", Subject="Factures", Origin="Email", Status="New")
    _created(
        sandbox,
        "EmailMessage",
        ParentId=case,
        Incoming=True,
        Subject="Factures",
        FromAddress="t.corre@kervran-auto.fr",
        TextBody=TWO,
        MessageDate="2026-11-20T10:00:00Z",
    )
    asked = ("triage", case, "--config", CONFIG / "ortoo.yaml", "--policies", CONFIG)
    ended = ortoo(*asked, env=env)
    assert ended.code == 0, ended.err
    assert "by rule subject known / billing" in ended.out
    (row,) = sandbox.query(f"SELECT Id, Ortoo_Decided_At__c FROM Case WHERE Id = '{case}'")
    assert row["Ortoo_Decided_At__c"] is None, "nothing is written"
