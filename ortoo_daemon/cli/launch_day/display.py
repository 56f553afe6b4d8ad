"""What does a watcher see while the day goes on? A live table, or lines where no terminal is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.tally import Tally

_ROWS = 10
_LINE_EVERY = 5.0


class Watching:
    """Shows a tally; use as a context manager around the day."""

    def __init__(self, console: Console, names: Names) -> None:
        self._names = names
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._next_line = 0.0
        self._shown = Text()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, tally: Tally, *, after: float) -> None:
        """Renew what is seen; ``after``: seconds since the day began."""
        if self._live:
            self._live.update(_scene(tally, self._names, after, self._console.width), refresh=True)
            return
        line = _line(tally)
        if after >= self._next_line or (tally.done and line != self._shown):
            self._next_line, self._shown = after + _LINE_EVERY, line
            self._console.print(Text.assemble(f"{after:4.0f} s  ", line))


def _line(tally: Tally) -> Text:
    return Text("  ".join(f"{count} {name}" for name, count in _counts(tally)))


def _counts(tally: Tally) -> list[tuple[str, int]]:
    found = tally.outcomes()
    return [
        ("in", len(tally.created)),
        ("routed", found["routed"]),
        ("queued", found["queued"]),
        ("parked", found["parked"]),
        ("left alone", found["left_alone"]),
        ("waiting", tally.waiting),
        ("answered", len(tally.answered)),
        ("overridden", len(tally.overridden)),
    ]


def _scene(tally: Tally, names: Names, after: float, width: int) -> RenderableType:
    rate = len(tally.handled) / after if after else 0.0
    head = Text.assemble(
        ("launch day ", "bold"),
        f"{after:3.0f} s  {len(tally.created)} of {tally.planned} in  {rate:.0f}/s  ",
    )
    counts = Table.grid(padding=(0, 2))
    counts.add_row(*(Text(name, style="dim") for name, _ in _counts(tally)))
    counts.add_row(*(Text(str(count), style="bold") for _, count in _counts(tally)))
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
    return Group(head, counts, Text(), grid)


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
