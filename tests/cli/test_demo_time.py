"""When the launch day begins, and how time is moved."""

from datetime import UTC, datetime

import pytest

from ortoo_daemon.cli.launch_day.org_time import ZONE, OrgTime, opening


@pytest.mark.parametrize(
    ("played", "begins"),
    [
        ("2026-11-23T09:00:00+01:00", "2026-11-23T14:00:00+01:00"),  # a Monday morning
        ("2026-11-23T14:00:00+01:00", "2026-11-24T14:00:00+01:00"),
        ("2026-11-27T18:00:00+01:00", "2026-11-30T14:00:00+01:00"),  # over the weekend
        ("2026-10-24T18:00:00+02:00", "2026-10-26T14:00:00+01:00"),  # clocks go back meanwhile
    ],
)
def test_the_day_begins_on_a_weekday_afternoon_whenever_it_is_played(
    played: str, begins: str
) -> None:
    assert opening(datetime.fromisoformat(played)) == datetime.fromisoformat(begins)


def test_the_orgs_clock_is_set_ahead_and_goes_on_in_leaps() -> None:
    shifts: list[float] = []
    clock = OrgTime(shifts.append)
    clock.begin()
    began = clock.now()
    assert datetime.fromtimestamp(began, UTC).astimezone(ZONE).hour == 14
    clock.pass_by(5)
    assert shifts[1] - shifts[0] == 300
    assert 300 <= clock.now() - began < 310
    assert clock.told().endswith("14:05")
