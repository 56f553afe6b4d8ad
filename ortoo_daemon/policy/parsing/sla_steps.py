"""How do what stops a clock, and steps such as those of ``on_violation``, become conditions and steps?"""

from ortoo_daemon.facts import ContactKind
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import Target
from ortoo_daemon.policy.parsing.assignment import read_target
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.notify import read_notify
from ortoo_daemon.policy.parsing.sections import (
    Section,
    duration_in,
    mapping_in,
    number_in,
    text_in,
)
from ortoo_daemon.policy.sla_model import (
    EscalateTo,
    Reassign,
    Repeat,
    SlaStep,
    Superior,
    Within,
)

STEP_KEYS = ("after", "when", "reassign", "escalate", "notify", "set", "repeat")
WARNING_KEYS = ("when", "notify", "set")
RETURN_KEYS = ("when", "reassign", "escalate", "notify", "set")
ON_RETURN = "returns"
REASSIGN_KEYS = ("within", "back_up", "desk")
REPEAT_KEYS = ("every", "at_most")
ACTIVITY = "activity"
STOPPING = (ContactKind.CALL, ContactKind.EMAIL_OUT, ContactKind.EVENT)

MOST_STEPS = 10
MOST_ROUNDS = 20

_Stops = tuple[tuple[Condition, ...], frozenset[ContactKind]]


def read_stops(node: Node, conditions: ConditionReader, *, key: str) -> _Stops:
    """Conditions of which one that holds stops the clock, and contacts of which one does: one mapping, or a
    list of them."""
    problems = conditions.problems
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        problems.add(node, "empty", f"{key!r} names nothing", "name a condition of the record")
    found: list[Condition | None] = []
    contacts: set[ContactKind] = set()
    for item in items:
        if isinstance(item, MapNode) and ACTIVITY in item.entries:
            section = Section(item, problems, what=repr(key), known=(ACTIVITY,))
            contacts |= {
                kind for each in section.items(ACTIVITY) if (kind := _kind(each, problems))
            }
            continue
        found.append(conditions.read(item, what=f"a condition of {key!r}"))
    return tuple(condition for condition in found if condition), frozenset(contacts)


def _kind(node: Node, problems: Problems) -> ContactKind | None:
    word = text_in(node, problems, what=f"an {ACTIVITY}")
    if word is None:
        return None
    if word not in STOPPING:
        message = f"no activity that stops a clock is called {word!r}"
        mend = did_you_mean(word, [str(kind) for kind in STOPPING])
        problems.add(node, "unknown_name", message, mend)
        return None
    return ContactKind(word)


def read_conditions(node: Node, conditions: ConditionReader, *, key: str) -> tuple[Condition, ...]:
    """Conditions of which one must hold: one mapping, or a list of them."""
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        message = f"{key!r} names nothing"
        conditions.problems.add(node, "empty", message, "name a condition of the record")
    found = (conditions.read(item, what=f"a condition of {key!r}") for item in items)
    return tuple(condition for condition in found if condition is not None)


def read_steps(
    node: Node, conditions: ConditionReader, *, key: str, template: str
) -> tuple[SlaStep, ...]:
    """Steps in order: one mapping, or a list of them. Those of warnings leave the owner alone."""
    problems = conditions.problems
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        mend = "take it out, or write [{notify: owner}]"
        problems.add(node, "empty", f"{key!r} has no steps", mend)
    if len(items) > MOST_STEPS:
        message = f"{key!r} has {len(items)} steps, at most {MOST_STEPS} are taken"
        problems.add(node, "too_many", message, "take some out")
    steps = (_step(item, conditions, key=key, template=template) for item in items)
    return tuple(step for step in steps if step is not None)


_KEYS = {"on_warning": WARNING_KEYS, ON_RETURN: RETURN_KEYS}
"""What a step may say; elsewhere all that one can."""


def _step(node: Node, conditions: ConditionReader, *, key: str, template: str) -> SlaStep | None:
    problems = conditions.problems
    mapping = mapping_in(node, problems, what=f"a step of {key!r}")
    if mapping is None:
        return None
    known = _KEYS.get(key, STEP_KEYS)
    section = Section(mapping, problems, what=f"a step of {key}", known=known)
    after, when, notify, sets = (section.get(name) for name in ("after", "when", "notify", "set"))
    action, is_right = _action(section)
    if not is_right:
        return None
    if action is None and notify is None and sets is None:
        message = f"a step of {key} does nothing"
        mend = "write {notify: owner}"
        if key != "on_warning":
            mend = "write {reassign: {within: rooftop}}, {escalate: manager} or {notify: owner}"
        problems.add(mapping, "missing_key", message, mend)
        return None
    return SlaStep(
        action=action,
        after=None if after is None else duration_in(after, problems, what="'after'"),
        when=None if when is None else conditions.read(when, what="'when'"),
        notify=() if notify is None else read_notify(notify, conditions, template=template),
        sets=() if sets is None else read_sets(sets, conditions),
        repeat=_repeat(section),
        place=mapping.place,
    )


def _action(section: Section) -> tuple[Reassign | EscalateTo | Target | None, bool]:
    """What the step does to the owner (None: nothing), and whether that is written as it should be."""
    problems = section.problems
    reassign, escalate = section.get("reassign"), section.get("escalate")
    if reassign is not None and escalate is not None:
        message = f"{section.what} is either 'reassign' or 'escalate'"
        problems.add(section.node, "contradiction", message, "make two steps of it")
        return None, False
    if reassign is not None:
        found = _reassign(reassign, problems)
        return found, found is not None
    if escalate is not None:
        to = _escalate(escalate, problems)
        return to, to is not None
    return None, True


def _repeat(section: Section) -> Repeat | None:
    node = section.mapping("repeat")
    if node is None:
        return None
    problems = section.problems
    inner = Section(node, problems, what="'repeat'", known=REPEAT_KEYS)
    every_node = inner.required("every", "every: 1h")
    most_node = inner.required("at_most", "at_most: 3")
    if every_node is None or most_node is None:
        return None
    every = duration_in(every_node, problems, what="'every'")
    most = number_in(most_node, problems, what="'at_most'")
    if every is None or most is None:
        return None
    if not isinstance(most, int) or not 2 <= most <= MOST_ROUNDS:
        message = f"'at_most' is a whole number from 2 to {MOST_ROUNDS}, not {most}"
        problems.add(most_node, "out_of_range", message)
        return None
    return Repeat(every=every, at_most=most)


def _reassign(node: Node, problems: Problems) -> Reassign | None:
    mapping = mapping_in(node, problems, what="'reassign'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'reassign'", known=REASSIGN_KEYS)
    given = [key for key in REASSIGN_KEYS if key in mapping.entries]
    if len(given) != 1:
        message = "'reassign' says where a colleague is looked for, in one way"
        problems.add(mapping, "missing_key", message, "write within: rooftop")
        return None
    word = section.text(given[0])
    if word is None:
        return None
    if given[0] == "back_up":
        return Reassign(back_up=word, place=mapping.place)
    if given[0] == "desk":
        return Reassign(desk=word, place=mapping.place)
    if word not in set(Within):
        message = f"nobody is looked for within {word!r}"
        mend = did_you_mean(word, [str(within) for within in Within])
        problems.add(mapping.entries["within"][1], "unknown_name", message, mend)
        return None
    return Reassign(within=Within(word), place=mapping.place)


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
