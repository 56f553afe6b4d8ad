"""The rooftop is the one that the writer means; where that can't be told, none is given."""

import pytest

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import accounts, dealer, one, taxonomy, understood

STRANGER = "someone@freemail.example"
GROUP_BOX = "office@valmont-auto.example"


def test_a_writer_who_names_no_site_means_their_own():
    segment = one("Bonjour, la facture 12 est en double.")
    assert (segment.account_id, segment.basis) == ("dijon", Basis.SENDER_CONTACT)


def test_a_site_that_is_named_comes_before_the_writers_own():
    segment = one("Bonjour, la facture de Dole est en double.")
    assert (segment.account_id, segment.basis) == ("dole", Basis.CITY)


@pytest.mark.parametrize(
    "text",
    [
        "La facture de Dole est en double, Gray est réglé.",
        "La facture de Dole est en double. Le client habite à Gray.",
        "Comme à Gray, la facture de Dole est en double.",
        "La facture de Dole est en double, tandis que Gray fonctionne très bien.",
    ],
)
def test_a_site_spoken_of_in_passing_is_not_meant(text):
    assert accounts(text) == ["dole"]


def test_sites_that_are_listed_are_all_meant():
    assert sorted(accounts("Dole et Gray ne reçoivent plus aucun lead.")) == ["dole", "gray"]  # type: ignore[type-var]


def test_of_two_sites_in_a_town_the_brand_that_is_spoken_of_tells():
    segment = one("À Chaumont, la garantie du Mokka est refusée.", sender=GROUP_BOX)
    assert (segment.account_id, segment.basis) == ("sud", Basis.BRAND_IN_CITY)


def test_between_two_sites_in_a_town_nothing_is_guessed():
    segment = one("À Chaumont, personne ne peut se connecter.", sender=GROUP_BOX)
    assert segment.account_id is None
    assert segment.needs_a_person
    assert {c.account_id for c in segment.candidates} == {"nord", "sud"}


def test_of_two_sites_in_a_town_a_writer_from_one_means_theirs():
    text = "À Chaumont, personne ne peut se connecter."
    assert accounts(text, sender="ida.roche@valmont-auto.example") == ["nord"]


def test_a_former_name_and_a_closed_site_are_answers_too():
    segment = one("Le garage Perrenot a encore reçu une facture.", sender=GROUP_BOX)
    assert (segment.account_id, segment.basis) == ("gray", Basis.OLD_NAME)


def test_a_stranger_is_placed_by_a_phone_number():
    segment = one("L'annonce est invisible.\n\nCordialement\nJ.\n03 99 00 77 01", sender=STRANGER)
    assert (segment.account_id, segment.basis) == ("lone-a", Basis.PHONE)


def test_namesakes_are_told_apart_by_their_town_and_else_not():
    text = "Bonjour, garage Masson{}, l'annonce de la voiture est invisible."
    assert accounts(text.format(" à Nevers"), sender=STRANGER) == ["lone-b"]
    assert accounts(text.format(""), sender=STRANGER) == [None]


def test_a_stranger_who_names_nothing_has_no_account():
    segment = one("Mon annonce est invisible.", sender=STRANGER)
    assert segment.account_id is None
    assert segment.needs_a_person


def test_a_code_is_found_for_a_stranger_but_figures_alone_may_be_a_postal_code():
    assert accounts("VAL-100: l'annonce est invisible.", sender=STRANGER) == ["dijon"]
    assert accounts("L'annonce est invisible. 21000 Dijon", sender=STRANGER) == [None]
    assert accounts("Compte 21000 : l'annonce est invisible.") == ["dole"]


def test_a_site_in_the_signature_alone_is_not_meant():
    text = "La facture 12 est en double.\n\nCordialement\nPaule Aubry\nDijon - Dole - Gray"
    assert accounts(text) == ["dijon"]


def test_a_code_of_another_group_never_moves_a_known_writers_request():
    stranger = "office@masson-autun.example"
    assert accounts("VAL-100: l'annonce est invisible.", sender=stranger) == ["lone-a"]


def test_a_lead_for_another_site_belongs_to_the_site_that_writes():
    segment = one(
        "Ce lead est tombé chez nous par erreur, il revient à Dole. Merci de le basculer."
    )
    assert (segment.account_id, segment.request_type) == ("dijon", "lead_reassignment")


def test_somebody_who_bears_the_name_of_a_group_is_not_the_group():
    assert accounts("Monsieur Valmont attend sa facture, annonce invisible.", sender=STRANGER) == [
        None
    ]


def test_each_candidate_brings_the_words_that_speak_for_it():
    segment = one("La facture de Dole est en double.")
    assert [piece.text for piece in segment.candidates[0].evidence] == ["Dole"]


def test_a_sister_named_after_the_request_is_no_reason_to_doubt_the_writers_own():
    segment = one("La facture 12 est en double. On en a parlé avec Dole hier.")
    assert (segment.account_id, segment.confidence) == ("dijon", 0.82)


@pytest.mark.parametrize(
    "after", ["Nos collègues de Dole nous l'ont confirmé.", "Dole, c'est le même tarif."]
)
def test_a_sister_who_is_only_compared_after_the_request_is_not_meant(after):
    assert accounts(f"La facture 12 est en double. {after}") == ["dijon"]


def test_a_sister_after_the_request_is_meant_where_the_writer_says_so():
    assert accounts("La facture 12 est en double. Cela concerne Dole.") == ["dole"]


def test_a_sister_in_the_subject_alone_is_contradictory_and_nobody_guesses():
    assert accounts("La facture 12 est en double.", subject="Dole") == [None]
    sender = "office@valmont-auto.example"
    assert accounts("La facture 12 est en double.", subject="Dole", sender=sender) == ["dole"]


def test_a_code_of_another_rooftop_than_the_one_named_is_a_slip_where_the_writer_works_there():
    text = "La facture de {} est en double, notre code est le VAL-100."
    ida = "ida.roche@valmont-auto.example"
    assert accounts(text.format("Chaumont"), sender=ida) == ["nord"]
    assert accounts(text.format("Dole"), sender=GROUP_BOX) == [None]


def test_figures_before_a_colon_are_a_code_whatever_comes_after():
    assert accounts("21000: Nous ne recevons plus aucun lead.") == ["dole"]
    assert accounts("Nous ne recevons plus aucun lead au 21000 Dijon.") == ["dijon"]


CHAIN = """Merci de lui répondre.

De : Ida Roche{}
Envoyé : mardi 3 juin 2025 10:00
À : Paule Aubry
Objet : TR: annonce

Pour toi.

De : {}
Envoyé : mardi 3 juin 2025 09:00
À : Ida Roche
Objet : annonce

L'annonce de la Clio reste invisible depuis trois jours, peux-tu les relancer ?
"""


@pytest.mark.parametrize(
    ("between", "author", "account"),
    [
        ("", "Roche, Ida", "nord"),
        (" <ida.roche@valmont-auto.example>", "Paule Aubry", "dijon"),
        ("", "client@freemail.example", "nord"),
    ],
)
def test_what_is_passed_on_is_asked_by_whoever_wrote_it(between, author, account):
    text = CHAIN.format(between, author)
    assert accounts(text, sender=GROUP_BOX, subject="TR: TR: annonce") == [account]


def test_towns_that_share_their_first_word_are_told_apart_by_the_whole_name():
    namesakes = (
        dealer("main", "Autohaus Weiss", "Steinau am Main", "Ford", group="", domains=()),
        dealer("oder", "Autohaus Weiss", "Steinau (Oder)", "Ford", group="", domains=()),
    )
    triager = Triager.of(namesakes, taxonomy())

    def account(town: str) -> str | None:
        text = f"Guten Tag, Autohaus Weiss in {town}, unser Passwort geht nicht."
        mail = Mail(from_address=STRANGER, text_body=text)
        return triager.understand(mail).triage.segments[0].account_id

    towns = ("Steinau", "Steinau am Main", "Steinau an der Oder")
    assert [account(town) for town in towns] == [None, "main", "oder"]


@pytest.mark.parametrize("row", ["Gray | R.A.S.", "| Gray | rien |", "Gray : reste tel quel"])
def test_an_item_that_names_a_site_and_asks_for_nothing_is_no_request(row):
    text = f"Bonjour,\n\nDole | l'annonce du Captur est invisible\n{row}\n"
    assert accounts(text, sender=GROUP_BOX) == ["dole"]
    assert len(understood(text, sender=GROUP_BOX).segments) == 1
