"""What has the policy given a name to? ``define:`` holds conditions and lists, used by name, ``programmes:``
programmes.

Definitions are read when they are first used, so that they may stand in any order; one that leads
back to itself is reported.
"""

from collections.abc import Callable, Iterable

from ortoo_daemon.policy.conditions import size_of
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Definition, DefinitionKind
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import Section, mapping_in
from ortoo_daemon.policy.programme_days import ProgrammeDays

ReadCondition = Callable[[MapNode], Condition | None]

KEYS = ("conditions", "lists")

DEEPEST = 16
"""Names leading to names, at most."""

MOST_TESTS = 1_000
"""Tests behind one name, at most: names of names grow as fast as aliases would."""


class Definitions:
    """The named conditions, lists and programmes of one policy."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._lists: dict[str, tuple[Scalar, ListNode]] = {}
        self._conditions: dict[str, tuple[Scalar, MapNode]] = {}
        self._programmes: dict[str, ProgrammeDays] = {}
        self._read: dict[str, Condition | None] = {}
        self._reading: list[str] = []
        self._used: set[tuple[DefinitionKind, str]] = set()

    def take(self, node: MapNode) -> None:
        """Note everything under ``define:``."""
        section = Section(node, self.problems, what="define", known=KEYS)
        for key, (name, value) in _entries(section.mapping("lists")):
            if isinstance(value, ListNode):
                self._lists[key] = (name, value)
            else:
                self.problems.add(value, "wrong_type", f"the list {key!r} must be a list")
        for key, (name, value) in _entries(section.mapping("conditions")):
            found = mapping_in(value, self.problems, what=f"the condition {key!r}")
            if found is not None:
                self._conditions[key] = (name, found)

    def take_programmes(self, found: Iterable[ProgrammeDays]) -> None:
        """Note the programmes by their names."""
        self._programmes |= {each.name: each for each in found}

    def programme(self, use: Scalar) -> ProgrammeDays | None:
        """The programme that a rule or a condition names; None when it is unknown."""
        name = use.text.strip()
        if name not in self._programmes:
            message = f"no programme is called {name!r}"
            mend = did_you_mean(name, self._programmes) or "declare it under programmes:"
            self.problems.add(use, "unknown_name", message, mend)
            return None
        self._used.add((DefinitionKind.PROGRAMME, name))
        return self._programmes[name]

    def condition(self, use: Scalar, read: ReadCondition) -> Condition | None:
        """The condition that ``use: name`` means; None when it is unknown or wrong."""
        name = use.text
        if name not in self._conditions:
            message = f"no condition is defined as {name!r}"
            self.problems.add(use, "unknown_name", message, did_you_mean(name, self._conditions))
            return None
        self._used.add((DefinitionKind.CONDITION, name))
        if name in self._reading:
            circle = " → ".join([*self._reading[self._reading.index(name) :], name])
            self.problems.add(use, "circle", f"the condition leads back to itself: {circle}")
            return None
        if len(self._reading) >= DEEPEST:
            message = f"names lead to names more than {DEEPEST} deep"
            self.problems.add(use, "too_deep", message, "write the condition out")
            return None
        if name not in self._read:
            self._reading.append(name)
            self._read[name] = self._bounded(name, read(self._conditions[name][1]))
            self._reading.pop()
        return self._read[name]

    def _bounded(self, name: str, condition: Condition | None) -> Condition | None:
        if condition is None or size_of(condition) <= MOST_TESTS:
            return condition
        message = f"the condition {name!r} asks more than {MOST_TESTS:,} tests"
        mend = "names of names grow quickly: use lists, or a table"
        self.problems.add(self._conditions[name][0], "too_large", message, mend)
        return None

    def items(self, use: Scalar) -> ListNode | None:
        """The list that ``{list: name}`` means; None when it is unknown."""
        name = use.text
        if name not in self._lists:
            message = f"no list is defined as {name!r}"
            self.problems.add(use, "unknown_name", message, did_you_mean(name, self._lists))
            return None
        self._used.add((DefinitionKind.LIST, name))
        return self._lists[name][1]

    def read_unused(self, read: ReadCondition) -> None:
        """Look at the conditions nobody used, so that their mistakes are reported too."""
        used = set(self._used)
        for name, (key, _) in self._conditions.items():
            if name not in self._read:
                self.condition(Scalar(key.file, key.line, key.column, text=name, plain=True), read)
        self._used = used

    def summary(self) -> tuple[Definition, ...]:
        """What was defined, and whether anything uses it."""
        found = [
            Definition(kind=kind, name=name, used=(kind, name) in self._used, place=key.place)
            for kind, table in (
                (DefinitionKind.CONDITION, self._conditions),
                (DefinitionKind.LIST, self._lists),
            )
            for name, (key, _) in table.items()
        ]
        for name, days in self._programmes.items():
            used = (DefinitionKind.PROGRAMME, name) in self._used
            kind, place = DefinitionKind.PROGRAMME, days.place
            found.append(Definition(kind=kind, name=name, used=used, place=place))
        return tuple(found)


def _entries(node: MapNode | None) -> list[tuple[str, tuple[Scalar, Node]]]:
    return list(node.entries.items()) if node is not None else []
