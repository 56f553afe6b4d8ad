"""Claims about the standard form of each kind of field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.country import standard_country
from ortoo_daemon.intake.email import standard_email
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import trimmed
from ortoo_daemon.intake.names import standard_name
from ortoo_daemon.intake.phone import standard_phone
from ortoo_daemon.intake.postal_code import standard_postal_code
from ortoo_daemon.intake.standardise import STANDARDS
from ortoo_daemon.policy.intake_model import CleanseKind


def form(text: str, country: str = "", field: str = "X") -> Form:
    return Form(field=field, text=text, country=country)


def test_every_kind_of_cleansing_has_its_standard():
    assert set(STANDARDS) == set(CleanseKind)


def test_outer_blanks_are_of_many_sorts():
    assert trimmed(form("\u00a0\ufeff \u200bLyon 3 \t\u200e")) == "Lyon 3"


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("A.B@EXAMPLE.COM", "A.B@example.com"),
        (" mailto:x@Example.com?subject=hi", "x@example.com"),
        ("Joe Doe <joe@example.com>", "joe@example.com"),
        ("x@Müller.de", "x@xn--mller-kva.de"),
        ("x@ortoo.test", "x@ortoo.test"),
    ],
)
def test_an_email_address_has_its_domain_in_small_ascii(written, standard):
    assert standard_email(form(written)) == standard


@pytest.mark.parametrize("written", ["x@", "x", "a b@example.com", "@example.com", "x@localhost"])
def test_what_is_no_email_address_is_refused(written):
    with pytest.raises(ValueError, match="not an e-mail address"):
        standard_email(form(written))


@pytest.mark.parametrize(
    ("written", "country", "standard"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "Frankreich", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "", "+33612345678"),
        ("0033 612345678", "DE", "+33612345678"),
        ("+44 20 7946 0018", "FR", "+442079460018"),
        ("020 7946 0018", "United Kingdom", "+442079460018"),
        ("(512) 555-0143", "USA", "+15125550143"),
        ("030 123456", "Deutschland", "+4930123456"),
        ("06-12345678", "Nederland", "+31612345678"),
        ("tel:+39 06 1234 5678", "", "+390612345678"),
        ("0171-1234567 (mobil)", "DE", "+491711234567"),
        ("07700 900123 evenings", "GB", "+447700900123"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("49 171 1234567", "DE", "+491711234567"),
        ("0491 711234", "DE", "+49491711234"),
        ("43 1 234 5678", "AT", "+4312345678"),
        ("612345678.0", "FR", "+33612345678"),
    ],
)
def test_a_phone_number_is_written_as_every_system_dials_it(written, country, standard):
    assert standard_phone(form(written, country)) == standard


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("06 12 34 56 78", ""),
        ("12", "FR"),
        ("n/a", "FR"),
        ("+33", ""),
        ("06 12 34 56 7", "FR"),  # a digit is missing: +33061234567 is nobody's number
        ("555-0142", "US"),  # dialled within one town alone
        ("0612345678 / 0143215678", "FR"),
    ],
)
def test_what_nobody_can_dial_is_refused(written, country):
    with pytest.raises(ValueError, match="phone number"):
        standard_phone(form(written, country))


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("anne marie", "Anne Marie"),
        ("o'brien", "O'Brien"),
        ("D’ANGELO", "D’Angelo"),
        ("MCDONALD", "McDonald"),
        ("LE GOFF", "Le Goff"),
        ("DE LUCA", "De Luca"),
        ("VON BERG", "von Berg"),
        ("VAN DER BERG", "van der Berg"),
        ("ludwig van beethoven", "Ludwig van Beethoven"),
        ("PONCE DE LEÓN", "Ponce de León"),
        ("del piero", "Del Piero"),
        ("MÜLLER-LÜDENSCHEIDT", "Müller-Lüdenscheidt"),
        ("HENRY III", "Henry III"),
        ("иванов", "Иванов"),
        (" DUPONT\u00a0", "Dupont"),
        ("WEIß", "Weiß"),
        ("MARTIN (DUBOIS)", "Martin (Dubois)"),
        ("o´brien", "O´Brien"),
        ("GARCIA\u00a0\t LOPEZ", "Garcia Lopez"),
    ],
)
def test_a_name_in_one_case_is_written_as_people_write_it(written, standard):
    assert standard_name(form(written)) == standard


@pytest.mark.parametrize(
    "written",
    [
        *("MacDonald", "van den Berg", "DeShawn", "山田 太郎", "محمد", "anne.roy@mail.example"),
        *("Mr & Mrs", "Prof. Dr."),  # nobody's name, but not half of it either
    ],
)
def test_a_name_that_somebody_cared_for_stays(written):
    assert standard_name(form(f" {written} ")) == written


@pytest.mark.parametrize(
    ("written", "country", "standard"),
    [
        ("69 003", "FR", "69003"),
        ("F-69003", "France", "69003"),
        ("1000", "FR", "01000"),
        ("D-01067", "DE", "01067"),
        ("1067", "Alemania", "01067"),
        ("8001", "ES", "08001"),
        ("147", "IT", "00147"),
        ("1606", "US", "01606"),
        ("1606.0", "US", "01606"),
        ("016061234", "US", "01606-1234"),
        ("16061234", "US", "01606-1234"),
        ("95825-4401", "USA", "95825-4401"),
        ("2627an", "NL", "2627 AN"),
        ("NL-2627 AN", "NL", "2627 AN"),
        ("ls126ng", "GB", "LS12 6NG"),
        ("EC1A1BB", "UK", "EC1A 1BB"),
        ("00950", "PL", "00-950"),
        ("1000-205", "PT", "1000-205"),
        ("k1a0b1", "CA", "K1A 0B1"),
        ("11455", "SE", "114 55"),
        ("d02 af30", "IE", "D02 AF30"),
        ("B-1000", "BE", "1000"),
        ("100-0001 ", "JP", "100-0001"),
        ("69003 Lyon", "FR", "69003"),
        ("75001 Paris 1er", "FR", "75001"),
        ("D-80331 München", "DE", "80331"),
        ("1012 ab Amsterdam", "NL", "1012 AB"),
        ("New York, NY 10001", "US", "10001"),
        ("Manchester M12 6BH", "GB", "M12 6BH"),
        ("GB-M12 6BH", "GB", "M12 6BH"),
    ],
)
def test_a_postal_code_is_written_as_its_country_writes_it(written, country, standard):
    assert standard_postal_code(form(written, country)) == standard


@pytest.mark.parametrize(
    ("written", "country"),
    [("69003", ""), ("Lyon", "FR"), ("690031", "FR"), ("12", "GB"), ("69003 or 75001", "FR")],
)
def test_what_is_no_postal_code_of_the_country_is_refused(written, country):
    with pytest.raises(ValueError, match=r"postal code|no country"):
        standard_postal_code(form(written, country))


@pytest.mark.parametrize(
    ("field", "written", "standard"),
    [
        ("Country", "ALLEMAGNE", "Germany"),
        ("Country", " pays-bas ", "Netherlands"),
        ("Country", "U.S.A.", "United States"),
        ("Country", "España", "Spain"),
        ("Country", "espana", "Spain"),
        ("Country", "England", "United Kingdom"),
        ("Country", "de", "DE"),
        ("Country", "UK", "GB"),
        ("Country", "France (FR)", "France"),
        ("Country", "DE - Deutschland", "Germany"),
        ("Country", "Belgique/België", "Belgium"),
        ("Country", "Ireland (Republic)", "Ireland"),
        ("Country", "The United States", "United States"),
        ("Country", "fr_FR", "France"),
        ("Country", "en-US", "United States"),
        ("Country", "Česká republika", "Czechia"),
        ("Country", "SVERIGE", "Sweden"),
        ("CountryCode", "France", "FR"),
        ("Country_ISO__c", "Italien", "IT"),
    ],
)
def test_a_country_is_spelled_as_its_field_spells_countries(field, written, standard):
    assert standard_country(form(written, field=field)) == standard


@pytest.mark.parametrize(
    "written",
    ["Atlantis", "France / Monaco", "de-CH", "Non-US", "Other (not France)", "--Select--"],
)
def test_what_names_no_country_or_several_is_refused(written):
    with pytest.raises(ValueError, match="not a country"):
        standard_country(form(written, field="Country"))


countries = st.sampled_from(["", "FR", "DE", "GB", "NL", "US", "PL", "Spain", "Atlantis"])


@given(kind=st.sampled_from(list(CleanseKind)), text=st.text(max_size=30), country=countries)
def test_any_text_is_standardised_or_refused_and_a_standard_form_is_stable(kind, text, country):
    standard = STANDARDS[kind]
    try:
        once = standard(form(text, country))
    except ValueError:
        return
    assert standard(form(once, country)) == once


codes = st.from_regex(r"[A-Z0-9 \-]{2,9}", fullmatch=True)


@given(text=codes, country=countries)
def test_a_mended_postal_code_needs_no_more_mending(text, country):
    try:
        once = standard_postal_code(form(text, country))
    except ValueError:
        return
    assert standard_postal_code(form(once, country)) == once
