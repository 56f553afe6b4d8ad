"""What must a record be like to be worth routing? Values of ``intake: govern:``."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.ownership_model import QueueTarget

BEST = 100
"""The quality of a record that keeps every rule."""


class Verdict(StrEnum):
    """What becomes of a record that breaks a rule. FLAG: it is told and costs points. PARK: a person must
    look. REJECT: it is set aside, and nothing else is done with it; it is never deleted."""

    FLAG = "flag"
    PARK = "park"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernRule:
    """Broken where ``condition`` holds not (``refuses``: holds; ``required``: its fields must be filled, and
    with something said). ``points`` are what that costs; ``reason``
    is the word for which it is parked or rejected."""

    name: str
    condition: Condition
    refuses: bool = False
    required: bool = False
    points: int = 0
    verdict: Verdict = Verdict.FLAG
    reason: str = ""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Govern:
    """Asked of records for which ``when`` holds. ``score`` takes the quality, from 0 to 100, ``flags`` the
    names of broken rules. What is rejected goes to ``queue`` with the values of ``sets``."""

    rules: tuple[GovernRule, ...]
    when: Condition | None = None
    score: str | None = None
    flags: str | None = None
    queue: QueueTarget | None = None
    sets: tuple[SetField, ...] = ()
    place: Place

    def conditions(self) -> Iterator[Condition]:
        if self.when is not None:
            yield self.when
        yield from (rule.condition for rule in self.rules)

    def fields_written(self) -> frozenset[str]:
        named = {name for name in (self.score, self.flags) if name}
        return frozenset(named | {each.field for each in self.sets})
