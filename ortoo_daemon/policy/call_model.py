"""What does a policy ask of the world outside, and what does it make of the answer? ``call:`` as values."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ortoo_daemon.callouts import CallKind
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression

if TYPE_CHECKING:  # JMESPath is loaded with the first policy that has such a step
    from ortoo_daemon.policy.callouts.paths import AnswerPath
    from ortoo_daemon.policy.enrichment_model import SetField

LONGEST = timedelta(minutes=1)
"""A record waits no longer for a call than this."""

USUAL = timedelta(seconds=2)

LONGEST_HOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """Give ``field`` what ``path`` picks out of the answer."""

    field: str
    path: "AnswerPath"
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """Wait until a condition holds, for the org's own automation to do its part.

    Once ``at_most`` has passed since the record came in, the fields of ``orelse`` get their values. Records
    that ``when`` does not take do not wait.
    """

    label: str
    until: Condition
    when: Condition | None = None
    orelse: "tuple[SetField, ...]" = ()
    at_most: timedelta
    place: Place

    def written(self) -> tuple[str, ...]:
        """The fields that the step may write."""
        return tuple(each.field for each in self.orelse)

    def fields(self) -> frozenset[str]:
        """What is read of the record, ``$`` names included."""
        found = self.until.fields().union(*(each.value.fields() for each in self.orelse))
        return found if self.when is None else found | self.when.fields()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """Ask ``target`` what it says to ``sends`` and fill ``sets`` from it.

    ``label`` names the step in traces and tests: its own, else the target's name. Without an answer within
    ``at_most`` the fields of ``orelse`` get their values. ``only_empty`` leaves filled fields alone, and asks
    nobody when all are filled.
    """

    kind: CallKind
    target: str
    label: str
    when: Condition | None = None
    sends: tuple[tuple[str, Expression], ...]
    sets: tuple[AnswerField, ...]
    orelse: "tuple[SetField, ...]" = ()
    only_empty: bool = False
    at_most: timedelta = USUAL
    place: Place

    def written(self) -> tuple[str, ...]:
        """The fields that the step may write."""
        names = [each.field for each in self.sets] + [each.field for each in self.orelse]
        return tuple(dict.fromkeys(names))

    def fields(self) -> frozenset[str]:
        """What is read of the record, ``$`` names included."""
        values = [value for _, value in self.sends] + [each.value for each in self.orelse]
        found = frozenset[str]().union(*(value.fields() for value in values))
        return found if self.when is None else found | self.when.fields()
