"""What is written is valid by the document type, and says the same when it is read again."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ortoo_daemon.intake.adf.dates import moment
from ortoo_daemon.intake.adf.model import (
    Address,
    AdfId,
    Contact,
    Customer,
    Finance,
    Interest,
    Money,
    Option,
    Phone,
    Prospect,
    Provider,
    Timeframe,
    Vehicle,
    Vendor,
)
from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.intake.adf.writing import write_adf
from tests.intake.adf.samples import document, prospect
from tests.intake.adf.test_broken_shapes import SAME

DTD = etree.DTD(str(Path(__file__).with_name("adf-1.0.dtd")))
NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)


def assert_valid(text: str) -> None:
    tree = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    assert DTD.validate(tree), DTD.error_log.filter_from_errors()


def test_the_sample_is_valid_itself() -> None:
    assert_valid(document())


def test_what_was_read_is_written_validly_and_read_again_the_same() -> None:
    read = read_adf(document(prospect(id="A"), prospect(id="B", status="resend"))).prospects
    text = write_adf(read, now=NOW)
    assert_valid(text)
    again = read_adf(text)
    assert again.oddities == ()
    assert again.prospects == read


def test_every_broken_shape_becomes_a_valid_document() -> None:
    for source, _ in SAME.values():
        assert_valid(write_adf(read_adf(source).prospects, now=NOW))


def test_what_is_not_known_stands_empty_where_it_must_be_there() -> None:
    text = write_adf([Prospect()], now=NOW)
    assert_valid(text)
    assert "<requestdate>2026-11-23T09:15:00+00:00</requestdate>" in text


def test_signs_that_no_document_may_hold_are_left_out() -> None:
    said = Prospect(customer=Customer(comments='<b>&"\x00\x1f\ud800 café'))
    text = write_adf([said], now=NOW)
    assert_valid(text)
    assert read_adf(text.replace("<email />", "<email>a@b</email>")).prospects[
        0
    ].customer.comments == ('<b>&" café')


WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=12
)
MAYBE = st.just("") | WORDS
IDS = st.lists(st.builds(AdfId, value=WORDS, source=MAYBE), max_size=2).map(tuple)
MONEY = st.builds(
    lambda number, currency: Money(text=str(number), figure=float(number), currency=currency),
    st.integers(0, 10**7),
    st.sampled_from(["", "EUR", "GBP"]),
)
PHONES = st.lists(
    st.builds(
        Phone,
        number=WORDS,
        type=st.sampled_from(["voice", "fax", "cellphone", "pager"]),
        time=st.sampled_from(["", "day", "evening"]),
        preferred=st.booleans(),
    ),
    max_size=3,
).map(tuple)
CONTACTS = st.builds(
    lambda first, last, email, phones, address: Contact(
        full=f"{first} {last}".strip(), first=first, last=last, email=email, phones=phones, address=address
    ),
    MAYBE,
    WORDS,
    MAYBE,
    PHONES,
    st.none() | st.builds(Address, streets=st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple),
                          city=MAYBE, postal_code=MAYBE, country=MAYBE),
)  # fmt: skip
VEHICLES = st.builds(
    Vehicle,
    interest=st.sampled_from(Interest),
    status=st.sampled_from(["new", "used"]),
    ids=IDS,
    year=MAYBE,
    make=WORDS,
    model=MAYBE,
    stock=MAYBE,
    odometer=st.none() | st.integers(0, 10**6).map(float),
    price=st.none() | MONEY,
    options=st.lists(st.builds(Option, name=WORDS, code=MAYBE), max_size=2).map(tuple),
    finance=st.none() | st.builds(Finance, method=MAYBE, amounts=MONEY.map(lambda each: (each,))),
    comments=MAYBE,
)
PROSPECTS = st.builds(
    Prospect,
    resend=st.booleans(),
    ids=IDS,
    requested=st.just(moment("2026-11-23T09:15:00+00:00")),
    vehicles=st.lists(VEHICLES, min_size=1, max_size=3).map(tuple),
    customer=st.builds(
        Customer,
        contact=CONTACTS,
        ids=IDS,
        comments=MAYBE,
        timeframe=st.none()
        | st.builds(Timeframe, description=WORDS, latest=st.just(moment("2026-12-01"))),
    ),
    vendor=st.builds(
        lambda name, ids: Vendor(name=name, ids=ids, contact=Contact(full=name, business=True)),
        WORDS,
        IDS,
    ),
    provider=st.builds(Provider, name=WORDS, service=MAYBE, url=MAYBE, email=MAYBE),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PROSPECTS, min_size=1, max_size=3))
def test_whatever_is_written_is_valid_and_comes_back_whole(prospects: list[Prospect]) -> None:
    text = write_adf(prospects, now=NOW)
    assert_valid(text)
    assert read_adf(text).prospects == tuple(prospects)
