"""Do earlier rules take every record that a later one could match?

Ten thousand rules are not compared pair by pair: an earlier rule is looked up by a value or a
beginning of text that it asks for and that the later rule asks for as well.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.policy.contradictions import Literal
from ortoo_daemon.policy.logic import Alternative, excludes_itself, follows
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.ownership_model import Rule

MOST_COMPARED = 300
"""Earlier rules with neither a value nor a beginning to look them up by, compared at most."""

Period = tuple[date, date] | None
Key = tuple[str, object]

_Meaning = tuple[str, str, tuple[object, ...], bool]
_Numbered = list[tuple[int, Literal]]

_Known = dict[int, bool]
"""By the number of a literal's meaning, whether it must hold."""


@dataclass(slots=True)
class _Given:
    """What a way of matching asks of one field, and what is known to follow from it."""

    literals: list[Literal]
    known: _Known = field(default_factory=dict)


@dataclass(slots=True)
class _Earlier:
    """One way of matching of an earlier rule; ``literals`` with the numbers of their meanings."""

    rule: Rule
    literals: _Numbered


@dataclass(slots=True)
class EarlierRules:
    """The rules before the one being looked at, each way of matching by itself.

    Rules of a long list ask for the same few brands and countries: what follows from what is found out
    once for each meaning, not for each rule.
    """

    _by_key: dict[Key, list[_Earlier]] = field(default_factory=lambda: defaultdict(list))
    _others: list[_Earlier] = field(default_factory=list)
    _numbers: dict[_Meaning, int] = field(default_factory=dict)
    _given: dict[tuple[int, ...], _Given] = field(default_factory=dict)
    _unasked: _Given = field(default_factory=lambda: _Given([]))

    def add(self, rule: Rule, ways: list[Alternative]) -> None:
        for way in ways:
            entry = _Earlier(rule, self._numbered(way))
            keys = _narrowest(way)
            for key in keys:
                self._by_key[key].append(entry)
            if not keys and len(self._others) < MOST_COMPARED:
                self._others.append(entry)

    def that_take(self, ways: list[Alternative], during: Period) -> list[Rule]:
        """The earlier rules that together take all these ways of matching; empty when one is left."""
        found: dict[tuple[str, ...], Rule] = {}
        for way in ways:
            if excludes_itself(way):
                continue
            taker = self._taker(way, during)
            if taker is None:
                return []
            found[taker.path] = taker
        return list(found.values())

    def _taker(self, way: Alternative, during: Period) -> Rule | None:
        given = self._by_field(way)
        for entry in self._candidates(way):
            if not _covers(entry.rule.days, during):
                continue
            for number, literal in entry.literals:
                same = given.get(literal.test.field, self._unasked)
                holds = same.known.get(number)
                if holds is None:
                    holds = same.known[number] = follows(literal, same.literals)
                if not holds:
                    break
            else:
                return entry.rule
        return None

    def _by_field(self, way: Alternative) -> dict[str, _Given]:
        """What the way asks of each field; equal ones share what is known to follow."""
        found: dict[str, _Numbered] = defaultdict(list)
        for number, literal in self._numbered(way):
            found[literal.test.field].append((number, literal))
        given = {}
        for name, numbered in found.items():
            key = tuple([number for number, _ in numbered])
            same = self._given.get(key)
            if same is None:
                same = self._given[key] = _Given([literal for _, literal in numbered])
            given[name] = same
        return given

    def _numbered(self, way: Alternative) -> _Numbered:
        """Literals with a number that equal ones share."""
        return [
            (self._numbers.setdefault(_meaning(each), len(self._numbers)), each) for each in way
        ]

    def _candidates(self, way: Alternative) -> Iterator[_Earlier]:
        yield from self._others
        for key in _lookups(way):
            yield from self._by_key.get(key, ())


def _meaning(literal: Literal) -> _Meaning:
    test = literal.test
    return test.field, test.operator, test.operand, literal.holds


def _covers(earlier: Period, later: Period) -> bool:
    if earlier is None:
        return True
    return later is not None and earlier[0] <= later[0] and later[1] <= earlier[1]


def _narrowest(way: Alternative) -> list[Key]:
    """Keys of the literal that lets the fewest records through; empty when none can be looked up."""
    best: list[Key] = []
    for literal in way:
        keys = _keys(literal)
        starts = literal.test.operator == "starts_with"
        if keys and (not best or (starts and best[0][0][0] != "^") or len(keys) < len(best)):
            best = keys
    return best


def _keys(literal: Literal) -> list[Key]:
    test = literal.test
    if literal.holds and test.operator == "starts_with":
        return [("^" + test.field, start) for start in test.operand]
    if test.kind.takes is Takes.VALUES and literal.holds is not test.kind.negative:
        return [(test.field, value) for value in test.operand]
    return []


def _lookups(way: Alternative) -> Iterator[Key]:
    """Keys under which a rule may stand that takes this way of matching."""
    for literal in way:
        keys = _keys(literal)
        if not keys:
            continue
        name, value = keys[0]
        yield name, value
        if isinstance(value, str):
            start = "^" + literal.test.field
            yield from ((start, value[:length]) for length in range(1, len(value) + 1))
