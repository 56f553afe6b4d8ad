"""Which policies take a record of the past, though it looks different today?

A policy that took the record then did so on values of then. Where only today's are known (a lead that
was New is Working by now), the parts of ``enter`` that stand in the live policies and fail on today's
values are believed to have held. And ``take_from`` is not asked: the past is what is to be looked at.
Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.conditions import AllOf, tests_of
from ortoo_daemon.policy.evaluation import Condition, Scope
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FieldValue
from ortoo_daemon.simulation.backtest.history import LEFT_ALONE, PastDecision
from ortoo_daemon.trace import FailedCondition

_TAKEN_BY = "=taken_by"
_TODAY = "=today"
"""What conditions are told of a record beside its fields; no field can have such a name."""

_DAWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TookThen:
    """A policy's ``enter`` for records that the policy of this name has taken."""

    policy: str
    inner: Condition
    believed: frozenset[int]

    @property
    def place(self) -> Place:
        return self.inner.place

    def holds(self, scope: Scope) -> bool:
        if self.inner.holds(scope):
            return True
        if scope.value(_TAKEN_BY) != self.policy:
            return False
        today = frozenset(str(scope.value(_TODAY) or "").split(";"))
        return all(
            part.holds(scope) or (number in self.believed and not part.fields().isdisjoint(today))
            for number, part in enumerate(_parts(self.inner))
        )

    def failure(self, scope: Scope) -> FailedCondition | None:
        return None if self.holds(scope) else self.inner.failure(scope)

    def fields(self) -> frozenset[str]:
        return self.inner.fields()


def of_then(policies: PolicySet, live: PolicySet) -> PolicySet:
    """The policies as they are asked about the past. ``live`` are those whose conditions are believed."""
    return replace(policies, policies=tuple(_of_then(each, live) for each in policies.policies))


def told_of(past: PastDecision, todays: Iterable[str]) -> dict[str, FieldValue]:
    """What `TookThen` must know of a record, to stand beside its fields."""
    if past.happened.policy is None or past.happened.outcome == LEFT_ALONE:
        return {}
    return {_TAKEN_BY: past.happened.policy, _TODAY: ";".join(todays)}


def _of_then(policy: Policy, live: PolicySet) -> Policy:
    if policy.enter is None:
        return replace(policy, take_from=_DAWN)
    same = (each for each in live.policies if each.name == policy.name)
    asked = {
        _meaning(part) for each in same if each.enter is not None for part in _parts(each.enter)
    }
    believed = frozenset(
        number for number, part in enumerate(_parts(policy.enter)) if _meaning(part) in asked
    )
    enter = TookThen(policy.name, policy.enter, believed)
    return replace(policy, take_from=_DAWN, enter=enter)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _meaning(condition: Condition) -> tuple[object, ...]:
    """The same for conditions that ask the same, wherever they stand and whatever names they use."""
    tests = tuple((test.field, test.operator, test.operand) for test in tests_of(condition))
    return type(condition), tests
