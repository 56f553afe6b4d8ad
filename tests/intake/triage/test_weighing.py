"""What speaks for a rooftop is weighed: facts, words that point back, brands; and what speaks against it."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import accounts, dealer, one, taxonomy

PAULE = "paule.aubry@valmont-auto.example"
IDA = "ida.roche@valmont-auto.example"
GROUP_BOX = "office@valmont-auto.example"
STRANGER = "someone@freemail.example"

DONE = [
    ("fr", "Nous ne recevons plus aucun lead à Dole.", "Gray – tout est en règle."),
    ("fr", "La facture 12 de Dole est en double.", "Les factures de Gray, elles, sont bonnes à payer."),
    ("fr", "L'annonce du Captur à Dole est invisible.", "Gray et Chaumont continuent comme avant."),
    ("de", "Die Rechnung 12 von Dole ist doppelt.", "Gray: nix, alles schick."),
    ("de", "Die Anzeige des Captur in Dole ist unsichtbar.", "Die Anzeigen von Gray laufen einwandfrei."),
    ("en", "The advert of the Captur at Dole is not showing.", "Gray is happy as Larry."),
    ("en", "Dole's invoice 12 was charged twice.", "Gray carries on as before."),
    ("es", "La factura 12 de Dole está duplicada.", "En Gray, nada que reprochar."),
    ("es", "El anuncio del Captur de Dole no aparece.", "Gray, sin novedad."),
    ("it", "La fattura 12 di Dole è doppia.", "Gray: tutto in regola."),
    ("it", "L'annuncio della Captur di Dole è invisibile.", "Le fatture di Gray, quelle, si possono pagare."),
    ("nl", "De factuur 12 van Dole is dubbel.", "Gray: alles rustig."),
    ("nl", "De advertentie van de Captur in Dole is niet zichtbaar.", "In Gray gaat alles goed."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "asked", "fine"), DONE)
@pytest.mark.parametrize("gap", [" ", "\n\n"])
def test_a_rooftop_where_all_is_well_gets_no_request(language, asked, fine, gap):
    assert accounts(f"{asked}{gap}{fine}", sender=GROUP_BOX) == ["dole"]


THERE = [
    "Je remplace un collègue à Dole ce mois-ci. Leur facture 12 est en double.",
    "Je suis passé à Dole hier. Là-bas, plus aucun lead n'arrive.",
    "Ich vertrete gerade jemanden in Dole. Dort wurde die Rechnung 12 doppelt abgebucht.",
    "Ich buche im Juni für Dole mit. Deren Rechnung 12 ist doppelt.",
    "I am covering Dole this month. Their invoice 12 was charged twice.",
    "I was over in Dole this morning. There the leads have stopped arriving.",
    "Este mes ayudo en Dole. Allí la factura 12 se ha cobrado dos veces.",
    "Questo mese do una mano a Dole. La loro fattura 12 è doppia.",
    "Deze maand val ik in voor Dole. Hun factuur 12 is dubbel.",
    "Deze maand help ik mee in Dole. Daar komen geen leads meer binnen.",
]


@pytest.mark.parametrize("text", THERE)
def test_what_happens_there_happens_at_the_rooftop_of_the_sentence_before(text):
    assert accounts(text) == ["dole"]


@pytest.mark.parametrize(
    "text",
    [
        "Je remplace un collègue à Dole ce mois-ci. Notre facture 12 est en double.",
        "I was over in Dole this morning. Our leads have stopped arriving.",
        "Ich war gestern in Dole. Bei uns wurde die Rechnung 12 doppelt abgebucht.",
    ],
)
def test_a_rooftop_that_nothing_points_back_to_does_not_get_the_request(text):
    assert accounts(text) != ["dole"]


FOR_COLLEAGUES = [
    "Für die Kollegin in Dole: die Rechnung 12 ist doppelt.",
    "Bei den Kollegen in Dole ist die Anzeige des Captur unsichtbar.",
    "Chez nos collègues de Dole, l'annonce du Captur est invisible.",
    "Pour ma collègue de Dole : la facture 12 est en double.",
    "For our colleague in Dole: invoice 12 was charged twice.",
    "Para la compañera de Dole: la factura 12 está duplicada.",
    "Per la collega di Dole: la fattura 12 è doppia.",
    "Voor de collega in Dole: factuur 12 is dubbel.",
]


@pytest.mark.parametrize("text", FOR_COLLEAGUES)
def test_what_is_asked_for_a_colleague_concerns_their_rooftop(text):
    assert accounts(text) == ["dole"]


@pytest.mark.parametrize(
    "text",
    [
        "Notre collègue de Dole nous a dit que la facture 12 est en double.",
        "Unser Kollege in Dole meint, die Rechnung 12 ist doppelt.",
    ],
)
def test_what_a_colleague_only_says_concerns_nobody_knows_whom(text):
    assert accounts(text) == [None]


def test_between_two_sides_the_brand_that_one_of_them_sells_tells():
    text = "Der Kollege in Chaumont Sud fragt: die Garantie des {} wurde abgelehnt."
    assert accounts(text.format("Opel Mokka")) == ["sud"]
    assert accounts(text.format("Renault Clio")) == ["dijon"]
    assert accounts(text.format("Wagens")) == [None]


NOT_FOR_US = [
    "Not for my store this time. Dole are missing all their photos.",
    "Cette fois, pas pour mon site. Dole n'a plus ses photos.",
    "Diesmal nicht für unser Haus. Dole fehlen alle Fotos.",
    "Esta vez no para mi tienda. A Dole le faltan todas las fotos.",
    "Stavolta non per la mia sede. A Dole mancano tutte le foto.",
    "Dit keer niet voor onze vestiging. Dole mist alle foto's.",
]


@pytest.mark.parametrize("text", NOT_FOR_US)
def test_who_says_that_it_is_not_for_them_means_the_rooftop_they_name(text):
    assert accounts(text) == ["dole"]


INTRODUCED = [
    "Rhys from Dole here, nobody can log in.",
    "This is Rhys from Dole, nobody can log in.",
    "Hier ist Jutta aus Dole, niemand kann sich einloggen.",
    "Je suis Luc de Dole, plus personne ne peut se connecter.",
    "Soy Luz de Dole, nadie puede iniciar sesión.",
    "Sono Luca di Dole, nessuno riesce ad accedere.",
    "Met Sanne van Dole, niemand kan inloggen.",
]


@pytest.mark.parametrize("text", INTRODUCED)
def test_where_the_writer_says_they_write_from_is_their_rooftop(text):
    assert accounts(text, sender=GROUP_BOX) == ["dole"]


@pytest.mark.parametrize(
    "text",
    [
        "A customer from Dole says that nobody can log in.",
        "Ein Kunde aus Dole sagt, niemand kann sich einloggen.",
        "Un cliente di Dole dice che nessuno riesce ad accedere.",
    ],
)
def test_where_a_customer_is_from_is_not(text):
    assert accounts(text, sender=GROUP_BOX) == [None]


ITEMS = [
    "1) Der Login von Frau Kern ist gesperrt.\n2) In Dole ist die Rechnung 12 doppelt.",
    "- The login of Ms Kern is locked.\n- Dole's invoice 12 was charged twice.",
    "L'accès de Mme Kern est bloqué.\n\nEt pour Dole : la facture 12 est en double.",
    "Ms Kern's login is locked.\n\nAnd for Dole: invoice 12 was charged twice.",
    "El acceso de la Sra. Kern está bloqueado.\n\nY para Dole: la factura 12 está duplicada.",
]


@pytest.mark.parametrize("text", ITEMS)
def test_an_item_that_names_none_means_the_writers_rooftop_beside_one_that_names_a_sister(text):
    assert sorted(accounts(text)) == ["dijon", "dole"]  # type: ignore[type-var]


def test_a_sister_of_the_subject_is_explained_by_the_item_that_names_her():
    text = "L'accès de Mme Kern est bloqué.\n\nEt pour Dole : la facture 12 est en double."
    assert sorted(accounts(text, subject="Accès + Dole")) == ["dijon", "dole"]  # type: ignore[type-var]


def test_a_word_of_a_name_beside_the_town_places_an_outsider():
    shops = (
        dealer("autun", "Garage Cormier", "Autun", "Ford", group="", domains=()),
        dealer("nevers", "Cormier Fils Automobiles", "Nevers", "Fiat", group="", domains=()),
        dealer("vichy", "Autohaus Prellwitz", "Vichy", "Opel", group="", domains=()),
    )
    triager_here = Triager.of(shops, taxonomy())

    def account(text: str) -> str | None:
        mail = Mail(from_address=STRANGER, text_body=text)
        return triager_here.understand(mail).triage.segments[0].account_id

    login = "je ne peux plus me connecter."
    assert account(f"Bonjour, Léa de chez Cormier à Nevers, {login}") == "nevers"
    assert account(f"hoi, piet hier, monteur bij cormier in autun, {login}") == "autun"
    assert account(f"Guten Tag, Prellwitz Vichy, {login}") == "vichy"
    assert account(f"Bonjour, Léa de chez Cormier, {login}") is None
    assert account(f"Bonjour, Léa de chez Cormier à Vichy, {login}") is None
    assert account(f"Bonjour, M. Cormier à Nevers dit : {login}") is None
    assert account(f"Bonjour, un client, Jean Cormier à Nevers, dit : {login}") is None


def test_a_lead_that_fell_to_a_sister_is_of_the_writer_whose_own_code_stands_there():
    text = "Les leads de Gray tombent chez nos cousins de Dole alors que c'est la zone du VAL-100."
    segment = one(f"{text} Merci de nous basculer les quatre leads.")
    assert (segment.account_id, segment.request_type) == ("dijon", "lead_reassignment")


def test_rows_with_semicolons_and_dashes_are_items():
    rows = (
        "Dole  ;  la facture 12 est en double\nGray  ;  RAS",
        "Dole - invoice 12 was charged twice, please send a credit note for the second one now.\n"
        "Gray - all in order.",
    )
    assert [accounts(text, sender=GROUP_BOX) for text in rows] == [["dole"], ["dole"]]
