"""What came of the day? One summary for people, the same one as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ortoo_daemon.cli.launch_day.display import short_problem
from ortoo_daemon.cli.launch_day.editing import Editing
from ortoo_daemon.cli.launch_day.figures import MEASURED, Figures
from ortoo_daemon.cli.launch_day.leave import AWAY_FOR
from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.tally import Tally
from ortoo_daemon.cli.launch_day.verdict import Check

_TOP = 5
_STEPS = ("warned", "violated", "reassigned", "escalated", "clock_stopped")
"""Of clocks, as outcomes are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``commands`` work as they stand: (what they show, the command). Times in seconds, memory in bytes."""

    tally: Tally
    names: Names
    figures: Figures
    checks: Sequence[Check]
    editing: Editing
    subscribed_after: float
    peak_memory: int | None
    lasted_for: float
    folder: str
    kept_at: str | None
    commands: Sequence[tuple[str, str]]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def as_json(found: Summary) -> dict[str, Any]:
    """Plain values; times in seconds, memory in megabytes."""
    objects = _by_object(found.tally)
    outcomes = found.tally.outcomes()
    return {
        "holds": found.holds,
        "checks": [
            {"name": each.name, "holds": each.holds, "detail": each.detail} for each in found.checks
        ],
        "leads": objects["Lead"],
        "cases": objects["Case"],
        **{name: outcomes[name] for name in ("routed", "queued", "parked", "left_alone")},
        "split": {"mails": len(found.tally.split), "cases": len(found.tally.split_off)},
        "returning": dict(zip(("customers", "same_owner"), found.tally.returning(), strict=True)),
        "answered": len(found.tally.answered),
        "overridden": len(found.tally.overridden),
        "clocks": {
            "late": len(found.tally.late),
            **{name: len(found.tally.steps[name]) for name in _STEPS},
        },
        "away": {
            "advisers": len(found.tally.gone),
            "moved": len(found.tally.moved_away),
            "colleagues": len(set(found.tally.moved_away.values())),
            "given_back": len(found.tally.given_back),
        },
        "edit": {
            "refused": found.tally.refused,
            "before": found.editing.before,
            "after": found.editing.after,
        },
        "time_to_owner": {
            "measured": MEASURED,
            "records": found.figures.owned,
            "median": _rounded(found.figures.median),
            "p95": _rounded(found.figures.p95),
            "slowest": _rounded(found.figures.slowest),
        },
        "api_calls": found.figures.calls,
        "api_calls_per_record": _rounded(found.figures.calls_per_record),
        "daemon": {
            "subscribed_after": _rounded(found.subscribed_after),
            "peak_memory": found.peak_memory and round(found.peak_memory / 1e6, 1),
        },
        "rooftops": dict(_top(found.tally, found.names)),
        "lasted_for": round(found.lasted_for, 1),
        "folder": found.folder,
        "kept_at": found.kept_at,
        "commands": [command for _, command in found.commands],
    }


def show(found: Summary, console: Console) -> None:
    """On a terminal and elsewhere alike; commands are never wrapped."""
    console.print()
    _show_lines(_lines(found), console)
    console.print()
    for check in found.checks:
        mark, style = ("held", "green") if check.holds else ("BROKEN", "bold red")
        console.print(Text.assemble((f"{mark:7}", style), f"{check.name}: {check.detail}"))
    console.print()
    for what, command in found.commands:
        console.print(
            Text(f"{what}:"), Text(f"  {command}", style="cyan"), sep="\n", soft_wrap=True
        )
    console.print(Text(f"\nlogs and rows: {found.folder} (delete it when you are done)"))


def _show_lines(lines: Sequence[tuple[str, str]], console: Console) -> None:
    """Wrapped beside their names on a terminal, one line each elsewhere."""
    if not console.is_terminal:
        for name, value in lines:
            console.print(Text(f"{name:14}{value}"))
        return
    table = Table.grid(padding=(0, 3))
    table.add_column(style="bold")
    for name, value in lines:
        table.add_row(name, Text(value))
    console.print(table)


def _lines(found: Summary) -> list[tuple[str, str]]:
    counts, outcomes, speed = _by_object(found.tally), found.tally.outcomes(), found.figures
    special = ", ".join(
        f"{count} {name}"
        for name, count in sorted(outcomes.items())
        if name not in ("routed", "queued", "parked", "left_alone")
    )
    again = found.tally.returning()
    memory = f"{found.peak_memory / 1e6:.0f} MB" if found.peak_memory else "not told by this system"
    return [
        ("came in", f"{counts['Lead']} leads, {counts['Case']} cases by e-mail"),
        ("split", f"{len(found.tally.split)} e-mails into {len(found.tally.split_off)} cases"),
        ("routed", f"{outcomes['routed']} to a person"),
        ("queued", f"{outcomes['queued']} to a desk ({_queues(found)})"),
        ("parked", f"{outcomes['parked']} with the reason stamped on the record"),
        ("left alone", f"{outcomes['left_alone']} that a person had taken first"),
        *([("otherwise", special)] if special else []),
        ("came back", "{} customers asked again, {} of them met the same owner".format(*again)),
        ("overridden", f"{len(found.tally.overridden)} by a dispatcher's hand"),
        ("answered", f"{len(found.tally.answered)} by those who had them"),
        ("late", _late(found.tally)),
        ("away", _away(found.tally)),
        ("a wrong edit", _edit(found)),
        (
            "time to owner",
            f"median {_ms(speed.median)}, p95 {_ms(speed.p95)}, slowest {_ms(speed.slowest)}",
        ),
        ("", f"of {speed.owned} records, {MEASURED}"),
        ("API calls", f"{speed.calls}, {_per_record(speed)} per record, start and sweeps included"),
        (
            "daemon",
            f"subscribed {found.subscribed_after:.1f} s after its start, peak memory {memory}",
        ),
        ("busiest", "; ".join(f"{name} {n}" for name, n in _top(found.tally, found.names))),
        ("all in all", f"{found.lasted_for:.0f} s"),
    ]


def _late(tally: Tally) -> str:
    """What became of records that lay too long."""
    counts = {name: len(tally.steps[name]) for name in _STEPS}
    return (
        f"{counts['warned']} warned; {len(tally.late)} violated: {counts['reassigned']} went to a "
        f"colleague, {counts['escalated']} to a manager, {counts['violated']} stayed with their desk"
    )


def _away(tally: Tally) -> str:
    """What became of the work of those who went away."""
    to = len(set(tally.moved_away.values()))
    return (
        f"{len(tally.gone)} advisers for {AWAY_FOR:.0f} minutes: {len(tally.moved_away)} leads that they "
        f"had not touched went to {to} colleagues, {len(tally.given_back)} came back"
    )


def _edit(found: Summary) -> str:
    wrong = short_problem(found.tally.refused[-1]) if found.tally.refused else "it was not refused"
    return f"{wrong}; mended, revision {found.editing.before} → {found.editing.after}"


def _queues(found: Summary) -> str:
    top = found.tally.queues().most_common(_TOP)
    return ", ".join(f"{found.names.queues.get(queue, queue)} {count}" for queue, count in top)


def _by_object(tally: Tally) -> Mapping[str, int]:
    cases = sum(each.kind == "case" for each in tally.created.values())
    return {"Lead": len(tally.created) - cases, "Case": cases}


def _top(tally: Tally, names: Names) -> list[tuple[str, int]]:
    top = tally.routed_to("rooftop").most_common(_TOP)
    return [(names.rooftops.get(each, each), count) for each, count in top]


def _per_record(speed: Figures) -> str:
    return "none" if speed.calls_per_record is None else f"{speed.calls_per_record:.2f}"


def _ms(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1000:.0f} ms"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
