"""Which names and numbers are found in a mail, where, and what is left alone?"""

from datetime import UTC, datetime

import pytest

from ortoo_daemon.intake.mail.reading import (
    DealerCodes,
    Identifier,
    IdentifierKind,
    Mail,
    MailReading,
    PartKind,
    read_mail,
)

CODES = DealerCodes.of(["R00013815", "35760", "D-40177-02", "VX-07741"])


def read(text: str, *, subject: str = "", address: str = "a@dealer.example") -> MailReading:
    mail = Mail(
        subject=subject,
        text_body=text,
        from_address=address,
        received_at=datetime(2025, 6, 1, tzinfo=UTC),
    )
    return read_mail(mail, CODES)


def found(kind: IdentifierKind, text: str, **more: str) -> list[Identifier]:
    return [one for one in read(text, **more).identifiers if one.kind is kind]


def values(kind: IdentifierKind, text: str, **more: str) -> list[str]:
    return [one.value for one in found(kind, text, **more)]


@pytest.mark.parametrize(
    "written",
    [
        "VF1RFB00X67123456",
        "vf1rfb00x67123456",
        "VF1 RFB 00X 67 123456",
        "VF1-RFB00X67-123456",
        "VF1RFB00X 6712\u00a03456",
    ],
)
def test_a_vin_is_found_however_it_is_written(written):
    text = f"bonjour, la Clio {written} est bloquée"
    (vin,) = found(IdentifierKind.VIN, text)
    assert (vin.value, vin.valid) == ("VF1RFB00X67123456", True)
    assert text[vin.start : vin.end] == written


def test_a_vin_with_a_character_missing_is_reported_as_none():
    (vin,) = found(IdentifierKind.VIN, "Fahrgestellnummer: WVWZZZ1KZAW00012, bitte prüfen")
    assert not vin.valid
    assert "16 characters" in vin.note


@pytest.mark.parametrize(
    "text",
    [
        "IBAN FR76 1670 6000 1100 0123 4567 842",
        "fichier export20250318KRV.csv du jour",
        "our order ABCDEFGHJKLMNPRST is late",
        "SIRET 388 104 227 00041",
    ],
)
def test_other_long_numbers_are_no_vins(text):
    assert values(IdentifierKind.VIN, text) == []


def test_the_maker_and_the_year_of_a_vin_are_noted():
    (vin,) = found(IdentifierKind.VIN, "WVGZZZE2ZMP041877 steht")
    assert vin.note == "Volkswagen; model year 2021"


@pytest.mark.parametrize(
    "written", ["R00013815", "r00013815", "R000 13815", "D-40177-02", "D 40177 02"]
)
def test_a_dealer_code_is_found_however_it_is_written(written):
    (code,) = found(IdentifierKind.DEALER_CODE, f"hier {written}, nous avons un souci")
    assert code.valid
    assert code.value in {"R00013815", "D-40177-02"}


def test_a_code_of_digits_says_whether_a_word_announces_it():
    (announced,) = found(IdentifierKind.DEALER_CODE, "le compte 35760 ne marche plus")
    (bare,) = found(IdentifierKind.DEALER_CODE, "un client de 35760 Saint-Grégoire")
    assert announced.note == "announced; digits only"
    assert bare.note == "digits only"


def test_digits_with_a_space_between_are_no_code():
    assert values(IdentifierKind.DEALER_CODE, "il reste 357 60 places") == []


def test_a_code_of_the_known_form_that_nobody_has_is_not_valid():
    (code,) = found(IdentifierKind.DEALER_CODE, "our code is VX-07749")
    assert (code.value, code.valid) == ("VX-07749", False)


def test_a_code_within_an_address_or_a_longer_word_is_none():
    assert values(IdentifierKind.DEALER_CODE, "write to 35760@dealer.example or XR00013815") == []


@pytest.mark.parametrize(
    ("text", "address", "number"),
    [
        ("tél. 02 61 91 10 20", "a@x.fr", "+33261911020"),
        ("+33 (0)2 61 91 10 20", "a@x.com", "+33261911020"),
        ("Tel. 0511/8645120 anrufen", "a@x.de", "+495118645120"),
        ("telefono 011 2469310 grazie", "a@x.it", "+390112469310"),
        ("Tel 963 58 24 10, gracias", "a@x.es", "+34963582410"),
        ("call us on 0113 496 0141 please", "a@x.co.uk", "+441134960141"),
        ("call us on (512) 555-0142 please", "a@x.com", "+15125550142"),
        ("bel ons op 030 2475120 aub", "a@x.nl", "+31302475120"),
        ("0049 511 8645120", "a@x.fr", "+495118645120"),
    ],
)
def test_a_phone_number_is_found_in_the_form_that_every_system_dials(text, address, number):
    assert values(IdentifierKind.PHONE, text, address=address) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "SIRET 388 104 227 00041",
        "RCS 0261 911 020",
        "SIREN 02 61 91 10 20",
        "IBAN DE02 7625 0000 0000 4471 18",
        "le 12.03.2025 à midi",
        "SAS au capital de 1 450 000 €",
        "facture 2025 11 0907",
        "La voiture a 38 410 km",
    ],
)
def test_other_numbers_are_no_phones(text):
    assert values(IdentifierKind.PHONE, text, address="a@x.fr") == []


@pytest.mark.parametrize("text", ["fällig am 01.02.2025", "seit 01/02/2025", "für 0800 000 €"])
def test_dates_and_amounts_are_no_phones(text):
    assert values(IdentifierKind.PHONE, text, address="a@x.de") == []


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("le véhicule AB-123-CD est là", "AB123CD"),
        ("immatriculée AB 123 CD depuis", "AB123CD"),
        ("Kennzeichen H-AB 812 steht", "HAB812"),
        ("matrícula 1234 BCD lista", "1234BCD"),
        ("targa AB 123 CD ferma", "AB123CD"),
        ("reg AB12 CDE is in", "AB12CDE"),
        ("kenteken H-812-ZX staat", "H812ZX"),
    ],
)
def test_a_plate_is_found_where_its_form_or_a_word_tells_it(text, plate):
    assert values(IdentifierKind.PLATE, text) == [plate]


def test_an_order_number_with_hyphens_is_no_plate():
    assert values(IdentifierKind.PLATE, "our order 12-345-67 and room B 12") == []


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("la commande 8830127 est perdue", IdentifierKind.ORDER, "8830127"),
        ("cde n° 7741908", IdentifierKind.ORDER, "7741908"),
        ("ETA on PO 55-20817", IdentifierKind.ORDER, "55-20817"),
        ("DDT 3390 da sostituire", IdentifierKind.ORDER, "3390"),
        ("Rechnung RE-2025-004418", IdentifierKind.INVOICE, "RE-2025-004418"),
        ("la factura FV-25/00871", IdentifierKind.INVOICE, "FV-25/00871"),
        ("annonce n° 77120934 refusée", IdentifierKind.LISTING, "77120934"),
        ("Ticket 00418822 please", IdentifierKind.CASE, "00418822"),
    ],
)
def test_numbers_are_told_by_the_word_before_them(text, kind, number):
    assert values(kind, text) == [number]


@pytest.mark.parametrize(
    "text", ["Rechnung vom 12.03.2025", "factures janvier 2025", "order by 10/3"]
)
def test_a_date_after_such_a_word_is_no_number(text):
    kinds = {one.kind for one in read(text).identifiers}
    assert not kinds & {IdentifierKind.INVOICE, IdentifierKind.ORDER}


def test_what_stands_in_subject_and_signature_says_so():
    reading = read(
        "Please look at it.\n\nKind regards\nAnn Example\n0113 496 0141",
        subject="VF1RFB00X67123456",
        address="ann@dealer.co.uk",
    )
    vin, phone = reading.identifiers
    assert vin.part is None
    assert reading.subject[vin.start : vin.end] == vin.value
    assert phone.part is not None
    assert reading.parts[phone.part].kind is PartKind.SIGNATURE
