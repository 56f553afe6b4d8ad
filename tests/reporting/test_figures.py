"""Claims about figures out of counts: shares, costs, lift, and what stands out."""

from collections import Counter

import pytest

from ortoo_daemon.reporting.catalogue import BY_KEY, MEASURES
from ortoo_daemon.reporting.figures import Figure, Material, Spread, change_between, figures_of
from ortoo_daemon.reporting.standing_out import standing, turn
from ortoo_daemon.reporting.statistics import TeamShare
from ortoo_daemon.reporting.stories import Length
from ortoo_daemon.reporting.tallies import Count, Tally


def material(**counts: int) -> Material:
    return Material(tally=Tally({Count(name): number for name, number in counts.items()}))


def test_of_nothing_every_figure_but_the_number_of_records_is_unknown():
    found = figures_of(Material(tally=Counter()))
    assert found.pop("volume") == Figure(0, 0, 0)
    assert {each.value for each in found.values()} == {None}
    assert set(found) == {each.key for each in MEASURES} - {"volume"}


def test_a_single_record_has_figures():
    found = figures_of(material(records=1, valid=1, won=1, sla_ended=1))
    assert found["won"] == Figure(1.0, 1, 1)
    assert found["sla"] == Figure(0.0, 0, 1)


def test_a_share_is_told_with_its_part_and_its_whole():
    assert figures_of(material(sla_met=87, sla_ended=100))["sla"] == Figure(0.87, 87, 100)


def test_lift_is_relative_to_the_baseline_and_unknown_where_that_won_nothing():
    group = material(valid=50, won=6)
    assert figures_of(group, baseline=0.10)["lift"].value == pytest.approx(0.2)
    assert figures_of(group, baseline=0.0)["lift"].value is None
    assert figures_of(group, baseline=None)["lift"].value is None
    assert figures_of(material(), baseline=0.1)["lift"].value is None


def test_cost_falls_to_all_records_and_to_those_that_closed():
    group = material(records=40, won=4, valid=40)
    group.cost = 1_000.0
    found = figures_of(group)
    assert found["cost_per_lead"].value == 25
    assert found["cost_per_won"].value == 250


def test_lengths_and_teams_come_through():
    group = material(records=3)
    group.spreads = {Length.RESPONSE: Spread(number=3, median=60.0, p90=300.0)}
    group.team = TeamShare(given=9, gini=0.25, most_to_mean=1.5)
    found = figures_of(group)
    assert found["response_median"] == Figure(60.0, whole=3)
    assert found["response_p90"] == Figure(300.0, whole=3)
    assert found["routing_median"] == Figure(None, whole=0)
    assert (found["gini"].value, found["most_loaded"].value) == (0.25, 1.5)


def test_what_is_not_known_is_left_out():
    assert "sla" not in figures_of(material(), unknown=["sla"])


def test_a_change_needs_both_sides():
    assert change_between(Figure(0.5), Figure(0.4)) == pytest.approx(0.1)
    assert change_between(Figure(0.5), Figure(None)) is None
    assert change_between(Figure(0.5), None) is None


@pytest.mark.parametrize(
    ("value", "whole", "expected"),
    [
        (0.60, 100, "bad"),  # two errors at 0.80 of 100 are 0.08
        (0.75, 100, ""),
        (0.95, 100, "good"),
        (0.60, 20, ""),  # too few to say
        (None, 100, ""),
    ],
)
def test_a_share_stands_out_by_more_than_chance(value, whole, expected):
    everything = Figure(0.80, 800, 1000)
    assert standing(BY_KEY["sla"], Figure(value, 0, whole), everything, 30) == expected


def test_one_record_never_makes_a_group_stand_out():
    everything = Figure(0.001, 1, 1000)
    assert standing(BY_KEY["misroutes"], Figure(1 / 50, 1, 50), everything, 30) == ""
    assert standing(BY_KEY["misroutes"], Figure(3 / 50, 3, 50), everything, 30) == "bad"


def test_a_length_stands_out_by_a_quarter_and_the_number_of_records_never_does():
    everything = Figure(600.0, whole=1000)
    assert standing(BY_KEY["response_median"], Figure(800.0, whole=50), everything, 30) == "bad"
    assert standing(BY_KEY["response_median"], Figure(700.0, whole=50), everything, 30) == ""
    assert standing(BY_KEY["response_median"], Figure(400.0, whole=50), everything, 30) == "good"
    assert standing(BY_KEY["volume"], Figure(500, 500, 500), Figure(9, 9, 9), 30) == ""


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (Figure(0.80, 80, 100), Figure(0.60, 60, 100), "good"),  # two errors are 0.13
        (Figure(0.65, 65, 100), Figure(0.60, 60, 100), ""),
        (Figure(0.40, 400, 1000), Figure(0.60, 600, 1000), "bad"),
        (Figure(0.90, 9, 10), Figure(0.10, 100, 1000), ""),  # too few to say
        (Figure(0.80, 80, 100), Figure(None, 0, 0), ""),
    ],
)
def test_a_share_has_turned_where_the_change_is_more_than_chance(now, before, expected):
    assert turn(BY_KEY["sla"], now, before, 30) == expected


def test_a_length_has_turned_by_a_quarter():
    before = Figure(100.0, whole=90)
    assert turn(BY_KEY["response_median"], Figure(130.0, whole=90), before, 30) == "bad"
    assert turn(BY_KEY["response_median"], Figure(110.0, whole=90), before, 30) == ""
