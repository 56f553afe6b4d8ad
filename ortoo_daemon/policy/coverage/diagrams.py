"""Which combinations of values belong to a set? Sets of combinations as decision diagrams.

A variable has finitely many values, a set of them is a whole number whose bit i stands for value i. A
diagram asks one variable after the other, in one order, and each edge carries the values that go that
way; equal parts are kept once. So a set of millions of combinations is a few nodes as long as few of
them are told apart.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

Mask = int
"""Bit i stands for value i of a variable."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Node:
    """One question. Masks of the edges share no value and hold all values of the variable."""

    level: int
    edges: tuple[tuple[Mask, "Diagram"], ...]


Diagram = Node | bool
"""True holds every combination, False none."""

_Operation = Callable[["Diagram", "Diagram"], "Diagram"]
_Memo = dict[tuple[Diagram, Diagram], Diagram]


class TooManyCombinations(Exception):
    """The sets are so ragged that their diagrams outgrow what is reasonable to keep."""


class Diagrams:
    """All sets over variables of the given numbers of values. Raises TooManyCombinations."""

    def __init__(self, sizes: Sequence[int], *, most_nodes: int = 500_000) -> None:
        self.sizes = tuple(sizes)
        self.full: tuple[Mask, ...] = tuple((1 << size) - 1 for size in sizes)
        self._left = most_nodes
        self._known: WeakValueDictionary[tuple[int, tuple[tuple[Mask, Diagram], ...]], Node] = (
            WeakValueDictionary()
        )

    def one_of(self, level: int, mask: Mask) -> Diagram:
        """Combinations in which the variable has one of these values."""
        return self.split(level, {True: mask, False: self.full[level] & ~mask})

    def split(self, level: int, ways: Mapping[Diagram, Mask]) -> Diagram:
        """The diagram that goes on as each way's values say."""
        edges = [(mask, way) for way, mask in ways.items() if mask]
        if len(edges) == 1:
            return edges[0][1]
        edges.sort(key=lambda edge: edge[0] & -edge[0])
        key = (level, tuple(edges))
        found = self._known.get(key)
        if found is None:
            self._left -= 1
            if self._left < 0:
                raise TooManyCombinations
            found = self._known[key] = Node(level, key[1])
        return found

    def both(self, one: Diagram, other: Diagram) -> Diagram:
        """Combinations in both sets."""
        memo: _Memo = {}

        def meet(one: Diagram, other: Diagram) -> Diagram:
            if one is False or other is False:
                return False
            if one is True or one is other:
                return other
            if other is True:
                return one
            return self._apart(meet, one, other, memo)

        return meet(one, other)

    def either(self, one: Diagram, other: Diagram) -> Diagram:
        """Combinations in one set or the other."""
        memo: _Memo = {}

        def join(one: Diagram, other: Diagram) -> Diagram:
            if one is True or other is True:
                return True
            if one is False or one is other:
                return other
            if other is False:
                return one
            return self._apart(join, one, other, memo)

        return join(one, other)

    def less(self, one: Diagram, other: Diagram) -> Diagram:
        """Combinations in the first set that are not in the second."""
        memo: _Memo = {}

        def without(one: Diagram, other: Diagram) -> Diagram:
            if one is False or other is True or one is other:
                return False
            if other is False:
                return one
            return self._apart(without, one, other, memo)

        return without(one, other)

    def count(self, found: Diagram) -> int:
        """How many combinations the set holds."""
        memo: dict[Diagram, int] = {}

        def below(found: Diagram, level: int) -> int:
            if found is False:
                return 0
            until = len(self.sizes) if found is True else found.level
            skipped = 1
            for size in self.sizes[level:until]:
                skipped *= size
            if found is True:
                return skipped
            if found not in memo:
                memo[found] = sum(
                    mask.bit_count() * below(child, found.level + 1) for mask, child in found.edges
                )
            return skipped * memo[found]

        return below(found, 0)

    def paths(self, found: Diagram) -> Iterator[dict[int, Mask]]:
        """The set as products: for each, the values of the variables that matter."""
        if found is True:
            yield {}
        elif found is not False:
            for mask, child in found.edges:
                for rest in self.paths(child):
                    yield {found.level: mask, **rest}

    def _apart(self, operation: _Operation, one: Diagram, other: Diagram, memo: _Memo) -> Diagram:
        key = (one, other)
        if key not in memo:
            level = min(each.level for each in key if isinstance(each, Node))
            ways: dict[Diagram, Mask] = {}
            for mask, child in self._edges(one, level):
                for other_mask, other_child in self._edges(other, level):
                    common = mask & other_mask
                    if common:
                        way = operation(child, other_child)
                        ways[way] = ways.get(way, 0) | common
            memo[key] = self.split(level, ways)
        return memo[key]

    def _edges(self, found: Diagram, level: int) -> tuple[tuple[Mask, Diagram], ...]:
        if isinstance(found, Node) and found.level == level:
            return found.edges
        return ((self.full[level], found),)


def indexes(mask: Mask) -> Iterator[int]:
    """Numbers of the values in a mask, smallest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def mask_of(numbers: Sequence[int]) -> Mask:
    """The mask of values, quickly for many."""
    if not numbers:
        return 0
    if isinstance(numbers, range) and numbers.step == 1:
        return ((1 << len(numbers)) - 1) << numbers.start
    packed = bytearray((max(numbers) >> 3) + 1)
    for number in numbers:
        packed[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(packed, "little")
