"""What can be asked of a condition or an expression, and what do its names mean for the record at hand?

Protocols only, so that every other value of a policy can hold a condition without knowing its kinds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.errors import Place
from ortoo_daemon.records import FieldValue
from ortoo_daemon.trace import FailedCondition


class Scope(Protocol):
    """What names in a condition, a reference or a template mean for the record at hand.

    ``value("Brand__c")`` is the record's field as the stages before left it, ``value("$rooftop.Name")``
    what the sequence has found so far (None where it has found nothing).
    """

    @property
    def now(self) -> datetime: ...

    @property
    def zone(self) -> str: ...

    @property
    def hours(self) -> BusinessHours | None:
        """By which ages in open time are counted; None where the policy names none, or none are known."""

    def value(self, name: str) -> FieldValue: ...


Test = Callable[[FieldValue, Scope], bool]
"""Whether something holds for the value of one field."""


class Condition(Protocol):
    """Something that holds for a record or does not. Implementations: `policy.conditions`."""

    @property
    def place(self) -> Place: ...

    def holds(self, scope: Scope) -> bool: ...

    def failure(self, scope: Scope) -> FailedCondition | None:
        """The first part that does not hold, in the order it is written; None when all hold."""

    def fields(self) -> frozenset[str]:
        """Every name the condition reads (API names, paths and ``$`` names)."""


class Expression(Protocol):
    """A value to be written: constant, reference, template or first-that-holds (`policy.expressions`)."""

    @property
    def place(self) -> Place: ...

    def evaluate(self, scope: Scope) -> FieldValue: ...

    def fields(self) -> frozenset[str]: ...
