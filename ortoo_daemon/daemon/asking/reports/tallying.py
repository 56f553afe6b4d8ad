"""How many records of each group are what? By the org's own GROUP BY, else row by row.

Row by row goes what the org can't group, and dimensions of which it would tell nearly as many groups as there
are records, such as thousands of people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ortoo_daemon.action.stamps import ROOFTOP
from ortoo_daemon.daemon.asking.reports.counting import Counted, Counting, Question
from ortoo_daemon.daemon.asking.reports.cuts import Cut, cuts
from ortoo_daemon.daemon.asking.reports.pages import pages
from ortoo_daemon.daemon.asking.reports.subject import CREATED, Subject
from ortoo_daemon.instants import instant
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.periods import Period, stretch_at
from ortoo_daemon.reporting.tallies import Count, Outcomes, Tallies
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """Where the numbers of a question go: to everything, to a stretch, to groups of dimensions."""

    whole: bool = False
    stretch: int | None = None
    dimensions: tuple[Dimension, ...] = ()
    blank: bool = False


@dataclass(slots=True, kw_only=True)
class Tallying:
    """One subject's records in one org. ``rows`` is how many were read one by one."""

    org: Org
    subject: Subject
    outcomes: Outcomes
    placing: Placing
    counting: Counting
    rows: int = 0

    async def sites(self, period: Period) -> set[str]:
        """The rooftops that records of the period name."""
        if ROOFTOP not in self.subject.fields:
            return set()
        question = self._question(_About(), period, (ROOFTOP,), ("COUNT(Id)",))
        return {str(each.values[ROOFTOP] or "") async for each in self.counting.ask([question])}

    async def tally(self, tallies: Tallies, period: Period, stretches: Sequence[Period]) -> None:
        """Add what the period's records come to. Raises OrgError."""
        if self.subject.rowwise:
            await self._row_by_row(tallies, period, stretches)
            return
        counted, given_up = Tallies(tallies.dimensions), list[Question]()
        async for each in self.counting.ask(self._of_time(period, stretches)):
            self._add(counted, each)
        asked = self._of_groups(tallies.dimensions, period)
        async for each in self.counting.ask(asked, give_up=given_up):
            self._add(counted, each)
        too_many = {name for question in given_up for name in question.about.dimensions}
        read = Tallies([each for each in tallies.dimensions if each in too_many])
        if too_many:
            await self._row_by_row(read, period, ())
        tallies.whole, tallies.stretches = counted.whole, counted.stretches
        for dimension in tallies.dimensions:
            source = read if dimension in too_many else counted
            tallies.groups[dimension] = source.groups[dimension]

    def _add(self, tallies: Tallies, each: Counted) -> None:
        about: _About = each.question.about
        if about.blank:
            found = {Count.BLANK: each.numbers[0]}
        else:
            found = dict(zip(self._columns(), each.numbers, strict=True))
            found |= dict.fromkeys(self.outcomes.counts(each.values), found[Count.RECORDS])
        if about.whole:
            tallies.whole.update(found)
        if about.stretch is not None:
            tallies.stretch(about.stretch).update(found)
        facets = self.subject.facets(each.values)
        for dimension in about.dimensions:
            tallies.group(dimension, self.placing.key(dimension, facets)).update(found)

    def _columns(self) -> dict[Count, str]:
        """Counts that the org gives of each group."""
        found = {Count.RECORDS: "COUNT(Id)"}
        if self.subject.duplicate:
            found[Count.DUPLICATES] = f"COUNT({self.subject.duplicate})"
        if ROOFTOP in self.subject.fields:
            found[Count.PLACED] = f"COUNT({ROOFTOP})"
        return found

    def _of_time(self, period: Period, stretches: Sequence[Period]) -> Iterator[Question]:
        everything = Cut(paths=(), where=(), dimensions=())
        yield from self._asked(_About(whole=True), period, everything)
        for number, stretch in enumerate(stretches):
            yield from self._asked(_About(stretch=number), stretch, everything)

    def _of_groups(self, dimensions: Sequence[Dimension], period: Period) -> Iterator[Question]:
        for cut in cuts(self.subject, dimensions):
            yield from self._asked(_About(dimensions=cut.dimensions), period, cut)

    def _asked(self, about: _About, period: Period, cut: Cut) -> Iterator[Question]:
        by = tuple(dict.fromkeys((*cut.paths, *self._outcome_fields())))
        yield self._question(about, period, by, tuple(self._columns().values()), cut.where)
        if self.subject.required:
            blank = soql.any_of(soql.equals(name, None) for name in self.subject.required)
            where = (*cut.where, blank)
            yield self._question(
                replace(about, blank=True), period, cut.paths, ("COUNT(Id)",), where
            )

    def _question(
        self,
        about: _About,
        period: Period,
        by: tuple[str, ...],
        columns: tuple[str, ...],
        where: tuple[soql.Condition, ...] = (),
    ) -> Question:
        return Question(
            object=self.subject.object,
            at=CREATED,
            period=period,
            columns=columns,
            group_by=by,
            where=where,
            about=about,
        )

    def _outcome_fields(self) -> list[str]:
        return [name for name in self.outcomes.fields if "." in name or name in self.subject.fields]

    async def _row_by_row(
        self, tallies: Tallies, period: Period, stretches: Sequence[Period]
    ) -> None:
        subject, begins = self.subject, [each.begin for each in stretches]
        stamps = [name for name in (subject.duplicate, ROOFTOP) if name in subject.fields]
        fields = [CREATED, *subject.placing_fields(), *self._outcome_fields(), *subject.required]
        span = [soql.at_least(CREATED, period.begin), soql.below(CREATED, period.end)]
        async for rows in pages(self.org, subject.object, [*fields, *map(str, stamps)], span):
            self.rows += len(rows)
            for row in rows:
                counts = {Count.RECORDS, *self.outcomes.counts(row)}
                if any(row.get(name) is None for name in subject.required):
                    counts.add(Count.BLANK)
                if subject.duplicate and row[subject.duplicate]:
                    counts.add(Count.DUPLICATES)
                if row.get(ROOFTOP):
                    counts.add(Count.PLACED)
                keys = self.placing.keys(tallies.dimensions, subject.facets(row))
                created = instant(row[CREATED])
                stretch = stretch_at(created, begins) if created and begins else None
                tallies.add(keys, stretch, dict.fromkeys(counts, 1))
