"""Do records go to the default queue since an edit, that found an owner before it?

Counts what policies assign, and says when the edit of one sends too many to its ``otherwise``. No I/O; what
becomes of the edit is `reloading`'s.
"""

from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass

from ortoo_daemon.daemon.settings import ReturnSettings
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Risen:
    """So many of so many records of a policy went to ``otherwise``, since an edit and before it."""

    policy: str
    otherwise: int
    records: int
    otherwise_before: int
    records_before: int

    def __str__(self) -> str:
        before = (
            f"{self.otherwise_before} of {self.records_before}" if self.records_before else "none"
        )
        return (
            f"of {self.records} records that {self.policy} has routed since the edit, {self.otherwise} "
            f"went to its otherwise ({before} before)"
        )


class OtherwiseWatch:
    """The share of ``otherwise``, by policy, in the last records before an edit and the first after it.

    A policy that the edit adds has no share before, and is not judged.
    """

    def __init__(self, bound: ReturnSettings) -> None:
        self._bound = bound
        self._most = bound.over * bound.otherwise_above / 100
        """Of the first records: one more is too many."""
        self._before: dict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=bound.over))
        self._since: dict[str, list[bool]] = {}
        self._revision = ""
        self.risen: Risen | None = None

    @property
    def judging(self) -> bool:
        """Whether an edit is being watched."""
        return bool(self._since)

    def begin(self, revision: str, policies: Collection[str]) -> None:
        """An edit of these policies is in force from now on. What is being judged goes on to be."""
        names = {*policies, *self._since}
        self._revision, self.risen = revision, None
        self._since = {name: [] for name in names if not self._is_high(name)}

    def end(self) -> None:
        """Nothing is judged any more; what was seen becomes what was before."""
        for name, seen in self._since.items():
            self._before[name].extend(seen)
        self._since, self.risen = {}, None

    def note(self, decision: Decision) -> bool:
        """Count a decision. Whether it is the one by which the edit must go."""
        if decision.outcome is not Outcome.ASSIGNED or decision.policy is None:
            return False
        went = decision.reason is ReasonCode.OTHERWISE
        seen = self._since.get(decision.policy)
        if seen is None or decision.revision != self._revision:
            self._before[decision.policy].append(went)
            return False
        seen.append(went)
        if sum(seen) > self._most and self.risen is None:
            self.risen = self._told(decision.policy, seen)
            return True
        if len(seen) == self._bound.over:
            self._before[decision.policy].extend(self._since.pop(decision.policy))
        return False

    def _is_high(self, policy: str) -> bool:
        """Whether the share was above the bound already: then it can't rise past it."""
        before = self._before.get(policy)
        return bool(before) and sum(before or ()) * 100 > self._bound.otherwise_above * len(
            before or ()
        )

    def _told(self, policy: str, seen: list[bool]) -> Risen:
        before = self._before[policy]
        return Risen(
            policy=policy,
            otherwise=sum(seen),
            records=len(seen),
            otherwise_before=sum(before),
            records_before=len(before),
        )
