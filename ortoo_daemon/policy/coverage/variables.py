"""Which variables does a policy distinguish?

A field that a stage writes is two variables, before and after. Tests that can't be told by listing values
(`values.FieldTests.is_hard`) are variables of their own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.countries import country_code
from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.policy.conditions import FieldTest, tests_of
from ortoo_daemon.policy.coverage.domains import Answer, Days, Domain, FieldDomain
from ortoo_daemon.policy.coverage.hours import Hours
from ortoo_daemon.policy.coverage.places import KnownCodes, Places, codes_told_apart
from ortoo_daemon.policy.coverage.stages import Key, Stage, writes_of
from ortoo_daemon.policy.coverage.strangers import of_a_match
from ortoo_daemon.policy.coverage.territory_use import (
    begins,
    countries,
    place_fields,
    territories_of,
)
from ortoo_daemon.policy.coverage.values import ANY_OTHER, FieldTests
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import TerritoryRow


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


class Variables:
    """The variables of one policy, in the order in which records meet them: fields, the hour of the week
    where a rule asks for it, the day, places. A level is the place of a variable in ``domains``.

    ``others`` are conditions that policies before this one ask of records as they come in.
    """

    def __init__(self, policy: Policy, others: Sequence[Condition | None], known: Known) -> None:
        self.policy = policy
        self.known = known
        self.writes = writes_of(policy)
        self._tests = self._collect(others)
        self._level: dict[Key, int] = {}
        self._hard: dict[tuple[Key, str, tuple[object, ...]], int] = {}
        self.domains: list[Domain] = []
        self.days = Days(known.since, list(begins(policy)))
        self.hours = self._hours()
        self.places: dict[tuple[str, str], Places] = {}
        self._lay_out()
        self.day_level = self.domains.index(self.days)
        self.hours_level = None if self.hours is None else self.day_level - 1

    def level(self, name: str, stage: Stage = Stage.RULES) -> int:
        """The variable of a field at a stage."""
        return self._level[self.writes.key(name, stage)]

    def level_of(self, key: Key) -> int:
        """The variable that a key stands for."""
        return self._level[key]

    def has(self, key: Key) -> bool:
        """Whether a variable stands for the key."""
        return key in self._level

    def is_hard(self, key: Key, test: FieldTest) -> bool:
        """Whether a test of a variable is a variable of its own."""
        return self.hard_level(key, test) is not None

    def hard_level(self, key: Key, test: FieldTest) -> int | None:
        """The variable that a test of a variable is; none where the values of the field tell it."""
        return self._hard.get((key, test.operator, test.operand))

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
                    if self.known.strangers and of_a_match(test):
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
        if not self.known.hours or not any(each and each.open_now for each in choices):
            return None
        return Hours(self.known.hours, since=self.known.since, zone=self.policy.zone)

    def _add(self, domain: Domain) -> int:
        self.domains.append(domain)
        return len(self.domains) - 1

    def _asked(self, name: str) -> FieldTests:
        org = self.known.description
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
                yield from sorted(self.known.brands)
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
            told_apart = codes_told_apart(of_country, self.known.codes(iso))
            codes[iso] = sorted(told_apart.union(asked))
        named = list(countries(country, sorted(rows)))
        return Places(pair, named, codes, zone=self.policy.zone)
