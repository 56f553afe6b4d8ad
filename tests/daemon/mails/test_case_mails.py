"""What is found in the e-mail of a case, on a live sandbox: the first one, its thread, and its case again."""

from __future__ import annotations

from typing import Any

import pytest

from ortoo_daemon.consequences import Reopening
from ortoo_daemon.daemon.handling.reopened import Reopened
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.facts import MailQuestion
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.records import RecordId, WorkReason, record_id
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.handling.test_children import Queue
from tests.daemon.mails.test_models import ByRules
from tests.daemon.rig import handler_on, now
from tests.sandbox.live import Live, live


def case_of(live: Live, **values: Any) -> RecordId:
    row = {"Subject": "A case", **values}
    return record_id(live.sandbox.org.create("Case", row, user_id=seed.WEB_FORMS_USER_ID))


def mail_of(live: Live, case: str, **values: Any) -> None:
    row = {"ParentId": case, "Incoming": True, "TextBody": "Bonjour", **values}
    live.sandbox.org.create("EmailMessage", row, user_id=seed.WEB_FORMS_USER_ID)


async def found(org: Org, case: RecordId) -> MailFindings | None:
    mails = CaseMails(org, ByRules())
    try:
        answer = await mails.ask(MailQuestion("Case", case))
    finally:
        await mails.close()
    assert answer is None or isinstance(answer, MailFindings)
    return answer


@live()
async def test_the_first_mail_that_came_in_is_the_one_that_is_read(live: Live) -> None:
    async with handler_on(live) as handler:
        case = case_of(live)
        mail_of(live, case, Subject="second", MessageDate="2026-11-23T10:00:00Z")
        mail_of(live, case, Subject="first", MessageDate="2026-11-23T09:00:00Z")
        mail_of(live, case, Subject="ours", MessageDate="2026-11-23T08:00:00Z", Incoming=False)
        answer = await found(handler.org, case)
    assert answer is not None
    assert answer.value("subject") == "first"
    assert answer.value("reply") is False


@live()
async def test_a_young_case_without_its_mail_is_looked_at_again(live: Live) -> None:
    async with handler_on(live) as handler:
        case = case_of(live)
        mails = CaseMails(handler.org, ByRules())
        with pytest.raises(TemporaryOrgError, match="not there yet"):
            await mails.ask(MailQuestion("Case", case, patient=True))
        await mails.close()
        assert await found(handler.org, case) is None


@live()
async def test_an_answer_names_the_case_of_the_nearest_mail_that_it_answers(live: Live) -> None:
    async with handler_on(live) as handler:
        far, near, case = case_of(live), case_of(live), case_of(live)
        mail_of(live, far, MessageIdentifier="<1@a.example>")
        mail_of(live, near, MessageIdentifier="<2@a.example>")
        headers = "References: <1@a.example> <2@a.example>\nIn-Reply-To: <2@a.example>\n"
        mail_of(live, case, Headers=headers)
        answer = await found(handler.org, case)
    assert answer is not None
    assert (answer.value("reply"), answer.value("reply_to")) == (True, near)


def answering(answered: RecordId) -> Reopening:
    return Reopening(object="Case", record_id=answered, fields={"Status": "Working"})


@live()
async def test_a_closed_case_is_opened_again_once_and_put_in_line(live: Live) -> None:
    async with handler_on(live) as handler:
        closed, queue = case_of(live, Status="Closed"), Queue()
        reopened = Reopened(handler.org, queue.put)
        await reopened.reopen(answering(closed), now())
        await reopened.reopen(answering(closed), now())
    row = live.sandbox.org.storage.get("Case", closed)
    assert row is not None
    assert row["Status"] == "Working"
    (item,) = queue.items
    assert (item.record_id, item.reason) == (closed, WorkReason.CHANGED)
    assert item.changed_fields == {"Status"}


@live()
async def test_an_open_case_on_which_somebody_works_is_left_alone(live: Live) -> None:
    async with handler_on(live) as handler:
        answered, queue = case_of(live, Status="On Hold"), Queue()
        await Reopened(handler.org, queue.put).reopen(answering(answered), now())
    row = live.sandbox.org.storage.get("Case", answered)
    assert row is not None
    assert row["Status"] == "On Hold"
    assert queue.items == []


@live()
async def test_what_the_org_refuses_to_open_again_costs_the_answer_nothing(live: Live) -> None:
    async with handler_on(live) as handler:
        closed, queue = case_of(live, Status="Closed"), Queue()
        wrong = Reopening(object="Case", record_id=closed, fields={"Urgency__c": "no such"})
        await Reopened(handler.org, queue.put).reopen(wrong, now())
    assert queue.items == []
