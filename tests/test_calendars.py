"""Claims about business hours, checked against a clock that is looked at minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.calendars import BusinessHours, Window, day_of

ZONES = (
    *("Europe/Paris", "America/New_York", "UTC", "Asia/Kolkata", "Australia/Lord_Howe"),
    *("Pacific/Apia", "America/Caracas", "Asia/Pyongyang"),  # changed their offset for good
)
WEEKDAYS = (((540, 1080),),) * 5 + ((), ())


def hours(
    *days: tuple[Window, ...], zone: str = "Europe/Paris", closed=(), parts=()
) -> BusinessHours:
    return BusinessHours(
        name="x",
        zone=zone,
        windows=tuple(days),
        closed=frozenset(closed),
        closed_parts=frozenset(parts),
    )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_open_from_the_opening_minute_until_just_before_the_closing_one():
    week = hours(*WEEKDAYS)
    assert week.is_open(utc(2026, 11, 23, 8, 0))
    assert not week.is_open(utc(2026, 11, 23, 7, 59, 59))
    assert not week.is_open(utc(2026, 11, 23, 17, 0))


def test_a_lead_of_friday_evening_is_due_on_monday_morning():
    friday = utc(2026, 11, 20, 16, 50)
    assert hours(*WEEKDAYS).add(friday, timedelta(minutes=30)) == utc(2026, 11, 23, 8, 20)


def test_a_closed_day_is_skipped():
    week = hours(*WEEKDAYS, closed=[date(2026, 11, 23)])
    assert week.next_opening(utc(2026, 11, 22, 12, 0)) == utc(2026, 11, 24, 8, 0)


def test_a_night_shift_goes_on_after_midnight():
    night = hours(((1320, 360),), *((),) * 6)
    assert night.is_open(utc(2026, 11, 23, 23, 30))
    assert night.is_open(utc(2026, 11, 24, 4, 59))
    assert not night.is_open(utc(2026, 11, 24, 5, 0))


def test_a_night_shift_ends_where_a_closed_day_begins():
    night = hours(((1320, 360),), *((),) * 6, closed=[date(2026, 11, 24)])
    assert night.is_open(utc(2026, 11, 23, 22, 59))
    assert not night.is_open(utc(2026, 11, 23, 23, 0))


def test_a_night_shift_that_begins_on_a_closed_day_is_not_worked():
    night = hours(((1320, 360),), *((),) * 6, closed=[date(2026, 11, 23)])
    assert night.next_opening(utc(2026, 11, 23, 0, 0)) == utc(2026, 11, 30, 21, 0)


def test_midnight_to_midnight_written_as_zero_to_zero_is_the_whole_day():
    assert hours(*(((0, 0),),) * 7).between(utc(2026, 11, 1), utc(2026, 11, 8)) == timedelta(days=7)


def test_overlapping_windows_count_once():
    week = hours(*(((540, 720), (660, 840)),) * 7)
    assert week.between(utc(2026, 11, 23), utc(2026, 11, 24)) == timedelta(hours=5)


def test_the_night_of_the_spring_change_is_an_hour_shorter():
    nights = hours(*(((0, 360),),) * 7)
    assert nights.between(utc(2026, 3, 28, 22), utc(2026, 3, 29, 6)) == timedelta(hours=5)


def test_the_night_of_the_autumn_change_is_an_hour_longer():
    nights = hours(*(((0, 360),),) * 7)
    assert nights.between(utc(2026, 10, 24, 20), utc(2026, 10, 25, 8)) == timedelta(hours=7)


def test_an_opening_in_the_hour_that_is_left_out_is_the_moment_of_the_change():
    week = hours(*(((150, 240),),) * 7)
    assert week.next_opening(utc(2026, 3, 29, 0, 0)) == utc(2026, 3, 29, 1, 0)


def test_a_closed_afternoon_leaves_the_morning_open():
    week = hours(*WEEKDAYS, parts=[(date(2026, 12, 24), 720, 1440)])
    assert week.between(utc(2026, 12, 24), utc(2026, 12, 25)) == timedelta(hours=3)
    assert week.next_opening(utc(2026, 12, 24, 11, 0)) == utc(2026, 12, 25, 8, 0)


def test_a_lunch_break_that_is_closed_once_cuts_the_day_in_two():
    week = hours(*WEEKDAYS, parts=[(date(2026, 11, 23), 720, 780)])
    assert week.add(utc(2026, 11, 23, 10, 30), timedelta(hours=1)) == utc(2026, 11, 23, 12, 30)


def test_the_leap_day_is_a_day_like_others():
    week = hours(*(((540, 600),),) * 7)
    assert week.between(utc(2028, 2, 28), utc(2028, 3, 2)) == timedelta(hours=3)
    assert week.add(utc(2028, 2, 28, 8, 0), timedelta(hours=2)) == utc(2028, 2, 29, 9, 0)


def test_a_day_that_a_zone_left_out_was_never_open():
    """Samoa had no 30 December 2011: the day after the 29th was the 31st."""
    week = hours(*(((540, 1020),),) * 7, zone="Pacific/Apia")
    assert week.between(utc(2011, 12, 29, 12), utc(2011, 12, 31, 12)) == timedelta(hours=16)
    opens_at = week.next_opening(utc(2011, 12, 30, 4, 0))
    assert opens_at == utc(2011, 12, 30, 19, 0)  # 9:00 of the 31st


@pytest.mark.parametrize("part", [(600, 600), (700, 600), (-1, 60), (0, 1441)])
def test_what_is_no_part_of_a_day_is_refused(part):
    with pytest.raises(ValueError, match="no part of a day"):
        hours(*WEEKDAYS, parts=[(date(2026, 11, 23), *part)])


def test_hours_without_any_window_never_open():
    never = hours(*((),) * 7)
    assert never.next_opening(utc(2026, 1, 1)) is None
    assert never.add(utc(2026, 1, 1), timedelta(minutes=1)) is None


def test_local_datetimes_are_understood_and_answers_are_utc():
    local = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
    found = hours(*WEEKDAYS).add(local, timedelta(minutes=5))
    assert found == utc(2026, 11, 23, 9, 5)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("window", [(-1, 60), (1440, 1500), (0, 2881), (60, 1501)])
def test_what_is_no_window_is_refused(window):
    with pytest.raises(ValueError, match="no window"):
        hours((window,), *((),) * 6)


def test_a_week_of_six_days_is_refused():
    with pytest.raises(ValueError, match="7 days"):
        hours(*((),) * 6)


def open_minutes(week: BusinessHours, begin: datetime, count: int) -> list[bool]:
    """Which of the next minutes are open: by wall clock alone, the reference."""
    zone = ZoneInfo(week.zone)
    first_shown: dict[tuple[date, int], int] = {}
    walls = []
    for index in range(-3 * 1440, count + 3 * 1440):
        wall = (begin + timedelta(minutes=index)).astimezone(zone)
        walls.append((index, wall.date(), wall.hour * 60 + wall.minute))

    def edge(day: date, minutes: int) -> int:
        """The first minute at which that day's clock shows at least so much, or the next day begins."""
        key = (day, minutes)
        if key not in first_shown:
            first_shown[key] = next(
                (i for i, d, m in walls if d > day or (d == day and m >= minutes)), 10**9
            )
        return first_shown[key]

    spans = []
    days = sorted({day for _, day, _ in walls})
    for day in days:
        if day in week.closed:
            continue
        for start, end in week.windows[day.weekday()]:
            whole = end + 1440 if end <= start else end
            spans.append((edge(day, start), edge(day, min(whole, 1440))))
            tomorrow = day + timedelta(days=1)
            if whole > 1440 and tomorrow not in week.closed:
                spans.append((edge(tomorrow, 0), edge(tomorrow, whole - 1440)))
    shut = [(edge(day, start), edge(day, end)) for day, start, end in week.closed_parts]

    def within(index: int, of: list[tuple[int, int]]) -> bool:
        return any(first <= index < last for first, last in of)

    return [within(i, spans) and not within(i, shut) for i in range(count)]


windows = st.tuples(st.integers(0, 95), st.integers(0, 96)).map(lambda w: (w[0] * 15, w[1] * 15))
weeks = st.lists(st.lists(windows, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)
moments = st.sampled_from(
    [
        *(utc(2026, 3, 28), utc(2026, 10, 24), utc(2026, 3, 7), utc(2026, 10, 3), utc(2026, 6, 1)),
        *(utc(2028, 2, 28), utc(2027, 12, 31), utc(2011, 12, 29), utc(2016, 4, 30)),
        *(utc(2015, 8, 14), utc(2018, 5, 4)),
    ]
)
parts = st.tuples(st.integers(0, 2), st.integers(0, 90), st.integers(1, 96)).map(
    lambda p: (p[0], p[1] * 15, min(1440, (p[1] + p[2]) * 15))
)


@settings(max_examples=40, deadline=None)
@given(
    week=weeks,
    zone=st.sampled_from(ZONES),
    begin=moments,
    offset=st.integers(0, 1440),
    closed=st.booleans(),
    shut=st.lists(parts, max_size=2),
    working=st.integers(0, 2000),
)
def test_all_answers_agree_with_a_clock_looked_at_every_minute(
    week, zone, begin, offset, closed, shut, working
):
    begin += timedelta(minutes=offset)
    days = [(begin + timedelta(days=1)).date()] if closed else []
    shut_parts = [((begin + timedelta(days=day)).date(), start, end) for day, start, end in shut]
    hours_ = hours(*week, zone=zone, closed=days, parts=shut_parts)
    count = 2 * 1440
    expected = open_minutes(hours_, begin, count)
    sampled = range(0, count, 37)
    assert [hours_.is_open(begin + timedelta(minutes=i)) for i in sampled] == [
        expected[i] for i in sampled
    ]
    end = begin + timedelta(minutes=count)
    assert hours_.between(begin, end) == timedelta(minutes=sum(expected))
    if 0 < working <= sum(expected):
        open_at = [i for i, is_open in enumerate(expected) if is_open]
        due = begin + timedelta(minutes=open_at[working - 1] + 1)
        assert hours_.add(begin, timedelta(minutes=working)) == due
    first = next((i for i, is_open in enumerate(expected) if is_open), None)
    if first is not None:
        assert hours_.next_opening(begin) == begin + timedelta(minutes=first)


@given(
    microseconds=st.integers(min_value=0, max_value=75 * 365 * 86_400 * 10**6),
    zone=st.sampled_from(ZONES),
)
def test_the_day_of_an_instant_is_what_a_calendar_on_the_wall_there_shows(microseconds, zone):
    instant = utc(1973, 1, 1) + timedelta(microseconds=microseconds)
    there = instant.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(there.date(), time(), ZoneInfo(zone))
    for moment in (instant, there, midnight, midnight - timedelta(microseconds=1)):
        assert day_of(moment, zone) == moment.astimezone(ZoneInfo(zone)).date()
