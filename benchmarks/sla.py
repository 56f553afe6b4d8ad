"""What do clocks cost that run on very many open leads, and how exactly are their steps taken?

Three looks at one org: nothing is due; one lead in forty is due at once, as after an outage; as many fall
due one after the other. Half of the steps are warnings, half are targets that pass. The network is as
large as so many leads need, with twenty held by each adviser.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.daemon import CLIENT, daemon, sweep_lasted
from benchmarks.dealers import Adviser, advisers, grow_network
from benchmarks.figures import Figure, at_most, percentile
from benchmarks.leads import places
from benchmarks.morning import next_morning
from benchmarks.org import Org, rows_written, sandbox
from benchmarks.payloads import DECISION
from benchmarks.processes import Process, wait_until
from benchmarks.routed import clock_fields, routed_leads, violated_at, warned_at
from ortoo_daemon.clocks import SlaClock

LATENCY = 0.08
_HELD_BY_EACH, _AT_EACH_SITE = 20, 10
_DUE_OF = 40
_SWEEPS = 3
_LONGEST = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often clocks are looked at in the first two looks, in seconds, and in the third (empty: as by
    default), in which steps go on falling due for so long."""

    sweep_every: float = 5.0
    third: Mapping[str, str] = field(default_factory=dict)
    fall_due_for: timedelta = timedelta(seconds=60)


PACE = Pace()


def about(count: int) -> str:
    return (
        f"{count:,} open leads, {count // _DUE_OF:,} due at once, then as many one after the other "
        f"with the shipped settings; {LATENCY * 1000:.0f} ms before each call"
    )


def measure(count: int, *, pace: Pace = PACE) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        began = time.monotonic()
        opened = _open_leads(org, count)
        loading = time.monotonic() - began
        org.set_latency(LATENCY)
        often = {"sla_every": f"{pace.sweep_every:g}s"}
        with daemon(org, Path(name), sweeps=often) as process:
            figures = _at_rest(org, process, lasts=_SWEEPS * pace.sweep_every)
            figures += _at_once(org, process, opened)
        with daemon(org, Path(name), sweeps=pace.third):
            figures += _one_by_one(org, opened, pace.fall_due_for)
    return [*figures, Figure(name="making the leads", value=loading, unit="s")]


@dataclass(frozen=True, slots=True)
class _Opened:
    """The open leads in random order, each with the opening hours of its site."""

    leads: Sequence[tuple[str, str]]

    def some(self, turn: int) -> Sequence[tuple[str, str]]:
        """One in forty, others at each turn."""
        number = max(2, len(self.leads) // _DUE_OF)
        return self.leads[turn * number : (turn + 1) * number]


def _open_leads(org: Org, count: int) -> _Opened:
    """None of them is due within the day."""
    now = next_morning(datetime.now(UTC))
    org.set_clock(now)
    people = count // _HELD_BY_EACH
    grow_network(org, rooftops=people // _AT_EACH_SITE, people=people)
    holders: Sequence[Adviser] = advisers(org)

    def later(number: int, hours: str) -> SlaClock:
        return warned_at(now + timedelta(days=1, seconds=number % 86_400), hours)

    ids = org.create(routed_leads(places(org), holders, count, now=now, clock_of=later))
    leads = [(id_, holders[number % len(holders)].hours) for number, id_ in enumerate(ids)]
    Random(5).shuffle(leads)
    return _Opened(leads)


def _at_rest(org: Org, process: Process, *, lasts: float) -> list[Figure]:
    """Nothing is due."""
    org.forget_calls()
    cpu = process.cpu_seconds()
    time.sleep(lasts)
    used, took = process.cpu_seconds() - cpu, sweep_lasted(process, "sla")
    # The queries of all objects travel together; nothing else does so while nothing happens.
    asked = [call for call in org.calls(CLIENT) if call["path"].endswith("/composite")]
    return [
        Figure(
            name="nothing due: calls of a sweep, all objects",
            value=len(asked) / _SWEEPS,
            unit="calls",
            goal=at_most(2),
        ),
        Figure(name="nothing due: a sweep lasts", value=took, unit="s", goal=at_most(1)),
        Figure(name="nothing due: CPU of a minute", value=used / lasts * 60, unit="s"),
        Figure(name="nothing due: memory", value=process.memory_mib(), unit="MiB"),
    ]


def _at_once(org: Org, process: Process, opened: _Opened) -> list[Figure]:
    """All due at the same moment, which comes while the daemon is halted."""
    due = opened.some(0)
    process.pause()
    _let_fall_due(org, due, lambda number: org.now() - timedelta(seconds=1))
    org.forget_calls()
    cpu, began_at = process.cpu_seconds(), org.now()
    process.resume()
    _until_handled(org, len(due))
    used, calls = process.cpu_seconds() - cpu, org.calls(CLIENT)
    took = (max(rows_written(calls, DECISION).values()) - began_at).total_seconds()
    return [
        Figure(name="due at once: all handled after", value=took, unit="s", goal=at_most(60)),
        Figure(name="due at once: rate", value=len(due) / took, unit="records/s"),
        Figure(name="due at once: calls per record", value=len(calls) / len(due), unit="calls"),
        Figure(name="due at once: CPU per 1,000 records", value=used / len(due) * 1000, unit="s"),
        Figure(
            name="due at once: peak memory", value=process.peak_mib(), unit="MiB", goal=at_most(200)
        ),
    ]


def _one_by_one(org: Org, opened: _Opened, lasts: timedelta) -> list[Figure]:
    """Steps fall due at even intervals; how late was each written?"""
    due = opened.some(1)
    first = org.now() + timedelta(seconds=5)
    due_at = {id_: first + lasts * (n / len(due)) for n, (id_, _) in enumerate(due)}
    done = org.count(_STEPS)
    org.forget_calls()
    _let_fall_due(org, due, lambda number: due_at[due[number][0]])
    _until_handled(org, done + len(due))
    taken_at = rows_written(org.calls(CLIENT), "Lead")
    late = [(taken_at[id_] - at).total_seconds() for id_, at in due_at.items()]
    return [
        Figure(name="one by one: step late by, p50", value=percentile(late, 0.5), unit="s"),
        Figure(name="one by one: step late by, worst", value=max(late), unit="s", goal=at_most(60)),
        Figure(name="one by one: step early by, worst", value=max(0.0, -min(late)), unit="s"),
    ]


_STEPS = f"SELECT COUNT() FROM {DECISION}"
"""All leads were routed before: what decisions there are, are steps."""


def _let_fall_due(
    org: Org, due: Sequence[tuple[str, str]], due_at: Callable[[int], datetime]
) -> None:
    """Written in the daemon's own name, as it wrote the clocks."""
    org.update(
        [
            {"Id": id_} | clock_fields((warned_at if n % 2 else violated_at)(due_at(n), hours))
            for n, (id_, hours) in enumerate(due)
        ],
        user=org.about["username"],
    )


def _until_handled(org: Org, number: int) -> None:
    wait_until(lambda: org.count(_STEPS) >= number, within=_LONGEST, what=f"{number} steps")
