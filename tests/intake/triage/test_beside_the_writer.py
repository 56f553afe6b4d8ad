"""A rooftop named beside the writer's own: who else speaks for the one or the other, and who for neither."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.dealers import DealerContact
from ortoo_daemon.intake.triage.people import rooftops_of_people
from ortoo_daemon.intake.triage.triager import Triager
from ortoo_daemon.intake.triage.words import words_of
from tests.intake.triage.network import accounts, contact, dealer, taxonomy

GROUP_BOX = "office@valmont-auto.example"

SOLD = [
    "The Clio we wholesaled to Dole is still listed under us.",
    "Hi, the Clio that we got from Dole does not show online.",
    "La Clio que nous avons rachetée à Dole n'apparaît pas en ligne.",
    "La Clio ceduta da Dole a noi non è visibile.",
    "Der Clio, den wir von Dole übernommen haben, ist nicht online.",
    "De Clio die wij van Dole gekocht hebben staat niet online.",
    "El Clio cedido por Dole no aparece en la web.",
]


@pytest.mark.parametrize("text", SOLD)
def test_from_or_to_whom_a_car_went_gets_no_request(text):
    assert accounts(text) == ["dijon"]


TO_US = [
    "Dole heeft de Clio aan ons verkocht maar de advertentie hangt nog online.",
    "Dole hat die Rechnung 12 doppelt an uns geschickt.",
    "Dole nous a envoyé la facture 12 en double, elle est chez nous.",
]


@pytest.mark.parametrize("text", TO_US)
def test_beside_words_for_the_writers_own_rooftop_nobody_guesses(text):
    assert accounts(text) == [None]


ALSO = [
    "De factuur van april is dubbel afgeschreven. In Dole was dat ook zo.",
    "La facture 12 a été débitée deux fois. À Dole aussi la facture était en double.",
    "Die Rechnung 12 wurde doppelt abgebucht. In Dole war die Rechnung auch doppelt.",
    "Invoice 12 was charged twice. Dole had a duplicate invoice as well.",
    "La fattura 12 è doppia. Anche Dole ha avuto una fattura doppia.",
    "La factura 12 está duplicada. En Dole también estaba duplicada la factura.",
]


@pytest.mark.parametrize("text", ALSO)
def test_a_sister_to_whom_the_same_happened_is_not_meant(text):
    assert accounts(text) == ["dijon"]


SAID = [
    "Der Captur steht nicht online. Dole sagt, die Anzeige ist gesperrt.",
    "The Captur is not showing online. Dole says the advert is blocked.",
    "Le Captur n'est pas en ligne. Dole dit que l'annonce est bloquée.",
]


@pytest.mark.parametrize("text", SAID)
def test_who_only_says_something_does_not_get_the_request(text):
    assert "dole" not in accounts(text)


THOSE = [
    "L'annonce du Captur de Dole est invisible, ceux de Gray tournent.",
    "El feed de Dole no carga desde ayer; el de Gray sí.",
    "Die Anzeige von Dole fehlt online, die von Gray laufen.",
    "De feed van Dole laadt niet, die van Gray wel.",
]


@pytest.mark.parametrize("text", THOSE)
def test_those_of_a_sister_only_compare(text):
    assert accounts(text, sender=GROUP_BOX) == ["dole"]


def network() -> Triager:
    """Two rooftops in one street, two in one town, and somebody at each."""
    people = (contact("Nadine Corbier"), contact("Basile Thomin"), contact("Fanny Ledru"))
    return Triager.of(
        (
            dealer("a", "Fiat Valmont", "Dole", "Fiat", street="12 rue Basse", contacts=people[:1]),
            dealer(
                "b", "Ford Valmont", "Dole", "Ford", street="14 rue Basse", contacts=people[1:2]
            ),
            dealer("c", "Valmont Gray", "Gray", "Opel", street="3 quai Mavia", contacts=people[2:]),
            dealer("e", "Garage Masson", "Autun", "Ford", group="", domains=()),
            dealer(
                "f",
                "Garage Masson",
                "Nevers",
                "Fiat",
                group="",
                domains=(),
                contacts=(DealerContact(name="Odile Ravier", email="o@masson58.example"),),
            ),
        ),
        taxonomy(),
    )


def account(text: str, sender: str, *, subject: str = "") -> str | None:
    mail = Mail(from_address=sender, text_body=text, subject=subject)
    return network().understand(mail).triage.segments[0].account_id


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Au 14 de la rue Basse, l'accès au portail est bloqué.", "b"),
        ("Rue Basse 12: der Zugang zum Portal ist gesperrt.", "a"),
        ("No. 14: the login to the portal is locked.", "b"),
        ("Rue Basse, l'accès au portail est bloqué.", None),
        ("L'accès au portail est bloqué depuis 14 jours.", None),
    ],
)
def test_neighbours_in_one_street_are_told_apart_by_the_number(text, meant):
    assert account(text, GROUP_BOX) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("À Dole, Basile ne peut plus se connecter au portail.", "b"),
        ("In Dole kann sich Frau Corbier nicht einloggen.", "a"),
        ("À Dole, Basile et Nadine ne peuvent plus se connecter.", None),
        ("À Dole, Fanny ne peut plus se connecter.", None),
    ],
)
def test_of_two_sites_in_a_town_the_one_whose_people_are_named_is_meant(text, meant):
    assert account(text, GROUP_BOX) == meant


def test_a_sister_of_the_subject_is_meant_where_her_people_are_named():
    text = "Fanny part en congé. Merci de donner ses accès à Jules Petit."
    writer = "nadine.corbier@valmont-auto.example"
    assert account(text, writer, subject="Gray") == "c"
    assert account(text.replace("Fanny", "Chloé"), writer, subject="Gray") is None


@pytest.mark.parametrize(
    ("sender", "text", "meant"),
    [
        ("odile.ravier@freemail.example", "Garage Masson, je ne peux plus me connecter.", "f"),
        ("ravierodile77@freemail.example", "Je ne peux plus me connecter à l'espace Fiat.", "f"),
        ("odile.ravier@freemail.example", "Je ne peux plus me connecter.", None),
        ("o.r@freemail.example", "Garage Masson, je ne peux plus me connecter.", None),
        ("odile.ravier@freemail.example", "Garage Masson à Autun, mot de passe perdu.", "e"),
    ],
)
def test_somebody_of_the_directory_is_known_by_a_private_address_that_bears_their_name(
    sender, text, meant
):
    assert account(text, sender) == meant


def test_a_town_that_is_but_a_word_of_the_name_tells_no_namesake():
    shops = (
        dealer("one", "Auto Romero", "Romero", "Opel", group="", domains=()),
        dealer("two", "Autos Romero", "Madrid", "Ford", group="", domains=()),
    )
    text = "Hola, soy Romero, de Autos Romero en Madrid. No puedo entrar al panel."
    found = Triager.of(shops, taxonomy()).understand(
        Mail(from_address="r@x.example", text_body=text)
    )
    assert found.triage.segments[0].account_id == "two"


SISTERS = [
    ("Fanny Ledru ne peut plus se connecter. À Gray, tout le monde attend.", "c"),
    ("Basile chez Ford ne peut plus se connecter au portail.", "b"),
    ("Basile at Ford cannot log in to the portal.", "b"),
    ("Basile ne peut plus se connecter au portail.", "a"),
    ("Chez Ford, Marc ne peut plus se connecter au portail.", "a"),
]


@pytest.mark.parametrize(("text", "meant"), SISTERS)
def test_a_sister_is_meant_where_her_people_and_her_town_or_brand_are_named(text, meant):
    assert account(text, "nadine.corbier@valmont-auto.example") == meant


@pytest.mark.parametrize(
    "text",
    [
        "My order 4471 of brake discs was delivered to Dole, please find it.",
        "La commande 4471 de plaquettes a été livrée à Dole, merci de la retrouver.",
        "L'ordine 4471 dei freni è stato consegnato a Dole, lo potete rintracciare?",
        "Sur ma facture 12 figure une ligne de Dole, merci d'un avoir.",
        "The Clio of Dole shows up in my inventory, please take it off the site.",
    ],
)
def test_what_went_to_a_sister_or_stands_on_the_writers_own_bill_is_left_to_a_person(text):
    assert accounts(text) == [None]


def test_a_brand_right_before_its_town_places_an_outsider():
    text = "Odile, {}, je ne peux plus me connecter."
    assert account(text.format("Fiat Nevers"), "someone@freemail.example") == "f"
    assert account(text.format("Opel Nevers"), "someone@freemail.example") is None


def test_rooftops_that_are_listed_with_sums_are_all_meant():
    text = "Merci d'émettre les avoirs des factures de : Dole 120 €, Gray 80 EUR."
    assert sorted(accounts(text, sender=GROUP_BOX)) == ["dole", "gray"]  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Fanny cannot log in.", {"c"}),
        ("Send the papers to Fanny, please.", set()),
        ("J'en ai parlé avec Fanny hier.", set()),
        ("Nadine here, Fanny cannot log in.", {"c"}),
    ],
)
def test_who_only_gets_a_copy_or_was_spoken_to_speaks_for_no_rooftop(text, named):
    index = network().index
    found = rooftops_of_people([words_of(text)], index, index.pool_of("a"), "Nadine Corbier")
    assert found == named
