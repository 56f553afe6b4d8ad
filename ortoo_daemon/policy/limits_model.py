"""What may nobody be given more of? Values of ``limits:``."""

from dataclasses import dataclass, field
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.periods import Period
from ortoo_daemon.records import FieldValue


class LimitLevel(StrEnum):
    """Who is limited: one person, those of one role at a rooftop (or desk), everybody at a rooftop."""

    PERSON = "person"
    TEAM = "team"
    ROOFTOP = "rooftop"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """So many records of the policy may be given to one of a level within a period.

    ``met`` is the condition of those that count and are bound (None: all), ``about`` the same in words,
    ``tag`` its name in counters. ``zone`` is where windows of the calendar are read; None: where the
    person or rooftop is.
    """

    level: LimitLevel
    at_most: int
    per: Period
    zone: str | None = None
    met: Condition | None = None
    about: str = ""
    tag: str = ""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimit:
    """How much open work, weighed by ``weigh``, one person, team or rooftop may hold (None: no bound).

    Records for which ``unless`` holds pass. A weight that is no number from 0 on is UNWEIGHED.
    """

    person: float | None = None
    team: float | None = None
    rooftop: float | None = None
    weigh: Expression
    unless: Condition | None = None
    place: Place


UNWEIGHED = 1.0
"""What a record weighs of which nothing else is known."""


_HEAVIEST = 9_999


def is_weight(value: FieldValue) -> bool:
    """Whether a value can be what a record weighs."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _HEAVIEST
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What nobody may be given more of. Not for fixed targets.

    ``open_limit``: most open records one person, team or rooftop may hold (None: no bound). The smaller
    of this and the person's own limit holds. Records for which ``unless`` holds pass. ``rates`` and
    ``rates_unless`` are those of ``rate_limit``, ``load`` is ``load_limit``. ``simple``: people have no
    other limit than that of their open work.
    """

    open_per_person: int | None = None
    open_per_team: int | None = None
    open_per_rooftop: int | None = None
    unless: Condition | None = None
    rates: tuple[RateLimit, ...] = ()
    rates_unless: Condition | None = None
    load: LoadLimit | None = None
    of_sites: bool = field(init=False, repr=False, compare=False)
    of_teams: bool = field(init=False, repr=False, compare=False)
    simple: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels = {rate.level for rate in self.rates}
        load = self.load
        sites = self.open_per_rooftop is not None or LimitLevel.ROOFTOP in levels
        sites = sites or (load is not None and load.rooftop is not None)
        teams = self.open_per_team is not None or LimitLevel.TEAM in levels
        teams = teams or (load is not None and load.team is not None)
        object.__setattr__(self, "of_sites", sites)  # asked of every record
        object.__setattr__(self, "of_teams", teams)
        object.__setattr__(self, "simple", not (self.rates or self.load or teams))

    def open_at(self, level: LimitLevel) -> int | None:
        """The most open records at one of this level."""
        if level is LimitLevel.PERSON:
            return self.open_per_person
        return self.open_per_team if level is LimitLevel.TEAM else self.open_per_rooftop

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on the record, in no particular order."""
        load = self.load.unless if self.load else None
        found = (self.unless, self.rates_unless, load, *(rate.met for rate in self.rates))
        return tuple(condition for condition in found if condition is not None)
