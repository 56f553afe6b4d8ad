"""What a sound document says is read whole."""

from datetime import UTC, datetime

from ortoo_daemon.intake.adf.model import Interest, Phone
from ortoo_daemon.intake.adf.reading import read_adf
from tests.intake.adf.samples import document, prospect


def test_a_sound_document_is_read_whole_and_nothing_is_odd() -> None:
    read = read_adf(document())
    assert read.found
    assert (read.refusal, read.oddities) == (None, ())
    (found,) = read.prospects
    assert (found.ids[0].value, found.ids[0].source, found.resend) == ("L-4711", "market", False)
    assert found.requested is not None
    assert found.requested.at == datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
    assert found.provider.name == "Auto Market"
    assert (found.provider.service, found.provider.phone) == ("New cars", "+33 1 00 00 00 03")
    assert (found.vendor.name, found.vendor.ids[0].value) == ("Kervran Rennes", "R00013812")
    assert found.vendor.contact.email == "leads@kervran.example"


def test_vehicles_are_told_apart_by_interest_and_each_detail_is_kept() -> None:
    (found,) = read_adf(document()).prospects
    (wanted,), (given,) = found.wanted, found.offered
    assert (wanted.year, wanted.make, wanted.model, wanted.trim) == (
        "2026", "Peugeot", "E-308", "GT",
    )  # fmt: skip
    assert (wanted.vin, wanted.stock, wanted.doors) == ("VF3LPHNEKRS000000", "A1204", "5")
    assert (wanted.odometer, wanted.units) == (12, "km")
    assert (wanted.colors[0].exterior, wanted.colors[0].interior) == ("blue", "black")
    assert wanted.price is not None
    assert (wanted.price.figure, wanted.price.currency) == (38990, "EUR")
    assert wanted.price.word("type") == "asking"
    assert wanted.options[0].name == "Tow bar"
    assert wanted.finance is not None
    assert (wanted.finance.method, wanted.finance.amounts[0].word("type")) == ("lease", "monthly")
    assert wanted.finance.balance is not None
    assert wanted.finance.balance.figure == 14000
    assert (given.interest, given.status, given.odometer) == (Interest.TRADE_IN, "used", 91500)


def test_who_asks_and_how_they_are_reached_is_known() -> None:
    (found,) = read_adf(document()).prospects
    person = found.customer.contact
    assert (person.first, person.last, person.full) == ("Anne", "Le Goff", "Anne Le Goff")
    assert (person.email, person.email_preferred) == ("anne.legoff@mail.example", True)
    assert person.phones == (
        Phone(number="02 99 00 00 01", type="voice", time="evening"),
        Phone(number="06 00 00 00 02", type="cellphone", time="day"),
    )
    assert person.address is not None
    assert person.address.streets == ("3 rue du Port", "Bat. B")
    assert (person.address.postal_code, person.address.country) == ("35000", "FR")
    assert found.customer.timeframe is not None
    assert found.customer.timeframe.latest is not None
    assert found.customer.timeframe.latest.day == "2026-12-20"
    assert found.customer.ids[0].value == "C-9"


def test_several_prospects_keep_their_order_and_a_resend_is_told() -> None:
    read = read_adf(document(prospect(id="A"), prospect(id="B", status="resend")))
    assert [(each.ids[0].value, each.resend) for each in read.prospects] == [
        ("A", False),
        ("B", True),
    ]


def test_what_holds_no_adf_is_nothing_wrong() -> None:
    for text in ("", "I would like to see an E-308.", "<html><body>Hello</body></html>", b"\0\1"):
        read = read_adf(text)
        assert (read.found, read.refusal) == (False, None)
