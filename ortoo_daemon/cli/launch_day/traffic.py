"""When does what arrive? The launch day's leads and cases on one time line, repeatably."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ortoo_daemon.cli.launch_day.leads import Arrival, lead_arrivals
from ortoo_daemon.cli.launch_day.mails import mail_arrivals
from ortoo_daemon.cli.launch_day.neighbourhoods import Neighbourhoods, shipped_towns
from ortoo_daemon.sandbox.seed.rooftops import read_directory

_RUSH_SHARE, _RUSH_FROM, _RUSH_UNTIL = 0.3, 0.40, 0.52
"""The car is shown at 40 % of the day: so much of the traffic comes within the next 12 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What to play. ``lasts_for``: seconds from the first arrival to the last. ``leap_for``: seconds for
    which each leap of the time afterwards is watched."""

    leads: int
    cases: int
    seed: int
    lasts_for: float
    leap_for: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """An arrival and when it comes, in seconds from the start."""

    after: float
    arrival: Arrival


def plan(day: Day, advisers: Sequence[str]) -> list[Timed]:
    """The whole day in order of time. ``advisers``: ids of users who may take a lead."""
    dealers = read_directory()
    countries = frozenset(each["BillingCountryCode"] for each in dealers)
    near = Neighbourhoods(dealers, shipped_towns(countries))
    leads = lead_arrivals(
        day.leads, dealers=dealers, near=near, advisers=advisers, dice=Random(f"leads {day.seed}")
    )
    cases = mail_arrivals(day.cases, dealers=dealers, dice=Random(f"cases {day.seed}"))
    dice = Random(f"times {day.seed}")
    timed = [
        Timed(after=at, arrival=arrival)
        for arrivals in (leads, cases)
        for at, arrival in zip(_moments(len(arrivals), day.lasts_for, dice), arrivals, strict=True)
    ]
    return sorted(timed, key=lambda each: each.after)


def _moments(count: int, lasts_for: float, dice: Random) -> list[float]:
    """Moments in order: steady traffic and one rush."""
    found = [
        dice.uniform(_RUSH_FROM, _RUSH_UNTIL) if dice.random() < _RUSH_SHARE else dice.random()
        for _ in range(count)
    ]
    return sorted(moment * lasts_for for moment in found)
