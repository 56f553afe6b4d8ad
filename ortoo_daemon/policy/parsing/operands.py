"""What is an operator compared with? Reads the operand of a test as its operator wants it.

Operands come out normalised (text folded, booleans as ``true``), as a tuple; None when something is
wrong and noted.
"""

from collections.abc import Callable
from typing import Any

from ortoo_daemon.policy import literals, patterns
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar, written
from ortoo_daemon.policy.operators import IN_OPEN_TIME, OPERATORS, Operator, Takes
from ortoo_daemon.policy.parsing.sections import (
    duration_in,
    flag_in,
    items_in,
    name_in,
    number_in,
    text_in,
)
from ortoo_daemon.policy.values import fold

Operand = tuple[Any, ...]


class OperandReader:
    """Reads operands of one policy. ``roots`` are the ``$`` names known where the test stands, ``hours``:
    whether the policy says by which business hours open time is counted."""

    def __init__(
        self,
        problems: Problems,
        definitions: Definitions,
        roots: frozenset[str],
        *,
        hours: bool = False,
    ) -> None:
        self.hours = hours
        self.problems = problems
        self.definitions = definitions
        self.roots = roots

    def read(self, node: Node, operator: Operator) -> Operand | None:
        """The operand, or None when it can't be used (and that is noted)."""
        return _READERS[operator.takes](self, node, operator)

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

    def values(self, node: Node, operator: Operator) -> Operand | None:
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

    def texts(self, node: Node, operator: Operator) -> Operand | None:
        items = self._listed(node, operator)
        if items is None:
            return None
        found = [text_in(item, self.problems, what=f"{operator.name!r}") for item in items]
        if None in found:
            return None
        return tuple(dict.fromkeys(fold(text) for text in found if text is not None))

    def patterns(self, node: Node, operator: Operator) -> Operand | None:
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

    def number(self, node: Node, operator: Operator) -> Operand | None:
        if isinstance(node, Scalar) and literals.day_or_moment(node.text) is not None:
            instead = {"at_least": "after", "above": "after"}.get(operator.name, "before")
            message = f"{operator.name!r} compares numbers; this is a date"
            self.problems.add(node, "wrong_type", message, f"use {instead!r} or 'between'")
            return None
        found = number_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def between(self, node: Node, operator: Operator) -> Operand | None:
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

    def _ordered(self, node: Node, low: Any, high: Any) -> Operand | None:
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

    def choices(self, node: Node, operator: Operator) -> Operand | None:
        return self.texts(node, operator)

    def flag(self, node: Node, operator: Operator) -> Operand | None:
        found = flag_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def moment(self, node: Node, operator: Operator) -> Operand | None:
        text = node.text if isinstance(node, Scalar) else ""
        found = literals.day_or_moment(text)
        if found is None:
            message = f"{operator.name!r} must be a day or a moment, not {written(node)}"
            self.problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_MOMENT)
            return None
        return (found,)

    def open_age(self, node: Node) -> Operand | None:
        """The open time of ``3 open hours``; None for anything else, and where no hours are named."""
        found = literals.open_time(node.text) if isinstance(node, Scalar) else None
        if found is not None and not self.hours:
            mend = "add hours: with the name of business hours at the top of the policy"
            self.problems.add(node, "missing_key", "open hours need 'hours' to count by", mend)
        return None if found is None else (found,)

    def other_field(self, node: MapNode, word: str) -> Operand | None:
        """The name in ``{field: Other__c}``."""
        if list(node.entries) != ["field"]:
            message = f"{word!r} takes a value, or another field"
            self.problems.add(node, "wrong_type", message, "write {field: Its_Field__c}")
            return None
        return self.field(node.entries["field"][1], OPERATORS["same_as"])

    def age(self, node: Node, operator: Operator) -> Operand | None:
        if operator.name in IN_OPEN_TIME and "open" in written(node).split():
            message = f"{operator.name!r} is not an open time: {written(node)!r}"
            self.problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_OPEN_TIME)
            return None
        found = duration_in(node, self.problems, what=f"{operator.name!r}")
        return None if found is None else (found,)

    def field(self, node: Node, operator: Operator) -> Operand | None:
        found = name_in(node, self.problems, what=f"{operator.name!r}", roots=self.roots)
        return None if found is None else (found,)


_READERS: dict[Takes, Callable[[OperandReader, Node, Operator], Operand | None]] = {
    Takes.VALUES: OperandReader.values,
    Takes.NUMBER: OperandReader.number,
    Takes.BETWEEN: OperandReader.between,
    Takes.TEXTS: OperandReader.texts,
    Takes.PATTERNS: OperandReader.patterns,
    Takes.CHOICES: OperandReader.choices,
    Takes.FLAG: OperandReader.flag,
    Takes.MOMENT: OperandReader.moment,
    Takes.AGE: OperandReader.age,
    Takes.AHEAD: OperandReader.age,
    Takes.FIELD: OperandReader.field,
}
