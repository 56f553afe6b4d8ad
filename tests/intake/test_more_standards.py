"""Claims about streets, days, money, colours, consent, and whose an address is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.dates import standard_date
from ortoo_daemon.intake.email import standard_email
from ortoo_daemon.intake.email_kinds import kind_of, offered
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.money import standard_amount, standard_currency
from ortoo_daemon.intake.names import standard_name
from ortoo_daemon.intake.phone import standard_phone
from ortoo_daemon.intake.standardise import STANDARDS
from ortoo_daemon.intake.street import standard_street
from ortoo_daemon.intake.words import standard_colour, standard_consent
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind
from tests.world import PLACE, decided, directory, facts, lead, policy, rule


def form(text: str, country: str = "") -> Form:
    return Form(field="X", text=text, country=country)


@pytest.mark.parametrize(
    ("typed", "country", "day"),
    [
        ("2026-11-23", "", "2026-11-23"),
        ("2026-11-23T10:00:00Z", "", "2026-11-23"),
        ("23/11/2026", "", "2026-11-23"),
        ("3.4.2026", "DE", "2026-04-03"),
        ("3/4/2026", "United States", "2026-03-04"),
        ("11/23/2026", "FR", "2026-11-23"),
        ("5/5/26", "", "2026-05-05"),
        ("01.02.85", "Germany", "1985-02-01"),
        ("2026年4月3日", "", "2026-04-03"),
        ("20260304", "", "2026-03-04"),
        ("4 mars 2026", "France", "2026-03-04"),
        ("mercredi 4 mars 2026", "", "2026-03-04"),
        ("1er août 2026", "", "2026-08-01"),
        ("4. März 2026", "DE", "2026-03-04"),
        ("March 4th, 2026", "US", "2026-03-04"),
        ("4 de marzo de 2026", "Spain", "2026-03-04"),
        ("4 mrt 2026", "NL", "2026-03-04"),
    ],
)
def test_a_day_is_written_in_one_way(typed, country, day):
    assert standard_date(form(typed, country)) == day


@pytest.mark.parametrize("country", ["", "Canada"])
def test_where_both_orders_are_usual_neither_is_taken(country):
    with pytest.raises(ValueError, match="other way round"):
        standard_date(form("3/4/2026", country))


@pytest.mark.parametrize(
    "typed",
    [
        "4 smarch 2026",
        "32 mars 2026",
        "mars 2026",
        "3/4/2026",
        "31.2.2026",
        "soon",
        "2026",
        "40/50/2026",
        "",
    ],
)
def test_what_may_be_two_days_or_none_is_refused(typed):
    with pytest.raises(ValueError, match=r"\w"):
        standard_date(form(typed))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("€ 12.500,50", "12500.50"),
        ("12,500.00 USD", "12500"),
        ("12'500.-", "12500"),
        ("12 500 €", "12500"),
        ("12.500", "12500"),
        ("1.234.567", "1234567"),
        ("25k", "25000"),
        ("$ 3m", "3000000"),
        ("1,5 Mio. €", "1500000"),
        ("12,5", "12.5"),
        ("300", "300"),
    ],
)
def test_an_amount_is_a_number(typed, amount):
    assert standard_amount(form(typed)) == amount


@pytest.mark.parametrize("typed", ["", "free", "10 to 20", "-5", "1,23456", "1.23,456", "12.5.7"])
def test_what_is_no_one_amount_is_refused(typed):
    with pytest.raises(ValueError, match="amount"):
        standard_amount(form(typed))


@pytest.mark.parametrize(("typed", "code"), [("€", "EUR"), ("Euros", "EUR"), ("gbp", "GBP")])
def test_a_currency_is_its_code(typed, code):
    assert standard_currency(form(typed)) == code


@pytest.mark.parametrize(
    ("typed", "colour"),
    [("schwarz metallic", "Black"), ("Bleu foncé", "Blue"), ("GRIGIA", "Grey"), ("wit", "White")],
)
def test_a_colour_is_one_in_all_languages(typed, colour):
    assert standard_colour(form(typed)) == colour


@pytest.mark.parametrize("typed", ["", "red or blue", "any", "racing"])
def test_what_is_not_one_colour_is_refused(typed):
    with pytest.raises(ValueError, match="colour"):
        standard_colour(form(typed))


def test_consent_is_never_guessed():
    assert [standard_consent(form(each)) for each in ("Oui", "JA", "1", "nein", "0")] == [
        *("Yes", "Yes", "Yes", "No", "No")
    ]
    for typed in ("maybe", "yes but not by phone", ""):
        with pytest.raises(ValueError, match="neither"):
            standard_consent(form(typed))


@pytest.mark.parametrize(
    ("typed", "country", "line"),
    [
        ("12, RUE DE LA PAIX", "FR", "12 Rue de la Paix"),
        ("av. Foch 3 bis", "France", "3 bis avenue Foch"),
        ("12 Hauptstr.", "DE", "Hauptstraße 12"),
        ("HAUPTSTRASSE 12a", "Germany", "Hauptstraße 12a"),
        ("c/ Mayor 5", "ES", "calle Mayor 5"),
        ("10 Downing Street", "GB", "10 Downing Street"),
        ("Lieu-dit Le Bourg", "FR", "Lieu-dit Le Bourg"),
    ],
)
def test_a_street_is_written_as_in_its_country(typed, country, line):
    assert standard_street(form(typed, country)) == line


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("ana@mailinator.com", "disposable"),
        ("ana@x.yopmail.fr", "disposable"),
        ("Info@dealer.example", "role"),
        ("sales.paris@dealer.example", "role"),
        ("ana.lopez@mail.example", "personal"),
        ("informatics@mail.example", "personal"),
    ],
)
def test_an_address_is_a_persons_a_desks_or_nobodys_for_long(address, kind):
    assert kind_of(address) == kind


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@hotmal.fr", "ana@hotmail.fr"),
        ("ana@gmail.com", None),
        ("ana@peugeot.com", None),
        ("ana@me.co", None),
    ],
)
def test_a_domain_that_may_be_meant_is_offered(address, meant):
    assert offered(address) == meant


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("MME DUPONT", "Dupont"),
        ("Herr Dr. Müller", "Müller"),
        ("M. Martin", "M. Martin"),
        ("Dr", "Dr"),
        ("Frauke", "Frauke"),
        ("李小龍", "李小龍"),
        ("IVÁN", "Iván"),
    ],
)
def test_how_somebody_is_addressed_is_no_part_of_a_name(typed, name):
    assert standard_name(form(typed)) == name


@given(
    st.sampled_from(sorted(CleanseKind)), st.text(max_size=40), st.sampled_from(["", "FR", "DE"])
)
def test_a_standard_gives_text_or_refuses_and_is_its_own_standard(kind, text, country):
    try:
        once = STANDARDS[kind](form(text, country))
    except ValueError:
        return
    if kind in (CleanseKind.AMOUNT, CleanseKind.DATE, CleanseKind.COLOUR, CleanseKind.CONSENT):
        assert STANDARDS[kind](form(once, country)) == once


def cleansed(step: Cleanse, **fields):
    return decided(policy(rule("all"), cleanse=(step,)), facts(lead(**fields), directory())).fields


def test_what_was_typed_is_kept_once_where_the_policy_asks():
    step = Cleanse(
        field="Phone", kind=CleanseKind.PHONE, country="Country", raw="Raw__c", place=PLACE
    )
    found = cleansed(step, Phone="06 12 34 56 78", Country="FR")
    assert found == {"Raw__c": "06 12 34 56 78", "Phone": "+33612345678"}
    again = cleansed(step, Phone="07 12 34 56 78", Country="FR", Raw__c="06 12")
    assert "Raw__c" not in again


def test_a_typed_domain_stays_and_what_may_be_meant_stands_beside_it():
    step = Cleanse(
        field="Email",
        kind=CleanseKind.EMAIL,
        country=None,
        of_kind="Kind__c",
        offer="Offer__c",
        place=PLACE,
    )
    found = cleansed(step, Email="ana@gmial.com")
    assert found == {"Kind__c": "personal", "Offer__c": "ana@gmail.com"}
    assert cleansed(step, Email="ana@gmail.com", Offer__c="old")["Offer__c"] is None


def test_consent_sets_its_checkbox():
    step = Cleanse(
        field="Said__c", kind=CleanseKind.CONSENT, country=None, into="Consent__c", place=PLACE
    )
    assert cleansed(step, Said__c="oui") == {"Said__c": "Yes", "Consent__c": True}
    assert cleansed(step, Said__c="perhaps", Consent__c=False) == {}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("MR AND MRS SMITH", "Smith"),
        ("Herr und Frau Müller", "Müller"),
        ("Dr. med. Anna Schmidt", "Anna Schmidt"),
        ("Prof. Dr. Dr. h.c. Meier", "Meier"),
        ("Prof. Dr. rer. nat. Meier", "Meier"),
        ("İBRAHİM", "İbrahim"),
        ("ana   maria", "Ana Maria"),
        ("Ana  Maria", "Ana Maria"),
        ("ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιωργος Παπαδοπουλος"),
        ("محمد بن سلمان", "محمد بن سلمان"),
        ("And Sons", "And Sons"),
        ("Ingrid Meier", "Ingrid Meier"),
    ],
)
def test_names_of_many_kinds(typed, written):
    assert standard_name(form(typed)) == written


@pytest.mark.parametrize("typed", ["PO Box 12", "Postfach 1234", "BP 12"])
def test_a_box_at_the_post_office_stays_as_it_is(typed):
    assert standard_street(form(typed, "United Kingdom")) == typed


@pytest.mark.parametrize(
    "typed", ["‘ana@mail.example’", "ana@mail.example.", "ana@mail.example, ", "“ana@mail.example”"]
)
def test_what_an_address_was_copied_with_is_taken_off(typed):
    assert standard_email(form(typed)) == "ana@mail.example"


def test_one_number_among_words_is_found_and_of_two_none():
    assert standard_phone(form("06.12.34.56.78 (after 6pm)", "France")) == "+33612345678"
    assert standard_phone(form("call me: 06 12 34 56 78", "France")) == "+33612345678"
    for typed in ("0612345678 / 0299112233", "call me", "123 456"):
        with pytest.raises(ValueError, match="phone number"):
            standard_phone(form(typed, "France"))
