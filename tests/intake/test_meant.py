"""Claims about texts that were harmed on their way from the customer's keyboard."""

import pytest

from ortoo_daemon.intake.email import standard_email
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.keys import email_key
from ortoo_daemon.intake.matching.name_keys import person_key
from ortoo_daemon.intake.meant import meant, trimmed
from ortoo_daemon.intake.names import standard_name


@pytest.mark.parametrize(
    ("arrived", "typed"),
    [
        ("M&uuml;ller", "Müller"),
        ("O&amp;#39;Neill", "O'Neill"),
        ("MÃ¼ller", "Müller"),
        ("Mu\u0308ller", "Müller"),
        ("\u202aMar\u200btin\u202c\u0000", "Martin"),
        ("Smith & Sons", "Smith & Sons"),
        ("AT&T", "AT&T"),
        ("&lt;script&gt;", "&lt;script&gt;"),  # markup that was made harmless stays so
        ("نازنین\u200cزهرا", "نازنین\u200cزهرا"),  # a joiner by which the script is written
    ],
)
def test_what_forms_and_connectors_do_to_a_line_is_undone(arrived, typed):
    assert meant(arrived) == typed


def test_a_harmed_name_is_written_and_known_as_its_customer_typed_it():
    assert standard_name(Form("LastName", "M&Uuml;LLER")) == "Müller"
    assert person_key("M&uuml;ller", "80331") == person_key("Müller", "80331")


def test_a_harmed_address_is_one_of_the_same_customer():
    assert standard_email(Form("Email", "\u202aana@mail.example\u202c")) == "ana@mail.example"
    assert email_key("ana&#64;mail.example") == "ana@mail.example"


@pytest.mark.parametrize("document", ["<adf>A &amp; B</adf>", "Q &amp; A\nB &lt; C"])
def test_documents_and_texts_of_several_lines_are_left_as_they_came(document):
    assert trimmed(Form("Description", f" {document} ")) == document


def test_one_line_that_is_trimmed_is_read_as_it_was_meant():
    assert trimmed(Form("City", " M&uuml;nchen\u200b")) == "München"
