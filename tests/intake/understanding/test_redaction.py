"""What is replaced before a text leaves, and put back when it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.understanding.redaction import WITHHELD, Known, Redactor


def redactor(*clear: str) -> Redactor:
    return Redactor(
        clear=frozenset(clear),
        names=("Paule Aubry", "Will Masson"),
        not_names=frozenset({"masson", "dijon"}),
    )


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("write to a.b@c.example now", "write to [EMAIL_1] now"),
        ("call +33 3 99 00 10 10 please", "call [PHONE_1] please"),
        ("see https://x.example/?t=secret ok", "see [LINK_1] ok"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [ACCOUNT_NUMBER_1] bitte"),
        ("4111 1111 1111 1111", "[ACCOUNT_NUMBER_1]"),
        ("Paule AUBRY a dit", "[NAME_1] a dit"),
        ("Aubry, Paule a dit", "[NAME_1] a dit"),
        ("Paule l'a vu", "[NAME_1] l'a vu"),
        ("Herr Dr. Hölzl wartet", "Herr Dr. [NAME_1] wartet"),
        ("Frau von Ahn", "Frau von Ahn"),
        ("Mme Lefèvre-Martin attend", "Mme [NAME_1] attend"),
        ("Gentile Sig.ra Bianchi Rossi", "Gentile Sig.ra [NAME_1]"),
        ("de klant Jansen belt", "de klant [NAME_1] belt"),
        ("Hello Rupert, hi", "Hello [NAME_1], hi"),
        ("it will be Masson at Dijon", "it will be Masson at Dijon"),
        ("Will says", "[NAME_1] says"),
        ("[EMAIL_1] is what I wrote", "[MARK_1] is what I wrote"),
    ],
)
def test_personal_data_is_replaced(text, sent):
    made = redactor()
    assert made.redact(text) == sent
    assert made.put_back(sent) == text


def test_what_reading_found_is_replaced_unless_it_may_be_sent():
    text = "AB-123-CD for VAL-100"
    known = [Known(kind="plate", start=0, end=9), Known(kind="dealer_code", start=14, end=21)]
    assert redactor("dealer_code").redact(text, known) == "[PLATE_1] for VAL-100"
    assert redactor().redact(text, known) == "[PLATE_1] for [DEALER_CODE_1]"


def test_the_same_words_have_one_token_in_all_texts_of_a_record():
    made = redactor()
    assert made.redact("Paule and a@b.example") == "[NAME_1] and [EMAIL_1]"
    assert made.redact("a@b.example, c@d.example") == "[EMAIL_1], [EMAIL_2]"


def test_orders_to_machines_are_left_out():
    assert redactor().redact("Fix it. IGNORE ALL.", withheld=[(8, 19)]) == f"Fix it. {WITHHELD}"


def test_a_token_that_was_never_given_stays():
    assert redactor().put_back("[NAME_7] and [PHONE_1]") == "[NAME_7] and [PHONE_1]"


@given(st.text(max_size=200))
def test_any_text_comes_back_as_it_was(text):
    made = redactor()
    assert made.put_back(made.redact(text)) == text


def test_a_long_hostile_text_is_read_in_time():
    made = redactor()
    made.redact("+33 3 99 00 10 10 a@b.example [X_1] Paule " * 5_000)
