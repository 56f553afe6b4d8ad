"""How does ``ownership:`` become rules, limits and the last resort?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.conditions import AllOf
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.nodes import MapNode, Node, Scalar
from ortoo_daemon.policy.ownership_model import Assignment, Programme, Rule, Target
from ortoo_daemon.policy.parsing.assignment import merged, read_assignment
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.limits import read_limits
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in
from ortoo_daemon.policy.parsing.ways_out import read_way_out
from ortoo_daemon.policy.programme_days import NEVER, Days, common
from ortoo_daemon.policy.resources import Resources
from ortoo_daemon.policy.rule_index import in_order

OWNERSHIP_KEYS = ("rules", "limits", "otherwise")
RULE_KEYS = ("name", "when", "during", "programme", "assign", "rules")

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Ownership:
    """``otherwise`` is None when it is missing (and noted)."""

    rules: tuple[Rule, ...]
    limits: Limits
    otherwise: Target | None


def read_ownership(
    node: MapNode,
    conditions: ConditionReader,
    resources: Resources,
    programmes: Mapping[str, Programme],
) -> Ownership:
    """``programmes`` are those that rules may name."""
    problems = conditions.problems
    section = Section(node, problems, what="ownership", known=OWNERSHIP_KEYS)
    reader = _RuleReader(conditions, resources, programmes)
    rules = section.get("rules")
    limits = section.mapping("limits")
    otherwise = section.required(
        "otherwise", "say who gets what no rule takes: otherwise: {queue: Its_Developer_Name}"
    )
    return Ownership(
        rules=() if rules is None else reader.rules(rules, path=(), outer=None),
        limits=Limits() if limits is None else read_limits(limits, conditions),
        otherwise=(
            None if otherwise is None else read_way_out(otherwise, conditions, what="otherwise")
        ),
    )


class _RuleReader:
    """Reads a tree of rules; each carries its whole assignment when it is done."""

    def __init__(
        self,
        conditions: ConditionReader,
        resources: Resources,
        programmes: Mapping[str, Programme],
    ) -> None:
        self.conditions = conditions
        self.resources = resources
        self.programmes = programmes
        self.problems = conditions.problems
        self._assignments: dict[tuple[int, str | None], tuple[MapNode, Assignment | None]] = {}

    def rules(
        self,
        node: Node,
        *,
        path: tuple[str, ...],
        outer: MapNode | None,
        programme: Programme | None = None,
    ) -> tuple[Rule, ...]:
        found: list[Rule] = []
        names: dict[str, int] = {}
        for item in items_in(node, self.problems, what="'rules'"):
            mapping = mapping_in(item, self.problems, what="a rule")
            rule = None if mapping is None else self._rule(mapping, path, outer, programme)
            if rule is None:
                continue
            first = names.setdefault(rule.path[-1].casefold(), rule.place.line)
            if first != rule.place.line:
                message = f"a rule {rule.path[-1]!r} stands already in line {first}"
                mend = "rules are known by their names: give it another"
                self.problems.add(rule.place, "duplicate_name", message, mend)
            found.append(rule)
        return in_order(found)

    def _rule(
        self,
        node: MapNode,
        path: tuple[str, ...],
        outer: MapNode | None,
        around: Programme | None,
    ) -> Rule | None:
        section = Section(node, self.problems, what="a rule", known=RULE_KEYS)
        section.required("name", "rules are known by their names in logs and tests")
        name = section.text("name")
        if name is not None and len(name) > _LONGEST_NAME:
            message = f"the name of a rule has at most {_LONGEST_NAME} characters"
            self.problems.add(node.entries["name"][1], "too_long", message)
        own = section.mapping("assign")
        assign = merged(outer, own)
        here = (*path, name or "?")
        programme = self._programme(section, around)
        inner = section.get("rules")
        rules: tuple[Rule, ...] = ()
        if inner is not None:
            rules = self.rules(inner, path=here, outer=assign, programme=programme)
        when = section.get("when")
        condition = None if when is None else self.conditions.read(when, what="'when'")
        if assign is None:
            message = "the rule says nothing about whom it assigns to"
            mend = "add assign: {queue: …}, or rooftop, team and person"
            self.problems.add(node, "missing_key", message, mend)
            return None
        if own is None and "assign" in node.entries:
            return None
        assignment = self._assignment(assign, programme)
        if assignment is None:
            return None
        orelse = assign.get("else")
        return Rule(
            path=here,
            when=condition,
            during=self._during(section, programme),
            programme=programme,
            assign=assignment,
            rules=rules,
            orelse=None if orelse is None else read_way_out(orelse, self.conditions, what="else"),
            place=section.place,
        )

    def _programme(self, section: Section, around: Programme | None) -> Programme | None:
        """The rule's own, or that of the rule around it."""
        node = section.get("programme")
        if node is None:
            return around
        if not isinstance(node, Scalar):
            section.text("programme")
            return around
        days = self.conditions.definitions.programme(node)
        if days is None:
            return around
        if around is not None and around.name != days.name:
            message = f"the rule stands within the programme {around.name!r}"
            mend = "a record is in one programme at most: move the rule out"
            self.problems.add(node, "two_programmes", message, mend)
        return self.programmes.get(days.name)

    def _assignment(self, node: MapNode, programme: Programme | None) -> Assignment | None:
        """Read once even when inner rules inherit it unchanged, so that a mistake is told once.

        The node is kept beside the result: a freed node's identity would be given to another one.
        """
        key = id(node), programme.name if programme else None
        known = self._assignments.get(key)
        if known is None:
            found = read_assignment(node, self.conditions, self.resources)
            known = self._assignments[key] = (node, _within(programme, found))
        return known[1]

    def _during(self, section: Section, programme: Programme | None) -> tuple[date, date] | None:
        node = section.get("during")
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else ""
        found = literals.period(text)
        if found is None:
            message = f"'during' is not a period: {text!r}"
            self.problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_PERIOD)
        elif programme is not None and _never(found, programme):
            message = f"the programme {programme.name!r} runs on none of these days"
            self.problems.add(node, "never_running", message, "change one of them")
        return found


def _never(during: Days, programme: Programme) -> bool:
    """Whether the programme runs on none of the days; one that is off may be switched on again."""
    return not programme.days.off and common(during, programme.days.span) == NEVER


def _within(programme: Programme | None, assignment: Assignment | None) -> Assignment | None:
    """The same among the rooftops of the programme."""
    if programme is None or programme.rooftops is None or assignment is None:
        return assignment
    choice = assignment.rooftop
    if choice is None:
        return assignment
    own = choice.where
    where = programme.rooftops if own is None else AllOf(own.place, (programme.rooftops, own))
    return replace(assignment, rooftop=replace(choice, where=where))
