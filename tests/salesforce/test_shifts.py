"""Claims about tables of shifts: what they may say, and when it leaves somebody off."""

from datetime import UTC, date, datetime

import pytest

from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.salesforce.directory_mapping import AbsenceMapping
from ortoo_daemon.salesforce.shifts import Shift, read_shifts, time_off

ANN = "ann@example.com"
ZONES = {ANN: "Europe/Paris"}
FIRST, LAST = date(2026, 11, 22), date(2026, 11, 30)


def shift(days: object, hours: object, person: str = ANN) -> Shift:
    return Shift.model_validate({"person": person, "days": days, "hours": hours})


def off(*shifts: Shift, first: date = FIRST, last: date = LAST) -> list[tuple[str, str]]:
    """Spans of Ann's time off, written short, in UTC."""
    spans = time_off(shifts, ZONES, first=first, last=last).get(ANN, ())
    return [(f"{one:%d %H:%M}", f"{other:%d %H:%M}") for one, other in spans]


def test_outside_the_hours_of_a_day_somebody_is_off_by_their_own_clock():
    found = off(shift("2026-11-23", "08:00-12:00 13:00-17:00"))
    assert found == [("22 23:00", "23 07:00"), ("23 11:00", "23 12:00"), ("23 16:00", "23 23:00")]


def test_days_off_in_a_row_are_one_span_to_the_next_shift():
    found = off(shift("2026-11-24 .. 2026-11-25", "off"), shift("2026-11-26", "10:00-23:59"))
    assert found[0] == ("23 23:00", "26 09:00")


def test_of_days_that_are_not_named_nothing_is_said():
    assert off(shift("2026-11-23", "00:00-00:00")) == []
    assert off() == []


def test_a_night_shift_ends_on_the_next_day():
    found = off(shift("2026-11-23 .. 2026-11-24", "22:00-06:00"))
    assert found == [("22 23:00", "23 21:00"), ("24 05:00", "24 21:00")]


def test_two_rows_of_a_day_are_two_shifts_and_names_are_matched_without_case():
    found = off(
        shift("2026-11-23", "06:00-10:00", "ANN@example.com"), shift("2026-11-23", "10:00-24:00")
    )
    assert found == [("22 23:00", "23 05:00")]


def test_a_day_on_which_clocks_change_is_off_by_what_really_passes():
    (span,) = time_off(
        [shift("2026-10-25", "off")], ZONES, first=date(2026, 10, 25), last=date(2026, 10, 25)
    )[ANN]
    assert span == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))


def test_what_is_past_or_far_ahead_is_left_out():
    rows = [shift("2026-11-10", "off"), shift("2027-01-10", "off")]
    assert off(*rows) == []


def test_a_table_tells_every_row_that_is_wrong_with_its_line():
    problems = Problems()
    text = (
        "person,days,hours\n"
        "ann@example.com,2026-11-23,08:00-16:00\n"
        "ann@example.com,2026-11-31,08:00-16:00\n"
        "ann@example.com,2026-11-25,late\n"
        "ann@example.com,2026-12-01 .. 2026-12-03,off\n"
    )
    rows = read_shifts("tables/shifts.csv", text.encode(), problems)
    assert [row.line for row in rows] == [2, 5]
    told = [str(problem) for problem in problems.found]
    assert told[0].startswith("tables/shifts.csv:3:1: days: '2026-11-31' is no day")
    assert told[1].startswith("tables/shifts.csv:4:1: hours: 'late' is no time")
    assert len(told) == 2


def test_a_table_with_other_columns_is_refused():
    problems = Problems()
    assert read_shifts("t.csv", b"who,when\na,b\n", problems) == []
    assert "they are person, days, hours" in str(problems.found[0])


@pytest.mark.parametrize(
    "name", ["/etc/shifts.csv", "../tables/s.csv", "tables/../../s.csv", "s.csv"]
)
def test_a_table_stands_among_the_tables(name):
    with pytest.raises(ValueError, match="is no table"):
        AbsenceMapping(shifts=name)
