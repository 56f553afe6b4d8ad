"""What examples teach helps where no sign is met, and is the same every time."""

from dataclasses import replace

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.learning import learned_from
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import DEALERS, one, taxonomy
from tests.intake.triage.test_taxonomy_file import SMALL

ODD = "The zorbling of the flumpets has frozzled."


def kind(text: str, words: Taxonomy) -> str | None:
    mail = Mail(from_address="paule.aubry@valmont-auto.example", text_body=text)
    return Triager.of(DEALERS, words).understand(mail).triage.segments[0].request_type


def with_examples(**examples: str) -> Taxonomy:
    """Two examples of each kind, and for kinds that are not named some that say nothing here."""
    texts = {kind.code: f"Blurb {number}." for number, kind in enumerate(taxonomy().request_types)}
    return replace(
        taxonomy(),
        examples={c: {"en": (text, text + " Again.")} for c, text in (texts | examples).items()},
    )


def test_an_example_teaches_words_that_no_sign_knows():
    learned = with_examples(parts_order="Our flumpets frozzled.")
    assert kind(ODD, learned) == "parts_order"
    assert kind(ODD, replace(learned, examples={})) is None


def test_words_that_no_example_has_say_nothing():
    assert learned_from(with_examples(parts_order="Our flumpets frozzled.")).points([]) == {}
    assert one(ODD).request_type is None


def test_plain_signs_outweigh_examples():
    learned = with_examples(parts_order="The invoice flumpets, charged twice.")
    assert (
        kind("The invoice was charged twice, we need a credit note.", learned) == "billing_invoice"
    )


def test_the_same_examples_teach_the_same():
    assert learned_from(taxonomy()) == learned_from(taxonomy())


def test_examples_of_a_kind_that_the_taxonomy_lacks_are_not_learned():
    less = replace(
        taxonomy(),
        request_types=tuple(t for t in taxonomy().request_types if t.code != "complaint"),
    )
    assert all("complaint" not in odds for odds in learned_from(less).odds.values())


def test_examples_of_a_kind_that_is_not_there_are_a_mistake_of_the_file():
    with pytest.raises(ConfigError) as raised:
        load_taxonomy("taxonomy.yaml", (SMALL + "examples: {biling: {en: [hello]}}\n").encode())
    (problem,) = raised.value.problems
    assert (problem.rule, problem.place.line) == ("unknown_request_type", 10)
    assert "billing" in problem.mend
