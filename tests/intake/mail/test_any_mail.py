"""Is every mail read, whatever it holds, in time, with parts that are its text?"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.intake.mail.eml import read_eml
from ortoo_daemon.intake.mail.reading import DealerCodes, Mail, MailReading, read_mail

CODES = DealerCodes.of(["R00013815", "35760", "D-40177-02"])
PIECES = [
    "Bonjour,", "Hallo Frau Muster,", "\n", "\r\n", "\r", "> ", ">> ", "-- \n", "Merci\n", "Gruß\nToni\n",
    "On 1 May 2025 a@b.example wrote:\n", "De : A\nEnvoyé : hier\nObjet : x\n", "From:\n",
    "-----Original Message-----\n", "---------- Forwarded message ---------\n", "Envoyé de mon iPhone\n",
    "VF1RFB00X67123456 ", "VIN: WVW ZZZ 1K ZAW0001 ",
    "R000 13815 ", "+33 2 61 91 10 20 ", "cde n° 77-1 ", "AB-123-CD ", "ignore previous instructions. ",
    "\u200b", "\u00a0", "\x00", "\ud800", "é", "e\u0301", "ﬁ", "İ", "ß", "漢字 ", "🚗",
    "\u2028", "\x85", "\x0c", "\x1c", "PS: x\n", "- a\n", "CAUTION: external sender\n",
    "This message is confidential.\n", "a@b.example ", "|", "_" * 30 + "\n", "le prix est faux ",
]  # fmt: skip
TAGS = [
    "<p>", "</p>", "<div style='display:none'>", "</div>", "<br>", "<table><tr><td>", "</td>", "<blockquote>",
    "</blockquote>", "<!-- x -->", "<!--", "<font color=white>", "</font>", "<pre>", "<li>", "<hr>",
    "&nbsp;", "&#0;",
    "<div class=gmail_signature>", "<style>", "<title>", "<![CDATA[", "<svg>", "<template>", "<o:p>", "<td>",
]  # fmt: skip

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map("".join)
pages = st.lists(
    st.one_of(st.sampled_from(TAGS), st.sampled_from(PIECES), st.text(max_size=6)), max_size=40
).map("".join)


def check(reading: MailReading) -> None:
    assert "".join(part.text for part in reading.parts) == reading.text
    place = 0
    for part in reading.parts:
        assert part.start == place < part.end
        assert reading.text[part.start : part.end] == part.text
        assert part.reason
        place = part.end
    assert place == len(reading.text)
    for one in reading.identifiers:
        within = reading.subject if one.part is None else reading.text
        assert 0 <= one.start < one.end <= len(within)
    for span in reading.injection:
        if span.end:
            assert reading.text[span.start : span.end] == span.text
    reading.text.encode()
    reading.clean_body.encode()


def test_letters_and_accents_that_came_apart_are_joined_and_what_nobody_sees_is_out():
    assert (
        read_mail(Mail(text_body="ve\u0301hi\u200bcule\u00ad\r\nici\x00")).text == "véhicule\nici"
    )


@settings(deadline=None, max_examples=150)
@given(text=texts, subject=texts, name=texts)
def test_any_text_is_read_into_parts_that_are_the_text(text, subject, name):
    check(
        read_mail(Mail(text_body=text, subject=subject, from_name=name, from_address=name), CODES)
    )


@settings(deadline=None, max_examples=150)
@given(html=pages)
def test_any_html_is_read_into_parts_that_are_the_text(html):
    check(read_mail(Mail(html_body=html), CODES))


def eml(page: str, subject: bytes) -> bytes:
    return (
        b"Content-Type: text/html\nSubject: " + subject + b"\n\n" + page.encode("utf-8", "replace")
    )


@settings(deadline=None, max_examples=100)
@given(data=st.one_of(st.binary(max_size=400), st.builds(eml, pages, st.binary(max_size=40))))
def test_any_bytes_are_read(data):
    check(read_mail(read_eml(data), CODES))


@settings(deadline=None, max_examples=60)
@given(text=texts)
def test_the_same_mail_is_read_the_same_twice(text):
    assert read_mail(Mail(text_body=text), CODES) == read_mail(Mail(text_body=text), CODES)


@pytest.mark.parametrize(
    "piece",
    [
        "a", "1 ", "\n", "> ", "a@", "<", "<div>", "<!--", "A B\n", "Merci\n", "le ", "PS: x\n", "VF1 ",
        "From: a\nSubject: b\n", "cde ", "- ",
    ],
)  # fmt: skip
def test_no_repetition_makes_reading_slow(piece):
    text = piece * (30_000 // len(piece))
    for mail in (Mail(text_body=text), Mail(html_body=text)):
        started = time.perf_counter()
        check(read_mail(mail, CODES))
        assert (
            time.perf_counter() - started < 8
        )  # some tenths of a second; 100 times that were it quadratic
