"""`python -m benchmarks [NAME…] [--quick]`: measure, show a table, keep the figures."""

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks import machine
from benchmarks.catalogue import BENCHMARKS
from benchmarks.figures import Measured
from benchmarks.report import Run, keep, table

RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 whatever the figures are: goals are for people to judge."""
    asked = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    began_at, described = datetime.now(UTC), machine.describe()
    console = Console()
    measured: list[Measured] = []
    for name in asked.names or BENCHMARKS:
        found = BENCHMARKS[name].run(quick=asked.quick, growth=asked.growth)
        measured.append(found)
        console.print(table(found))
    if asked.keep:
        run = Run(began_at=began_at, quick=asked.quick, machine=described, measured=measured)
        console.print(f"kept in {keep(run, asked.results).name}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(BENCHMARKS)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help=f"of {names}; none: all"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, for a first look")
    add = parser.add_argument
    optional = argparse.BooleanOptionalAction
    add("--growth", action=optional, default=True, help="measure half the size, too")
    add("--keep", action=optional, default=True, help="write what was found to the results")
    add("--results", type=Path, default=RESULTS, help="the folder that results are written to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
