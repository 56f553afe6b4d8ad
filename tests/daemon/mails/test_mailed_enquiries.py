"""Enquiries in ADF that come as an e-mail or a file of their record, on a live sandbox."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ortoo_daemon.audit.kept_facts import kept_question
from ortoo_daemon.daemon.mails.mailed_enquiries import LARGEST, LONGEST, MailedEnquiries
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.facts import EnquiryQuestion, NotAsked
from ortoo_daemon.records import record_id
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.simulation.past_facts import enquiry_kept
from ortoo_daemon.work.verdicts import Finished
from tests.daemon.handling.test_handler import fault, lead_row, proofs
from tests.daemon.rig import claim_of, handler_on, policy_set
from tests.sandbox.live import Live, live

ONE = "<adf><prospect><customer><contact><name>Ana {}</name></contact></customer></prospect></adf>"
TWO = (
    "<adf>"
    + "".join(
        f"<prospect><id>{n}</id><customer><contact><name part='last'>{n}</name></contact></customer>"
        "</prospect>"
        for n in ("Roy", "Blanc")
    )
    + "</adf>"
)
READS = {
    "adf": {
        "from": "Description",
        "mails": {"within": "1s"},
        "keep": "Adf_Document__c",
        "set": {"LastName": "$adf.last_name"},
        "split": {"copy": ["Company"]},
    }
}


def made(live: Live, entity: str, **values: Any) -> str:
    return live.sandbox.org.create(entity, values, user_id=seed.WEB_FORMS_USER_ID)


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def case_of(live: Live) -> str:
    return made(live, "Case", Subject="A case")


def mail_to(live: Live, lead: str, **values: Any) -> str:
    mail = made(live, "EmailMessage", Incoming=True, **values)
    made(
        live,
        "EmailMessageRelation",
        EmailMessageId=mail,
        RelationId=lead,
        RelationType="FromAddress",
    )
    return mail


def file_of(live: Live, parent: str, text: str, name: str = "lead.xml", kind: str = "") -> None:
    body = {"Body": coded(text), "Name": name, "ContentType": kind or None}
    made(live, "Attachment", ParentId=parent, **body)


def version_of(live: Live, entity: str, text: str, name: str = "lead.xml") -> None:
    version = made(live, "ContentVersion", Title="lead", PathOnClient=name, VersionData=coded(text))
    kept = live.sandbox.org.storage.get("ContentVersion", version) or {}
    document = made(
        live,
        "ContentDocument",
        Title="lead",
        FileExtension=kept["FileExtension"],
        ContentSize=kept["ContentSize"],
        LatestPublishedVersionId=version,
    )
    made(live, "ContentDocumentLink", ContentDocumentId=document, LinkedEntityId=entity)


async def found(org: Org, id: str, object_name: str = "Lead", *, patient: bool = False) -> Any:
    enquiries = MailedEnquiries(org)
    try:
        return await enquiries.ask(EnquiryQuestion(object_name, record_id(id), patient))
    finally:
        await enquiries.close()


@live()
async def test_bodies_come_before_files_and_both_kinds_of_files_are_read(live: Live) -> None:
    async with handler_on(live) as handler:
        case, lead, bare = case_of(live), live.lead(), live.lead()
        mail = made(live, "EmailMessage", ParentId=case, Incoming=True, TextBody="As a file.")
        file_of(
            live, mail, ONE.format("of the case"), name="enquiry", kind="text/xml; charset=utf-8"
        )
        file_of(
            live, mail_to(live, lead, TextBody=ONE.format("in the body")), ONE.format("as a file")
        )
        version_of(live, mail_to(live, bare, TextBody="See the file."), ONE.format("in a version"))
        of_case = await found(handler.org, case, "Case")
        of_lead, of_bare = await found(handler.org, lead), await found(handler.org, bare)
    assert of_case == {"text": ONE.format("of the case"), "where": "the file enquiry"}
    assert of_lead == {"text": ONE.format("in the body"), "where": "the body of an e-mail"}
    assert of_bare == {"text": ONE.format("in a version"), "where": "the file lead.xml"}


@live()
async def test_a_file_of_the_record_itself_counts_and_our_own_mails_do_not(live: Live) -> None:
    async with handler_on(live) as handler:
        lead, sent = live.lead(), live.lead()
        file_of(live, lead, ONE.format("on the lead"))
        mail = made(live, "EmailMessage", Incoming=False, TextBody=ONE.format("from us"))
        made(live, "EmailMessageRelation", EmailMessageId=mail, RelationId=sent)
        assert (await found(handler.org, lead))["text"] == ONE.format("on the lead")
        assert await found(handler.org, sent) == {"text": None}


@live()
async def test_what_is_large_or_no_text_is_not_fetched_and_what_is_left_is_told(live: Live) -> None:
    async with handler_on(live) as handler:
        lead, before = live.lead(), live.sandbox.usage.calls.used
        file_of(live, lead, ONE + " " * LARGEST, name="a.xml")
        file_of(live, lead, ONE.replace("{}", "x" * LONGEST), name="b.xml")
        file_of(live, lead, ONE, name="c.pdf")
        file_of(live, lead, '["a", "list"]', name="d.txt")  # JSON, and no document
        answer = await found(handler.org, lead)
        calls = live.sandbox.usage.calls.used - before
    assert answer["text"] is None
    left = answer["left"].split("; ")
    assert [each.partition(":")[0] for each in left] == ["a.xml", "b.xml"]
    assert calls == 3 + 2  # relations and two queries of files; b and d


@live()
async def test_a_young_record_waits_for_its_mail_and_one_that_may_not_be_asked_does_not(
    live: Live,
) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        with pytest.raises(TemporaryOrgError, match="there yet"):
            await found(handler.org, lead, patient=True)
        refusal = [{"errorCode": "INVALID_TYPE", "message": "sObject type is not supported"}]
        path = "EmailMessageRelation"
        await fault(live, "error", path=path, status=400, body=refusal, times=None)
        assert await found(handler.org, lead, patient=True) is NotAsked.REFUSED


@live()
async def test_the_document_fills_the_lead_is_kept_and_splits_as_one_in_a_field(live: Live) -> None:
    async with handler_on(live, policy_set(intake=READS)) as handler:
        lead = live.lead(Description=None, Company="Feed")
        file_of(live, mail_to(live, lead, TextBody="See the file."), TWO)
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    row = lead_row(live, lead)
    assert (row["LastName"], row["Adf_Document__c"]) == ("Roy", TWO)
    children = live.sandbox.org.storage.find("Lead", LastName="Blanc")
    assert [each["Company"] for each in children] == ["Feed"]
    (proof,) = proofs(live, lead)
    kept = [each for each in json.loads(str(proof["Facts__c"]))["answers"] if "enquiry_of" in each]
    question = EnquiryQuestion("Lead", record_id(lead), kept[0]["enquiry_of"]["patient"])
    answer = enquiry_kept(kept[0]["answer"])
    assert kept == [kept_question(question, answer)]
    assert isinstance(answer, dict)
    assert answer["text"] == TWO


@live()
async def test_an_entity_bomb_in_a_file_parks_the_lead_and_stays_where_it_is(live: Live) -> None:
    bomb = (
        '<!DOCTYPE adf [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><adf><prospect>&b;</prospect></adf>'
    )
    async with handler_on(live, policy_set(intake=READS)) as handler:
        lead = live.lead(Description=None)
        file_of(live, lead, bomb)
        assert await handler.handle(claim_of(lead)) == Finished("adf_unreadable")
    row = lead_row(live, lead)
    assert (row["Ortoo_Parked__c"], row["Adf_Document__c"]) == ("adf_unreadable", None)


@live()
async def test_a_lead_with_a_document_in_its_field_costs_no_look(live: Live) -> None:
    async with handler_on(live, policy_set(intake=READS)) as handler:
        lead = live.lead(Description=TWO)
        file_of(live, lead, ONE.format("as a file"))
        await handler.handle(claim_of(lead))
        before = live.sandbox.usage.calls.used
        await handler.handle(claim_of(lead, taken_over=True))
        calls = live.sandbox.usage.calls.used - before
    assert lead_row(live, lead)["LastName"] == "Roy"
    assert calls <= 2  # nothing is looked for again
