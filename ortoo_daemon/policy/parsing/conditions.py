"""How does a node become a condition?

A mapping holds when every entry holds; a list of values means one of them; a bare name in a list of
``all`` or ``any`` means that the field is filled.
"""

from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not, size_of
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.naming import did_you_mean, wrong_with_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.operators import BESIDE_FIELD, IN_OPEN_TIME, OPERATORS
from ortoo_daemon.policy.parsing.operands import OperandReader
from ortoo_daemon.policy.parsing.sections import (
    NO_ROOTS,
    items_in,
    mapping_in,
    name_in,
)
from ortoo_daemon.policy.programme_days import Running

WORDS = ("all", "any", "not", "use", "programme")
"""Keys of a condition that are no field names."""

_WORDS_FOR_BLANK = ("is_blank", "is_empty", "null", "empty")


class ConditionReader:
    """Reads conditions of one policy. ``roots`` are the ``$`` names known where the condition stands,
    ``hours``: whether the policy says by which business hours open time is counted."""

    def __init__(
        self,
        problems: Problems,
        definitions: Definitions,
        roots: frozenset[str] = NO_ROOTS,
        *,
        hours: bool = False,
    ) -> None:
        self.problems = problems
        self.definitions = definitions
        self.roots = roots
        self.hours = hours
        self.operands = OperandReader(problems, definitions, roots, hours=hours)
        self._names: set[str] = set()

    def knowing(self, roots: frozenset[str]) -> "ConditionReader":
        """The same reader where more ``$`` names are known."""
        return ConditionReader(
            self.problems, self.definitions, self.roots | roots, hours=self.hours
        )

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
        if key.text == "programme":
            return self._programme(value)
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
        return Named(node.place, node.text, found, size_of(found))

    def _programme(self, node: Node) -> Condition | None:
        if not isinstance(node, Scalar):
            message = "'programme' takes the name of one programme"
            mend = "write any: [{programme: a}, {programme: b}]"
            self.problems.add(node, "wrong_type", message, mend)
            return None
        days = self.definitions.programme(node)
        return None if days is None else Running(node.place, days)

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
        name = word
        operand = self.operands.open_age(value) if word in IN_OPEN_TIME else None
        if operand is not None:
            name = IN_OPEN_TIME[word]
        elif word in BESIDE_FIELD and isinstance(value, MapNode):
            name, operand = BESIDE_FIELD[word], self.operands.other_field(value, word)
        else:
            operand = self.operands.read(value, operator)
        if operand is None:
            return None
        short = key.text == field
        text = written(value) if short else f"{{{word}: {written(value)}}}"
        return FieldTest(field, name, operand, place=key.place, written=text)
