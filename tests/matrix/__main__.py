"""`make matrix`: the failure matrix, several times in a row, while other processes keep cores busy.

Exit code 1 if any test failed in any round; nothing is run again because it failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.matrix import MODULES
from tests.processes import ROOT

_BUSY = "while True: pass"


@dataclass(frozen=True, slots=True)
class Round:
    """One run: how many tests, which of them failed, seconds."""

    tests: int
    failed: list[str]
    took_for: float
    exit_code: int

    @property
    def green(self) -> bool:
        return self.exit_code == 0 and not self.failed and self.tests > 0


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="ortoo-matrix-"))
    print(f"{options.times} times under load {options.load}, in {folder}", flush=True)
    found = []
    with busy(options.load):
        for number in range(1, options.times + 1):
            found.append(run(folder, number, options.rest))
            print(f"round {number}: {told(found[-1])}", flush=True)
    green = sum(each.green for each in found)
    print(f"verdict: {green} of {len(found)} rounds green")
    return 0 if green == len(found) else 1


def run(folder: Path, number: int, rest: list[str]) -> Round:
    """One round; what each test said is kept in the folder."""
    report, began = folder / f"round-{number}.xml", time.monotonic()
    environment = {**os.environ, "ORTOO_TEST_PATIENCE": "4", "ORTOO_TEST_SEAMS": "all"}
    command = [sys.executable, "-m", "pytest", *MODULES, f"--junitxml={report}", *rest]
    with (folder / f"round-{number}.log").open("w", encoding="utf-8") as log:
        ran = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False
        )
    return read(report, ran.returncode, time.monotonic() - began)


def read(report: Path, code: int, took_for: float) -> Round:
    """What pytest reported; nothing where it broke down."""
    if not report.exists():
        return Round(tests=0, failed=[], took_for=took_for, exit_code=code)
    cases = list(ElementTree.parse(report).iter("testcase"))
    bad = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return Round(tests=len(cases), failed=bad, took_for=took_for, exit_code=code)


def told(found: Round) -> str:
    """A line, and one more for each test that failed."""
    word = "green" if found.green else f"NOT GREEN (exit code {found.exit_code})"
    lines = [f"{word}, {found.tests} tests, {len(found.failed)} failed, {found.took_for:.0f} s"]
    return "\n  ".join([*lines, *found.failed])


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes take a core each, at the priority of the tests themselves."""
    running = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--load", type=int, default=1, help="processes that only keep a core busy")
    options, rest = parser.parse_known_args()  # what it does not know is pytest's
    options.rest = rest
    return options


if __name__ == "__main__":
    sys.exit(main())
