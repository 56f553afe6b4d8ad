"""How does ``action:`` become fields to set, clocks to start and people to tell?"""

import re
from dataclasses import dataclass
from datetime import timedelta

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.naming import FOUND_SO_FAR
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.notify_model import NEW_RECORD, Notify
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_choices, read_sets
from ortoo_daemon.policy.parsing.fuse import read_fuse
from ortoo_daemon.policy.parsing.notify import read_notify
from ortoo_daemon.policy.parsing.sections import Section, duration_in, mapping_in
from ortoo_daemon.policy.parsing.sla_steps import read_steps, read_stops
from ortoo_daemon.policy.sla_model import SlaRule, SlaTarget

ACTION_KEYS = ("set", "sla", "notify", "fuse")
ACTION_LATER = ("handoff", "split")
SLA_KEYS = ("clock", "target", "hours", "warn", "stopped_by", "on_violation")
SLA_LATER = ("on_warning", "paused_by")

_CLOCK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What ``action:`` says."""

    sets: tuple[SetField, ...] = ()
    sla: tuple[SlaRule, ...] = ()
    notify: tuple[Notify, ...] = ()
    fuse: Fuse | None = None


def read_action(node: MapNode, conditions: ConditionReader, *, policy: str) -> Action:
    """``policy`` is the name by which its fuse counts."""
    problems = conditions.problems
    later = conditions.knowing(FOUND_SO_FAR)
    section = Section(node, problems, what="action", known=ACTION_KEYS, later=ACTION_LATER)
    sets, notify = section.get("set"), section.get("notify")
    clocks: list[SlaRule] = []
    for item in section.items("sla"):
        mapping = mapping_in(item, problems, what="an SLA clock")
        clock = None if mapping is None else _clock(mapping, later, conditions)
        if clock is None:
            continue
        if any(clock.clock == other.clock for other in clocks):
            message = f"a clock {clock.clock!r} is started twice"
            problems.add(clock.place, "duplicate_name", message, "give it another name")
        clocks.append(clock)
    return Action(
        sets=() if sets is None else read_sets(sets, later),
        sla=tuple(clocks),
        notify=() if notify is None else read_notify(notify, later, template=NEW_RECORD),
        fuse=read_fuse(section, of=policy),
    )


def _clock(node: MapNode, later: ConditionReader, conditions: ConditionReader) -> SlaRule | None:
    """``later`` knows what ownership found; stops are asked of the bare record, long after that."""
    problems = conditions.problems
    section = Section(node, problems, what="an SLA clock", known=SLA_KEYS, later=SLA_LATER)
    section.required("clock", "name it, for example first_response")
    target_node = section.required("target", "say how long, for example 30m")
    section.required("hours", "write rooftop, 24x7 or the name of business hours")
    name, hours = _clock_name(section), section.text("hours")
    target = None if target_node is None else _target(target_node, later)
    warnings = [_warning(item, problems) for item in section.items("warn")]
    stops, steps = section.get("stopped_by"), section.get("on_violation")
    stopped_by = () if stops is None else read_stops(stops, conditions)
    on_violation = () if steps is None else read_steps(steps, problems)
    if steps is not None and stops is None:
        message = "'on_violation' without 'stopped_by' would move records that were answered"
        problems.add(steps, "missing_key", message, "add stopped_by: [{Status: {not_in: [New]}}]")
    if name is None or hours is None or target is None:
        return None
    return SlaRule(
        clock=name,
        target=target,
        hours=hours,
        warn=_in_order([item for item in warnings if item is not None], target),
        stopped_by=stopped_by,
        on_violation=on_violation,
        place=node.place,
    )


def _clock_name(section: Section) -> str | None:
    """Part of the keys under which steps are kept, hence short and plain."""
    name = section.text("clock")
    if name is not None and not _CLOCK_NAME.fullmatch(name):
        message = f"{name!r} can't be the name of a clock"
        mend = "use letters, digits, - and _, at most 40"
        section.problems.add(section.node.entries["clock"][1], "wrong_name", message, mend)
        return None
    return name


def _target(node: Node, conditions: ConditionReader) -> SlaTarget | None:
    problems = conditions.problems
    if not (isinstance(node, MapNode) and list(node.entries) == ["first"]):
        length = duration_in(node, problems, what="'target'")
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


def _in_order(
    warnings: list[float | timedelta], target: SlaTarget
) -> tuple[float | timedelta, ...]:
    """Earliest first, measured on the longest target (which is where they lie furthest apart)."""
    longest = max(length for _, length in target.choices)

    def part(warning: float | timedelta) -> float:
        if isinstance(warning, timedelta):
            return 1 - warning / longest
        return warning

    return tuple(sorted(warnings, key=part))
