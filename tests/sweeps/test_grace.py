"""Claims about steps that wait after an outage, and about how many are taken up within an hour."""

from datetime import timedelta

from ortoo_daemon.sweeps.grace import Grace, HourlyMost
from tests.clock import NOON, Clock


def grace(clock: Clock) -> Grace:
    return Grace(outage_after=timedelta(minutes=15), lasts=timedelta(minutes=10), clock=clock)


def test_nothing_waits_while_the_org_is_seen_all_the_time():
    clock = Clock()
    looking = grace(clock)
    for _ in range(100):
        assert looking.seen() is None
        clock.go_on(seconds=30)


def test_after_twelve_hours_without_the_org_steps_wait_once_for_a_while():
    clock = Clock()
    looking = grace(clock)
    looking.seen()
    clock.go_on(hours=12)
    first = looking.seen()
    assert (first.begins, first.since, first.until - clock.now) == (
        True,
        NOON,
        timedelta(minutes=10),
    )
    clock.go_on(minutes=9)
    again = looking.seen()
    assert (again.begins, again.until) == (False, first.until)
    clock.go_on(minutes=1)
    assert looking.seen() is None


def test_a_short_gap_makes_nothing_wait():
    clock = Clock()
    looking = grace(clock)
    looking.seen()
    clock.go_on(minutes=14)
    assert looking.seen() is None


def test_an_outage_counts_over_a_restart_and_a_new_journal_knows_of_none():
    clock = Clock()
    looking = grace(clock)
    looking.began(NOON - timedelta(hours=2))
    assert looking.seen().since == NOON - timedelta(hours=2)
    fresh = grace(clock)
    fresh.began(None)
    assert fresh.seen() is None


def test_so_many_and_no_more_within_any_hour():
    clock = Clock()
    most = HourlyMost(100, clock=clock)
    most.add(60)
    clock.go_on(minutes=30)
    most.add(40)
    assert most.left == 0
    clock.go_on(minutes=29)
    assert most.left == 0
    clock.go_on(minutes=1)
    assert most.left == 60
