"""Each way takes a document to a real server, and says truly what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ortoo_daemon.services.handoff.file import FileSender
from ortoo_daemon.services.handoff.http import WebSender, origin_of
from ortoo_daemon.services.handoff.outgoing import HandoffError, Outgoing
from ortoo_daemon.services.handoff.smtp import MailSender, MailServer, mail_of
from tests.asynchronous import asynchronous
from tests.certificates import certificate_for
from tests.services.handoff.receivers import mail_server, web_server

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
DOCUMENT = '<?xml version="1.0"?>\n<adf>Lefèvre</adf>\n'


def outgoing(to: str, **given: str) -> Outgoing:
    values = {"id": "a1" * 20, "title": "Lead 00Q", "document": DOCUMENT} | given
    return Outgoing(to=to, **values)


def by_mail(port: int, **given: str) -> MailSender:
    values = {"host": "127.0.0.1", "tls": "none", "sender": "leads@oem.example"} | given
    return MailSender(MailServer(port=port, **values), lambda: NOW)


@asynchronous
async def test_a_mail_holds_the_document_as_its_plain_body_under_a_stable_id():
    async with mail_server() as server:
        receipt = await by_mail(server.port).send(outgoing("crm@dealer.example"))
        await by_mail(server.port).send(outgoing("crm@dealer.example"))
    assert server.ids == [receipt, receipt] == ["<" + "a1" * 20 + "@oem.example>"] * 2
    assert server.documents[0].replace("\r\n", "\n") == DOCUMENT
    assert len(server.taken) == 1


@asynchronous
async def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not():
    async with mail_server() as server:
        server.fails = ["451 4.3.0 try later", "554 no, Anne"]
        with pytest.raises(HandoffError, match=r"said 451 4.3.0$") as busy:
            await by_mail(server.port).send(outgoing("crm@dealer.example"))
        with pytest.raises(HandoffError, match=r"said 554$") as refused:
            await by_mail(server.port).send(outgoing("crm@dealer.example"))
        with pytest.raises(HandoffError, match=r"said 550$") as nobody:
            await by_mail(server.port).send(outgoing("nobody@dealer.example"))
    assert [each.value.permanent for each in (busy, refused, nobody)] == [False, True, True]
    assert server.ids == []


@asynchronous
async def test_a_connection_that_is_lost_after_the_data_is_no_receipt():
    async with mail_server() as server:
        server.fails = ["reset"]
        with pytest.raises(HandoffError) as lost:
            await by_mail(server.port).send(outgoing("crm@dealer.example"))
        await by_mail(server.port).send(outgoing("crm@dealer.example"))
    assert not lost.value.permanent
    assert len(server.ids) == 2
    assert len(server.taken) == 1


@asynchronous
async def test_without_the_encryption_that_was_asked_for_nothing_is_sent():
    async with mail_server() as server:
        with pytest.raises(HandoffError) as refused:
            await by_mail(server.port, tls="starttls").send(outgoing("crm@dealer.example"))
    assert refused.value.permanent
    assert server.ids == []


@asynchronous
async def test_a_mail_is_sent_over_tls_where_the_certificate_is_the_servers(tmp_path, monkeypatch):
    trusted, shown = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with mail_server(tls=shown) as server:
        sender = by_mail(server.port, tls="starttls", host="localhost")
        assert await sender.send(outgoing("crm@dealer.example")) == server.ids[0]


@asynchronous
async def test_a_certificate_of_another_host_or_of_nobody_known_gets_no_mail(tmp_path, monkeypatch):
    other, shown = certificate_for("crm.example", tmp_path)
    async with mail_server(tls=shown) as server:
        sender = by_mail(server.port, tls="starttls", host="localhost")
        with pytest.raises(HandoffError, match="certificate does not hold: self") as unknown:
            await sender.send(outgoing("crm@dealer.example"))
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        with pytest.raises(HandoffError, match="Hostname mismatch") as another:
            await sender.send(outgoing("crm@dealer.example"))
    assert [each.value.permanent for each in (unknown, another)] == [False, False]
    assert server.ids == []


@asynchronous
async def test_a_web_server_with_a_certificate_of_another_host_gets_no_post(tmp_path, monkeypatch):
    _, shown = certificate_for("crm.example", tmp_path)
    async with web_server(tls=shown) as server:
        url = f"https://localhost:{server.port}"
        with pytest.raises(HandoffError, match="does not hold") as refused:
            await WebSender([url]).send(outgoing(f"{url}/leads"))
    assert not refused.value.permanent
    assert server.ids == []


@asynchronous
async def test_a_mail_server_that_hangs_is_left_after_its_time():
    async with mail_server() as server:
        server.fails = ["slow"]
        values = MailServer(
            host="127.0.0.1", port=server.port, tls="none", sender="leads@oem.example"
        )
        with pytest.raises(HandoffError, match="did not answer to the end") as slow:
            await MailSender(values, lambda: NOW, at_most_for=0.3).send(outgoing("a@b.example"))
    assert not slow.value.permanent


@asynchronous
async def test_nobody_at_the_port_is_a_reason_to_try_again():
    with pytest.raises(HandoffError) as away:
        await by_mail(1).send(outgoing("crm@dealer.example"))
    assert not away.value.permanent


@pytest.mark.parametrize("address", ["", "x", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(HandoffError) as refused:
        mail_of(outgoing(address), sender="leads@oem.example", now=NOW)
    assert refused.value.permanent


def test_a_title_breaks_no_header() -> None:
    title = "Lead\r\nBcc: evil@example.com"
    made = mail_of(outgoing("a@b.example", title=title), sender="leads@oem.example", now=NOW)
    assert made["Bcc"] is None


@asynchronous
async def test_a_post_carries_the_key_and_brings_the_receipt():
    async with web_server() as server:
        sender = WebSender([server.url], token="secret")
        assert await sender.send(outgoing(f"{server.url}/leads")) == "r-1"
    assert server.ids == ["a1" * 20]
    assert server.documents == [DOCUMENT]


@asynchronous
async def test_answers_of_a_web_server_say_whether_another_try_is_worth_it():
    async with web_server() as server:
        sender = WebSender([server.url])
        found = []
        server.fails = ["500", "reset", "404", "429", "302"]
        for _ in range(5):
            with pytest.raises(HandoffError) as error:
                await sender.send(outgoing(f"{server.url}/leads"))
            found.append(error.value.permanent)
        await sender.send(outgoing(f"{server.url}/leads"))
    assert found == [False, False, True, False, True]
    assert len(server.ids) == 3, "taken with 500, with the lost answer, and in the end"
    assert len(server.taken) == 1


@asynchronous
async def test_a_slow_server_is_left_after_its_time():
    async with web_server() as server:
        server.fails = ["slow"]
        with pytest.raises(HandoffError) as slow:
            await WebSender([server.url], at_most_for=0.2).send(outgoing(f"{server.url}/leads"))
    assert not slow.value.permanent


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/leads",
        "https://crm.example@evil.example/",
        "file:///etc/passwd",
        "//x",
        "",
    ],
)
@asynchronous
async def test_no_other_origin_than_those_of_the_settings_is_posted_to(address: str) -> None:
    with pytest.raises(HandoffError) as refused:
        await WebSender(["https://crm.example"]).send(outgoing(address))
    assert refused.value.permanent


def test_origins_are_known_in_any_writing():
    assert origin_of("HTTPS://Crm.Example:443/leads?x=1") == "https://crm.example"
    assert origin_of("http://[::1]:8080/x") == "http://[::1]:8080"
    assert origin_of("https://user@crm.example/") == ""


@asynchronous
async def test_a_file_is_whole_and_a_repetition_replaces_itself(tmp_path):
    sender = FileSender(tmp_path / "out")
    assert await sender.send(outgoing("R00013812")) == f"R00013812/{'a1' * 20}.xml"
    await sender.send(outgoing("R00013812"))
    (file,) = [each for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert file.read_text("utf-8") == DOCUMENT


@asynchronous
async def test_a_code_that_leads_elsewhere_names_no_folder(tmp_path):
    for code in ("../x", "/etc", "", "a/b", ".hidden"):
        with pytest.raises(HandoffError) as refused:
            await FileSender(tmp_path).send(outgoing(code))
        assert refused.value.permanent
    (tmp_path / "file").write_text("")
    with pytest.raises(HandoffError) as full:
        await FileSender(tmp_path / "file").send(outgoing("R1"))
    assert not full.value.permanent
