"""How many decisions a second, with their trace, over how many rules? What does loading so many cost?

In a process of its own for each size, so that its memory is that size's. CPU time of one thread, so that
neighbours on the machine count for little.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from benchmarks.figures import Figure, Goal, at_least, at_most
from benchmarks.network import description, facts, policies, policy_text
from benchmarks.processes import answer_of, memory_mib
from ortoo_daemon.decision import Decision
from ortoo_daemon.flow import decide as decided
from ortoo_daemon.policy.lint import lint
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load as loaded

SIZES = (100, 1_000, 10_000)
Made = TypeVar("Made")

LASTS = 3.0
_GOALS: dict[int, Goal] = {1_000: at_least(5_000), 10_000: at_least(2_000)}
_LOADING: dict[int, Goal] = {10_000: at_most(5)}


def about_deciding(_size: int) -> str:
    return "decisions with trace, by CPU time of one core; a tenth of the rules are inner ones"


def about_loading(_size: int) -> str:
    return "reading and compiling one policy file, then linting it, by CPU time of one core"


def decide_apart(size: int, *, lasts: float = LASTS) -> list[Figure]:
    """``lasts``: CPU seconds of deciding."""
    return _apart("decide", size, lasts)


def load_apart(size: int) -> list[Figure]:
    return _apart("load", size)


def decide(size: int, lasts: float) -> list[Figure]:
    """Raises RuntimeError when a record is answered with questions."""
    policy_set, given = policies(size), facts(200, rules=size)
    done, used = 0, 0.0
    while used < lasts:
        began = time.process_time()
        for each in given:
            if not isinstance(decided(policy_set, each), Decision):
                raise RuntimeError("the benchmark's policies ask no questions")
        used += time.process_time() - began
        done += len(given)
    return [
        Figure(name="decisions", value=done / used, unit="records/s", goal=_GOALS.get(size)),
        Figure(name="peak memory", value=memory_mib("VmHWM"), unit="MiB"),
    ]


def load(size: int) -> list[Figure]:
    """Raises RuntimeError when a rule of the benchmark is found wrong."""
    text, known = policy_text(size), description()
    before = memory_mib("VmRSS")
    policy_set, reading = _timed(lambda: loaded({"policies/bench.yaml": text}))
    held = memory_mib("VmRSS") - before
    problems, linting = _timed(lambda: lint(Subject(policies=policy_set, description=known)))
    if problems:
        raise RuntimeError(f"the benchmark's policies are wrong: {problems[0]}")
    return [
        Figure(name="reading and compiling", value=reading, unit="s"),
        Figure(name="linting", value=linting, unit="s"),
        Figure(
            name="loading and checking", value=reading + linting, unit="s", goal=_LOADING.get(size)
        ),
        Figure(name="memory that stays", value=held, unit="MiB"),
        Figure(name="peak memory", value=memory_mib("VmHWM"), unit="MiB"),
    ]


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    began = time.process_time()
    made = make()
    return made, time.process_time() - began


def _apart(what: str, size: int, lasts: float = 0.0) -> list[Figure]:
    told: list[dict[str, Any]] = answer_of(["benchmarks.rules", what, str(size), str(lasts)])
    return [Figure(**{**each, "goal": each["goal"] and Goal(**each["goal"])}) for each in told]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("what", choices=["decide", "load"])
    parser.add_argument("size", type=int)
    parser.add_argument("lasts", type=float)
    asked = parser.parse_args()
    found = decide(asked.size, asked.lasts) if asked.what == "decide" else load(asked.size)
    json.dump([asdict(figure) for figure in found], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
