"""Rooftops that a mail names without meaning them: each language has its own words for that."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import accounts, dealer, one, taxonomy, understood

GROUP_BOX = "office@valmont-auto.example"
STRANGER = "someone@freemail.example"
IDA = "ida.roche@valmont-auto.example"  # of the rooftop "nord"

ASKED = {
    "fr": "Bonjour, la facture 12 est en double, merci d'établir un avoir.",
    "de": "Guten Tag, die Rechnung 12 wurde doppelt abgebucht, bitte um Gutschrift.",
    "es": "Hola, la factura 12 se ha cobrado dos veces, rogamos abono.",
    "it": "Buongiorno, la fattura 12 è stata addebitata due volte, chiediamo nota di credito.",
    "en": "Hello, invoice 12 was charged twice, please issue a credit note.",
    "nl": "Hallo, factuur 12 is twee keer afgeschreven, graag een creditnota.",
}

DENIALS = [
    ("fr", "Il ne s'agit pas de {no} mais de {yes}."),
    ("fr", "C'est pour {yes}, pas pour {no}."),
    ("de", "Es geht nicht um {no}, sondern um {yes}."),
    ("de", "Gemeint ist {yes} statt {no}."),
    ("es", "No se trata de {no}, sino de {yes}."),
    ("es", "Es para {yes} y no para {no}."),
    ("it", "Non riguarda {no} ma {yes}."),
    ("it", "È per {yes} e non per {no}."),
    ("en", "This is not about {no} but {yes}."),
    ("en", "It's for {yes} rather than {no}."),
    ("nl", "Het gaat niet om {no}, maar om {yes}."),
    ("nl", "Dit is voor {yes} en niet voor {no}."),
]


@pytest.mark.parametrize(("language", "said"), DENIALS)
@pytest.mark.parametrize("sender", [GROUP_BOX, STRANGER, IDA])
def test_of_two_rooftops_the_one_that_is_denied_is_never_meant(language, said, sender):
    text = f"{ASKED[language]} {said.format(no='Valmont Gray', yes='Valmont Dole')}"
    assert accounts(text, sender=sender) == ["dole"]


def test_a_no_that_says_what_does_not_work_denies_no_rooftop():
    text = "À Dole ça ne marche pas, mais Gray publie les annonces normalement."
    assert accounts(text, sender=GROUP_BOX) in (["dole"], [None])


BY_THE_WAY = [
    ("fr", "Notre vendeur, auparavant à Dole, est en congé."),
    ("fr", "Le tribunal de Dole en est informé."),
    ("fr", "Le directeur de Dole est en copie."),
    ("fr", "Il pleuvait fort quand nous avons traversé Dole hier."),
    ("de", "Unser Verkäufer war früher in Dole tätig."),
    ("de", "Der TÜV in Dole hat das bestätigt."),
    ("de", "Ein Bekannter kennt jemanden, der die Strecke über Dole öfter fährt."),
    ("es", "El juzgado de Dole ya lo sabe."),
    ("es", "El coche se trajo de Dole la semana pasada."),
    ("es", "Una conocida nuestra pasó ayer por Dole con su familia."),
    ("it", "L'auto è arrivata da Dole la settimana scorsa."),
    ("it", "Il direttore di Dole è in copia."),
    ("it", "Un amico comune ha passato le vacanze a Dole quest'anno."),
    ("en", "Our salesman previously worked in Dole."),
    ("en", "We were at the Dole motor show last weekend."),
    ("en", "Somebody once told me that the weather in Dole is lovely in June."),
    ("nl", "Onze verkoper werkte eerder in Dole."),
    ("nl", "De gemeente Dole heeft het bevestigd."),
    ("nl", "Een kennis van ons fietste vorige week nog langs Dole."),
]


@pytest.mark.parametrize(("language", "said"), BY_THE_WAY)
@pytest.mark.parametrize("first", [True, False])
def test_a_sister_named_by_the_way_never_gets_the_request(language, said, first):
    asked = ASKED[language]
    text = f"{said} {asked}" if first else f"{asked} {said}"
    assert accounts(text, sender=GROUP_BOX) == [None]
    assert accounts(text, sender=IDA) in (["nord"], [None])


@pytest.mark.parametrize(
    "said",
    [
        "J'écris pour le compte de Valmont Dole.",
        "Ich schreibe im Auftrag von Valmont Dole.",
        "Escribo en nombre de Valmont Dole.",
        "Scrivo per conto di Valmont Dole.",
        "I am writing on behalf of Valmont Dole.",
        "Ik schrijf namens Valmont Dole.",
    ],
)
@pytest.mark.parametrize("sender", [GROUP_BOX, STRANGER, IDA])
def test_whoever_writes_for_a_rooftop_means_it(said, sender):
    assert accounts(f"{said} {ASKED['fr']}", sender=sender) == ["dole"]


def test_a_rooftop_of_the_quoted_history_never_comes_before_one_of_the_new_text():
    history = (
        "\n\nLe 3 juin 2025 à 10:12, Aide <aide@desk.example> a écrit :\n> Valmont Gray : avoir."
    )
    text = "La facture 12 de Dole est en double."
    assert accounts(text + history, sender=GROUP_BOX) == ["dole"]
    assert accounts(ASKED["fr"] + history, sender=IDA) == ["nord"]


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("La facture de valmont dole est en double.", "dole"),
        ("La facture du site de chaumont nord est en double.", "nord"),
        ("La facture de Valmont SAS Dole est en double.", "dole"),
        ("La facture de Valmont Opel est en double.", "sud"),
        ("La facture 12 est en double. Code val 100", "dijon"),
        ("La facture 12 est en double. Code : VAL.100", "dijon"),
    ],
)
def test_names_and_codes_are_known_however_they_are_written(text, account):
    assert accounts(text, sender=GROUP_BOX) == [account]


@pytest.mark.parametrize(
    ("sender", "account"),
    [
        ("dole@valmont-auto.example", "dole"),
        ("vo.dole@valmont-auto.example", "dole"),
        ("info@dole.valmont-auto.example", "dole"),
        ("opel.chaumont@valmont-auto.example", "sud"),
        ("chaumont@valmont-auto.example", None),
        ("marc.dole@valmont-auto.example", None),
        ("info@mail.valmont-auto.example", None),
        ("info@mail.masson58.example", "lone-b"),
        ("info@notvalmont-auto.example", None),
    ],
)
def test_a_mailbox_that_names_one_rooftop_writes_for_it(sender, account):
    assert one(ASKED["fr"], sender=sender).account_id == account


def test_a_list_of_towns_below_the_groups_name_is_nobodys_signature():
    text = ASKED["fr"] + "\n\nCordialement\nLe siège\nValmont\nDijon | Dole"
    assert accounts(text, sender=GROUP_BOX) == [None]


def _of_two_towns(text: str, sender: str = "office@ashby.example") -> str | None:
    dealers = (
        dealer("a", "Ashby Reading", "Reading", "Ford", group="Ashby", domains=("ashby.example",)),
        dealer("b", "Ashby Slough", "Slough", "Ford", group="Ashby", domains=("ashby.example",)),
        dealer("c", "Garage Perrin", "Autun", "Ford", group="", domains=()),
    )
    mail = Mail(from_address=sender, text_body=text)
    return Triager.of(dealers, taxonomy()).understand(mail).triage.segments[0].account_id


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("Reading your reply again, our price is still wrong, please correct it.", None),
        ("Reading has a wrong price, please correct it.", "a"),
        ("At Reading the price is still wrong, please correct it.", "a"),
        ("After reading the guide, our price is still wrong.", None),
    ],
)
def test_a_town_that_is_an_ordinary_word_is_a_town_only_where_it_can_be_one(text, account):
    assert _of_two_towns(text) == account


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Garage Perrin", "c"),
        ("Garage Perrin à Autun", "c"),
        ("Garage Perrin à Limoges", None),
    ],
)
def test_a_name_with_another_town_behind_it_may_be_a_namesakes(name, account):
    text = f"Bonjour, la facture de {name} est en double."
    assert _of_two_towns(text, STRANGER) == account


@pytest.mark.parametrize(
    "text",
    [
        "La facture de Dole a été envoyée à Gray, merci de refaire.",
        "Die Rechnung von Dole wurde an Gray geschickt, bitte um Gutschrift.",
        "La factura de Dole se ha enviado a Gray, rogamos abono.",
        "La fattura di Dole è stata intestata a Gray, chiediamo nota di credito.",
        "The Dole invoice was sent to Gray, please issue a credit note.",
        "De factuur voor Dole is naar Gray gestuurd, graag een creditnota.",
    ],
)
def test_of_two_rooftops_in_one_clause_a_person_chooses(text):
    segments = understood(text, sender=GROUP_BOX).segments
    assert [segment.account_id for segment in segments] == [None]


@pytest.mark.parametrize(
    "said",
    [
        "La facture du client, 14 rue de Dole, est en double.",
        "The invoice of the customer in Dole Road was charged twice.",
        "La facture de la SEAT Dole est en double.",
        "La facture d'une cliente des environs de Dole est en double.",
        "Notre collègue de Dole a vu que la facture est en double.",
    ],
)
def test_streets_cars_and_customers_of_a_town_are_not_its_rooftop(said):
    assert accounts(f"Bonjour, {said}", sender=GROUP_BOX) == [None]


@pytest.mark.parametrize(
    ("said", "account"),
    [
        ("Je m'appelle Marie Valmont, de Dole.", None),
        ("Ici le garage Valmont, de Dole.", "dole"),
        ("J'ai acheté une Clio chez Valmont à Dole.", "dole"),
    ],
)
def test_somebody_of_the_groups_name_is_not_the_group_where_a_first_name_says_so(said, account):
    assert accounts(f"Bonjour. {said} La facture est en double.", sender=STRANGER) == [account]
