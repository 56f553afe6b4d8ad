"""What does a watcher see while the day goes on? A live table, or lines where no terminal is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.tally import Tally

_ROWS = 10
_LINE_EVERY = 5.0
_NARROWEST = 7
_CLOCK_LOOKS = {
    "answered": "green",
    "warned": "yellow",
    "violated": "red",
    "reassigned": "magenta",
    "escalated": "magenta",
}


class Watching:
    """Shows a tally on a terminal's ``live`` part, else in lines. `watching` makes one."""

    def __init__(self, console: Console, names: Names, live: Live | None) -> None:
        self._names = names
        self._console = console
        self._live = live
        self._next_line = 0.0
        self._shown = Text()

    def show(self, tally: Tally, *, after: float, at: str) -> None:
        """Renew what is seen; ``after``: seconds since the day began, ``at``: the org's time."""
        if self._live:
            seen = _Seen(tally=tally, names=self._names, after=after, at=at)
            self._live.update(_scene(seen, self._console.width), refresh=True)
            return
        line = _line(tally)
        if after >= self._next_line or (tally.done and line != self._shown):
            self._next_line, self._shown = after + _LINE_EVERY, line
            self._console.print(Text.assemble(f"{after:4.0f} s  {at}  ", line))


@contextmanager
def watching(console: Console, names: Names) -> Iterator[Watching]:
    """A live table while the block lasts, where there is a terminal; it stays to be read afterwards."""
    if not console.is_terminal:
        yield Watching(console, names, None)
        return
    with Live(console=console, auto_refresh=False) as live:
        yield Watching(console, names, live)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What there is to be shown at one moment."""

    tally: Tally
    names: Names
    after: float
    at: str


def _line(tally: Tally) -> Text:
    counts = [*_counts(tally), *_clock_counts(tally)]
    return Text("  ".join(f"{count} {name}" for name, count in counts))


def _counts(tally: Tally) -> list[tuple[str, int]]:
    found = tally.outcomes()
    return [
        ("in", len(tally.created)),
        ("routed", found["routed"]),
        ("queued", found["queued"]),
        ("parked", found["parked"]),
        ("left alone", found["left_alone"]),
        ("waiting", tally.waiting),
        ("overridden", len(tally.overridden)),
    ]


def _clock_counts(tally: Tally) -> list[tuple[str, int]]:
    steps = tally.steps
    return [
        ("answered", len(tally.answered)),
        ("warned", len(steps["warned"])),
        ("violated", len(tally.late)),
        ("reassigned", len(steps["reassigned"])),
        ("escalated", len(steps["escalated"])),
    ]


def _scene(seen: _Seen, width: int) -> RenderableType:
    tally, names = seen.tally, seen.names
    rate = len(tally.handled) / seen.after if seen.after else 0.0
    head = Text.assemble(
        ("launch day ", "bold"),
        f"{seen.after:3.0f} s  ",
        (seen.at, "bold cyan"),
        f" in the org  {len(tally.created)} of {tally.planned} in  {rate:.0f}/s",
    )
    rooftops = tally.routed_to("rooftop", object_name="Lead")
    regions: Counter[str] = Counter()
    for rooftop, count in rooftops.items():
        regions[names.regions.get(rooftop) or "?"] += count
    look = _Look.of(width)
    desks = Group(
        look.ranking("queue", tally.queues(), names.queues, rows=_ROWS // 2),
        look.ranking("case rule", _innermost(tally), {}, rows=_ROWS // 2 - 1),
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_row(
        look.ranking("region", regions, {}, bars=True),
        look.ranking("rooftop", rooftops, names.rooftops),
        desks,
    )
    clocks = _figures(_clock_counts(tally), _CLOCK_LOOKS)
    return Group(head, _figures(_counts(tally), {}), clocks, _policies(tally), Text(), grid)


def _figures(counts: Sequence[tuple[str, int]], looks: Mapping[str, str]) -> Table:
    """Numbers below their names; what has not happened yet stays quiet."""
    found = Table.grid(padding=(0, 2))
    for name, _ in counts:
        found.add_column(min_width=max(_NARROWEST, len(name)))
    found.add_row(*(Text(name, style="dim") for name, _ in counts))
    found.add_row(
        *(Text(str(n), style=f"bold {looks.get(name, '')}" if n else "dim") for name, n in counts)
    )
    return found


def _policies(tally: Tally) -> Text:
    """What became of the edit."""
    said = Text.assemble(("policies ", "dim"), no_wrap=True, overflow="ellipsis")
    if tally.reloaded:
        return said.append(f"mended, revision {tally.reloaded[-1]} in force", style="green")
    if tally.refused:
        wrong = short_problem(tally.refused[-1])
        return said.append(f"edit refused, the old ones stay: {wrong}", style="bold red")
    return said.append("as they were at the start")


def short_problem(text: str) -> str:
    """A located problem by the file's name alone: ``leads.yaml:33:1: what is wrong``."""
    place, _, rest = text.partition(": ")
    return f"{place.rpartition('/')[2]}: {rest}"


def _innermost(tally: Tally) -> Counter[str]:
    """Cases by the rule that took them, without the rules around it."""
    found: Counter[str] = Counter()
    for rule, count in tally.routed_to("rule", object_name="Case").items():
        found[rule.rpartition(" / ")[2]] += count
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """What fits: characters for a name and for a bar."""

    name: int
    bar: int

    @classmethod
    def of(cls, width: int) -> "_Look":
        """Three rankings side by side, each with a name and a count; bars only where there is room."""
        bar = 12 if width >= 100 else 0
        return cls(min(34, max(10, (width - bar - 24) // 3)), bar)

    def ranking(
        self,
        title: str,
        counts: Counter[str],
        names: Mapping[str, str],
        *,
        rows: int = _ROWS,
        bars: bool = False,
    ) -> Table:
        """The busiest first, under their names; always as high, so that nothing jumps."""
        table = Table(box=None, pad_edge=False, header_style="bold cyan")
        name = 16 if bars else self.name
        table.add_column(title, no_wrap=True, width=name, overflow="ellipsis")
        table.add_column(justify="right", width=4)
        if bars and self.bar:
            table.add_column(width=self.bar)
        top = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:rows]
        for key, count in top:
            bar = "█" * round(self.bar * count / top[0][1])
            drawn = [Text(bar, style="cyan")] if bars and self.bar else []
            table.add_row(Text(names.get(key, key)), str(count), *drawn)
        for _ in range(rows - len(top)):
            table.add_row("")
        return table
