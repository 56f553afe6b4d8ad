"""Which variables does a policy distinguish, and which combinations of their values meet a condition?

A field that a stage writes is two variables, before and after; what is sure of both together is in
`Space.bounds`. Tests that can't be told by listing values (`values.FieldTests.is_hard`) are variables of
their own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.countries import country_code
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not, tests_of
from ortoo_daemon.policy.coverage.diagrams import Diagram, Diagrams, Mask
from ortoo_daemon.policy.coverage.domains import Answer, Days, Domain, FieldDomain, holds
from ortoo_daemon.policy.coverage.hours import Hours
from ortoo_daemon.policy.coverage.places import KnownCodes, Places, codes_told_apart
from ortoo_daemon.policy.coverage.stages import Key, Stage, writes_of
from ortoo_daemon.policy.coverage.strangers import holds_of_a_stranger, of_a_match
from ortoo_daemon.policy.coverage.territory_use import (
    begins,
    countries,
    place_fields,
    territories_of,
)
from ortoo_daemon.policy.coverage.values import ANY_OTHER, FieldTests
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.programme_days import Running
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.records import FieldValue

MOST_LINKED = 64
"""Values of a field before and after a stage are compared one by one up to so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside the policy. ``since`` is the first day of interest.

    ``brands`` are those of the directory; ``codes`` tells the postal codes of a country.
    ``hours`` are the calendars of rooftops. ``strangers``: only records are looked at whose customers nobody
    knows.
    """

    since: date
    description: OrgDescription | None = None
    brands: Collection[str] = ()
    codes: KnownCodes = field(default=lambda country: ())
    hours: Mapping[str, BusinessHours] = field(default_factory=dict)
    strangers: bool = False


class Space:
    """The variables of one policy and the sets over them.

    ``others`` are conditions that policies before this one ask of records as they come in. Raises
    TooManyCombinations.
    """

    def __init__(self, policy: Policy, others: Sequence[Condition | None], known: Known) -> None:
        self.policy = policy
        self.writes = writes_of(policy)
        self._known = known
        self._tests = self._collect(others)
        self._level: dict[Key, int] = {}
        self._hard: dict[tuple[Key, str, tuple[object, ...]], int] = {}
        self.domains: list[Domain] = []
        self.days = Days(known.since, list(begins(policy)))
        self.hours = self._hours()
        self.places: dict[tuple[str, str], Places] = {}
        self._covered: dict[Place, Mask] = {}
        self._lay_out()
        self.day_level = self.domains.index(self.days)
        self.hours_level = None if self.hours is None else self.day_level - 1
        self.sets = Diagrams([domain.size for domain in self.domains])

    def level(self, name: str, stage: Stage = Stage.RULES) -> int:
        """The variable of a field at a stage."""
        return self._level[self.writes.key(name, stage)]

    def level_of(self, key: Key) -> int:
        """The variable that a key stands for."""
        return self._level[key]

    def is_hard(self, key: Key, test: FieldTest) -> bool:
        """Whether a test of a variable is a variable of its own."""
        return (key, test.operator, test.operand) in self._hard

    def versions(self) -> Mapping[int, tuple[Key, ...]]:
        """The fields that each variable stands for."""
        found: dict[int, list[Key]] = defaultdict(list)
        for key, level in self._level.items():
            found[level].append(key)
        return {level: tuple(keys) for level, keys in found.items()}

    def hard_tests(self) -> Iterator[tuple[int, Key, FieldTest]]:
        """Tests that are variables of their own, each with the variable it asks."""
        for (key, _, _), level in self._hard.items():
            answer = self.domains[level]
            assert isinstance(answer, Answer)
            yield level, key, answer.test

    def tests(self, name: str) -> Sequence[FieldTest]:
        """Every different test of a field, at whatever stage."""
        found = (test for key, tests in self._tests.items() if key[0] == name for test in tests)
        return list({(test.operator, test.operand): test for test in found}.values())

    def meeting(self, condition: Condition | None, stage: Stage = Stage.RULES) -> Diagram:
        """The combinations for which a condition holds."""
        match condition:
            case None:
                return True
            case FieldTest():
                return self._of_test(condition, stage)
            case Running():
                return self.during(*condition.days.span)
            case Named(condition=part):
                return self.meeting(part, stage)
            case Not(part=part):
                return self.sets.less(True, self.meeting(part, stage))
            case AllOf(parts=parts):
                found: Diagram = True
                for part in parts:
                    found = self.sets.both(found, self.meeting(part, stage))
                return found
            case AnyOf(parts=parts):
                found = False
                for part in parts:
                    found = self.sets.either(found, self.meeting(part, stage))
                return found
        raise TypeError(f"no condition: {condition!r}")

    def during(self, first: date | None, last: date | None) -> Diagram:
        """The days from first to last, both included."""
        return self.sets.one_of(self.day_level, self.days.within(first, last))

    def covered(self, places: Places, row: TerritoryRow) -> Mask:
        """The places of a row, worked out once."""
        if row.place not in self._covered:
            self._covered[row.place] = places.covered(row)
        return self._covered[row.place]

    def bounds(self) -> Diagram:
        """What is sure of every record: how fields before and after a stage go together."""
        found: Diagram = True
        writes = self.writes
        for name in sorted(writes.intake):
            before, after = (writes.key(name, stage) for stage in (Stage.ENTER, Stage.REQUIRE))
            found = self.sets.both(found, self._linked(before, after, filled_stays=False))
        for name in sorted(writes.enrichment):
            before, after = (writes.key(name, stage) for stage in (Stage.REQUIRE, Stage.RULES))
            if name in writes.when_empty:
                found = self.sets.both(found, self._linked(before, after, filled_stays=True))
            if name in writes.constants:
                found = self.sets.both(found, self._equal_to(after, writes.constants[name]))
        return self.sets.both(found, self._hours_of_days())

    def _collect(self, others: Sequence[Condition | None]) -> dict[Key, list[FieldTest]]:
        """Tests by variable, in the order in which records meet them."""
        found: dict[Key, list[FieldTest]] = defaultdict(list)
        policy = self.policy
        entering = [each for each in (*others, policy.enter) if each is not None]
        required = [policy.require.condition] if policy.require else []
        ruling = [rule.when for rule in rules_of(policy) if rule.when is not None]
        for stage, conditions in zip(Stage, (entering, required, ruling), strict=True):
            for condition in conditions:
                for test in tests_of(condition):
                    if self._known.strangers and of_a_match(test):
                        continue
                    for name in test.fields():
                        found.setdefault(self.writes.key(name, stage), [])
                    found[self.writes.key(test.field, stage)].append(test)
        return found

    def _lay_out(self) -> None:
        """One variable after the other: fields as they are met, then the hour and the day, places last."""
        choices = [rule.assign.rooftop for rule in rules_of(self.policy)]
        placed: dict[Key, tuple[str, str]] = {}
        names = dict.fromkeys(self._tests)
        for choice in (each for each in choices if each is not None):
            pair = place_fields(choice)
            keys = [self.writes.key(name, Stage.RULES) for name in pair or ()]
            if pair is not None and not placed.keys() & keys:
                placed |= dict.fromkeys(keys, pair)
            for name in (choice.brand, choice.city if choice.territories is not None else None):
                if name is not None:
                    names.setdefault(self.writes.key(name, Stage.RULES))
        for key in names:
            if key not in placed:
                self._level[key] = self._add(self._field(key))
            self._ask_hard(key)
        if self.hours is not None:
            self._add(self.hours)
        self._add(self.days)
        for pair in dict.fromkeys(placed.values()):
            self.places[pair] = places = self._place(pair)
            level = self._add(places)
            self._level |= {self.writes.key(name, Stage.RULES): level for name in pair}

    def _hours(self) -> Hours | None:
        """The hours of the week, where a rule asks of rooftops that they are open."""
        choices = [rule.assign.rooftop for rule in rules_of(self.policy)]
        if not self._known.hours or not any(each and each.open_now for each in choices):
            return None
        return Hours(self._known.hours, since=self._known.since, zone=self.policy.zone)

    def _hours_of_days(self) -> Diagram:
        """A few days do not have the hours of every day of the week."""
        found: Diagram = True
        if self.hours is None or self.hours_level is None:
            return found
        for index, (first, last) in enumerate(self.days.spans()):
            if last is None or (last - first).days >= 6:
                continue
            weekdays = {(first + timedelta(n)).weekday() for n in range((last - first).days + 1)}
            others = self.sets.less(True, self.sets.one_of(self.day_level, 1 << index))
            here = self.sets.one_of(self.hours_level, self.hours.on(weekdays))
            found = self.sets.both(found, self.sets.either(others, here))
        return found

    def _add(self, domain: Domain) -> int:
        self.domains.append(domain)
        return len(self.domains) - 1

    def _asked(self, name: str) -> FieldTests:
        org = self._known.description
        return FieldTests(
            name=name,
            tests=self.tests(name),
            described=org.resolve(self.policy.object, name) if org else None,
            more=tuple(dict.fromkeys(self._named_elsewhere(name))),
            zone=self.policy.zone,
        )

    def _named_elsewhere(self, name: str) -> Iterator[str]:
        """Brands of the directory and brands and cities of territory rows, where a field holds them."""
        for choice, rows in territories_of(self.policy):
            if choice.brand == name:
                yield from sorted(self._known.brands)
                yield from sorted({row.brand for row in rows if row.brand})
            if choice.city == name:
                yield from sorted({row.city for row in rows if row.city})

    def _field(self, key: Key) -> FieldDomain:
        name, written = key
        last = self.writes.key(name, Stage.RULES)[1]
        called = name if written == last else f"{name} (as it came in)"
        return FieldDomain(name, self._asked(name).values(), zone=self.policy.zone, called=called)

    def _ask_hard(self, key: Key) -> None:
        name = key[0]
        asked = self._asked(name)
        called = "" if key == self.writes.key(name, Stage.RULES) else f"{name} (as it came in)"
        for test in self._tests.get(key, ()):
            if asked.is_hard(test):
                slot = key, test.operator, test.operand
                if slot not in self._hard:
                    self._hard[slot] = self._add(Answer(test, called))

    def _of_test(self, test: FieldTest, stage: Stage) -> Diagram:
        if self._known.strangers and of_a_match(test):
            return holds_of_a_stranger(test)
        key = self.writes.key(test.field, stage)
        hard = self._hard.get((key, test.operator, test.operand))
        if hard is not None:
            return self.sets.one_of(hard, 0b10)
        level = self._level[key]
        return self.sets.one_of(level, self.domains[level].mask(test))

    def _place(self, pair: tuple[str, str]) -> Places:
        country, code = (self._asked(name) for name in pair)
        rows: dict[str, list[TerritoryRow]] = defaultdict(list)
        for choice, found in territories_of(self.policy):
            if place_fields(choice) == pair:
                for row in found:
                    iso = row.country.strip().upper()
                    if country_code(iso) == iso:
                        rows[iso].append(row)
        asked = [
            compact(str(each.cell))
            for each in code.values()
            if isinstance(each.cell, str | int | float) and each.label not in ANY_OTHER
        ]
        codes: dict[str | None, Sequence[str]] = {None: sorted(set(asked))}
        for iso, of_country in rows.items():
            told_apart = codes_told_apart(of_country, self._known.codes(iso))
            codes[iso] = sorted(told_apart.union(asked))
        named = list(countries(country, sorted(rows)))
        return Places(pair, named, codes, zone=self.policy.zone)

    def _linked(self, before: Key, after: Key, *, filled_stays: bool) -> Diagram:
        """An empty field stays empty in intake; a filled one stays as it is where only empty ones are set."""
        if before == after or before not in self._level or after not in self._level:
            return True
        levels = self._level[before], self._level[after]
        domains = [self.domains[level] for level in levels]
        if domains[0].size != domains[1].size or domains[0].size > MOST_LINKED:
            return True
        found: Diagram = False
        for index in range(domains[0].size):
            one = self.sets.one_of(levels[0], 1 << index)
            (cell,) = domains[0].cells(index).values()
            is_empty = cell is None
            if filled_stays:
                other: Diagram = is_empty or self.sets.one_of(levels[1], 1 << index)
            else:
                other = not is_empty or self._equal_to(after, None)
            found = self.sets.either(found, self.sets.both(one, other))
        return found

    def _equal_to(self, key: Key, value: FieldValue) -> Diagram:
        """The field has a value that no test tells from this one."""
        if key not in self._level:
            return True
        level = self._level[key]
        domain = self.domains[level]
        mask = self.sets.full[level]
        if value is None:
            empty = [i for i in range(domain.size) if domain.cells(i)[key[0]] is None]
            mask = sum(1 << index for index in empty)
        for test in self.tests(key[0]):
            slot = key, test.operator, test.operand
            answer = holds(test, value, zone=self.policy.zone)
            if slot not in self._hard:
                found = domain.mask(test)
                mask &= found if answer else ~found
        return self.sets.one_of(level, mask)
