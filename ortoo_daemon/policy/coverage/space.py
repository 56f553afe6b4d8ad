"""Which combinations of values meet a condition?

What is sure of a field before and after a stage that writes it, both together, is in `Space.bounds`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not
from ortoo_daemon.policy.coverage.diagrams import Diagram, Diagrams, Mask
from ortoo_daemon.policy.coverage.domains import holds
from ortoo_daemon.policy.coverage.places import Places
from ortoo_daemon.policy.coverage.stages import Key, Stage
from ortoo_daemon.policy.coverage.strangers import holds_of_a_stranger, of_a_match
from ortoo_daemon.policy.coverage.variables import Known, Variables
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.programme_days import Running
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.records import FieldValue

MOST_LINKED = 64
"""Values of a field before and after a stage are compared one by one up to so many."""


class Space:
    """The variables of one policy and the sets over them.

    ``others`` are conditions that policies before this one ask of records as they come in. Raises
    TooManyCombinations.
    """

    def __init__(self, policy: Policy, others: Sequence[Condition | None], known: Known) -> None:
        self.policy = policy
        self.variables = Variables(policy, others, known)
        self.sets = Diagrams([domain.size for domain in self.variables.domains])
        self._covered: dict[Place, Mask] = {}

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
        return self.sets.one_of(self.variables.day_level, self.variables.days.within(first, last))

    def covered(self, places: Places, row: TerritoryRow) -> Mask:
        """The places of a row, worked out once."""
        if row.place not in self._covered:
            self._covered[row.place] = places.covered(row)
        return self._covered[row.place]

    def bounds(self) -> Diagram:
        """What is sure of every record: how fields before and after a stage go together."""
        found: Diagram = True
        writes = self.variables.writes
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

    def _hours_of_days(self) -> Diagram:
        """A few days do not have the hours of every day of the week."""
        found: Diagram = True
        variables, sets = self.variables, self.sets
        if variables.hours is None or variables.hours_level is None:
            return found
        for index, (first, last) in enumerate(variables.days.spans()):
            if last is None or (last - first).days >= 6:
                continue
            weekdays = {(first + timedelta(n)).weekday() for n in range((last - first).days + 1)}
            others = sets.less(True, sets.one_of(variables.day_level, 1 << index))
            here = sets.one_of(variables.hours_level, variables.hours.on(weekdays))
            found = sets.both(found, sets.either(others, here))
        return found

    def _of_test(self, test: FieldTest, stage: Stage) -> Diagram:
        if self.variables.known.strangers and of_a_match(test):
            return holds_of_a_stranger(test)
        key = self.variables.writes.key(test.field, stage)
        hard = self.variables.hard_level(key, test)
        if hard is not None:
            return self.sets.one_of(hard, 0b10)
        level = self.variables.level_of(key)
        return self.sets.one_of(level, self.variables.domains[level].mask(test))

    def _linked(self, before: Key, after: Key, *, filled_stays: bool) -> Diagram:
        """An empty field stays empty in intake; a filled one stays as it is where only empty ones are set."""
        if before == after or not (self.variables.has(before) and self.variables.has(after)):
            return True
        levels = self.variables.level_of(before), self.variables.level_of(after)
        domains = [self.variables.domains[level] for level in levels]
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
        if not self.variables.has(key):
            return True
        level = self.variables.level_of(key)
        domain = self.variables.domains[level]
        mask = self.sets.full[level]
        if value is None:
            empty = [i for i in range(domain.size) if domain.cells(i)[key[0]] is None]
            mask = sum(1 << index for index in empty)
        for test in self.variables.tests(key[0]):
            answer = holds(test, value, zone=self.policy.zone)
            if not self.variables.is_hard(key, test):
                found = domain.mask(test)
                mask &= found if answer else ~found
        return self.sets.one_of(level, mask)
