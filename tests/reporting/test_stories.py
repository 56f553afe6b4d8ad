"""Claims about what became of one record."""

from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.reporting.stories import Happening, Kind, Length, Story, story_of
from ortoo_daemon.reporting.tallies import Count

CREATED = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANN, BEN, DESK, OTHER_DESK = "005A", "005B", "00GA", "00GB"
WEEK = (((480, 1080),),) * 5 + ((), ())
OPEN = BusinessHours(name="site", zone="UTC", windows=WEEK)


def story(*happened: tuple[float, Kind, str], hours: BusinessHours | None = None) -> Story:
    """Each with its minutes after the creation."""
    found = [Happening(CREATED + timedelta(minutes=m), kind, who) for m, kind, who in happened]
    return story_of(CREATED, found, misroute_within=timedelta(hours=24), hours=hours, placed=True)


def test_time_to_an_owner_is_up_to_the_first_assignment_whoever_has_it_later():
    found = story((1, Kind.GIVEN, ANN), (40, Kind.MOVED, BEN))
    assert found.lengths[Length.ROUTING] == 60
    assert found.first == ANN
    assert Count.REROUTED in found.counts


def test_a_parked_record_that_is_routed_later_waited_until_then_and_is_not_unrouted():
    found = story((1, Kind.PARKED, ""), (90, Kind.GIVEN, ANN))
    assert found.lengths[Length.ROUTING] == 90 * 60
    assert Count.UNROUTED not in found.counts
    assert found.counts >= {Count.DECIDED, Count.ASSIGNED}


@pytest.mark.parametrize("last", [Kind.PARKED, Kind.FALLBACK])
def test_what_ends_parked_or_in_the_fallback_is_unrouted(last):
    assert Count.UNROUTED in story((1, Kind.GIVEN, ANN), (5, last, DESK)).counts


def test_the_same_owner_again_is_no_reroute():
    assert Count.REROUTED not in story((1, Kind.GIVEN, ANN), (5, Kind.GIVEN, ANN)).counts


def test_a_person_who_changes_the_owner_soon_mends_a_misroute_and_later_does_not():
    assert Count.MISROUTED in story((1, Kind.GIVEN, ANN), (60, Kind.TAKEN, BEN)).counts
    late = 24 * 60 + 2
    assert Count.MISROUTED not in story((1, Kind.GIVEN, ANN), (late, Kind.TAKEN, BEN)).counts


def test_soon_is_counted_from_the_last_time_the_daemon_gave_it():
    late = 24 * 60 + 2
    found = story((1, Kind.GIVEN, ANN), (late, Kind.MOVED, BEN), (late + 5, Kind.TAKEN, ANN))
    assert Count.MISROUTED in found.counts


def test_taking_a_record_out_of_its_queue_is_no_misroute_and_another_queue_is():
    assert Count.MISROUTED not in story((1, Kind.GIVEN, DESK), (9, Kind.TAKEN, ANN)).counts
    assert Count.MISROUTED in story((1, Kind.GIVEN, DESK), (9, Kind.TAKEN, OTHER_DESK)).counts


def test_a_person_who_chooses_the_owner_it_has_or_acted_before_the_daemon_mends_nothing():
    assert Count.MISROUTED not in story((1, Kind.GIVEN, ANN), (9, Kind.TAKEN, ANN)).counts
    assert Count.MISROUTED not in story((1, Kind.TAKEN, BEN), (9, Kind.GIVEN, ANN)).counts


def test_response_time_is_told_by_both_clocks():
    friday_night = story((1, Kind.GIVEN, ANN), (11 * 60, Kind.ANSWERED, ""), hours=OPEN)
    assert friday_night.lengths[Length.RESPONSE] == 11 * 3600
    assert friday_night.lengths[Length.OPEN] == 9 * 3600  # from 9:00 to 18:00


def test_a_rooftop_without_hours_is_always_open_and_none_at_all_has_no_open_hours():
    found = story((20, Kind.ANSWERED, ""))
    assert found.lengths[Length.OPEN] == found.lengths[Length.RESPONSE]
    nowhere = story_of(
        CREATED,
        [Happening(CREATED, Kind.ANSWERED)],
        misroute_within=timedelta(hours=24),
        hours=OPEN,
        placed=False,
    )
    assert nowhere.lengths == {Length.RESPONSE: 0}


def test_a_clock_that_is_a_little_behind_makes_no_time_below_nought():
    assert story((-0.01, Kind.GIVEN, ANN)).lengths[Length.ROUTING] == 0


def test_before_the_daemon_people_stand_in_with_their_first_change_of_owner_and_status():
    found = story((30, Kind.TAKEN, ANN), (45, Kind.TOUCHED, ""), (60, Kind.TAKEN, BEN))
    assert found.lengths[Length.ROUTING] == 30 * 60
    assert found.lengths[Length.RESPONSE] == 45 * 60
    assert found.counts == {Count.ANSWERED}


def test_with_the_daemon_a_change_of_status_is_no_answer_and_a_person_no_first_owner():
    found = story((1, Kind.PARKED, ""), (30, Kind.TAKEN, ANN), (45, Kind.TOUCHED, ""))
    assert found.lengths == {}
    assert Count.ANSWERED not in found.counts


def test_one_trace_of_several_that_reports_something_is_enough():
    found = story((1, Kind.CLEAN, ""), (5, Kind.FLAGGED, ""))
    assert found.counts == {Count.TRACED, Count.FLAGGED}
    assert story((1, Kind.CLEAN, "")).counts == {Count.TRACED}


def test_nothing_known_of_a_record_is_nothing():
    assert story() == Story()
