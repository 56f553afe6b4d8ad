"""A taxonomy is an admin's file: everything wrong in it is told at once, each with its place."""

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.words import words_of
from tests.intake.triage.network import taxonomy

SMALL = """\
taxonomy: 1
brands: [{name: Renault, desk: RG, written: [renault]}]
request_types:
  - code: billing
    skill: BILLING
    signs: {invoice: 3, invoice + vin: 4}
urgency: {high: [invoice]}
words:
  invoice: {fr: [facture*], en: [invoice*]}
"""


def problems(text: str) -> list[tuple[str, int]]:
    with pytest.raises(ConfigError) as raised:
        load_taxonomy("taxonomy.yaml", text.encode())
    return [(problem.rule, problem.place.line) for problem in raised.value.problems]


def test_a_small_taxonomy_is_read_with_its_signs_and_phrases():
    read = load_taxonomy("taxonomy.yaml", SMALL.encode())
    (kind,) = read.request_types
    assert [(sign.groups, sign.weight) for sign in kind.signs] == [
        (("invoice",), 3.0),
        (("invoice", "vin"), 4.0),
    ]
    assert [hit.name for hit in read.book("fr").find(words_of("ma Facturation"))] == []
    assert [hit.name for hit in read.book("fr").find(words_of("mes factures"))] == ["invoice"]


@pytest.mark.parametrize(
    ("wrong", "right", "rule", "line"),
    [
        ("invoice + vin", "invoice + vim", "unknown_words", 6),
        ("high: [invoice]", "high: [invoices]", "unknown_words", 7),
        ("high: [invoice]", "high: [billing + invoices]", "unknown_words", 7),
        ("urgency: {high", "urgency: {hihg", "unknown_key", 7),
        ("urgency:", "nobody_waits_for: [biling]\nurgency:", "unknown_request_type", 7),
        ("invoice: 3,", "invoice: much,", "wrong_type", 6),
        ("code: billing", "kode: billing", "unknown_key", 4),
        ("[facture*]", "['***']", "no_words", 9),
        ("  invoice: {fr", "  vin: {fr", "taken_name", 9),
        ("{fr: [facture*]", "{xx: [facture*]", "unknown_key", 9),
        ("words:", "speaks_for: {invoise: {billing: 1}}\nwords:", "unknown_words", 8),
        ("words:", "speaks_for: {invoice: {biling: 1}}\nwords:", "unknown_request_type", 8),
        ("words:", "speaks_for: {invoice: {billing: much}}\nwords:", "wrong_type", 8),
    ],
)
def test_each_mistake_is_told_with_its_line(wrong, right, rule, line):
    assert (rule, line) in problems(SMALL.replace(wrong, right))


def test_what_each_group_says_is_read_and_so_is_what_any_request_begins_with():
    said = "speaks_for: {invoice: {billing: 1.5}, any_request: {billing: -0.5}}\nwords:"
    read = load_taxonomy("taxonomy.yaml", SMALL.replace("words:", said).encode())
    assert read.speaks_for == {"invoice": {"billing": 1.5}, "any_request": {"billing": -0.5}}


def test_what_makes_a_request_urgent_stands_together_in_one_sentence():
    urgent = SMALL.replace("high: [invoice]", "high: [billing + invoice + near_day]")
    read = load_taxonomy("taxonomy.yaml", urgent.encode())
    together, apart = [{"invoice", "near_day"}], [{"invoice"}, {"near_day"}]
    assert read.urgency_of("billing", map(frozenset, together)) == "high"
    assert read.urgency_of("billing", map(frozenset, apart)) == "normal"
    assert read.urgency_of(None, map(frozenset, together)) == "normal"


def test_for_what_nobody_waits_only_reasons_that_name_it_make_it_high():
    urgent = SMALL.replace("urgency:", "nobody_waits_for: [billing]\nurgency:")
    read = load_taxonomy("taxonomy.yaml", urgent.encode())
    assert read.urgency_of("billing", [frozenset({"invoice"})]) == "normal"
    assert read.urgency_of("other", [frozenset({"invoice"})]) == "high"
    named = urgent.replace("high: [invoice]", "high: [billing + invoice]")
    read = load_taxonomy("taxonomy.yaml", named.encode())
    assert read.urgency_of("billing", [frozenset({"invoice"})]) == "high"


def test_short_words_of_other_languages_are_not_the_mails_own():
    small = SMALL.replace("en: [invoice*]", "en: [bill]")
    read = load_taxonomy("taxonomy.yaml", small.encode())
    assert read.book("en").find(words_of("bill"))
    assert not read.book("fr").find(words_of("bill"))
    assert read.book("").find(words_of("bill"))


def test_the_shipped_taxonomy_says_something_for_every_kind_in_each_language():
    shipped = taxonomy()
    for kind in shipped.request_types:
        for language in ("fr", "de", "es", "it", "en", "nl"):
            groups = {group for sign in kind.signs for group in sign.groups}
            assert any(shipped.words.get(g, {}).get(language) for g in groups), (kind, language)
