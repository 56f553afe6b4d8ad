"""Where does a field stand in time: before or after a moment, how long ago, how far ahead?

Tests of the operators that look at a date or a time; what is neither holds for none of them.
"""

from datetime import date, datetime, timedelta
from typing import Any

from ortoo_daemon.policy.evaluation import Scope, Test
from ortoo_daemon.policy.values import instant, local_date, moment
from ortoo_daemon.records import FieldValue


def in_step(bound: date | datetime, found: date | datetime, scope: Scope) -> int:
    """-1, 0, 1 as the bound lies before, at or after the value; a day is compared with days."""
    if isinstance(bound, datetime):
        there = instant(found, scope.zone)
        return (bound > there) - (bound < there)
    day = local_date(found, scope.zone)
    return (bound > day) - (bound < day)


def before(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, scope: (
        (found := moment(value)) is not None and in_step(bound, found, scope) > 0
    )


def after(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, scope: (
        (found := moment(value)) is not None and in_step(bound, found, scope) < 0
    )


def older_than(operand: tuple[Any, ...]) -> Test:
    length: timedelta = operand[0]
    return lambda value, scope: (
        (found := moment(value)) is not None and scope.now - instant(found, scope.zone) > length
    )


def newer_than(operand: tuple[Any, ...]) -> Test:
    length: timedelta = operand[0]
    return lambda value, scope: (
        (found := moment(value)) is not None and scope.now - instant(found, scope.zone) <= length
    )


def within_next(operand: tuple[Any, ...]) -> Test:
    length: timedelta = operand[0]

    def ahead(value: FieldValue, scope: Scope) -> bool:
        found = moment(value)
        if found is None:
            return False
        until = scope.now + length
        if isinstance(found, datetime):
            return scope.now <= instant(found, scope.zone) <= until
        return local_date(scope.now, scope.zone) <= found <= local_date(until, scope.zone)

    return ahead


def older_than_open(operand: tuple[Any, ...]) -> Test:
    length: timedelta = operand[0]
    return lambda value, scope: (
        (found := moment(value)) is not None and _open_age(found, scope) > length
    )


def newer_than_open(operand: tuple[Any, ...]) -> Test:
    length: timedelta = operand[0]
    return lambda value, scope: (
        (found := moment(value)) is not None and _open_age(found, scope) <= length
    )


def _open_age(found: date | datetime, scope: Scope) -> timedelta:
    """The age in business hours; around the clock where none are known. What is yet to come has none."""
    then, hours = instant(found, scope.zone), scope.hours
    return scope.now - then if hours is None else hours.between(then, scope.now)
