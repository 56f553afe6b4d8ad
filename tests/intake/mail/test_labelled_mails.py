"""How well are labelled e-mails read: the samples that were worked with, and those that nobody tunes on?"""

import json
from datetime import timedelta

import pytest

from ortoo_daemon.intake.mail.reading import (
    DealerCodes,
    IdentifierKind,
    MailReading,
    PartKind,
    read_mail,
)
from ortoo_daemon.intake.mail.rows import mail_of_row
from tests.scoring import DATA, rows, token_f1

CODES = DealerCodes.of(
    row["Dealer_Code__c"] for row in json.loads((DATA / "directory.json").read_text("utf-8"))
)


@pytest.fixture(scope="module", params=["samples.jsonl", "unseen.jsonl", "held_out.jsonl"])
def labelled(request: pytest.FixtureRequest) -> list[tuple[dict, MailReading]]:
    return [(row, read_mail(mail_of_row(row), CODES)) for row in rows(DATA / request.param)]


def test_the_clean_body_keeps_what_is_asked_and_drops_the_rest(labelled):
    scores = [
        token_f1(row["labels"]["clean_body"], reading.clean_body) for row, reading in labelled
    ]
    assert sum(scores) / len(scores) >= 0.97


def test_the_language_is_that_of_the_writer(labelled):
    right = [
        {segment["language"] for segment in row["labels"]["segments"]} == {reading.language}
        for row, reading in labelled
    ]
    assert sum(right) / len(right) >= 0.98


def test_every_labelled_injection_is_reported_and_no_plain_request_is(labelled):
    for row, reading in labelled:
        assert bool(reading.injection) == ("injection" in row["labels"]), row["id"]


def test_the_vins_of_the_request_are_found_and_no_others(labelled):
    for row, reading in labelled:
        wanted = {vin for segment in row["labels"]["segments"] for vin in segment["vins"]}
        given = {
            one.value
            for one in reading.identifiers
            if one.kind is IdentifierKind.VIN and one.part is not None
            if reading.parts[one.part].kind in {PartKind.NEW, PartKind.FORWARDED}
        }
        assert given == wanted, row["id"]


def test_no_mail_of_a_person_is_taken_for_automatic(labelled):
    assert [row["id"] for row, reading in labelled if reading.automatic] == []


def test_the_parts_cover_the_text_and_identifiers_say_where_they_stand(labelled):
    for row, reading in labelled:
        assert "".join(part.text for part in reading.parts) == reading.text, row["id"]
        for one in reading.identifiers:
            if one.part is None:
                assert 0 <= one.start < one.end <= len(reading.subject)
            else:
                part = reading.parts[one.part]
                assert part.start <= one.start < part.end, (row["id"], one)


def test_the_moment_of_a_mail_is_in_utc(labelled):
    assert all(reading.received_at.utcoffset() == timedelta(0) for _, reading in labelled)
