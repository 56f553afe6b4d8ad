"""Claims about the windows of rate limits: exact at their edges, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.policy.periods import (
    Calendar,
    first_counted,
    free_at,
    longest,
    period,
    written,
)

PARIS = "Europe/Paris"
HOUR = timedelta(hours=1)


def local(text: str, zone: str = PARIS, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def second(at: datetime) -> int:
    return int(at.timestamp())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1h", HOUR),
        (" 31d ", timedelta(days=31)),
        ("day", Calendar.DAY),
        ("32d", None),
        ("fortnight", None),
        ("0h", None),
    ],
)
def test_a_period_is_a_length_up_to_a_month_or_a_part_of_the_calendar(text, found):
    assert period(text) == found
    if found is not None:
        assert period(written(found)) == found


def test_a_rolling_hour_counts_a_second_as_long_as_a_part_of_it_lies_within():
    gave = datetime(2026, 11, 23, 10, 0, 0, 900_000, UTC)
    at = second(gave)
    assert first_counted(HOUR, gave + HOUR, PARIS) <= at
    free = free_at(HOUR, [at], at_most=1, now=gave, zone=PARIS)
    assert free == datetime(2026, 11, 23, 11, 0, 1, tzinfo=UTC)
    assert first_counted(HOUR, free - timedelta(microseconds=1), PARIS) <= at
    assert first_counted(HOUR, free, PARIS) > at


def test_the_next_is_free_when_the_oldest_of_the_last_so_many_leaves():
    moments = [100, 200, 300, 400]
    now = datetime.fromtimestamp(450, UTC)
    assert free_at(HOUR, moments, at_most=2, now=now, zone=PARIS).timestamp() == 300 + 3600 + 1


@pytest.mark.parametrize(
    ("part", "now", "begins", "ends"),
    [
        (Calendar.HOUR, "2026-11-23T10:59:59", "2026-11-23T10:00", "2026-11-23T11:00"),
        (Calendar.DAY, "2026-11-23T00:00:00", "2026-11-23T00:00", "2026-11-24T00:00"),
        (Calendar.DAY, "2026-11-23T23:59:59", "2026-11-23T00:00", "2026-11-24T00:00"),
        (Calendar.WEEK, "2026-11-29T23:59:59", "2026-11-23T00:00", "2026-11-30T00:00"),
        (Calendar.MONTH, "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00"),
        (Calendar.DAY, "2026-03-29T12:00:00", "2026-03-29T00:00", "2026-03-30T00:00"),
        (Calendar.DAY, "2026-10-25T12:00:00", "2026-10-25T00:00", "2026-10-26T00:00"),
        (Calendar.MONTH, "2026-10-31T12:00:00", "2026-10-01T00:00", "2026-11-01T00:00"),
    ],
)
def test_a_window_of_the_calendar_begins_and_ends_by_the_local_clock(part, now, begins, ends):
    at = local(now)
    assert first_counted(part, at, PARIS) == second(local(begins))
    assert free_at(part, [second(at)], at_most=1, now=at, zone=PARIS) == local(ends)


def test_days_on_which_the_clocks_change_have_23_and_25_hours():
    lengths = []
    for day in ("2026-03-29", "2026-10-25"):
        at = local(f"{day}T12:00")
        end = free_at(Calendar.DAY, [0], at_most=1, now=at, zone=PARIS)
        lengths.append(second(end) - first_counted(Calendar.DAY, at, PARIS))
    assert lengths == [23 * 3600, 25 * 3600]


def test_the_hour_that_comes_twice_is_two_windows():
    first, again = local("2026-10-25T02:30"), local("2026-10-25T02:30", fold=1)
    begins = [first_counted(Calendar.HOUR, at, PARIS) for at in (first, again)]
    assert begins == [second(first) - 1800, second(again) - 1800]
    assert begins[1] - begins[0] == 3600


def test_a_day_without_a_midnight_begins_when_the_clocks_are_set_on():
    at = local("2026-04-24T12:00", "Africa/Cairo")  # 00:00 became 01:00
    begin = first_counted(Calendar.DAY, at, "Africa/Cairo")
    assert begin == second(local("2026-04-24T01:00", "Africa/Cairo"))


moments = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - the strategy takes bounds without zone
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from([PARIS, "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "UTC"])
periods = st.one_of(
    st.sampled_from(Calendar), st.timedeltas(timedelta(seconds=1), timedelta(days=31)).map(
        lambda length: timedelta(seconds=int(length.total_seconds()))
    )
)  # fmt: skip


@given(moments, zones, periods)
def test_now_lies_in_its_window_and_no_window_is_longer_than_is_said(now, zone, per):
    first = first_counted(per, now, zone)
    assert first <= second(now)
    assert second(now) - first <= longest(per).total_seconds()
    assert free_at(per, [second(now)], at_most=1, now=now, zone=zone) > now


@given(moments, zones, st.sampled_from(Calendar))
def test_windows_follow_each_other_without_gap_or_overlap(now, zone, part):
    end = free_at(part, [0], at_most=1, now=now, zone=zone)
    assert first_counted(part, end, zone) == second(end)
    before = end - timedelta(microseconds=1)
    assert first_counted(part, before, zone) == first_counted(part, now, zone)
