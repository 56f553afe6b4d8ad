"""How many decisions a second, with their trace, over how many rules? And how long does loading take?

CPU time of one thread, so that neighbours on the machine count for little.
"""

import time
from collections.abc import Sequence

from benchmarks.figures import Figure, Goal, Measured, at_least
from benchmarks.network import facts, policies
from ortoo_daemon.decision import Decision
from ortoo_daemon.flow import decide

SIZES = (100, 1_000, 10_000)
_GOALS: dict[int, Goal] = {1_000: at_least(5_000), 10_000: at_least(2_000)}


def measure(*, quick: bool, sizes: Sequence[int] = SIZES, lasts: float | None = None) -> Measured:
    """``lasts``: CPU seconds for each size."""
    lasts = lasts or (0.5 if quick else 3.0)
    deciding, loading = [], []
    for size in sizes:
        deciding.append(_decide(size, lasts))
        loading.append(_load(size))
    first, last = deciding[0].value, deciding[-1].value
    growth = Figure(name=f"{sizes[0]:,} against {sizes[-1]:,} rules", value=first / last, unit="×")
    return Measured(
        name="decide",
        about="decisions with trace, by CPU time of one core; a tenth of the rules are inner ones",
        figures=[*deciding, growth, *loading],
    )


def _decide(size: int, lasts: float) -> Figure:
    policy_set, given = policies(size), facts(200, rules=size)
    done, used = 0, 0.0
    while used < lasts:
        began = time.process_time()
        for each in given:
            if not isinstance(decide(policy_set, each), Decision):
                raise RuntimeError("the benchmark's policies ask no questions")
        used += time.process_time() - began
        done += len(given)
    name = f"decide, {size:,} rules"
    return Figure(name=name, value=done / used, unit="records/s", goal=_GOALS.get(size))


def _load(size: int) -> Figure:
    began = time.process_time()
    policies(size)
    return Figure(name=f"load, {size:,} rules", value=time.process_time() - began, unit="s")
