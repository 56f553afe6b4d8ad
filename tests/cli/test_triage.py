"""`triage`: mail in, requests out, with and without an org."""

import json
from email.message import EmailMessage
from pathlib import Path
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
