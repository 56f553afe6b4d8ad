"""How does ``ownership:`` become rules, limits and the last resort?"""

from dataclasses import dataclass
from datetime import date

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.nodes import MapNode, Node, Scalar
from ortoo_daemon.policy.ownership_model import Assignment, Limits, Rule, Target
from ortoo_daemon.policy.parsing.assignment import merged, read_assignment
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.limits import read_limits
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in
from ortoo_daemon.policy.parsing.ways_out import read_way_out
from ortoo_daemon.policy.resources import Resources
from ortoo_daemon.policy.rule_index import in_order

OWNERSHIP_KEYS = ("rules", "limits", "otherwise")
RULE_KEYS = ("name", "when", "during", "assign", "rules")

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Ownership:
    """``otherwise`` is None when it is missing (and noted)."""

    rules: tuple[Rule, ...]
    limits: Limits
    otherwise: Target | None


def read_ownership(node: MapNode, conditions: ConditionReader, resources: Resources) -> Ownership:
    problems = conditions.problems
    section = Section(node, problems, what="ownership", known=OWNERSHIP_KEYS)
    reader = _RuleReader(conditions, resources)
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

    def __init__(self, conditions: ConditionReader, resources: Resources) -> None:
        self.conditions = conditions
        self.resources = resources
        self.problems = conditions.problems
        self._assignments: dict[int, tuple[MapNode, Assignment | None]] = {}

    def rules(
        self, node: Node, *, path: tuple[str, ...], outer: MapNode | None
    ) -> tuple[Rule, ...]:
        found: list[Rule] = []
        names: dict[str, int] = {}
        for item in items_in(node, self.problems, what="'rules'"):
            mapping = mapping_in(item, self.problems, what="a rule")
            rule = None if mapping is None else self._rule(mapping, path, outer)
            if rule is None:
                continue
            first = names.setdefault(rule.path[-1].casefold(), rule.place.line)
            if first != rule.place.line:
                message = f"a rule {rule.path[-1]!r} stands already in line {first}"
                mend = "rules are known by their names: give it another"
                self.problems.add(rule.place, "duplicate_name", message, mend)
            found.append(rule)
        return in_order(found)

    def _rule(self, node: MapNode, path: tuple[str, ...], outer: MapNode | None) -> Rule | None:
        section = Section(node, self.problems, what="a rule", known=RULE_KEYS)
        section.required("name", "rules are known by their names in logs and tests")
        name = section.text("name")
        if name is not None and len(name) > _LONGEST_NAME:
            message = f"the name of a rule has at most {_LONGEST_NAME} characters"
            self.problems.add(node.entries["name"][1], "too_long", message)
        own = section.mapping("assign")
        assign = merged(outer, own)
        here = (*path, name or "?")
        inner = section.get("rules")
        rules = () if inner is None else self.rules(inner, path=here, outer=assign)
        when = section.get("when")
        condition = None if when is None else self.conditions.read(when, what="'when'")
        if assign is None:
            message = "the rule says nothing about whom it assigns to"
            mend = "add assign: {queue: …}, or rooftop, team and person"
            self.problems.add(node, "missing_key", message, mend)
            return None
        if own is None and "assign" in node.entries:
            return None
        return self._made(section, here, condition, assign, rules)

    def _made(
        self,
        section: Section,
        path: tuple[str, ...],
        condition: Condition | None,
        assign: MapNode,
        rules: tuple[Rule, ...],
    ) -> Rule | None:
        assignment = self._assignment(assign)
        if assignment is None:
            return None
        orelse = assign.get("else")
        return Rule(
            path=path,
            when=condition,
            during=self._during(section.get("during")),
            assign=assignment,
            rules=rules,
            orelse=None if orelse is None else read_way_out(orelse, self.conditions, what="else"),
            place=section.place,
        )

    def _assignment(self, node: MapNode) -> Assignment | None:
        """Read once even when inner rules inherit it unchanged, so that a mistake is told once.

        The node is kept beside the result: a freed node's identity would be given to another one.
        """
        known = self._assignments.get(id(node))
        if known is None:
            found = read_assignment(node, self.conditions, self.resources)
            known = self._assignments[id(node)] = (node, found)
        return known[1]

    def _during(self, node: Node | None) -> tuple[date, date] | None:
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else ""
        found = literals.period(text)
        if found is None:
            message = f"'during' is not a period: {text!r}"
            self.problems.add(node, "wrong_type", message, literals.HOW_TO_WRITE_A_PERIOD)
        return found
