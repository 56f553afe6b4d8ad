"""Whatever comes by mail is understood or left to a person: quickly, and never with an error."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.triage.network import one, understood

WORDS = (
    *(
        "Dijon",
        "Dole",
        "Gray",
        "Chaumont",
        "Masson",
        "VAL-100",
        "21000",
        "facture",
        "annonce",
        "lead",
    ),
    *("mais,", "-", ":", ";", "|", "Renault", "208", "et", "autre", "sujet", "1)", "2.", "habite"),
    *(
        "comme",
        "Clio",
        "VF1RJA00123456789",
        "3.890",
        "38.900",
        "€",
        "\n",
        "\n\n",
        ">",
        "De :",
        "--",
    ),
)


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_any_words_give_segments_whose_evidence_lies_in_the_text(text):
    found = understood(text)
    assert found.segments
    for segment in found.segments:
        assert 0 <= segment.confidence <= 1
        assert segment.account_id is None or segment.confidence >= 0.8
        for piece in segment.evidence:
            assert piece.start <= piece.end


@given(st.text(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_text_is_taken(text):
    assert understood(text, subject=text).segments


@pytest.mark.parametrize(
    "piece",
    [
        "a, ",
        "Dijon, ",
        "1. ",
        "Dijon : facture fausse\n",
        "facture ",
        "\n- x",
        "21000 ",
        "(((",
        "> > ",
    ],
)
def test_a_long_mail_does_not_take_long(piece):
    began = time.process_time()
    understood(piece * 20_000)
    assert time.process_time() - began < 15


def test_the_same_mail_is_understood_alike_every_time():
    text = "La facture de Dole est en double, le lead de Gray n'arrive plus."
    assert understood(text) == understood(text)
    assert one("Mot de passe oublié.") == one("Mot de passe oublié.")
