"""The rooftop is the one that the writer means; where that can't be told, none is given."""

import pytest

from ortoo_daemon.intake.triage.model import Basis
from tests.intake.triage.network import accounts, one

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
