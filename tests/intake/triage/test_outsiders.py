"""People outside name a rooftop in their own way: brand and town, a namesake's spelling, an old name."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.model import Segment
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import DEALERS, accounts, dealer, taxonomy

STRANGER = "someone@freemail.example"
OWN = {"group": "", "domains": ()}
WRONG = "the photo of the advert is wrong, please change it"


@pytest.fixture(scope="module")
def triager():
    more = (
        dealer("arnhem", "Autobedrijf Bakkers", "Arnhem", "Opel", **OWN),
        dealer(
            "venlo",
            "Autobedrijf Bakkerss",
            "Venlo",
            "Peugeot",
            **OWN | {"domains": ("bakkers58.example",)},
        ),
        dealer(
            "bakewell",
            "Hollins Hyundai",
            "Bakewell",
            "Hyundai",
            street="12 Mill Drive",
            **OWN,
        ),
        dealer("buxton", "Hollins Hyundai", "Buxton", "Hyundai", street="Spa Road", **OWN),
        dealer(
            "il",
            "Carrow Ford of Springfield",
            "Springfield",
            "Ford",
            state="IL",
            country="US",
            group="Carrow",
            domains=("carrow.example",),
        ),
        dealer(
            "mo",
            "Carrow Ford Springfield",
            "Springfield",
            "Ford",
            state="MO",
            country="US",
            group="Carrow",
            domains=("carrow.example",),
        ),
        dealer(
            "ohio",
            "Carrow Fiat",
            "Toledo",
            "Fiat",
            state="OH",
            country="US",
            group="Carrow",
            domains=("carrow.example",),
            former_names=("Motorvalle S.r.l.", "Autohaus Wiesental & Sohn"),
        ),
        dealer("toledo", "Talleres Robles", "Toledo", "Opel", country="ES", **OWN),
    )
    return Triager.of((*DEALERS, *more), taxonomy())


def _one(triager: Triager, text: str, sender: str = STRANGER, subject: str = "") -> Segment:
    mail = Mail(subject=subject, from_address=sender, text_body=text)
    (segment,) = triager.understand(mail).triage.segments
    return segment


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("Autobedrijf Bakkers in Venlo: onze advertentie heeft een verkeerde foto.", "venlo"),
        ("Autobedrijf Bakkers in Arnhem: onze advertentie heeft een verkeerde foto.", "arnhem"),
        (f"Hollins Hyundai on Mill Drive here, {WRONG}.", "bakewell"),
        (f"Hollins Hyundai (Mill Dr) here, {WRONG}.", "bakewell"),
        (f"Hollins Hyundai, Spa Road, Buxton: {WRONG}.", "buxton"),
        (f"Hollins Hyundai here, {WRONG}.", None),
        (f"Hollins Hyundai here, {WRONG}. A customer from Buxton saw it.", None),
    ],
)
def test_what_stands_beside_a_name_tells_namesakes_apart_before_its_spelling(
    triager, text, account
):
    assert _one(triager, text).account_id == account


@pytest.mark.parametrize(
    ("site", "account"),
    [
        ("Our Illinois store", "il"),
        ("Our store in Missouri", "mo"),
        ("Carrow Ford in Springfield, Missouri,", "mo"),
        ("Springfield IL", "il"),
        ("Springfield", None),
        ("A customer in Missouri says that our store", None),
    ],
)
def test_a_state_tells_towns_of_one_name_apart_and_is_no_rooftop_of_its_own(triager, site, account):
    text = f"{site} has every photo twice since the weekend feed."
    assert _one(triager, text, "sales@carrow.example").account_id == account


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("The Ford dealership in Autun never called me back, I want to complain.", "lone-a"),
        ("La concession Fiat de Nevers ne me rappelle jamais, réclamation !", "lone-b"),
        ("The Fiat dealership in Autun never called me back, I want to complain.", None),
        ("The Ford dealership in Springfield never called me back, I want to complain.", None),
        ("The Fiat dealership in Toledo never called me back, I want to complain.", None),
        ("The Fiat dealership in Toledo, Ohio, never called me back, a complaint.", "ohio"),
        ("I live in Autun, and the Ford dealership never called me back.", None),
    ],
)
def test_brand_and_town_are_enough_where_the_directory_has_one_such_rooftop(triager, text, account):
    assert _one(triager, text).account_id == account


@pytest.mark.parametrize("name", ["Motorvalle", "Autohaus Wiesental"])
def test_a_former_name_is_known_without_its_end_from_strangers_too(triager, name):
    assert _one(triager, f"Here is {name}, {WRONG}.").account_id == "ohio"


def test_the_address_of_one_of_two_namesakes_tells_which_is_spoken_of(triager):
    text = "Leads for Autobedrijf Bakkers cannot be delivered to leads@bakkers58.example."
    assert _one(triager, text).account_id == "venlo"


def test_a_short_answer_to_a_question_means_the_rooftop_of_the_question(triager):
    quoted = "\n\nOp 17 maart 2026 schreef Desk <desk@portal.example>:\n> {}\n"
    asked = quoted.format("Het pluspakket van Autobedrijf Bakkers in Arnhem loopt door. Uw wens?")
    assert _one(triager, f"Graag alsnog opzeggen per 1 mei.{asked}").account_id == "arnhem"
    both = quoted.format("Geldt dit voor Garage Masson of voor Autobedrijf Bakkers in Arnhem?")
    assert _one(triager, f"Graag alsnog opzeggen per 1 mei.{both}").account_id is None


@pytest.mark.parametrize(
    ("said", "account"),
    [
        ("VAL-100, I think", "dole"),
        ("VAL-100 si je ne me trompe pas", "dole"),
        ("VAL-100", None),
    ],
)
def test_a_code_that_the_writer_is_not_sure_of_gives_way_to_the_name(said, account):
    text = f"Valmont Dole ({said}): la facture 12 est en double."
    assert accounts(text, sender="office@valmont-auto.example") == [account]


def test_where_a_car_stands_is_not_by_itself_whom_a_rooftops_own_mail_concerns():
    asked = "La facture de la voiture est en double, la voiture est à Dole jusqu'à lundi."
    assert accounts(asked) == [None]
    assert accounts("La facture de Dole est en double, la voiture est à Gray.") == ["dole"]


def test_the_same_that_happened_to_a_sister_is_no_request_of_hers():
    text = "La factura de Dole se ha cobrado dos veces, rogamos abono. "
    after = "En Dijon nos pasó lo mismo el año pasado."
    assert accounts(text + after, sender="office@valmont-auto.example") == ["dole"]


def test_all_whom_a_clause_may_mean_are_among_the_candidates():
    text = "Guten Tag, die Rechnung von Dijon wurde an Dole geschickt."
    mail = Mail(from_address="office@valmont-auto.example", text_body=text)
    (segment,) = Triager.of(DEALERS, taxonomy()).understand(mail).triage.segments
    assert segment.account_id is None
    assert {candidate.account_id for candidate in segment.candidates} == {"dijon", "dole"}
