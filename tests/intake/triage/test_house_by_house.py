"""Head offices write of several houses in one mail: what is said of which, and which lead is whose?"""

import pytest

from tests.intake.triage.network import accounts, understood

GROUP_BOX = "office@valmont-auto.example"

ROUNDS = [
    "In Dole our advert for the Clio has been refused by your portal.\n\n"
    "And Gray says that invoice 12 was charged twice.",
    "À Dole, notre annonce de la Clio est toujours invisible.\n\n"
    "Et Gray dit que la facture 12 a été débitée deux fois.",
    "In Dole ist unser Inserat vom Clio nicht online.\n\n"
    "Und Gray sagt, dass die Rechnung 12 doppelt abgebucht wurde.",
    "En Dole nuestro anuncio del Clio sigue sin publicarse.\n\n"
    "Y en Gray nos dicen que la factura 12 está duplicada.",
    "A Dole il nostro annuncio della Clio non è visibile.\n\n"
    "A Gray invece ci dicono che la fattura 12 è doppia.",
    "In Dole staat onze advertentie van de Clio niet online.\n\n"
    "En Gray zegt dat factuur 12 dubbel is afgeschreven.",
]


@pytest.mark.parametrize("text", ROUNDS)
def test_who_goes_from_house_to_house_means_each_of_them(text):
    assert accounts(text) == ["dole", "gray"]


def test_a_house_alone_at_the_start_of_a_paragraph_makes_no_round():
    text = (
        "The Clio has been refused by your portal.\n\nDole says that theirs was refused last week."
    )
    assert "dole" not in accounts(text)


PEOPLE = [
    "Frau Roche aus Chaumont vermisst den Zugang zum Portal, ihr Passwort geht nicht.",
    "Mevrouw Roche uit Chaumont kan niet inloggen, haar wachtwoord werkt niet.",
    "Mrs Roche from Chaumont cannot log in, the password does not work.",
]


@pytest.mark.parametrize("text", PEOPLE)
def test_of_whom_a_rooftop_is_said_who_works_there_is_no_customer_of_it(text):
    assert accounts(text) == ["nord"]


def test_of_somebody_else_who_comes_from_there_the_request_is_the_writers():
    text = "Frau Lindner aus Dole kann die Probefahrt morgen nicht antreten, bitte umbuchen."
    assert accounts(text) == ["dijon"]


NO_HOME = [
    "Une cliente de la rue des Tanneurs réclame : la facture 12 a été débitée deux fois.",
    "Un cliente della rue des Tanneurs reclama: la fattura 12 è doppia.",
]


@pytest.mark.parametrize("text", NO_HOME)
def test_the_street_of_a_rooftop_is_nobodys_home(text):
    assert accounts(text) == ["sud"]


SISTERS_LEAD = [
    "Dole keeps getting leads from people who live in Beaune. Please move them over to us.",
    "Dole reçoit des demandes de clients qui habitent à Beaune, merci de les réattribuer chez nous.",
    "Dole bekommt Anfragen von Kunden, die in Beaune wohnen. Bitte an uns umleiten.",
    "Dole recibe leads de clientes que viven en Beaune. Reasignadlos a nosotros, por favor.",
    "Dole riceve richieste di clienti che abitano a Beaune. Vanno girate a noi, grazie.",
    "Dole krijgt aanvragen van klanten die in Beaune wonen. Graag omzetten naar ons.",
]


@pytest.mark.parametrize("text", SISTERS_LEAD)
def test_of_a_lead_that_a_sister_gets_nobody_guesses_whose_matter_it_is(text):
    (segment,) = understood(text).segments
    assert segment.request_type == "lead_reassignment"
    assert segment.account_id is None
    assert {one.account_id for one in segment.candidates} == {"dijon", "dole"}


def test_a_lead_in_a_sisters_account_is_not_taken_for_the_writers_by_their_town():
    text = (
        "Un lead pour une Clio est arrivé sur le compte 21000. Il habite Beaune et c'est un client de"
        " chez nous à Dijon, merci de le réattribuer."
    )
    assert accounts(text) == [None]


OUR_LEAD = [
    "We got a lead from a customer who lives in Dole, please reassign it to Dole.",
    "Nous avons reçu un lead d'un client qui habite Dole, merci de le réattribuer à Dole.",
    "Ci è arrivato un lead di un cliente che abita a Dole, da riassegnare a Dole.",
]


@pytest.mark.parametrize("text", OUR_LEAD)
def test_a_lead_that_the_writer_got_is_the_writers_matter(text):
    assert accounts(text) == ["dijon"]


LEFT_ALONE = [
    "The stock feed has been down since Monday. In Chaumont it went well, Mrs Roche says.",
    "Le flux de stock est en panne depuis lundi. Mme Roche est satisfaite à Chaumont.",
    "Der Bestandsfeed steht seit Montag. Die Leute in Chaumont um Frau Roche sind zufrieden.",
    "El feed de stock no carga desde el lunes. Los de Chaumont han ido bien según Roche.",
    "Il feed dello stock è fermo da lunedì. A Chaumont la signora Roche gestisce in proprio.",
    "De voorraadkoppeling ligt er sinds maandag uit. Bij Chaumont gaat het wel goed volgens Roche.",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_sister_where_it_goes_well_gets_no_request(text):
    assert accounts(text) == ["dijon"]


DENIED = [
    "The stock feed of Dole is not working fine.",
    "El feed de stock de Dole no funciona bien.",
    "Il feed dello stock di Dole non funziona bene.",
    "Der Bestandsfeed von Dole ist nicht in Ordnung.",
    "De voorraadkoppeling van Dole werkt niet goed, er is niets in orde.",
]


@pytest.mark.parametrize("text", DENIED)
def test_what_is_said_not_to_be_fine_is_not_settled(text):
    assert accounts(text) == ["dole"]


SAME_AS = [
    "Nous souhaitons passer Dole en pack Premium, mêmes tarifs que Gray.",
    "Wir möchten Dole auf das Premium-Paket umstellen, zu den gleichen Preisen wie Gray.",
    "Queremos pasar Dole al paquete Premium, con las mismas tarifas que Gray.",
    "Vogliamo passare Dole al pacchetto Premium, stesse tariffe di Gray.",
    "We want to move Dole to the Premium package, on the same terms as Gray.",
    "Wij willen het contract van Dole verlengen met het Premium-pakket, tegen dezelfde tarieven als Gray.",
]


@pytest.mark.parametrize("text", SAME_AS)
def test_a_house_whose_terms_are_the_same_is_only_compared(text):
    assert accounts(text, sender=GROUP_BOX) == ["dole"]


BOOKED = [
    "The credit note for Dole was posted to Gray in error.",
    "L'avoir de Dole a été imputé à Gray par erreur.",
    "Die Gutschrift von Dole wurde auf Gray gebucht.",
    "El abono de Dole ha sido imputado a Gray por error.",
    "La nota di credito di Dole è stata imputata a Gray.",
    "De creditnota van Dole is geboekt op Gray.",
]


@pytest.mark.parametrize("text", BOOKED)
def test_where_money_was_booked_by_mistake_nothing_is_asked(text):
    assert "gray" not in accounts(text, sender=GROUP_BOX)


LETTER = """Hello,

I forward you this letter of a customer, who complains and wants an answer from you in writing.

Paule Aubry

---------- Forwarded message ---------
From: Remy Colas <remy.colas@post.example>
Date: Mon, 2 Mar 2026 at 08:00
To: Paule Aubry <paule.aubry@valmont-auto.example>
Subject: my complaint

I paid a deposit for a Clio {where}. The car had been sold. Nobody answers my complaint.
"""


def test_of_a_customers_letter_that_names_a_sister_a_person_decides():
    assert accounts(LETTER.format(where="at Valmont Dole")) == [None]


def test_a_customers_letter_that_names_no_sister_concerns_the_writers_own_rooftop():
    assert accounts(LETTER.format(where="last week")) == ["dijon"]
    assert accounts(LETTER.format(where="at Valmont Dijon")) == ["dijon"]
