"""When does a programme run? Its days, and the condition that asks for them.

Outside its days a programme is as if nobody had written it: its rules match nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ortoo_daemon.calendars import day_of
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Scope
from ortoo_daemon.trace import FailedCondition

Days = tuple[date, date]
"""From one day to the other, both included."""

NEVER: Days = (date.max, date.min)
"""No day lies between these."""


ASKED = "the programme"
"""Stands in a trace where a condition on a field names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDays:
    """The days of one programme, both included, in its policy's zone (None: open at this end).

    ``off``: it is switched off whatever the day.
    """

    name: str
    first: date | None = None
    last: date | None = None
    off: bool = False
    place: Place

    @property
    def span(self) -> Days:
        """The days on which it runs; ``NEVER`` while it is off."""
        return NEVER if self.off else (self.first or date.min, self.last or date.max)

    def wanting(self, today: date) -> str:
        """Why it does not run today, such as ``not running before 2026-12-01``; empty when it does."""
        if self.off:
            return "switched off"
        if self.first is not None and today < self.first:
            return f"not running before {self.first}"
        if self.last is not None and today > self.last:
            return f"not running after {self.last}"
        return ""


@dataclass(frozen=True, slots=True)
class Running:
    """``programme: name`` in a condition: holds on the days on which the programme runs."""

    place: Place
    days: ProgrammeDays

    @property
    def text(self) -> str:
        return f"programme: {self.days.name}"

    def holds(self, scope: Scope) -> bool:
        return not self._wanting(scope)

    def failure(self, scope: Scope) -> FailedCondition | None:
        wanting = self._wanting(scope)
        if not wanting:
            return None
        return FailedCondition(place=self.place, text=self.text, field=ASKED, value=wanting)

    def fields(self) -> frozenset[str]:
        """It asks the day, and nothing of the record."""
        return frozenset()

    def _wanting(self, scope: Scope) -> str:
        return self.days.wanting(day_of(scope.now, scope.zone))


def common(one: Days | None, other: Days | None) -> Days | None:
    """The days that lie in both (None: every day); ``NEVER`` when there is none."""
    if one is None or other is None:
        return one or other
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else NEVER


def turns(spans: Iterable[Days]) -> Iterator[date]:
    """Days on which one of the spans begins, or the first on which it no longer lasts."""
    for first, last in spans:
        if first > last:
            continue
        if first != date.min:
            yield first
        if last != date.max:
            yield last + timedelta(days=1)
