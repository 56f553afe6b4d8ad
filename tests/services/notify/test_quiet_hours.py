"""Claims about when somebody is left in peace."""

from datetime import UTC, datetime, time

import pytest

from ortoo_daemon.services.notify.quiet_hours import QuietHours

NIGHT = QuietHours.parse("20:00 .. 07:00")
NOON = QuietHours.parse("12:00..13:30")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_they_are_written_as_two_times():
    assert QuietHours(begins=time(20), ends=time(7)) == NIGHT
    for wrong in ("20:00", "20 .. 7", "24:00 .. 07:00", "07:00 .. 07:00"):
        with pytest.raises(ValueError, match="quiet hours"):
            QuietHours.parse(wrong)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (at(23, 18, 59), None),  # 19:59 in Paris
        (at(23, 19), at(24, 6)),
        (at(23, 23, 30), at(24, 6)),  # past midnight in Paris
        (at(24, 5, 59), at(24, 6)),
        (at(24, 6), None),
    ],
)
def test_the_night_ends_in_the_morning_where_the_recipient_is(moment, end):
    assert NIGHT.end_after(moment, "Europe/Paris") == end


def test_hours_within_a_day_end_the_same_day():
    assert NOON.end_after(at(23, 11, 30), "Europe/Paris") == at(23, 12, 30)
    assert NOON.end_after(at(23, 10, 59), "Europe/Paris") is None


def test_a_night_in_which_the_clock_is_put_forward_ends_by_the_clock_on_the_wall():
    assert NIGHT.end_after(at(28, 22, month=3), "Europe/Paris") == at(29, 5, month=3)
