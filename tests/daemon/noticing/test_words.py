"""What a notice reads of its record, on a live sandbox."""

from __future__ import annotations

from dataclasses import replace

from ortoo_daemon.daemon.noticing.words import Words
from ortoo_daemon.records import RecordId
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.services.notify.templates import Templates
from tests.daemon.noticing.test_delivery import NOTICE
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live

WORDS = "{{ record.Request__c }} at {{ record.Country__c }}\n\nBy {{ record.Owner.Name }}"
"""Leads have the first field, tickets the second, both an owner; none has a relationship Nobody."""

TICKET = {"Country__c": "France", "OwnerId": seed.ADMIN_USER_ID}


@live()
async def test_a_template_that_reads_what_the_object_lacks_has_words_all_the_same(
    sandbox: Live,
) -> None:
    org = sandbox.sandbox.org
    ticket = RecordId(org.create("Service_Ticket__c", TICKET, user_id=seed.WEB_FORMS_USER_ID))
    notice = replace(NOTICE, object="Service_Ticket__c", record_id=ticket)
    text = WORDS + "{{ record.Nobody__r.Name }}"
    templates = Templates({"new_record.en.txt": text}, usual="en")
    async with handler_on(sandbox) as handler:
        words = Words(handler.org, handler.knowledge, templates, usual="en")
        rows = await words.read([notice])
        message = words.message([notice], rows)
    assert message.title.endswith("at France")
    assert message.text.startswith("By ")
    assert rows[ticket]["Owner.Name"]
