"""When in the coming days will a rule find nobody, by calendars and absences alone?

Asked for every rooftop (and the desks) that a rule can choose, and for the skills that it requires of
anybody. Open work, rotation and the record's own language are not looked at. Posts to which nobody
belongs at all are `nobody_there`'s to tell. Pure: spans of calendars are joined, no minute is tried.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.person import Person
from ortoo_daemon.policy.lint.sites import Post, asked_for, choosing_rules, may_take, posts_of
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import Rule

LOOKS_AHEAD = timedelta(days=7)

Span = tuple[datetime, datetime]
"""Begin and end in UTC; the end does not belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """When a rule finds nobody at ``where``: a rooftop, ``the desks``, or ``everywhere``.

    ``wanted`` is the role and skills asked for. ``in_hours`` are the parts within the opening hours of
    the rooftop; where these are not known, all. ``zone`` is that of the people who read it.
    """

    policy: str
    rule: str
    place: Place
    where: str
    wanted: str
    zone: str
    spans: tuple[Span, ...]
    in_hours: tuple[Span, ...]

    @property
    def minutes(self) -> int:
        return _minutes(self.spans)

    @property
    def minutes_in_hours(self) -> int:
        return _minutes(self.in_hours)


def look_ahead(
    subject: Subject, directory: Directory, *, now: datetime, ahead: timedelta = LOOKS_AHEAD
) -> list[Shortage]:
    """Every shortage from ``now`` on, those with most minutes in opening hours first."""
    watch = _Watch(directory, now.astimezone(UTC), now.astimezone(UTC) + ahead)
    found = [
        shortage
        for policy in subject.policies.policies
        for rule in choosing_rules(policy)
        for shortage in watch.of_rule(policy, rule, posts_of(subject, directory, rule))
    ]
    found.sort(key=lambda each: (-each.minutes_in_hours, -each.minutes, each.place, each.where))
    return found


class _Watch:
    """One stretch of time, and what is known of the hours in it."""

    def __init__(self, directory: Directory, begin: datetime, end: datetime) -> None:
        self._directory = directory
        self._begin = begin
        self._end = end
        self._open: dict[str, tuple[Span, ...]] = {}

    def of_rule(self, policy: Policy, rule: Rule, posts: Sequence[Post]) -> Iterator[Shortage]:
        window = self._window(policy, rule)
        if window is None:
            return
        staffed: list[Span] = []
        for post in posts:
            people = [each for each in post.people if may_take(rule, policy, each)]
            there = _joined(
                span for person in people for span in self._eligible(rule, person, post.rooftop)
            )
            staffed += there
            if people:
                yield from self._shortage(policy, rule, post, _lacking(window, there))
        if len(posts) > 1:
            everywhere = Post(rooftop=None, people=())
            yield from self._shortage(policy, rule, everywhere, _lacking(window, _joined(staffed)))

    def _window(self, policy: Policy, rule: Rule) -> Span | None:
        """The part of the time in which the rule holds by its days."""
        begin, end = self._begin, self._end
        if rule.days is not None:
            zone, (first, last) = ZoneInfo(policy.zone), rule.days
            if first != date.min:
                begin = max(begin, datetime.combine(first, time(), tzinfo=zone).astimezone(UTC))
            if last < first:
                return None
            if last != date.max:
                after = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
                end = min(end, after.astimezone(UTC))
        return (begin, end) if begin < end else None

    def _eligible(self, rule: Rule, person: Person, site: Rooftop | None) -> Iterator[Span]:
        """When the person is there: not away, and at work or open where the rule asks for it."""
        spans = self._at_work(rule, person, site)
        choice = rule.assign.rooftop
        if choice is not None and choice.open_now and site is not None and site.hours is not None:
            known = site.hours in self._directory.hours
            spans = list(_common(spans, self._hours(site.hours))) if known else spans
        away = person.away_spans(self._begin, self._end)
        yield from _common(spans, _lacking((self._begin, self._end), away)) if away else spans

    def _at_work(self, rule: Rule, person: Person, site: Rooftop | None) -> list[Span]:
        """When the person is at work where the team must be."""
        team = rule.assign.team
        key = person.hours or (site.hours if site is not None else None)
        if team is None or not team.open_now or key is None or key not in self._directory.hours:
            return [(self._begin, self._end)]
        return list(self._hours(key))

    def _hours(self, key: str) -> tuple[Span, ...]:
        if key not in self._open:
            week: BusinessHours = self._directory.hours[key]
            self._open[key] = tuple(week.open_spans(self._begin, self._end))
        return self._open[key]

    def _shortage(
        self, policy: Policy, rule: Rule, post: Post, lacking: Sequence[Span]
    ) -> Iterator[Shortage]:
        if not lacking:
            return
        site, hours = post.rooftop, None
        if site is not None and site.hours is not None:
            hours = self._directory.hours.get(site.hours)
        team = rule.assign.team
        is_post = site is not None or rule.assign.rooftop is None
        yield Shortage(
            policy=policy.name,
            rule=rule.name,
            place=team.place if team is not None else rule.assign.place,
            where=post.name if is_post else "everywhere",
            wanted=asked_for(rule),
            zone=hours.zone if hours is not None else policy.zone,
            spans=tuple(lacking),
            in_hours=tuple(
                lacking
                if hours is None or site is None or site.hours is None
                else _common(lacking, self._hours(site.hours))
            ),
        )


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that meet as one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _lacking(window: Span, there: Sequence[Span]) -> list[Span]:
    """What of the window none of the joined spans covers."""
    found: list[Span] = []
    at, last = window
    for begin, end in there:
        if begin > at:
            found.append((at, min(begin, last)))
        at = max(at, end)
        if at >= last:
            return found
    return [*found, (at, last)]


def _common(one: Sequence[Span], other: Sequence[Span]) -> Iterator[Span]:
    """What two lists of ordered spans have in common."""
    first = second = 0
    while first < len(one) and second < len(other):
        begin = max(one[first][0], other[second][0])
        end = min(one[first][1], other[second][1])
        if begin < end:
            yield begin, end
        if one[first][1] <= other[second][1]:
            first += 1
        else:
            second += 1


def _minutes(spans: Iterable[Span]) -> int:
    return round(sum((end - begin).total_seconds() for begin, end in spans) / 60)
