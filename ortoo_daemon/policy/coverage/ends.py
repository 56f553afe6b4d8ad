"""Which records end where? One walk through the rules with the set of records that are still there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.policy.coverage.diagrams import Diagram
from ortoo_daemon.policy.coverage.sites import Sites
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.stages import Stage
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.ownership_model import Rule, Target


class Why(StrEnum):
    """Why a record is not routed by a rule."""

    NO_RULE = "no_rule"
    NO_ROOFTOP = "no_rooftop"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Records with one end: no ``rule`` takes them, or that rule finds no rooftop for them.

    They are those of ``among`` (what the policy, or the rule, takes) that are in ``lacking``, too.
    ``target`` is who gets them.
    """

    why: Why
    rule: Rule | None
    target: Target
    among: Diagram
    lacking: Diagram


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """``entering`` is every record that the policy takes, ``unreached`` rules get none of them."""

    entering: Diagram
    ends: tuple[End, ...]
    unreached: tuple[Rule, ...]


def walk(space: Space, others: Sequence[Condition | None], sites: Sites | None) -> Walked:
    """Where the records of a policy end. ``others`` are the `enter` of policies that take theirs before.

    Without ``sites`` nothing is said of rooftops. Raises TooManyCombinations.
    """
    policy, sets = space.policy, space.sets
    found = _entering(space, others)
    walker = _Walker(space, sites)
    left = walker.left_by(policy.rules, found)
    ends = list(walker.without_rooftop())
    if left is not False:
        lacking: Diagram = True
        for rule in policy.rules:
            lacking = sets.less(lacking, walker.meeting(rule))
        ends.append(
            End(why=Why.NO_RULE, rule=None, target=policy.otherwise, among=found, lacking=lacking)
        )
    return Walked(entering=found, ends=tuple(ends), unreached=tuple(walker.unreached))


def unreached(space: Space) -> tuple[Rule, ...]:
    """Rules to which no record comes. Raises TooManyCombinations."""
    walker = _Walker(space, None)
    walker.left_by(space.policy.rules, _entering(space, ()))
    return tuple(walker.unreached)


def _entering(space: Space, others: Sequence[Condition | None]) -> Diagram:
    """Records that the policy takes and does not park."""
    policy, sets = space.policy, space.sets
    found = sets.both(space.bounds(), space.meeting(policy.enter, Stage.ENTER))
    for other in others:
        found = sets.less(found, space.meeting(other, Stage.ENTER))
    if policy.require is not None:
        found = sets.both(found, space.meeting(policy.require.condition, Stage.REQUIRE))
    return found


class _Walker:
    def __init__(self, space: Space, sites: Sites | None) -> None:
        self._space = space
        self._sites = sites
        self._taken: list[tuple[Rule, Diagram]] = []
        self.unreached: list[Rule] = []

    def meeting(self, rule: Rule) -> Diagram:
        """Records for which a rule holds by itself."""
        found = self._space.meeting(rule.when)
        if rule.days is not None:
            found = self._space.sets.both(found, self._space.during(*rule.days))
        return found

    def left_by(self, rules: Sequence[Rule], found: Diagram) -> Diagram:
        """Records of those found that none of the rules takes."""
        sets = self._space.sets
        for rule in rules:
            meeting = self.meeting(rule)
            here = sets.both(found, meeting)
            if here is False:
                self.unreached.append(rule)
                continue
            found = sets.less(found, meeting)
            own = self.left_by(rule.rules, here)
            if own is not False:
                self._taken.append((rule, own))
        return found

    def without_rooftop(self) -> Iterator[End]:
        """Records that a rule takes and for which it has no rooftop."""
        policy, sets = self._space.policy, self._space.sets
        for rule, taken in self._taken:
            choice = rule.assign.rooftop
            if choice is None or rule.assign.target is not None or self._sites is None:
                continue
            lacking = sets.less(True, self._sites.found(choice))
            if sets.both(taken, lacking) is not False:
                target = rule.orelse or policy.otherwise
                yield End(
                    why=Why.NO_ROOFTOP, rule=rule, target=target, among=taken, lacking=lacking
                )
