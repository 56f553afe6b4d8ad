"""Claims about periods, what they are held against, and the days they are cut into."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.reporting.asked import Trend
from ortoo_daemon.reporting.periods import (
    Period,
    compared_with,
    is_whole,
    midnight,
    stretch_at,
    stretch_name,
    stretches,
    trend_for,
)

PARIS = "Europe/Paris"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
zones = st.sampled_from([PARIS, "UTC", "America/New_York", "Asia/Kolkata", "America/Havana"])
moments = st.integers(0, 3 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def days(first: str, last: str, zone: str = PARIS) -> Period:
    """Both included."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last) + DAY
    return Period(begin=midnight(begin, zone), end=midnight(end, zone))


def against(period: Period, asked: str, first: datetime | None = None) -> Period | None:
    return compared_with(period, asked, zone=PARIS, first_decision_at=first)


def test_a_day_has_23_hours_when_clocks_go_forward_and_25_when_they_go_back():
    assert (
        days("2026-03-29", "2026-03-29").end - days("2026-03-29", "2026-03-29").begin == 23 * HOUR
    )
    assert (
        days("2026-10-25", "2026-10-25").end - days("2026-10-25", "2026-10-25").begin == 25 * HOUR
    )


def test_a_midnight_that_the_clocks_jump_over_is_the_jump():
    begins = midnight(date(2026, 3, 8), "America/Havana")  # 0:00 becomes 1:00
    assert begins == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert begins - midnight(date(2026, 3, 7), "America/Havana") == DAY


def test_the_week_before_is_seven_days_by_the_clock_on_the_wall_whatever_the_clocks_did():
    assert against(days("2026-10-26", "2026-11-01"), "previous") == days("2026-10-19", "2026-10-25")


def test_a_year_before_the_29th_of_february_is_the_28th():
    leap = days("2028-02-29", "2028-02-29")
    assert against(leap, "year") == Period(
        begin=midnight(date(2027, 2, 28), PARIS), end=midnight(date(2027, 3, 1), PARIS)
    )


def test_two_days_are_both_included():
    assert against(days("2026-11-01", "2026-11-05"), "2026-10-01..2026-10-31") == days(
        "2026-10-01", "2026-10-31"
    )


def test_before_the_daemon_ends_with_its_first_decision():
    first = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
    found = against(days("2026-11-01", "2026-11-10"), "before-daemon", first)
    assert found is not None
    assert found.end == first
    assert found.begin == first - 10 * DAY


@pytest.mark.parametrize(
    "asked", ["before-daemon", "soon", "2026-10-31..2026-10-01", "2026-10..", ".."]
)
def test_what_is_no_period_is_none(asked):
    assert against(days("2026-11-01", "2026-11-10"), asked) is None


def test_weeks_begin_on_mondays_and_both_ends_may_be_cut_short():
    cut = stretches(days("2026-11-04", "2026-11-17"), Trend.WEEK, PARIS)
    assert cut == [
        days("2026-11-04", "2026-11-08"),
        days("2026-11-09", "2026-11-15"),
        days("2026-11-16", "2026-11-17"),
    ]
    names = [stretch_name(each, Trend.WEEK, PARIS) for each in cut]
    assert names == ["2026-11-02", "2026-11-09", "2026-11-16"]


def test_months_are_as_long_as_they_are():
    cut = stretches(days("2026-01-15", "2026-03-31"), Trend.MONTH, PARIS)
    assert [stretch_name(each, Trend.MONTH, PARIS) for each in cut] == [
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    assert cut[1] == days("2026-02-01", "2026-02-28")


@pytest.mark.parametrize(
    ("number", "trend"), [(1, Trend.DAY), (31, Trend.DAY), (60, Trend.WEEK), (365, Trend.MONTH)]
)
def test_a_longer_period_is_cut_into_longer_pieces(number, trend):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert trend_for(Period(begin=begin, end=begin + number * DAY)) is trend


@given(moments, st.integers(1, 90), st.sampled_from(Trend), zones)
def test_the_pieces_make_up_the_period_without_gap_or_overlap(begin, length, trend, zone):
    period = Period(begin=begin, end=begin + length * DAY + 5 * HOUR)
    cut = stretches(period, trend, zone)
    assert cut[0].begin == period.begin
    assert cut[-1].end == period.end
    assert all(one.end == other.begin for one, other in pairwise(cut))
    begins = [each.begin for each in cut]
    for number, each in enumerate(cut):
        assert stretch_at(each.begin, begins) == number
        assert stretch_at(each.end - timedelta(seconds=1), begins) == number


@given(moments, st.integers(0, 10_000))
def test_halves_make_up_a_period_and_a_second_has_none(begin, seconds):
    period = Period(begin=begin, end=begin + timedelta(seconds=seconds))
    halves = period.halves()
    if seconds < 2:
        assert halves is None
        return
    assert halves is not None
    assert (halves[0].begin, halves[1].end) == (period.begin, period.end)
    assert halves[0].end == halves[1].begin
    assert halves[0].end > halves[0].begin


def test_only_what_the_period_cuts_short_is_no_whole_stretch():
    weeks = stretches(days("2026-11-04", "2026-11-22"), Trend.WEEK, PARIS)
    assert [is_whole(each, Trend.WEEK, PARIS) for each in weeks] == [False, True, True]
    months = stretches(days("2026-01-15", "2026-03-31"), Trend.MONTH, PARIS)
    assert [is_whole(each, Trend.MONTH, PARIS) for each in months] == [False, True, True]
    autumn = stretches(days("2026-10-24", "2026-10-26"), Trend.DAY, PARIS)
    assert all(is_whole(each, Trend.DAY, PARIS) for each in autumn)
