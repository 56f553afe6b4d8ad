"""What does an edit of the policies do to the clocks that run already? Pure.

A running clock keeps the target, warnings and hours that it was started with; what ends it and what is done
when it runs out is what the policies say at that moment. A clock that no policy has any more is taken away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.policy.conditions import tests_of
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.ownership_model import PersonTarget, QueueTarget, Target
from ortoo_daemon.policy.sla_model import EscalateTo, Reassign, SlaRule, SlaStep

Running = Mapping[tuple[str, str], int]
"""How many clocks run, by policy and clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksMoved:
    """``what`` becomes of so many running clocks of one name."""

    policy: str
    clock: str
    running: int
    what: str

    @property
    def text(self) -> str:
        clocks = "1 running clock" if self.running == 1 else f"{self.running} running clocks"
        return f"{clocks} {self.clock} of {self.policy}: {self.what}"


REMOVED = "taken away, as no policy has it any more"
KEPT = "its target, hours or warnings are edited; those that run keep what they were started with"
STEPS = (
    "what stops it or what is done when it runs out is edited, and counts for those that run, too"
)


def clocks_moved(before: PolicySet | None, after: PolicySet, running: Running) -> list[ClocksMoved]:
    """In order of policy and clock. ``before`` is in force; None: it is not known, so edits can't be told."""
    old, new = _clocks(before) if before else {}, _clocks(after)
    return [
        ClocksMoved(policy=policy, clock=clock, running=count, what=what)
        for (policy, clock), count in sorted(running.items())
        for what in _edits(old.get((policy, clock)), new.get((policy, clock)))
    ]


def _clocks(policies: PolicySet) -> dict[tuple[str, str], SlaRule]:
    return {(policy.name, rule.clock): rule for policy in policies.policies for rule in policy.sla}


def _edits(old: SlaRule | None, new: SlaRule | None) -> Iterator[str]:
    if new is None:
        yield REMOVED
    elif old is not None:
        if _timing(old) != _timing(new):
            yield KEPT
        if _steps(old) != _steps(new):
            yield STEPS


def _timing(rule: SlaRule) -> tuple[Any, ...]:
    """Without places: a rule that only stands on another line is not edited."""
    choices = tuple((_said(condition), length) for condition, length in rule.target.choices)
    return choices, rule.hours, rule.warn


def _steps(rule: SlaRule) -> tuple[Any, ...]:
    turning = (rule.stopped_by, rule.paused_by, rule.acknowledged_by)
    return (
        *(tuple(map(_said, conditions)) for conditions in turning),
        *(rule.contacts, rule.two_way_within, rule.on_reassign, rule.on_reopen, rule.on_repeat),
        *(tuple(map(_step, steps)) for steps in (rule.on_warning, rule.on_violation)),
    )


def _step(step: SlaStep) -> tuple[Any, ...]:
    told = tuple((each.to, each.by, each.template, _said(each.when)) for each in step.notify)
    fields = tuple(
        (each.field, each.only_empty, sorted(each.value.fields()), _value(each.value))
        for each in step.sets
    )
    return _action(step.action), step.after, _said(step.when), told, fields, step.repeat


def _value(expression: Expression) -> str:
    """What the field gets, without where it stands."""
    if isinstance(expression, Constant):
        return repr(expression.value)
    return type(expression).__name__


def _action(action: Reassign | EscalateTo | Target | None) -> tuple[str, ...]:
    match action:
        case Reassign():
            return "reassign", str(action.within), str(action.back_up), str(action.desk)
        case EscalateTo():
            return "escalate", action.superior.value
        case QueueTarget():
            return "queue", action.queue
        case PersonTarget():
            return "person", action.username
        case None:
            return ("stays",)


def _said(condition: Condition | None) -> tuple[Any, ...]:
    """What a condition asks, names and lists unfolded."""
    if condition is None:
        return ()
    text = getattr(condition, "text", "")
    return text, tuple((test.text, test.operand) for test in tests_of(condition))
