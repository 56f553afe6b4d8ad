"""How near an allocation is to its end: levels that don't come and go, and when it will be used up."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.daemon.budgets.shedding import PUT_OFF, STRETCHED, Budget, Level, Thresholds
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.allocations import AllocationUse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def budget(*used: float, every: timedelta = timedelta(minutes=1), period: timedelta = DAY):
    """A budget of a thousand after these readings."""
    found = Budget(Thresholds(), period=period)
    for number, each in enumerate(used):
        found.note(AllocationUse(used=int(each), allowed=1000), NOW + number * every)
    return found


@pytest.mark.parametrize(
    ("used", "level"),
    [
        (0, Level.ENOUGH),
        (799, Level.ENOUGH),
        (800, Level.LOW),
        (900, Level.SHORT),
        (970, Level.SCARCE),
        (1000, Level.USED_UP),
        (1200, Level.USED_UP),
    ],
)
def test_a_level_begins_at_its_share(used, level):
    assert budget(used).level is level


def test_a_level_is_left_only_well_below_the_share_at_which_it_began():
    assert budget(901, 899, 881).level is Level.SHORT
    assert budget(901, 899, 881, 879).level is Level.LOW
    assert budget(980, 949).level is Level.SHORT
    assert budget(980, 100).level is Level.ENOUGH


def test_a_share_that_wavers_about_a_border_changes_the_level_once():
    found, changes = Budget(Thresholds(), period=DAY), 0
    for number in range(100):
        used = 900 + (5 if number % 2 else -5)
        before = found.note(AllocationUse(used=used, allowed=1000), NOW + timedelta(minutes=number))
        changes += found.level is not before
    assert changes == 2, "enough to low, low to short"


def test_a_refusal_of_the_org_outweighs_its_figures():
    found = budget(300)
    found.note(AllocationUse(used=300, allowed=1000), NOW, refused=True)
    assert found.level is Level.USED_UP
    found.note(AllocationUse(used=300, allowed=1000), NOW)
    assert found.level is Level.ENOUGH


def test_it_is_told_when_all_is_used_if_it_goes_on_as_in_the_last_hour():
    found = budget(*range(400, 461))  # a call a minute
    assert found.runs_out_at == NOW + timedelta(minutes=60 + 540)


def test_older_hours_do_not_count():
    night, morning = [100] * 300, range(100, 161)
    found = budget(*night, *morning)
    assert found.runs_out_at == NOW + timedelta(minutes=360 + 840)


def test_what_lasts_for_the_whole_period_does_not_run_out():
    assert budget(*[400] * 30).runs_out_at is None
    assert budget(*range(430, 400, -1)).runs_out_at is None
    slow = [400 + minute // 6 for minute in range(61)]  # ten an hour: sixty hours
    assert budget(*slow).runs_out_at is None


def test_a_burst_of_a_few_minutes_tells_nothing_about_the_day():
    assert budget(*range(0, 900, 100)).runs_out_at is None


def test_a_count_that_begins_anew_is_no_trend():
    before, after = range(400, 431), range(20)
    found = budget(*before, *after)
    assert found.runs_out_at == NOW + timedelta(minutes=50 + 981)


def test_the_worse_the_level_the_more_is_left_undone_and_owners_are_never():
    short, scarce = STRETCHED[Level.SHORT], STRETCHED[Level.SCARCE]
    assert short.keys() <= scarce.keys()
    assert all(scarce[name] >= times for name, times in short.items())
    assert not math.isinf(scarce["reconcile"]), "new records that nobody heard of must be found"
    assert "sla" not in short
    assert PUT_OFF[Level.SHORT] <= PUT_OFF[Level.SCARCE]
    first = {WorkReason.CREATED, WorkReason.CHANGED, WorkReason.RECONCILED, WorkReason.REQUEUED}
    assert not first & frozenset[WorkReason]().union(*PUT_OFF.values())
    assert STRETCHED[Level.USED_UP] == scarce
