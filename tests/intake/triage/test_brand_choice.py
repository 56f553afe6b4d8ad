"""The brand is that of the car that the request concerns; other names of makers say nothing of it."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import dealer, one, taxonomy

PEUGEOT = "ida.roche@valmont-auto.example"


@pytest.mark.parametrize(
    "text",
    [
        "Votre relevé met notre avoir de 742 € au compte des gens de Renault, corrigez.",
        "Unsere Gutschrift über 742 € steht bei den Renault-Kollegen, bitte umbuchen.",
        "El abono de 742 € de la factura está en la cuenta de la gente de Renault.",
        "La nota di credito di 742 € è finita sul conto di quelli della Renault.",
        "Your statement applies our $742 credit memo to the Renault people, please move it.",
        "De creditnota van 742 euro staat bij de mensen van Renault, graag overboeken.",
        "Les leads n'arrivent plus depuis hier. Chez les gens de Renault tout va bien.",
        "Our leads stopped on Friday. The Renault people have theirs back.",
    ],
)
def test_where_no_car_is_concerned_another_makers_bare_name_is_a_sisters(text):
    assert one(text, sender=PEUGEOT).brand == "Peugeot"


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("L'annonce du Clio n'apparaît pas.", "Renault"),
        ("La facture de l'annonce du Mokka est fausse.", "Opel"),
        ("Die Anzeige des Opel ist nicht online.", "Opel"),
        ("The advert for the Kuga is not online.", "Ford"),
        ("La garanzia della Duster è stata respinta.", "Dacia"),
        ("Factura doble del anuncio VF1RJA00000123456.", "Renault"),
    ],
)
def test_a_car_of_another_maker_is_that_makers(text, brand):
    assert one(text, sender=PEUGEOT).brand == brand


@pytest.mark.parametrize(
    "text",
    [
        "L'annonce du Captur n'apparaît plus. Le Duster est bien en ligne.",
        "Die Anzeige des Captur erscheint nicht. Der Duster war gestern pünktlich da.",
        "The advert for the Captur is not online. The Duster looks great.",
        "De advertentie van de Captur staat niet online. De Duster ziet er mooi uit.",
    ],
)
def test_the_sentence_that_asks_tells_the_brand(text):
    assert one(text).brand == "Renault"


@pytest.mark.parametrize(
    "text",
    [
        "Ma tournée est finie : la facture 12 est en double.",
        "La tournée des sites donne ceci : un lead n'arrive plus.",
        "Queremos cambiar de paquete cuando venza el contrato.",
        "La factura viene de la otra parte de la frontera y está duplicada.",
        "A superb idea, but the invoice 12 is there twice.",
    ],
)
def test_ordinary_words_that_are_nearly_models_are_none(text):
    assert one(text).brand is None


def understood_by(dealers, text):
    triager = Triager.of(dealers, taxonomy())
    mail = Mail(from_address="office@crest.example", from_name="Office", text_body=text)
    (segment,) = triager.understand(mail).triage.segments
    return segment


def test_a_town_that_is_nearly_a_model_is_a_town():
    dealers = [
        dealer("fremont", "Crest Fremont", "Fremont", "Hyundai", domains=("crest.example",)),
        dealer("salem", "Crest Salem", "Salem", "Audi", domains=("crest.example",)),
    ]
    segment = understood_by(dealers, "Fremont's invoice 55-30914 never reached me.")
    assert (segment.account_id, segment.brand) == ("fremont", "Hyundai")


@pytest.mark.parametrize(("second", "brand"), [("BMW", "BMW"), ("Audi", None)])
def test_a_house_of_one_brand_has_it_though_nobody_can_tell_which_rooftop(second, brand):
    dealers = [
        dealer("one", "Crest North", "Fremont", "BMW", domains=("crest.example",)),
        dealer("two", "Crest South", "Salem", second, domains=("crest.example",)),
    ]
    segment = understood_by(dealers, "The password of my account has expired.")
    assert (segment.account_id, segment.brand) == (None, brand)
