"""A rate limit that is never reached: another one of the policy always is before.

What is given within an hour bounds what can be given in a day, and what a rooftop may be given bounds
everybody at it. Nothing is said of policies with an `unless` or with fixed users, since what these are
given counts and is not bound.

PASS::

    policy: leads
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    ownership:
      limits:
        rate_limit:
          person:
            - {at_most: 6, per: 1h}
            - {at_most: 30, per: day}
            - {at_most: 2, per: 1h, for: {Brand__c: BMW}}
          rooftop: {at_most: 100, per: day}
      otherwise: {queue: Unrouted_Leads}

FAIL::

    policy: leads
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    ownership:
      limits:
        rate_limit:
          person:
            - {at_most: 6, per: 1h}
            - {at_most: 200, per: day}
            → nobody can be given 200 per day: the limit of 6 per 1h is always reached before (lower it, or
            … take it out)
      otherwise: {queue: Unrouted_Leads}
"""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.limits_model import LimitLevel, RateLimit
from ortoo_daemon.policy.lint.subject import Need, Subject, targets_of
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import PersonTarget
from ortoo_daemon.policy.periods import Calendar, longest, written
from ortoo_daemon.policy.reach import rules_of

ID = "limit_out_of_reach"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True

_RANK = {level: rank for rank, level in enumerate(LimitLevel)}
_MOST_WITHIN = {
    (Calendar.HOUR, Calendar.DAY): 25,
    (Calendar.HOUR, Calendar.WEEK): 7 * 24 + 1,
    (Calendar.HOUR, Calendar.MONTH): 31 * 24 + 1,
    (Calendar.DAY, Calendar.WEEK): 7,
    (Calendar.DAY, Calendar.MONTH): 31,
    (Calendar.WEEK, Calendar.MONTH): 6,
}
"""How many windows of the one a window of the other touches at most."""


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        if not _all_are_bound(policy):
            continue
        for rate in policy.limits.rates:
            first = next((a for a in policy.limits.rates if _always_before(policy, a, rate)), None)
            if first is not None:
                yield Problem(
                    place=rate.place,
                    rule=ID,
                    message=f"nobody can be given {_said(rate)}: the limit of {_said(first)}"
                    f"{_whose(first, rate)} is always reached before",
                    mend="lower it, or take it out",
                    level=Level.HINT,
                )


def _all_are_bound(policy: Policy) -> bool:
    fixed = any(isinstance(target, PersonTarget) for target in targets_of(policy))
    return policy.limits.rates_unless is None and not fixed


def _always_before(policy: Policy, other: RateLimit, rate: RateLimit) -> bool:
    """Whether ``other`` keeps ``rate`` from ever being reached."""
    if other is rate or other.tag not in ("", rate.tag) or _RANK[other.level] < _RANK[rate.level]:
        return False
    if other.level is not rate.level and not _all_at_rooftops(policy):
        return False
    windows = _windows(other, rate)
    return windows is not None and other.at_most * windows < rate.at_most


def _all_at_rooftops(policy: Policy) -> bool:
    """Desks belong to no rooftop, so that no rooftop's limit bounds them."""
    assigns = [rule.assign for rule in rules_of(policy)]
    return all(assign.keep is None and (assign.rooftop or assign.target) for assign in assigns)


def _windows(other: RateLimit, rate: RateLimit) -> int | None:
    """How many windows of ``other`` a window of ``rate`` touches at most; None: that is not known."""
    if isinstance(other.per, timedelta):
        length = rate.per if isinstance(rate.per, timedelta) else longest(rate.per)
        return ceil(length / other.per)
    if not isinstance(rate.per, Calendar) or other.zone != rate.zone:
        return None
    if other.per is rate.per or (rate.per, other.per) in _NESTED:
        return 1
    return _MOST_WITHIN.get((other.per, rate.per))


_NESTED = frozenset(_MOST_WITHIN) - {(Calendar.WEEK, Calendar.MONTH)}


def _said(rate: RateLimit) -> str:
    return f"{rate.at_most} per {written(rate.per)}"


def _whose(other: RateLimit, rate: RateLimit) -> str:
    return "" if other.level is rate.level else f" of the {other.level.value}"
