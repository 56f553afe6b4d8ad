"""Tables asked by the words of a text: what people type around the name that is meant."""

from datetime import date

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.tables import read_table

DAY = date(2026, 11, 23)
WORDS = TableMatch(field="Model__c", columns=("model",), kind=MatchKind.WORDS)
COUNTRY = TableMatch(field="Country", columns=("country",))
MODELS = """
model,brand,fuel
Golf,Volkswagen,
ID.3,Volkswagen,EV
Polo,Volkswagen,
208,Peugeot,
e-208,Peugeot,EV
2008,Peugeot,
Mégane,Renault,
C3,Citroën,
C3 Aircross,Citroën,
!,Nobody,
"""


def asked(typed, *more, text=MODELS):
    problems = Problems()
    table = read_table(text.strip().encode(), path="t.csv", file="t.csv", problems=problems)
    assert table is not None
    assert not problems.found
    return table.find([(WORDS, typed), *more], DAY)


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("VW Golf 8 GTI", "Golf"),
        ("der neue GOLF!", "Golf"),
        ("ID3", "ID.3"),
        ("VW id 3", "ID.3"),
        ("208 GT", "208"),
        ("208GT", "208"),
        ("Peugeot 2008", "2008"),
        ("e208", "e-208"),
        ("peugeot e\u2011208", "e-208"),
        ("Renault MEGANE", "Mégane"),
        ("c3-aircross plus", "C3 Aircross"),
    ],
)
def test_the_row_is_found_whose_words_stand_in_what_was_typed(typed, model):
    assert asked(typed)["model"] == model


@pytest.mark.parametrize("typed", ["Golfer", "12083", "Polonaise", "!", "", None, "C4"])
def test_a_part_of_a_word_or_number_names_nothing(typed):
    assert asked(typed) is None


def test_of_several_that_are_named_only_what_they_agree_on_is_told():
    assert asked("Golf or Polo") == {"model": "", "brand": "Volkswagen", "fuel": ""}
    assert asked("208 / e-208") == {"model": "", "brand": "Peugeot", "fuel": ""}
    assert asked("Golf or 208") is None
    assert asked("Golf, yes, a Golf")["model"] == "Golf"


def test_a_row_counts_on_its_days_and_beside_columns_that_match_whole():
    text = "model,country,brand,valid_to\nCorsa,GB,Vauxhall,\nCorsa,DE,Opel,2026-11-22\n"
    assert asked("new Corsa", (COUNTRY, "gb"), text=text)["brand"] == "Vauxhall"
    assert asked("new Corsa", (COUNTRY, "de"), text=text) is None


def test_a_long_text_of_many_words_is_looked_through_at_once():
    assert asked("golf " * 200_000)["model"] == "Golf"


def test_words_beside_a_prefix_are_told():
    policy = """
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
enrichment:
  - table: {file: t.csv, match: {Model__c: {words: model}, Vin__c: {prefix: brand}}, set: {Fuel__c: fuel}}
ownership: {rules: [], otherwise: {queue: Last}}
"""
    files = {"policies/leads.yaml": policy.encode(), "policies/t.csv": MODELS.strip().encode()}
    with pytest.raises(ConfigError) as told:
        load(files)
    assert "wrong_match" in [problem.rule for problem in told.value.problems]
