"""A day is near from the day the mail came to two working days later; what lies behind is not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.triage.near_days import is_near, names_a_near_day
from ortoo_daemon.intake.triage.words import words_of

MONDAY = date(2026, 3, 2)
THURSDAY = date(2026, 3, 5)


def near(text: str, today: date | None = MONDAY) -> bool:
    return names_a_near_day(text, words_of(text), today)


@pytest.mark.parametrize(
    "text",
    [
        "Le client vient demain matin",
        "Der Kunde holt den Wagen morgen ab",
        "La clienta viene mañana por la mañana",
        "domani alle 9 il cliente ritira",
        "she collects it tomorrow",
        "klant komt overmorgen",
        "Probefahrt am Mittwoch um 10 Uhr",
        "mercredi à 14 h",
        "el miércoles a las 10",
        "Termin 4.3. um zehn",
        "le 3 mars au plus tard",
        "by March 4",
        "test drive 04/03/2026",
        "delivery 2026-03-04",
    ],
)
def test_a_near_day_is_known_in_six_languages_and_many_forms(text):
    assert near(text)


@pytest.mark.parametrize(
    "text",
    [
        "Guten Morgen zusammen",
        "Morgen, bitte prüfen",
        "heute Morgen standen 164 Autos online",
        "in der Lieferung von heute fehlt etwas",
        "por la mañana abrimos a las 9",
        "seit Mittwoch geht nichts",
        "since Tuesday",
        "depuis mardi",
        "da martedì",
        "le mardi dernier",
        "afgelopen dinsdag",
        "am Donnerstag",
        "Probefahrt am 18.3.",
        "am 28.2. bestellt",
        "richtig wären 3.990 Euro",
        "version 3.4.1 of the file",
        "20 maart",
    ],
)
def test_what_is_past_far_or_no_day_is_not_near(text):
    assert not near(text)


def test_the_weekend_does_not_count():
    assert near("am Montag", THURSDAY)
    assert near("on Saturday", THURSDAY)
    assert not near("am Dienstag", THURSDAY)


def test_without_the_day_of_the_mail_only_plain_words_tell():
    assert near("tomorrow", None)
    assert not near("on Tuesday", None)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-30, 30))
def test_near_is_never_past_and_at_most_two_working_days_and_a_weekend_ahead(today, days):
    day = today + timedelta(days=days)
    assert not is_near(day, today) or 0 <= days <= 4


@given(st.text(max_size=120))
def test_any_text_is_read(text):
    near(text)
