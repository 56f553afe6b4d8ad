"""How do ``stopped_by`` and ``on_violation`` of a clock become conditions and steps?"""

from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import Target
from ortoo_daemon.policy.parsing.assignment import read_target
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, duration_in, mapping_in, text_in
from ortoo_daemon.policy.sla_model import EscalateTo, Reassign, SlaStep, Superior, Within

STEP_KEYS = ("after", "reassign", "escalate")
STEP_LATER = ("notify", "set", "repeat")
REASSIGN_KEYS = ("within",)
ACTIVITY = "activity"

MOST_STEPS = 10

_WITHIN_LATER = ("region", "group")


def read_stops(node: Node, conditions: ConditionReader) -> tuple[Condition, ...]:
    """Conditions of which one that holds stops the clock: one mapping, or a list of them."""
    problems = conditions.problems
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        problems.add(node, "empty", "'stopped_by' names nothing", "name a condition of the record")
    found = []
    for item in items:
        if isinstance(item, MapNode) and ACTIVITY in item.entries:
            message = f"{ACTIVITY!r} of 'stopped_by' is not supported in this version"
            mend = "name a field that is set when somebody answers"
            problems.add(item.entries[ACTIVITY][0], "not_supported", message, mend)
            continue
        found.append(conditions.read(item, what="a condition of 'stopped_by'"))
    return tuple(condition for condition in found if condition is not None)


def read_steps(node: Node, problems: Problems) -> tuple[SlaStep, ...]:
    """Steps in order: one mapping, or a list of them."""
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        message = "'on_violation' has no steps"
        problems.add(
            node, "empty", message, "take it out, or write [{reassign: {within: rooftop}}]"
        )
    if len(items) > MOST_STEPS:
        message = f"'on_violation' has {len(items)} steps, at most {MOST_STEPS} are taken"
        problems.add(node, "too_many", message, "take some out")
    steps = (_step(item, problems) for item in items)
    return tuple(step for step in steps if step is not None)


def _step(node: Node, problems: Problems) -> SlaStep | None:
    mapping = mapping_in(node, problems, what="a step of 'on_violation'")
    if mapping is None:
        return None
    what = "a step of on_violation"
    section = Section(mapping, problems, what=what, known=STEP_KEYS, later=STEP_LATER)
    after_node = section.get("after")
    after = None if after_node is None else duration_in(after_node, problems, what="'after'")
    reassign, escalate = section.get("reassign"), section.get("escalate")
    if (reassign is None) == (escalate is None):
        if not any(key in mapping.entries for key in STEP_LATER):
            message = f"{what} is either 'reassign' or 'escalate'"
            problems.add(mapping, "missing_key", message, "write {reassign: {within: rooftop}}")
        return None
    action: Reassign | EscalateTo | Target | None
    if reassign is not None:
        action = _reassign(reassign, problems)
    else:
        assert escalate is not None
        action = _escalate(escalate, problems)
    return None if action is None else SlaStep(action=action, after=after, place=mapping.place)


def _reassign(node: Node, problems: Problems) -> Reassign | None:
    mapping = mapping_in(node, problems, what="'reassign'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'reassign'", known=REASSIGN_KEYS)
    within_node = section.required("within", "write within: rooftop")
    within = None if within_node is None else text_in(within_node, problems, what="'within'")
    if within_node is None or within is None:
        return None
    if within in _WITHIN_LATER:
        message = f"'within: {within}' is not supported in this version"
        problems.add(within_node, "not_supported", message, "write within: rooftop")
        return None
    if within not in set(Within):
        message = f"nobody is looked for within {within!r}"
        problems.add(within_node, "unknown_name", message, "write within: rooftop")
        return None
    return Reassign(within=Within(within), place=mapping.place)


def _escalate(node: Node, problems: Problems) -> EscalateTo | Target | None:
    """``manager``, ``rooftop_manager``, or a fixed queue or user."""
    if not isinstance(node, Scalar):
        return read_target(node, problems, what="'escalate'")
    word = text_in(node, problems, what="'escalate'")
    if word is None:
        return None
    if word not in set(Superior):
        message = f"nothing is escalated to {word!r}"
        mend = did_you_mean(word, [*Superior, "{queue: NAME}", "{user: USERNAME}"])
        problems.add(node, "unknown_name", message, mend)
        return None
    return EscalateTo(superior=Superior(word), place=node.place)
