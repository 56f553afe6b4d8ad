"""How does an entry of ``sla:`` become a clock, and ``moves:`` what bounds its moves?"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.notify_model import SLA_VIOLATION, SLA_WARNING
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_choices
from ortoo_daemon.policy.parsing.sections import Section, duration_in, number_in
from ortoo_daemon.policy.parsing.sla_steps import read_conditions, read_steps, read_stops
from ortoo_daemon.policy.sla_model import (
    USUAL_MOVES,
    Moves,
    OnReassign,
    OnReopen,
    OnRepeat,
    RooftopBudget,
    SlaRule,
    SlaStep,
    SlaTarget,
)

SLA_KEYS = (
    *("clock", "target", "hours", "warn", "on_warning", "stopped_by", "two_way_within"),
    *("paused_by", "acknowledged_by", "on_reassign", "on_reopen", "on_repeat", "on_violation"),
)
MOVES_KEYS = ("at_most", "not_back_for", "per_rooftop", "while_closed")
BUDGET_KEYS = ("at_most", "per")
WHILE_CLOSED = ("move", "hold")
MOST_MOVES = 20
LONGEST_BUDGET = timedelta(days=7)

_CLOCK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_Word = TypeVar("_Word", bound=StrEnum)


def read_clock(
    node: MapNode, later: ConditionReader, conditions: ConditionReader
) -> SlaRule | None:
    """``later`` knows what ownership found; the rest is asked of the bare record, long after that."""
    problems = conditions.problems
    section = Section(node, problems, what="an SLA clock", known=SLA_KEYS)
    section.required("clock", "name it, for example first_response")
    target_node = section.required("target", "say how long, for example 30m")
    section.required("hours", "write rooftop, 24x7 or the name of business hours")
    name, hours, warnings = _clock_name(section), section.text("hours"), read_warnings(section)
    target = None if target_node is None else read_target(target_node, later, what="'target'")
    stops, two_way = section.get("stopped_by"), section.get("two_way_within")
    stopped_by, contacts = (
        ((), frozenset()) if stops is None else read_stops(stops, conditions, key="stopped_by")
    )
    on_warning = _steps(section, "on_warning", conditions, template=SLA_WARNING)
    on_violation = _steps(section, "on_violation", conditions, template=SLA_VIOLATION)
    paused_by = _conditions(section, "paused_by", conditions)
    acknowledged_by = _conditions(section, "acknowledged_by", conditions)
    within = None if two_way is None else duration_in(two_way, problems, what="'two_way_within'")
    on_reassign = _word(section, "on_reassign", OnReassign.KEEP)
    on_reopen = _word(section, "on_reopen", OnReopen.KEEP)
    on_repeat = _word(section, "on_repeat", OnRepeat.KEEP)
    _tell_missing(section)
    if name is None or hours is None or target is None:
        return None
    return SlaRule(
        clock=name,
        target=target,
        hours=hours,
        warn=in_order(warnings, target),
        stopped_by=stopped_by,
        contacts=contacts,
        two_way_within=within,
        paused_by=paused_by,
        acknowledged_by=acknowledged_by,
        on_reassign=on_reassign,
        on_reopen=on_reopen,
        on_repeat=on_repeat,
        on_warning=on_warning,
        on_violation=on_violation,
        place=node.place,
    )


def _tell_missing(section: Section) -> None:
    """What is of no use, or does harm, without something else."""
    steps, problems = section.get("on_violation"), section.problems
    if steps is not None and section.get("stopped_by") is None:
        message = "'on_violation' without 'stopped_by' would move records that were answered"
        problems.add(steps, "missing_key", message, "add stopped_by: [{Status: {not_in: [New]}}]")
    warned = section.get("on_warning")
    if warned is not None and section.get("warn") is None:
        message = "'on_warning' without 'warn' is never taken"
        problems.add(warned, "missing_key", message, "add warn: [80%]")


def read_moves(node: MapNode, problems: Problems) -> Moves:
    """What bounds the moves; what is not said is as usual."""
    section = Section(node, problems, what="'moves'", known=MOVES_KEYS)
    most, back = section.get("at_most"), section.get("not_back_for")
    held = section.text("while_closed") or WHILE_CLOSED[0]
    if held not in WHILE_CLOSED:
        at = section.node.entries["while_closed"][1]
        mend = did_you_mean(held, WHILE_CLOSED)
        problems.add(at, "unknown_name", f"'while_closed' is not {held!r}", mend)
    at_most = None if most is None else _count(most, problems, most=MOST_MOVES)
    not_back_for = None if back is None else duration_in(back, problems, what="'not_back_for'")
    return Moves(
        at_most=at_most or USUAL_MOVES.at_most,
        not_back_for=not_back_for or USUAL_MOVES.not_back_for,
        per_rooftop=_budget(section),
        hold_while_closed=held == WHILE_CLOSED[1],
    )


def _budget(section: Section) -> RooftopBudget | None:
    node = section.mapping("per_rooftop")
    if node is None:
        return None
    problems = section.problems
    inner = Section(node, problems, what="'per_rooftop'", known=BUDGET_KEYS)
    most, per = inner.required("at_most", "at_most: 20"), inner.required("per", "per: 1h")
    if most is None or per is None:
        return None
    at_most = _count(most, problems, most=100_000)
    length = duration_in(per, problems, what="'per'")
    if length is not None and length > LONGEST_BUDGET:
        problems.add(per, "out_of_range", "'per' is at most 7d", "write for example 1h")
        return None
    if at_most is None or length is None:
        return None
    return RooftopBudget(at_most=at_most, per=length, place=node.place)


def _count(node: Node, problems: Problems, *, most: int) -> int | None:
    number = number_in(node, problems, what="'at_most'")
    if number is None:
        return None
    if not isinstance(number, int) or not 1 <= number <= most:
        message = f"'at_most' is a whole number from 1 to {most:,}, not {number}"
        problems.add(node, "out_of_range", message)
        return None
    return number


def _steps(
    section: Section, key: str, conditions: ConditionReader, *, template: str
) -> tuple[SlaStep, ...]:
    node = section.get(key)
    return () if node is None else read_steps(node, conditions, key=key, template=template)


def _conditions(section: Section, key: str, conditions: ConditionReader) -> tuple[Condition, ...]:
    node = section.get(key)
    return () if node is None else read_conditions(node, conditions, key=key)


def _word(section: Section, key: str, usual: _Word) -> _Word:
    text, words = section.text(key), type(usual)
    if text is None:
        return usual
    if text not in set(words):
        at = section.node.entries[key][1]
        mend = did_you_mean(text, [str(word) for word in words])
        section.problems.add(at, "unknown_name", f"{key!r} is not {text!r}", mend)
        return usual
    return words(text)


def _clock_name(section: Section) -> str | None:
    """Part of the keys under which steps are kept, hence short and plain."""
    name = section.text("clock")
    if name is not None and not _CLOCK_NAME.fullmatch(name):
        message = f"{name!r} can't be the name of a clock"
        mend = "use letters, digits, - and _, at most 40"
        section.problems.add(section.node.entries["clock"][1], "wrong_name", message, mend)
        return None
    return name


def read_target(node: Node, conditions: ConditionReader, *, what: str) -> SlaTarget | None:
    """A duration, or the first that holds."""
    problems = conditions.problems
    if not (isinstance(node, MapNode) and list(node.entries) == ["first"]):
        length = duration_in(node, problems, what=what)
        return None if length is None else SlaTarget(choices=((None, length),))
    choices = read_choices(node, conditions, needs_else=False)
    if choices is None:
        return None
    found: list[tuple[Condition | None, timedelta]] = []
    for condition, value in choices:
        length = duration_in(value, problems, what="a target")
        if length is None:
            return None
        found.append((condition, length))
    return SlaTarget(choices=tuple(found))


def read_warnings(section: Section) -> list[float | timedelta]:
    """What ``warn`` says."""
    warnings = [_warning(item, section.problems) for item in section.items("warn")]
    return [item for item in warnings if item is not None]


def _warning(node: Node, problems: Problems) -> float | timedelta | None:
    """``50%`` of the target, or ``10m`` before it."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    number = text.removesuffix("%").strip()
    if text.endswith("%") and number.isdecimal() and 0 < int(number) < 100:
        return int(number) / 100
    found = literals.duration(text)
    if found is None:
        message = f"'warn' takes a part of the target or a time before it, not {text!r}"
        problems.add(node, "wrong_type", message, "write 50% or 10m")
    return found


def in_order(warnings: list[float | timedelta], target: SlaTarget) -> tuple[float | timedelta, ...]:
    """Earliest first, measured on the longest target (which is where they lie furthest apart)."""
    longest = max(length for _, length in target.choices)

    def part(warning: float | timedelta) -> float:
        if isinstance(warning, timedelta):
            return 1 - warning / longest
        return warning

    return tuple(sorted(warnings, key=part))
