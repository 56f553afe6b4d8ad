"""How is a backtest shown on a page of its own? One HTML file: nothing is loaded from elsewhere, no scripts.

Whatever comes from the org or from files is escaped by the template engine.
"""

from dataclasses import dataclass
from pathlib import Path

from ortoo_daemon.cli.pages import page
from ortoo_daemon.cli.simulate_view import (
    CHANGES,
    FATES,
    GRAVEST_FIRST,
    SIDES,
    handed_rows,
    handed_sentence,
    length,
    notes,
    placed,
    reason,
    reason_after,
    sentence,
    total_rows,
)
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.comparison import Difference, Dimension, GroupCounts
from ortoo_daemon.simulation.backtest.placement import Change, Fate
from ortoo_daemon.simulation.backtest.replay import Result

TEMPLATE = "simulate_report.html.jinja"
GROUPS_SHOWN = 30
_WIDTH = 1000.0
"""Units of a chart's width; the page scales it."""

_COLOURS = {
    Fate.ROUTED: "good",
    Fate.UNROUTED: "bad",
    Fate.PARKED: "warn",
    Fate.LEFT_ALONE: "calm",
    Fate.NOT_TAKEN: "none",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: where it begins and how long it is."""

    x: float
    width: float
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A group's difference, left of the middle where it loses."""

    group: GroupCounts
    difference: int
    x: float
    width: float


def write(found: Result, file: Path) -> None:
    """Raises ConfigError when the file can't be written."""
    try:
        file.write_text(rendered(found), encoding="utf-8")
    except OSError as error:
        message = f"can't be written: {error.strerror}"
        problem = Problem(place=Place(file.as_posix()), rule="report", message=message)
        raise ConfigError([problem]) from error


def rendered(found: Result) -> str:
    """The page."""
    main = found.main
    return page(
        TEMPLATE,
        found=found,
        main=main,
        since=instant_text(found.history.since)[:16].replace("T", " "),
        until=instant_text(found.history.until)[:16].replace("T", " "),
        sides=[SIDES[side] for side in found.totals],
        before=SIDES[main.before],
        after=SIDES[main.after],
        figures=_figures(main),
        sentences=[
            *[sentence(each) for each in (main, found.reality)][: 2 if found.edit else 1],
            *filter(None, [handed_sentence(main)]),
        ],
        bars=_bars(found),
        legend=[(name, _COLOURS[fate]) for fate, name in FATES.items()],
        totals=list(total_rows(found)),
        groups=_groups(found),
        movers=[
            (CHANGES[change], main.counts[change], main.movers[change])
            for change in GRAVEST_FIRST
            if main.movers.get(change)
        ],
        handed=list(handed_rows(found)),
        handed_all=main.handed.counts.total(),
        notes=list(notes(found)),
        width=_WIDTH,
        length=length,
        instant=lambda at: instant_text(at)[:16].replace("T", " "),
        placed=lambda each: placed(each, found.history.directory),
        reason=reason,
        reason_after=reason_after,
    )


def _figures(main: Difference) -> list[tuple[str, int, str]]:
    """Figure tiles: what, how many, and how it looks."""
    looks = {
        Change.SAME: "calm",
        Change.NEWLY_ROUTED: "good",
        Change.NEWLY_UNROUTED: "bad",
        Change.NEWLY_PARKED: "warn",
        Change.NO_LONGER_TAKEN: "bad",
    }
    return [
        (name, main.counts[change], looks.get(change, "plain") if main.counts[change] else "none")
        for change, name in CHANGES.items()
    ]


def _bars(found: Result) -> list[tuple[str, list[Piece]]]:
    """For each side one bar of what became of the records."""
    bars = []
    for side, totals in found.totals.items():
        x, pieces = 0.0, []
        whole = max(totals.fates.total(), 1)
        for fate, name in FATES.items():
            number = totals.fates[fate]
            width = _WIDTH * number / whole
            if number:
                share = f"{name}: {number:,} ({number / whole:.1%})"
                pieces.append(Piece(x, width, _COLOURS[fate], share))
            x += width
        bars.append((SIDES[side], pieces))
    return bars


def _groups(found: Result) -> list[tuple[str, list[Bar], int]]:
    """By dimension: the greatest differences, and how many groups there are beside."""
    main = found.main
    shown = []
    for dimension in Dimension:
        groups = found.groups.of(dimension, main.before, main.after)
        if not groups:
            continue
        kept = groups[:GROUPS_SHOWN]
        most = max(abs(each.difference(main.before, main.after)) for each in kept) or 1
        bars = [_bar(each, each.difference(main.before, main.after), most) for each in kept]
        shown.append((dimension.value, bars, len(groups) - len(kept)))
    return shown


def _bar(group: GroupCounts, difference: int, most: int) -> Bar:
    middle = _WIDTH / 2
    width = middle * abs(difference) / most
    return Bar(group, difference, middle if difference >= 0 else middle - width, width)
