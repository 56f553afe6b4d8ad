"""`python -m benchmarks [NAME…] [--quick]`: measure, show a table, keep the figures as JSON."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import burst, machine, rules, steady
from benchmarks.figures import Figure, Measured, shown

BENCHMARKS: dict[str, Callable[..., Measured]] = {
    "burst": burst.measure,
    "steady": steady.measure,
    "decide": rules.measure,
}

RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 whatever the figures are: goals are for people to judge."""
    asked = _parser().parse_args(arguments)
    described = machine.describe()
    console = Console()
    measured: list[Measured] = []
    for name in asked.names or BENCHMARKS:
        found = BENCHMARKS[name](quick=asked.quick)
        measured.append(found)
        console.print(table(found))
    if asked.keep:
        file = keep(measured, described, quick=asked.quick, folder=asked.results)
        console.print(f"kept in {file.name}")
    return 0


def table(measured: Measured) -> Table:
    found = Table("figure", "value", "goal", title=measured.name, caption=measured.about)
    found.columns[1].justify = "right"
    for figure in measured.figures:
        found.add_row(figure.name, f"{shown(figure.value)} {figure.unit}", _goal(figure))
    return found


def keep(
    measured: Sequence[Measured], described: dict[str, Any], *, quick: bool, folder: Path
) -> Path:
    """Write the figures to a file named by the moment; its path."""
    at = datetime.now(UTC)
    content = {
        "measured_at": at.isoformat(timespec="seconds"),
        "quick": quick,
        "machine": described,
        "benchmarks": [each.as_json() for each in measured],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{at:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return file


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return f"{figure.goal} {'met' if figure.goal.met(figure.value) else 'missed'}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []])
    parser.add_argument("--quick", action="store_true", help="small sizes, for a first look")
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
