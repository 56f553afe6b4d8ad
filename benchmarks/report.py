"""How is what was measured shown, and how is it kept? As JSON, and as a page that people read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.figures import Figure, Measured, shown

_HEAD = ("figure", "value", "input doubled", "goal")
_QUIET = 0.5
"""Load of the minute before a run above which others kept the machine busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of some benchmarks on one machine, described by `machine.describe`."""

    began_at: datetime
    quick: bool
    machine: Mapping[str, Any]
    measured: Sequence[Measured]

    @property
    def busy_before(self) -> bool:
        return bool(self.machine["load_before"][0] > _QUIET)

    def as_json(self) -> dict[str, Any]:
        return {
            "measured_at": self.began_at.isoformat(timespec="seconds"),
            "quick": self.quick,
            "machine": dict(self.machine),
            "benchmarks": [each.as_json() for each in self.measured],
        }


def table(measured: Measured) -> Table:
    """For the terminal."""
    found = Table(*_HEAD, title=measured.name, caption=measured.about)
    for column in found.columns[1:3]:
        column.justify = "right"
    for figure in measured.figures:
        found.add_row(*_cells(figure))
    return found


def keep(run: Run, folder: Path) -> Path:
    """Write the figures, and a page beside them, to files named by the run's moment; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{run.began_at:%Y%m%dT%H%M%SZ}"
    text = json.dumps(run.as_json(), indent=1, ensure_ascii=False)
    (folder / f"{stem}.json").write_text(text + "\n")
    page = folder / f"{stem}.md"
    page.write_text("\n".join(_page(run)) + "\n")
    return page


def _page(run: Run) -> Iterator[str]:
    yield f"# Measured on {run.began_at:%Y-%m-%d at %H:%M} UTC{', quick sizes' if run.quick else ''}"
    yield ""
    yield "; ".join(_described(run.machine))
    if run.busy_before:
        yield ""
        yield "**The machine was busy with other work when the run began: times and rates say little.**"
    for measured in run.measured:
        yield from ("", f"## {measured.name}", f"{measured.about}.", "")
        yield f"| {' | '.join(_HEAD)} |"
        yield "| --- | ---: | ---: | --- |"
        for figure in measured.figures:
            yield f"| {' | '.join(_cells(figure))} |"


def _described(machine: Mapping[str, Any]) -> Iterator[str]:
    yield f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB"
    yield f"{machine['system']}, Linux {machine['kernel']}"
    yield f"{machine['python']}"
    yield f"revision {machine['revision']}{' with changes' if machine['changed_since'] else ''}"
    yield f"load before {', '.join(str(load) for load in machine['load_before'])}"


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    growth = "" if figure.growth is None else f"× {figure.growth:.2f}"
    return figure.name, f"{shown(figure.value)} {figure.unit}", growth, _goal(figure)


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return f"{figure.goal} {'met' if figure.goal.met(figure.value) else 'missed'}"
