"""How does a node become a condition?

A mapping holds when every entry holds; a list of values means one of them; a bare name in a list of
``all`` or ``any`` means that the field is filled.
"""

from collections.abc import Callable
from typing import Any

from ortoo_daemon.policy import literals, patterns
from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.model import Condition
from ortoo_daemon.policy.naming import did_you_mean, wrong_with_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.operators import OPERATORS, Operator, Takes
from ortoo_daemon.policy.reading import (
    NO_ROOTS,
    duration_in,
    flag_in,
    items_in,
    mapping_in,
    name_in,
    number_in,
    text_in,
)
from ortoo_daemon.policy.values import fold

WORDS = ("all", "any", "not", "use")
"""Keys of a condition that are no field names."""

_WORDS_FOR_BLANK = ("is_blank", "is_empty", "null", "empty")


class ConditionReader:
    """Reads conditions of one policy. ``roots`` are the ``$`` names known where the condition stands."""

    def __init__(
        self, problems: Problems, definitions: Definitions, roots: frozenset[str] = NO_ROOTS
    ) -> None:
        self.problems = problems
        self.definitions = definitions
        self.roots = roots
        self._names: set[str] = set()

    def knowing(self, roots: frozenset[str]) -> "ConditionReader":
        """The same reader where more ``$`` names are known."""
        return ConditionReader(self.problems, self.definitions, roots)

    def read(self, node: Node, *, what: str = "the condition") -> Condition | None:
        """The condition, or None when something in it is wrong (and noted)."""
        mapping = mapping_in(node, self.problems, what=what)
        return None if mapping is None else self._mapping(mapping)

    def _mapping(self, node: MapNode) -> Condition | None:
        if not node.entries:
            message = "an empty condition says nothing"
            self.problems.add(node, "empty", message, "take it out, or name a field")
            return None
        parts: list[Condition | None] = []
        for name, (key, value) in node.entries.items():
            if name in WORDS:
                parts.append(self._word(key, value))
            else:
                parts.extend(self._field(key, value))
        found = [part for part in parts if part is not None]
        if len(found) < len(parts) or not found:
            return None
        return found[0] if len(found) == 1 else AllOf(node.place, tuple(found))

    def _word(self, key: Scalar, value: Node) -> Condition | None:
        if key.text == "use":
            return self._use(value)
        if key.text == "not":
            part = self.read(value, what="'not'")
            return None if part is None else Not(key.place, part)
        items = items_in(value, self.problems, what=f"{key.text!r}")
        parts = [self._item(item, key.text) for item in items]
        found = tuple(part for part in parts if part is not None)
        if not items and isinstance(value, ListNode):
            self.problems.add(value, "empty", f"{key.text!r} has no parts", "take it out")
        if len(found) < len(parts) or not found:
            return None
        return AnyOf(key.place, found) if key.text == "any" else AllOf(key.place, found)

    def _item(self, node: Node, word: str) -> Condition | None:
        if isinstance(node, Scalar):
            name = self._name(node)
            if name is None:
                return None
            return FieldTest(name, "blank", (False,), place=node.place, written="{blank: false}")
        return self.read(node, what=f"an item of {word!r}")

    def _use(self, node: Node) -> Condition | None:
        if not isinstance(node, Scalar):
            message = "'use' takes the name of one condition"
            self.problems.add(node, "wrong_type", message, "write all: [{use: a}, {use: b}]")
            return None
        found = self.definitions.condition(node, self._mapping)
        if found is None:
            return None
        for name in sorted(found.fields()):
            wrong = wrong_with_name(name, self.roots)
            if wrong:
                self.problems.add(node, "wrong_name", f"the condition {node.text!r}: {wrong}")
                return None
        return Named(node.place, node.text, found)

    def _name(self, key: Scalar) -> str | None:
        text = key.text
        if text in self._names:
            return text
        if text in OPERATORS:
            message = f"{text!r} is an operator and stands where a field is expected"
            self.problems.add(key, "wrong_name", message, f"write Field: {{{text}: …}}")
            return None
        if wrong_with_name(text, self.roots) is None:
            self._names.add(text)
            return text
        return name_in(key, self.problems, what="a condition", roots=self.roots)

    def _field(self, key: Scalar, value: Node) -> list[Condition | None]:
        """The tests on one field: ``Field: value``, ``Field: [a, b]`` or ``Field: {operator: value}``."""
        name = self._name(key)
        if name is None:
            return [None]
        if isinstance(value, Scalar):
            return [self._test(key, name, "is", value)]
        if isinstance(value, ListNode):
            return [self._test(key, name, "in", value)]
        assert isinstance(value, MapNode)
        if not value.entries:
            message = f"nothing is asked of {name}"
            self.problems.add(value, "empty", message, "write {operator: value}")
            return [None]
        tests: list[Condition | None] = []
        for word, (word_key, operand) in value.entries.items():
            if word in OPERATORS:
                tests.append(self._test(word_key, name, word, operand))
            else:
                tests.append(None)
                mend = (
                    "write {blank: true}"
                    if word in _WORDS_FOR_BLANK
                    else did_you_mean(word, OPERATORS)
                )
                self.problems.add(word_key, "unknown_operator", f"no operator {word!r}", mend)
        return tests

    def _test(self, key: Scalar, field: str, word: str, value: Node) -> FieldTest | None:
        operator = OPERATORS[word]
        operand = _READERS[operator.takes](self, value, operator)
        if operand is None:
            return None
        short = key.text == field
        text = written(value) if short else f"{{{word}: {written(value)}}}"
        return FieldTest(field, word, operand, place=key.place, written=text)

    def _listed(self, node: Node, operator: Operator) -> list[Node] | None:
        """The items of a list, of a named list, or the single value itself."""
        if isinstance(node, MapNode) and list(node.entries) == ["list"]:
            name = node.entries["list"][1]
            if not isinstance(name, Scalar):
                self.problems.add(name, "wrong_type", "'list' takes the name of a list")
                return None
            found = self.definitions.items(name)
            node = found if found is not None else name
            if found is None:
                return None
        if isinstance(node, Scalar):
            return [node]
        if isinstance(node, MapNode):
            message = f"{operator.name!r} takes a value or a list, not a mapping"
            self.problems.add(node, "wrong_type", message)
            return None
        assert isinstance(node, ListNode)
        if operator.single:
            message = f"{operator.name!r} takes one value"
            other = {"is": "in", "is_not": "not_in"}.get(operator.name, "any")
            self.problems.add(node, "wrong_type", message, f"for a list use {other!r}")
            return None
        if not node.items:
            self.problems.add(node, "empty", "an empty list holds for no record")
            return None
        return node.items

    def values(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        items = self._listed(node, operator)
        if items is None:
            return None
        found: list[Any] = []
        for item in items:
            if not isinstance(item, Scalar):
                self.problems.add(item, "wrong_type", f"a value is expected, not {item.kind}")
                return None
            value = item.value
            if isinstance(value, bool):
                found.append("true" if value else "false")
            elif isinstance(value, int | float):
                found.append(value)
            elif value is None or not value.strip():
                message = "nothing to compare with"
                self.problems.add(item, "empty", message, "for an empty field write {blank: true}")
                return None
            else:
                found.append(fold(value))
        return tuple(dict.fromkeys(found))

    def texts(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        items = self._listed(node, operator)
        if items is None:
            return None
        found = [text_in(item, self.problems, what=f"{operator.name!r}") for item in items]
        if None in found:
            return None
        return tuple(dict.fromkeys(fold(text) for text in found if text is not None))

    def patterns(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        items = self._listed(node, operator)
        if items is None:
            return None
        found: list[str] = []
        for item in items:
            text = text_in(item, self.problems, what="'matches'")
            if text is None:
                return None
            try:
                patterns.compiled(text)
            except patterns.PatternError as error:
                self.problems.add(item, "wrong_pattern", str(error))
                return None
            found.append(text)
        return tuple(found)

    def number(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        if isinstance(node, Scalar) and literals.day_or_moment(node.text) is not None:
            instead = {"at_least": "after", "above": "after"}.get(operator.name, "before")
            message = f"{operator.name!r} compares numbers; this is a date"
            self.problems.add(node, "wrong_type", message, f"use {instead!r} or 'between'")
            return None
        found = number_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def between(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        items = items_in(node, self.problems, what="'between'")
        if len(items) == 2 and all(isinstance(item, Scalar) for item in items):
            low, high = (self._bound(item) for item in items)
            same_kind = type(low) is type(high) or not isinstance(low, str | None)
            if low is not None and high is not None and same_kind:
                return self._ordered(node, low, high)
        if isinstance(node, ListNode):
            message = "'between' takes two numbers or two dates, lower one first"
            self.problems.add(node, "wrong_type", message, "write {between: [10, 20]}")
        return None

    def _ordered(self, node: Node, low: Any, high: Any) -> tuple[Any, ...] | None:
        try:
            if low <= high:
                return (low, high)
            message = "'between' has its higher value first: no record can lie between"
        except TypeError:
            message = "'between' takes two numbers, two days or two moments, not a mixture"
        self.problems.add(node, "wrong_type", message)
        return None

    @staticmethod
    def _bound(node: Node) -> Any:
        if not isinstance(node, Scalar):
            return None
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        return literals.day_or_moment(node.text)

    def choices(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        return self.texts(node, operator)

    def flag(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        found = flag_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def moment(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        text = node.text if isinstance(node, Scalar) else ""
        found = literals.day_or_moment(text)
        if found is None:
            message = f"{operator.name!r} must be a day or a moment, not {written(node)}"
            self.problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_MOMENT)
            return None
        return (found,)

    def age(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        found = duration_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def field(self, node: Node, operator: Operator) -> tuple[Any, ...] | None:
        found = name_in(node, self.problems, what=f"{operator.name!r}", roots=self.roots)
        return None if found is None else (found,)


_READERS: dict[Takes, Callable[[ConditionReader, Node, Operator], tuple[Any, ...] | None]] = {
    Takes.VALUES: ConditionReader.values,
    Takes.NUMBER: ConditionReader.number,
    Takes.BETWEEN: ConditionReader.between,
    Takes.TEXTS: ConditionReader.texts,
    Takes.PATTERNS: ConditionReader.patterns,
    Takes.CHOICES: ConditionReader.choices,
    Takes.FLAG: ConditionReader.flag,
    Takes.MOMENT: ConditionReader.moment,
    Takes.AGE: ConditionReader.age,
    Takes.FIELD: ConditionReader.field,
}
