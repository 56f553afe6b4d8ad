"""Claims about histories in files."""

from dataclasses import replace

import pytest

from ortoo_daemon.facts import Tally, Turns
from ortoo_daemon.simulation.backtest.history import (
    decision_from,
    decision_text,
    heading_of,
    heading_text,
)
from tests.simulation.backtest.past import history, past
from tests.world import an_id, directory, person, rooftop

SITE = rooftop(1, "Peugeot Lyon", region="South")


def test_a_decision_comes_back_as_it_was_kept():
    kept = past(
        1,
        after=3,
        fields={"Brand__c": "Škoda", "FleetSize__c": 12.0, "City": None},
        of_then=frozenset({"Brand__c"}),
        past_owners={("Email", "a@example.com"): an_id("005", 1), ("Email", "b@x"): None},
        open_work={an_id("005", 1): 7},
        load={an_id("005", 1): 7.5},
        pool="leads/all/-",
        turns=Turns(clock=2.5, at={an_id("005", 1): 3.0}),
        given={Tally("leads", "person", an_id("005", 1)): (1, 2)},
    )
    text = decision_text(kept)
    assert "\n" not in text
    assert decision_from(text) == kept
    bare = past(2)
    assert decision_from(decision_text(bare)) == bare


def test_a_heading_comes_back_with_its_directory():
    kept = replace(
        history(directory((SITE,), (person(1, at=SITE, skills=("ev",)),)), "Brand__c"),
        left_out={"record gone": 3},
        gaps=("no field history",),
        usernames={"web@example.com": an_id("005", 5)},
    )
    assert heading_of(heading_text(kept)) == kept


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind":"ortoo-history","v":9}', "nonsense"])
def test_what_is_no_heading_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # of whatever kind: the file is named by who reads it
        heading_of(text)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"key":1}', decision_text(past(1)).replace("20", "xx")]
)
def test_what_is_no_decision_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # as above
        decision_from(text)
