"""`adf`: a file in, prospects and oddities out, without an org."""

from email.message import EmailMessage

from tests.cli.command import ortoo
from tests.intake.adf.samples import document, prospect


def test_a_file_is_shown_with_all_that_is_odd(tmp_path):
    path = tmp_path / "lead.xml"
    path.write_text(document().replace("<make>Peugeot</make>", "<MAKE>Peugeot</MAKE>"), "utf-8")
    ended = ortoo("adf", path)
    assert ended.code == 0, ended.err
    assert "2026 Peugeot E-308 GT, new, VIN VF3LPHNEKRS000000" in ended.out
    assert "Anne Le Goff, anne.legoff@mail.example" in ended.out
    assert "MAKE is written make [wrong_case]" in ended.out


def test_json_holds_every_prospect_and_place(tmp_path):
    path = tmp_path / "lead.xml"
    path.write_text(document(prospect(id="A"), prospect(id="B", status="resend")), "utf-8")
    (found,) = ortoo("adf", path, "--json").json()["documents"]
    assert [each["ids"][0]["value"] for each in found["prospects"]] == ["A", "B"]
    assert [each["resend"] for each in found["prospects"]] == [False, True]
    assert found["prospects"][0]["vehicles"][0]["price"]["about"] == {"type": "asking"}


def test_of_a_message_bodies_and_attachments_are_read_each_document_once(tmp_path):
    mail = EmailMessage()
    mail["Subject"] = "Lead"
    mail.set_content(document(prospect(id="A")))
    mail.add_alternative(
        f"<html><body><pre>{document(prospect(id='A'))}</pre></body></html>", "html"
    )
    mail.add_attachment(
        document(prospect(id="B")).encode("utf-16"),
        maintype="application",
        subtype="x-adf+xml",
        filename="lead.adf",
    )
    path = tmp_path / "lead.eml"
    path.write_bytes(bytes(mail))
    documents = ortoo("adf", path, "--json").json()["documents"]
    said = [(each["where"], each["prospects"][0]["ids"][0]["value"]) for each in documents]
    assert said == [("the body", "A"), ("lead.adf", "B")]


def test_what_can_t_be_read_ends_with_code_1_and_the_reason(tmp_path):
    path = tmp_path / "bomb.xml"
    path.write_text('<!DOCTYPE adf [<!ENTITY a "b">]><adf><prospect/></adf>')
    ended = ortoo("adf", path)
    assert (ended.code, "declares entities of its own (entities)" in ended.out) == (1, True)
    path.write_text("Hello")
    assert ortoo("adf", path).code == 1
    assert ortoo("adf", tmp_path / "nothing.xml").code == 2
