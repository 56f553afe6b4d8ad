"""Claims about people: who is away by which sign, until when, and how that is kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ortoo_daemon.directory import Directory, person_of
from ortoo_daemon.json_text import json_text
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.simulation.snapshot import directory_from_json, directory_to_json

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANN = Person(id="005000000000001AAA", name="Ann", username="ann@example.com")
LEAVE = ((NOW - HOUR, NOW + HOUR),)


def with_all_signs() -> Person:
    return replace(
        ANN,
        availability="Away",
        leave=LEAVE,
        present=False,
        off_shift=LEAVE,
        no_login_at=NOW - HOUR,
        missed_at=NOW - HOUR,
    )


def test_the_first_sign_of_the_usual_order_that_says_away_is_the_one():
    person, seen = with_all_signs(), []
    nothing = {
        Sign.FIELDS: {"availability": "Available"},
        Sign.CALENDAR: {"leave": ()},
        Sign.PRESENCE: {"present": None},
        Sign.SHIFTS: {"off_shift": ()},
        Sign.LOGIN: {"no_login_at": None},
        Sign.MISSED: {"missed_at": None},
    }
    while (sign := person.away_by(NOW)) is not None:
        seen.append(sign)
        person = replace(person, **nothing[sign])
    assert seen == list(Sign)


def test_who_is_online_is_there_where_that_ranks_above_the_calendar():
    online = replace(ANN, leave=LEAVE, present=True)
    assert online.away_by(NOW) is Sign.CALENDAR
    believed = replace(online, ranking=(Sign.PRESENCE, Sign.CALENDAR))
    assert not believed.is_away(NOW)
    assert not replace(ANN, missed_at=NOW, present=True).is_away(NOW)


def test_a_sign_that_says_nothing_leaves_the_word_to_the_next():
    past = replace(ANN, availability="Away", away_until=NOW - HOUR, leave=LEAVE)
    assert past.away_by(NOW) is Sign.CALENDAR


def test_the_return_is_when_no_sign_says_away_any_more():
    person = replace(ANN, away_until=NOW + HOUR, leave=((NOW + HOUR, NOW + 3 * HOUR),))
    assert person.returns_at(NOW) == NOW + 3 * HOUR
    assert replace(person, availability="Away", away_until=None).returns_at(NOW) is None


def test_spans_of_absence_are_joined_and_cut_to_what_is_asked():
    person = replace(ANN, leave=LEAVE, off_shift=((NOW + HOUR, NOW + 2 * HOUR),))
    assert person.away_spans(NOW, NOW + 5 * HOUR) == [(NOW, NOW + 2 * HOUR)]
    later = replace(ANN, no_login_at=NOW + HOUR)
    assert later.away_spans(NOW, NOW + 5 * HOUR) == [(NOW + HOUR, NOW + 5 * HOUR)]
    assert ANN.away_spans(NOW, NOW + HOUR) == []


def test_as_if_overrules_every_sign():
    assert not with_all_signs().as_if(away=False).is_away(NOW)
    assert ANN.as_if(away=True).is_away(NOW)


def test_every_sign_outlives_a_decision_record_and_a_file():
    person = replace(with_all_signs(), ranking=(Sign.SHIFTS, *Sign)[:3])
    directory = Directory.of(people=[person])
    assert person_of(json.loads(json_text(directory.as_kept(person)))) == person
    assert directory_from_json(directory_to_json(directory)).people[person.id] == person
