"""Which hours of the week do the calendars of rooftops tell apart?

Moments at which the same calendars are open are one value. An ordinary week is looked at, in which no clock
is changed: holidays and closures are days, and whoever is closed then is told elsewhere (`--roster`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.coverage.diagrams import Mask, indexes, mask_of
from ortoo_daemon.policy.coverage.domains import named
from ortoo_daemon.policy.coverage.values import Cell

_DAY = 24 * 60
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKS_TRIED = 8
_DAYS_TRIED = 60

Span = tuple[int, int]
"""Minutes since the Monday's midnight in the policy's zone, the last one excluded."""


class Hours:
    """The hours of the week, by which calendars are open. ``size`` is at least 1."""

    fields: tuple[str, ...] = ()

    def __init__(self, calendars: Mapping[str, BusinessHours], *, since: date, zone: str) -> None:
        self._calendars = calendars
        self._zone = ZoneInfo(zone)
        self._spans: list[list[Span]] = []
        self._open: list[frozenset[str]] = []
        for span, is_open in self._told_apart(since):
            if is_open not in self._open:
                self._open.append(is_open)
                self._spans.append([])
            self._spans[self._open.index(is_open)].append(span)
        self.size = len(self._open)

    def open(self, calendar: str) -> Mask:
        """The hours at which a calendar is open."""
        return mask_of([index for index, found in enumerate(self._open) if calendar in found])

    def knows(self, calendar: str | None) -> bool:
        """Of what is not known nobody is ever closed."""
        return calendar in self._calendars

    def on(self, weekdays: Collection[int]) -> Mask:
        """The hours that some of these days of the week have; Monday is 0."""
        return mask_of(
            [
                index
                for index, spans in enumerate(self._spans)
                if any(_days_of(span) & set(weekdays) for span in spans)
            ]
        )

    def moment(self, mask: Mask, first: date, last: date | None) -> datetime | None:
        """A moment of these days at which the calendars really stand so, in UTC; None when none was found."""
        for number in range(_DAYS_TRIED):
            day = first + timedelta(days=number)
            if last is not None and day > last:
                return None
            for index in indexes(mask):
                for begin, end in self._spans[index]:
                    for minute in _on_day((begin, end), day.weekday()):
                        at = datetime.combine(day, time(), tzinfo=self._zone)
                        at = (at + timedelta(minutes=minute)).astimezone(UTC)
                        if self._open_at(at, self._calendars) == self._open[index]:
                            return at
        return None

    def mask(self, test: FieldTest) -> Mask:
        raise AssertionError("no test asks for the hour")

    def cells(self, index: int) -> Mapping[str, Cell]:
        return {}

    def words(self, mask: Mask) -> str:
        """``Mon-Fri 00:00-08:00 19:00-24:00, Sat, Sun``."""
        by_day: dict[int, list[Span]] = defaultdict(list)
        for begin, end in _joined([span for index in indexes(mask) for span in self._spans[index]]):
            for day in range(begin // _DAY, (end - 1) // _DAY + 1):
                midnight = day * _DAY
                by_day[day].append((max(begin, midnight) - midnight, min(end - midnight, _DAY)))
        return named(list(_runs_of_days(by_day)))

    def _told_apart(self, since: date) -> Iterator[tuple[Span, frozenset[str]]]:
        """The pieces of the week, each with the calendars that are open all through it."""
        ordinary = {
            key: replace(each, closed=frozenset(), closed_parts=frozenset())
            for key, each in self._calendars.items()
        }
        begin, end = self._week(since)
        edges = {begin, end}
        for each in ordinary.values():
            for opening, closing in each.open_spans(begin, end):
                edges |= {opening, closing}
        moments = sorted(edges)
        for one, other in pairwise(moments):
            span = tuple(int((at - begin) / timedelta(minutes=1)) for at in (one, other))
            yield (span[0], span[1]), self._open_at(one, ordinary)

    def _week(self, since: date) -> tuple[datetime, datetime]:
        """The first week from then on in which no clock is changed where a calendar is read."""
        zones = [self._zone, *(ZoneInfo(each.zone) for each in self._calendars.values())]
        monday = since - timedelta(days=since.weekday())
        weeks = [
            tuple(
                datetime.combine(monday + timedelta(days=days), time(), tzinfo=self._zone)
                for days in (7 * number, 7 * number + 7)
            )
            for number in range(_WEEKS_TRIED)
        ]
        found = next(
            (
                week
                for week in weeks
                if all(len({at.astimezone(zone).utcoffset() for at in week}) == 1 for zone in zones)
            ),
            weeks[0],
        )
        return found[0].astimezone(UTC), found[1].astimezone(UTC)

    @staticmethod
    def _open_at(at: datetime, calendars: Mapping[str, BusinessHours]) -> frozenset[str]:
        return frozenset(key for key, each in calendars.items() if each.is_open(at))


def _days_of(span: Span) -> set[int]:
    return set(range(span[0] // _DAY, (span[1] - 1) // _DAY + 1))


def _on_day(span: Span, weekday: int) -> Iterator[int]:
    """The middle of what the span has of a day, in minutes since its midnight."""
    begin, end = max(span[0], weekday * _DAY), min(span[1], (weekday + 1) * _DAY)
    if begin < end:
        yield (begin + end) // 2 - weekday * _DAY


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _runs_of_days(by_day: Mapping[int, list[Span]]) -> Iterator[str]:
    """Days in a row with the same hours are told together."""
    days = [day for day in range(7) if by_day.get(day)]
    at = 0
    while at < len(days):
        first = last = at
        while (
            last + 1 < len(days)
            and days[last + 1] == days[last] + 1
            and by_day[days[last + 1]] == by_day[days[first]]
        ):
            last += 1
        name = _DAYS[days[first]] + (f"-{_DAYS[days[last]]}" if last > first else "")
        hours = [] if by_day[days[first]] == [(0, _DAY)] else map(_clock, by_day[days[first]])
        yield " ".join([name, *hours])
        at = last + 1


def _clock(span: Span) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)
