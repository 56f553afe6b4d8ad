"""How many times a second is open time added to a moment, over calendars as rooftops keep them?

Several blocks a day, a night shift, public holidays and changes of the clocks; CPU time of one thread.
"""

import time
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.figures import Figure, at_least
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.salesforce.hours_mapping import public_holidays

_ZONES = ("Europe/Paris", "Europe/Berlin", "Europe/London", "Europe/Madrid", "Europe/Rome")
_DAY = ((510, 720), (840, 1140))
_WEEK = (_DAY, _DAY, _DAY, _DAY, ((510, 720), (840, 1080)), ((540, 780),), ())
_NIGHTS = (((1320, 360),),) * 5 + ((), ())
_LASTS = 2.0
_YEAR = timedelta(days=365)


def about(count: int) -> str:
    return f"30 minutes to 3 open days added to moments of a year, over {count:,} calendars"


def measure(count: int, *, lasts: float = _LASTS) -> list[Figure]:
    """``lasts``: CPU seconds of each kind of question."""
    weeks = [_week(number) for number in range(count)]
    random = Random(7)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    asked = [
        (random.choice(weeks), first + random.random() * _YEAR, timedelta(minutes=minutes))
        for minutes in (30, 120, 480, 1_440)
        for _ in range(2_000)
    ]
    random.shuffle(asked)
    added = open_ = between = 0
    adding = looking = measuring = 0.0
    while adding < lasts:
        began = time.process_time()
        for week, at, length in asked:
            week.add(at, length)
        adding += time.process_time() - began
        added += len(asked)
    while looking < lasts / 2:
        began = time.process_time()
        for week, at, _ in asked:
            week.is_open(at)
        looking += time.process_time() - began
        open_ += len(asked)
    while measuring < lasts / 2:
        began = time.process_time()
        for week, at, length in asked:
            week.between(at, at + length)
        measuring += time.process_time() - began
        between += len(asked)
    return [
        Figure(name="additions", value=added / adding, unit="1/s", goal=at_least(20_000)),
        Figure(name="is it open", value=open_ / looking, unit="1/s"),
        Figure(name="open time between", value=between / measuring, unit="1/s"),
    ]


def _week(number: int) -> BusinessHours:
    closed = public_holidays("FR" if number % 2 else "DE", (), tuple(range(2024, 2030)))
    return BusinessHours(
        name=f"site {number}",
        zone=_ZONES[number % len(_ZONES)],
        windows=_NIGHTS if number % 10 == 0 else _WEEK,
        closed=closed,
    )
