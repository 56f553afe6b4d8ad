"""Which leads stand in an org where the daemon has been at work? Routed ones, each with its clock running."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from benchmarks.dealers import Adviser
from benchmarks.leads import Place, leads
from ortoo_daemon.action import stamps
from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import RecordId

TARGET = timedelta(minutes=30)
"""The shipped policy's, for leads that are not hot."""

_WARNED_AT = (0.5, 0.8)
_DECIDED_BEFORE = timedelta(days=5)


def warned_at(due_at: datetime, hours: str) -> SlaClock:
    """A clock whose first warning is due then."""
    return _clock(due_at - TARGET * _WARNED_AT[0], hours, warned=0)


def violated_at(due_at: datetime, hours: str) -> SlaClock:
    """A clock whose target passes then."""
    return _clock(due_at - TARGET, hours, warned=len(_WARNED_AT))


def routed_leads(
    found: Sequence[Place],
    holders: Sequence[Adviser],
    count: int,
    *,
    now: datetime,
    clock_of: Callable[[int, str], SlaClock],
) -> Iterator[dict[str, Any]]:
    """New leads as the daemon leaves them: an adviser's, stamped. ``clock_of`` number and hours.

    Decided days ago, so that a daemon with a new journal does not look for their proof.
    """
    decided_at = now - _DECIDED_BEFORE
    holding = cycle(holders)
    for number, lead in enumerate(leads(found, count, seed=4)):
        holder = next(holding)
        clock = clock_of(number, holder.hours)
        yield lead | _stamped(holder, decided_at, number) | clock_fields(clock)


def clock_fields(clock: SlaClock) -> dict[str, Any]:
    """The fields that a running clock is kept in."""
    assert clock.next_at is not None
    return {
        stamps.SLA_NEXT_AT: instant_text(clock.next_at),
        stamps.SLA_TARGET_AT: instant_text(clock.target_at),
        stamps.SLA_STATUS: "Running",
        stamps.SLA_CLOCKS: stamp_text(SlaStamp(clocks=(clock,))),
    }


def _stamped(holder: Adviser, decided_at: datetime, number: int) -> dict[str, Any]:
    return {
        stamps.OWNER: holder.id,
        stamps.ASSIGNED_OWNER: holder.id,
        stamps.ROOFTOP: holder.rooftop,
        stamps.DECIDED_AT: instant_text(decided_at),
        stamps.DECISION_KEY: f"routed/{number}",
        stamps.POLICY: "retail-leads",
        stamps.RULE: "dealer network",
    }


def _clock(started_at: datetime, hours: str, *, warned: int) -> SlaClock:
    return SlaClock(
        name=stamps.FIRST_RESPONSE,
        started_at=started_at,
        target_at=started_at + TARGET,
        warn_at=tuple(started_at + TARGET * part for part in _WARNED_AT),
        hours=RecordId(hours),
        warned=warned,
    )
