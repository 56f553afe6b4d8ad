"""Claims about the figures that sum up many values in one."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.reporting.statistics import (
    TeamShare,
    gini,
    mean_share,
    median,
    most_to_mean,
    nearest_rank,
    team_share,
)

values = st.lists(st.floats(0, 1e6), max_size=40)


@pytest.mark.parametrize(
    ("found", "expected"), [([], None), ([7.0], 7.0), ([1.0, 9.0], 5.0), ([1.0, 2.0, 90.0], 2.0)]
)
def test_a_median_is_the_middle_value_or_the_mean_of_the_two_in_the_middle(found, expected):
    assert median(found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [([], None), ([7.0], 7.0), ([float(n) for n in range(1, 11)], 9.0), ([1.0, 2.0], 2.0)],
)
def test_ninety_percent_is_the_smallest_value_that_nine_in_ten_do_not_exceed(found, expected):
    assert nearest_rank(found, 90) == expected


@given(values.filter(bool), st.integers(1, 100))
def test_a_rank_is_the_least_value_that_enough_of_all_do_not_exceed(found, percent):
    answer = nearest_rank(sorted(found), percent)
    enough = [v for v in found if 100 * sum(w <= v for w in found) >= percent * len(found)]
    assert answer == min(enough)


@given(values)
def test_gini_is_half_the_mean_difference_over_the_mean(found):
    """As the textbooks have it, over all pairs: slow and plain."""
    answer, total = gini(found), math.fsum(found)
    if len(found) < 2 or not total:
        assert answer is None
        return
    apart = math.fsum(abs(one - other) for one, other in product(found, found))
    assert answer == pytest.approx(apart / (2 * len(found) * total), abs=1e-9)


def test_all_alike_is_nought_and_one_with_everything_is_nearly_one():
    assert gini([4, 4, 4, 4]) == 0
    assert gini([0, 0, 0, 8]) == 0.75
    assert most_to_mean([0, 0, 0, 8]) == 4


@pytest.mark.parametrize("nobody", [[], [5], [0, 0]])
def test_a_team_of_one_or_with_nothing_has_no_unevenness(nobody):
    assert gini(nobody) is None
    assert most_to_mean(nobody) is None


def test_half_a_share_of_turns_counts_as_fair():
    even = team_share({"whole": 8, "half": 4}, {"whole": 1.0, "half": 0.5})
    assert even == TeamShare(given=12, gini=0, most_to_mean=1)


def test_who_takes_no_turns_is_no_member_unless_something_was_given_to_them():
    weights = {"a": 1.0, "b": 1.0, "off": 0.0}
    with_off = team_share({"a": 5, "b": 5, "off": 0}, weights)
    assert with_off is not None
    assert with_off.gini == 0
    given_anyway = team_share({"a": 5, "b": 5, "off": 5}, weights)
    assert given_anyway is not None
    assert given_anyway.given == 15


def test_a_large_team_counts_for_more_in_the_mean_than_a_small_one():
    teams = [
        TeamShare(given=90, gini=0.1, most_to_mean=1.0),
        TeamShare(given=10, gini=0.6, most_to_mean=2.0),
    ]
    found = mean_share(teams)
    assert found is not None
    assert found.gini == pytest.approx(0.15)
    assert found.most_to_mean == pytest.approx(1.1)
    assert mean_share([]) is None
