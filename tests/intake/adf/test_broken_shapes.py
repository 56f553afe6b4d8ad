"""Documents as real feeds send them: each breaks the standard in its own way and is read as it was meant."""

# ruff: noqa: E501 (documents as they come)

import html
import quopri
from collections.abc import Callable

import pytest

from ortoo_daemon.intake.adf.model import AdfReading, Odd, Prospect
from ortoo_daemon.intake.adf.reading import read_adf
from tests.intake.adf.samples import (
    CUSTOMER,
    PROVIDER,
    REQUESTED,
    TRADE,
    VEHICLE,
    VENDOR,
    document,
    prospect,
)

WHOLE = document()
Shape = tuple[str | bytes, Odd | None]


def wrapped(inner: str) -> str:
    return f"<adf><prospect>{inner}</prospect></adf>"


def changed(old: str, new: str, *, times: int = -1) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, times)


SAME: dict[str, Shape] = {
    "no prolog": (WHOLE.partition("<adf>")[1] + WHOLE.partition("<adf>")[2], None),
    "blank lines before the prolog": ("\n\n  " + WHOLE, None),
    "missing root": (prospect(), Odd.NO_ROOT),
    "root that is not closed": (WHOLE.replace("</adf>", ""), Odd.NOT_CLOSED),
    "tags in capitals": (WHOLE.replace("<adf>", "<ADF>").replace("</adf>", "</ADF>"), Odd.WRONG_CASE),
    "all names in mixed case": (
        WHOLE.replace("prospect", "Prospect").replace("vehicle", "Vehicle").replace("make", "MAKE"),
        Odd.WRONG_CASE,
    ),
    "a default namespace": (WHOLE.replace("<adf>", '<adf xmlns="urn:adf">'), None),
    "prefixes of a namespace": (
        WHOLE.replace("<adf>", '<a:adf xmlns:a="urn:adf">').replace("</adf>", "</a:adf>"),
        Odd.NAMESPACE,
    ),
    "text before and after": (f"New lead!\n{WHOLE}\n-- \nsent by a robot", Odd.TEXT_AROUND),
    "escaped within a body": (html.escape(WHOLE), Odd.ESCAPED),
    "escaped twice": (html.escape(html.escape(WHOLE)), Odd.ESCAPED),
    "quoted in an answer": ("\n".join(f"> {line}" for line in WHOLE.splitlines()), Odd.QUOTED),
    "transfer encoding left in": (
        quopri.encodestring(WHOLE.encode()).decode("ascii"),
        Odd.MAIL_ENCODING,
    ),
    "byte order mark": (b"\xef\xbb\xbf" + WHOLE.encode(), Odd.ENCODING),
    "utf-16": (WHOLE.encode("utf-16"), Odd.ENCODING),
    "utf-16 without a mark": (WHOLE.encode("utf-16-le"), Odd.ENCODING),
    "a document type without declarations": (
        WHOLE.replace("<adf>", '<!DOCTYPE ADF SYSTEM "http://adf.example/adf.dtd"><adf>'),
        None,
    ),
    "an unclosed year": (changed("<year>2026</year>", "<year>2026"), Odd.NOT_CLOSED),
    "an unclosed vehicle": (changed("</vehicle>", "", times=1), Odd.NOT_CLOSED),
    "an unclosed customer": (changed("</customer>", ""), Odd.NOT_CLOSED),
    "an unclosed contact": (changed("</address>\n  </contact>", "</address>"), Odd.NOT_CLOSED),
    "ends in the wrong order": (
        changed("</contact>\n  <id source=\"crm.example\">C-9</id>", "<id source=\"crm.example\">C-9</id></contact>"),
        Odd.NOT_CLOSED,
    ),
    "a stray end tag": (changed("<make>", "</trim><make>"), Odd.STRAY_END),
    "an end tag that lacks its sign": (changed("Peugeot</make>", "Peugeot</make"), Odd.BROKEN_TAG),
    "CDATA around texts": (changed("Please call after six.", "<![CDATA[Please call after six.]]>"), None),
    "duplicate attributes": (
        changed('interest="buy" status="new"', 'interest="buy" interest="sell" status="new"'),
        Odd.TWICE,
    ),
    "attributes without quotes": (changed('status="new"', "status=new", times=1), Odd.BROKEN_TAG),
    "attributes in single quotes": (WHOLE.replace('"', "'"), None),
    "attributes in curly quotes": (
        changed('interest="buy"', "interest=\u201cbuy\u201d"),
        None,
    ),
    "comments with markup": (
        changed("<year>2026</year>", "<!-- <year>1999</year><vehicle> --><year>2026</year>"),
        None,
    ),
    "other names": (
        changed("<postalcode>35000</postalcode>", "<zip>35000</zip>"),
        Odd.OTHER_NAME,
    ),
    "elements of the sender's own": (changed("<year>", "<leadscore>9</leadscore><year>"), Odd.UNKNOWN_ELEMENT),
    "an empty vehicle before the real one": (
        changed("<vehicle interest=\"buy\"", "<vehicle><year/><make/><model/></vehicle><vehicle interest=\"buy\""),
        Odd.EMPTY,
    ),
    "the trade-in first": (
        document(f'<prospect status="new"><id sequence="1" source="market">L-4711</id>{REQUESTED}{TRADE}{VEHICLE}{CUSTOMER}{VENDOR}{PROVIDER}</prospect>'),
        None,
    ),
    "no contact around the customer": (
        changed("<customer>\n  <contact>", "<customer>").replace("</address>\n  </contact>", "</address>"),
        Odd.MISPLACED,
    ),
    "interest in other words": (changed('interest="trade-in"', 'interest="Trade In"'), Odd.WRONG_VALUE),
    "control characters": (changed("Le Goff", "Le\x00 Goff\x0b"), None),
    "windows line ends": (WHOLE.replace("\n", "\r\n"), None),
    "vendor beside the prospect": (
        f'<adf><prospect status="new"><id sequence="1" source="market">L-4711</id>{REQUESTED}{VEHICLE}{TRADE}{CUSTOMER}{PROVIDER}</prospect>{VENDOR}</adf>',
        Odd.MISPLACED,
    ),
    "no prospect between": (
        f"<adf>{prospect().partition('>')[2].removesuffix('</prospect>')}</adf>",
        Odd.MISSING,
    ),
}  # fmt: skip


def only(read: AdfReading) -> Prospect:
    assert (read.refusal, read.message) == (None, "")
    assert len(read.prospects) == 1
    return read.prospects[0]


def essence(found: Prospect) -> dict[str, object]:
    """What routing needs of an enquiry."""
    person, (wanted,), (given,) = found.customer.contact, found.wanted, found.offered
    address = person.address
    assert address is not None
    return {
        "id": [each.value for each in found.ids],
        "requested": found.requested and found.requested.at,
        "wanted": (wanted.year, wanted.make, wanted.model, wanted.vin, wanted.interest),
        "price": wanted.price and (wanted.price.figure, wanted.price.currency),
        "given": (given.make, given.model, given.odometer),
        "who": (person.first, person.last, person.email),
        "phones": [(each.number, each.type) for each in person.phones],
        "where": (address.streets, address.postal_code, address.country),
        "comments": found.customer.comments,
        "vendor": (found.vendor.name, [each.value for each in found.vendor.ids]),
        "provider": found.provider.name,
    }


SOUND = essence(only(read_adf(WHOLE)))


@pytest.mark.parametrize("shape", SAME)
def test_a_broken_shape_says_the_same_as_the_sound_one(shape: str) -> None:
    source, odd = SAME[shape]
    read = read_adf(source)
    assert essence(only(read)) == SOUND
    if odd is not None:
        assert odd in {each.kind for each in read.oddities}


OTHERS: dict[str, tuple[str | bytes, Callable[[Prospect], object], object, Odd | None]] = {
    "latin-1 labelled as utf-8": (
        WHOLE.replace("Le Goff", "Lefèvre").encode("latin-1"),
        lambda found: found.customer.contact.last,
        "Lefèvre",
        Odd.ENCODING,
    ),
    "utf-8 labelled as latin-1": (
        WHOLE.replace("Le Goff", "Lefèvre").replace("UTF-8", "ISO-8859-1").encode(),
        lambda found: found.customer.contact.last,
        "Lefèvre",
        Odd.ENCODING,
    ),
    "a stray ampersand": (
        WHOLE.replace("Auto Market", "Cars & Vans"),
        lambda found: found.provider.name,
        "Cars & Vans",
        Odd.STRAY_SIGN,
    ),
    "ampersands of an address of the web": (
        WHOLE.replace("https://market.example", "https://market.example/?a=1&copy=2&lang=fr"),
        lambda found: found.provider.url,
        "https://market.example/?a=1&copy=2&lang=fr",
        Odd.STRAY_SIGN,
    ),
    "references that only HTML knows": (
        WHOLE.replace("Le Goff", "Lef&egrave;vre&nbsp;"),
        lambda found: found.customer.contact.last,
        "Lefèvre",
        None,
    ),
    "less-than within a text": (
        WHOLE.replace("with charger", "price < 40000"),
        lambda found: found.wanted[0].price_comments,
        "price < 40000",
        Odd.STRAY_SIGN,
    ),
    "HTML within comments": (
        WHOLE.replace("Please call after six.", "Please call<br/>after <b>six</b>."),
        lambda found: found.customer.comments,
        "Please call\nafter  six.",
        Odd.MARKUP,
    ),
    "a whole name": (
        wrapped(f"{VEHICLE}<customer><contact><name>Anne Le Goff</name></contact></customer>{VENDOR}"),
        lambda found: (found.customer.contact.full, found.customer.contact.last),
        ("Anne Le Goff", "Goff"),
        Odd.MISSING,
    ),
    "a whole name, the last one first": (
        wrapped(f"{VEHICLE}<customer><contact><name part='full'>Le Goff, Anne</name></contact></customer>"),
        lambda found: (found.customer.contact.first, found.customer.contact.last),
        ("Anne", "Le Goff"),
        None,
    ),
    "elements for first and last name": (
        wrapped(f"{VEHICLE}<customer><contact><firstname>Anne</firstname><lastname>Le Goff</lastname></contact></customer>"),
        lambda found: found.customer.contact.full,
        "Anne Le Goff",
        Odd.OTHER_NAME,
    ),
    "a business": (
        wrapped(f"{VEHICLE}<customer><contact><name part='full' type='business'>Garage Roy</name></contact></customer>"),
        lambda found: (found.customer.contact.business, found.customer.contact.full, found.customer.contact.last),
        (True, "Garage Roy", ""),
        None,
    ),
    "types of phones that are none": (
        wrapped(f"{VEHICLE}<customer><contact><name>A B</name><phone type='mobile' time='noon'>06</phone><phone/></contact></customer>"),
        lambda found: [(each.number, each.type, each.time) for each in found.customer.contact.phones],
        [("06", "cellphone", "")],
        Odd.WRONG_VALUE,
    ),
    "an address of several lines in one element": (
        wrapped(f"{VEHICLE}<customer><contact><name>A B</name><address><street>3 rue du Port\n  Bat. B</street></address></contact></customer>"),
        lambda found: found.customer.contact.address and found.customer.contact.address.streets,
        ("3 rue du Port", "Bat. B"),
        None,
    ),
    "several customers": (
        wrapped(f"{VEHICLE}<customer><contact/></customer>{CUSTOMER}"),
        lambda found: found.customer.contact.last,
        "Le Goff",
        Odd.TWICE,
    ),
    "a cut end": (
        WHOLE[: WHOLE.index("<vendor>") + 20],
        lambda found: (found.customer.contact.last, found.vendor.name),
        ("Le Goff", ""),
        Odd.NOT_CLOSED,
    ),
    "an unclosed comment": (
        WHOLE.replace("<requestdate>", "<!-- test ><requestdate>"),
        lambda found: found.customer.contact.last,
        "Le Goff",
        Odd.NOT_CLOSED,
    ),
    "unclosed CDATA": (
        WHOLE.replace("Please call after six.", "<![CDATA[Please call"),
        lambda found: (found.customer.comments, found.vendor.name),
        ("Please call", "Kervran Rennes"),
        Odd.NOT_CLOSED,
    ),
    "a price with signs": (
        WHOLE.replace('currency="EUR">38990', ">€ 38.990,50"),
        lambda found: found.wanted[0].price and (found.wanted[0].price.figure, found.wanted[0].price.currency),
        (38990.5, "EUR"),
        None,
    ),
    "a price that is none": (
        WHOLE.replace("38990", "call us"),
        lambda found: found.wanted[0].price and (found.wanted[0].price.figure, found.wanted[0].price.text),
        (None, "call us"),
        Odd.WRONG_VALUE,
    ),
    "miles in the text": (
        WHOLE.replace('<odometer units="km">91500', "<odometer>57,000 miles"),
        lambda found: (found.offered[0].odometer, found.offered[0].units),
        (57000, "mi"),
        None,
    ),
    "a wish that says more": (
        WHOLE.replace('interest="buy"', 'interest="TestDrive"'),
        lambda found: found.wanted[0].interest.value,
        "test-drive",
        Odd.WRONG_VALUE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", OTHERS)
def test_a_broken_shape_is_read_as_it_was_meant(shape: str) -> None:
    source, value, expected, odd = OTHERS[shape]
    read = read_adf(source)
    assert value(only(read)) == expected
    if odd is not None:
        assert odd in {each.kind for each in read.oddities}


def test_several_roots_are_read_one_after_the_other() -> None:
    read = read_adf(document(prospect(id="A")) + document(prospect(id="B")))
    assert [each.ids[0].value for each in read.prospects] == ["A", "B"]
    assert Odd.SEVERAL_ROOTS in {each.kind for each in read.oddities}


def test_prospects_without_a_root_are_all_read() -> None:
    read = read_adf(prospect(id="A") + prospect(id="B"))
    assert [each.ids[0].value for each in read.prospects] == ["A", "B"]


def test_an_unclosed_prospect_ends_where_the_next_begins() -> None:
    text = document(prospect(id="A"), prospect(id="B")).replace("</prospect>", "", 1)
    assert [each.ids[0].value for each in read_adf(text).prospects] == ["A", "B"]


def test_each_odd_thing_is_told_with_its_line_and_column() -> None:
    text = f"<adf>\n<prospect>\n{REQUESTED}\n  <VEHICLE><year>2026</year></VEHICLE>{CUSTOMER}</prospect></adf>"
    odd = next(each for each in read_adf(text).oddities if each.kind is Odd.WRONG_CASE)
    assert str(odd) == "4:3: VEHICLE is written vehicle [wrong_case]"


def test_places_are_those_of_the_text_it_came_in() -> None:
    read = read_adf(f"Hello,\nhere is one:\n{prospect().replace('<year>', '<YEAR>', 1)}")
    odd = next(each for each in read.oddities if each.kind is Odd.WRONG_CASE)
    assert odd.spot.line == 5


def test_oddities_are_bounded_and_the_rest_is_counted() -> None:
    read = read_adf(WHOLE.replace("<year>", "&" * 5 + "<br>" * 500 + "<year>"))
    assert len(read.oddities) == 60
    assert read.left_out > 100
