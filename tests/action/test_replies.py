"""Claims about what answers of dealers mean: by the words of the policy that begin a line, no others."""

from __future__ import annotations

import pytest

from ortoo_daemon.action.handoff import message_id
from ortoo_daemon.action.replies import fields_of, marked_in, subject_of, understood
from ortoo_daemon.policy.handoff_model import Reply
from ortoo_daemon.policy.values import fold
from tests.world import PLACE, an_id

LEAD = an_id("00Q", 1)
ACCEPT = Reply(says=("accepted", "we take it"), sets={"Status": "Working"}, place=PLACE)
RETURN = Reply(says=("return", fold("zurück")), sets={"Why__c": "$reply", "N__c": 1}, place=PLACE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Accepted, thank you", ACCEPT),
        ("Hello,\n\n  - we  TAKE it!\nAnn", ACCEPT),
        ("Return: sold yesterday", RETURN),
        ("ZURÜCK, kein Bestand", RETURN),
        ("We do not accept returns", None),
        ("returned by mistake?", None),
        ("Who is this?", None),
        ("", None),
    ],
)
def test_an_answer_means_what_a_line_of_it_begins_with(text: str, meant: Reply | None) -> None:
    assert understood(text, (ACCEPT, RETURN)) is meant


def test_the_first_reply_that_is_said_counts() -> None:
    assert understood("return it\naccepted", (ACCEPT, RETURN)) is ACCEPT


def test_what_was_said_goes_into_the_field_on_one_line_and_no_longer_than_it_takes() -> None:
    found = fields_of(RETURN, "Return:\n sold " + "x" * 300)
    assert str(found["Why__c"]).startswith("Return: sold xxx")
    assert (len(str(found["Why__c"])), found["N__c"]) == (255, 1)


def test_an_answer_is_known_by_its_subject_however_it_is_written_around() -> None:
    subject = subject_of("Lead", LEAD, "handoff:k")
    for written in (f"Re: {subject}", f"AW: WG: {subject} - urgent", subject):
        found = marked_in(written)
        assert found is not None
        assert found.record == LEAD
        assert message_id("handoff:k").startswith(found.mark)
    assert marked_in("Re: Lead 00Q7Q000001") is None
    assert marked_in(f"Re: {LEAD} (ref zzz)") is None
