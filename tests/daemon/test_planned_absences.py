"""Claims about which absences are ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ortoo_daemon.daemon.planned_absences import planned
from ortoo_daemon.person import Person, Sign
from tests.world import directory, person

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
ANN = person(1)
SIGNS = frozenset({Sign.FIELDS, Sign.CALENDAR})


def ahead(*people: Person) -> list[tuple[str, datetime, datetime | None]]:
    found = planned(directory((), people), SIGNS, now=NOW, ahead=WEEK)
    return [(each.sign.value, each.begins_at, each.ends_at) for each in found.values()]


def test_the_next_absence_that_begins_later_is_the_one():
    spans = ((NOW + HOUR, NOW + 2 * HOUR), (NOW + 5 * HOUR, NOW + 6 * HOUR))
    assert ahead(replace(ANN, leave=spans)) == [("calendar", NOW + HOUR, NOW + 2 * HOUR)]


def test_who_is_away_already_or_has_left_or_is_away_by_another_sign_is_not_listed():
    spans = ((NOW + HOUR, NOW + 2 * HOUR),)
    assert ahead(replace(ANN, leave=((NOW - HOUR, NOW + HOUR),))) == []
    assert ahead(replace(ANN, active=False, leave=spans)) == []
    assert ahead(replace(ANN, off_shift=spans)) == []


def test_an_absence_that_goes_on_beyond_the_days_looked_at_has_its_own_end():
    assert ahead(replace(ANN, leave=((NOW + HOUR, NOW + 2 * WEEK),))) == [
        ("calendar", NOW + HOUR, NOW + 2 * WEEK)
    ]
