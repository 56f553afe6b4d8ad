"""How is a report shown as text? Everything first, then the trend, then each dimension."""

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ortoo_daemon.cli.report_words import (
    DASH,
    change_text,
    columns_of,
    is_few,
    known,
    of_text,
    period_text,
    value_text,
)
from ortoo_daemon.cli.terminal import console
from ortoo_daemon.reporting.catalogue import BY_KEY, HOW_SUMMED_UP
from ortoo_daemon.reporting.measure import Measure
from ortoo_daemon.reporting.report import Group, Report, Section
from ortoo_daemon.reporting.standing_out import turn
from ortoo_daemon.reporting.uncovered import HOW_COUNTED, HOW_OWNED, UncoveredArea

GROUPS_SHOWN = 15

_OF_TREND = (
    "volume", "unrouted", "routing_median", "response_median", "open_response_median", "sla",
    "contacted", "won",
)  # fmt: skip
_MAIN = (
    "volume", "response_median", "sla", "contacted", "won", "unrouted", "misroutes", "lift",
    "open_response_median", "routing_median", "appointments", "cost_per_lead", "duplicates", "reroutes",
    "blank", "gini", "response_p90", "open_response_p90", "routing_p90", "flagged", "answered",
    "placed", "served", "most_loaded", "cost_per_won",
)  # fmt: skip
"""What is kept first where a table is too wide."""
_NAME_WIDTH, _WIDEST = 30, 200
_LOOKS = {"good": "green", "bad": "red", "": ""}


def show(found: Report) -> None:
    """On standard output; in a pipe as wide as need be."""
    screen = console()
    if not screen.is_terminal:
        screen = Console(highlight=False, no_color=True, width=_WIDEST)
    _print(found, screen)


def plain(found: Report) -> str:
    """The same as text of a file."""
    into = io.StringIO()
    screen = Console(file=into, highlight=False, no_color=True, width=_WIDEST)
    _print(found, screen)
    return "".join(f"{line.rstrip()}\n" for line in into.getvalue().splitlines())


def _print(found: Report, screen: Console) -> None:
    screen.print(
        Text(f"{found.object} report, {period_text(found.period, found.zone)}", style="bold")
    )
    for line in _about(found):
        screen.print(Text(line, style="dim"))
    screen.print()
    _print_whole(found, screen)
    _print_trend(found, screen)
    for section in found.sections:
        _print_section(found, section, screen)
    _print_uncovered(found, screen)
    screen.print()
    for line in notes(found):
        screen.print(Text(line, style="dim"))


def _about(found: Report) -> Iterator[str]:
    if found.compared is not None:
        yield f"compared with {period_text(found.compared, found.zone)}"
    yield f"times of {found.zone}; lift is held to {found.baseline}"


def notes(found: Report) -> Iterator[str]:
    """What the figures rest on, what can't be known, what it took."""
    yield from found.notes
    yield from unknown_texts(found)
    yield HOW_SUMMED_UP
    reading = found.reading
    yield (
        f"{reading.calls:,} calls of the org: {reading.groups:,} groups counted there, {reading.rows:,} rows "
        "read."
    )
    yield f"* of fewer than {found.few} records"


def unknown_texts(found: Report) -> list[str]:
    """What can't be known of which period, and why; a line for each reason."""
    told = []
    for which, unknown in (("", found.unknown), (" in the period compared", found.unknown_before)):
        for why in dict.fromkeys(unknown.values()):
            titles = [BY_KEY[key].title for key, each in unknown.items() if each == why]
            told.append(f"Not known{which}: {', '.join(titles)} ({why}).")
    return told


def _print_whole(found: Report, screen: Console) -> None:
    figures, before = found.whole.figures, found.whole.before
    heads = ["", "value", "records", *(["before", "change"] if before is not None else [])]
    table = _table(heads)
    for measure in known(figures):
        now = figures[measure.key]
        value = _starred(found, measure, found.whole)
        cells = [Text(measure.title), Text(value), Text(of_text(measure, now))]
        if before is not None:
            then = before.get(measure.key)
            look = _LOOKS[turn(measure, now, then, found.few)]
            cells.append(Text(value_text(measure, then)))
            cells.append(Text(change_text(measure, now, then), look))
        table.add_row(*cells)
    screen.print(table)
    screen.print()
    screen.print(Text("How each figure is worked out", style="bold"))
    for measure in known(figures):
        screen.print(Text(f"{measure.title} ({measure.short}) = {measure.formula}", style="dim"))


def _print_trend(found: Report, screen: Console) -> None:
    if len(found.stretches) < 2 or found.trend is None:
        return
    shown = [BY_KEY[key] for key in _OF_TREND if key in found.stretches[0].figures]
    table = _table([f"by {found.trend}", *(each.short for each in shown)])
    for each in found.stretches:
        table.add_row(each.name, *(value_text(m, each.figures.get(m.key)) for m in shown))
    screen.print()
    screen.print(table)


def _print_section(found: Report, section: Section, screen: Console) -> None:
    groups = list(section.groups)[:GROUPS_SHOWN]
    if not groups:
        return
    there = columns_of(found, groups)
    shown = _fitting(there, screen.width)
    table = _table([f"by {section.dimension}", *(each.short for each in shown)])
    for group in groups:
        few = group.records < found.few
        cells = (Text(_starred(found, each, group, of_few=few)) for each in shown)
        table.add_row(Text(group.name[:_NAME_WIDTH]), *cells)
    screen.print()
    screen.print(table)
    more = len(section.groups) - len(groups), len(there) - len(shown)
    told = [f"{n:,} more {what}" for n, what in zip(more, ("groups", "columns"), strict=True) if n]
    if told:
        says = f"{' and '.join(told)}: --format html, csv or json"
        screen.print(Text(says, style="dim"))


def _print_uncovered(found: Report, screen: Console) -> None:
    uncovered = found.uncovered
    if uncovered is None:
        return
    if uncovered.areas:
        table = _table(["postal areas without a rooftop", "records", "unowned", "most of them"])
        for area in uncovered.areas[:GROUPS_SHOWN]:
            cells = (f"{area.records:,}", f"{area.unowned:,}", codes_text(area))
            table.add_row(Text(area.name), *cells)
        screen.print()
        screen.print(table)
        if len(uncovered.areas) > GROUPS_SHOWN:
            says = f"{len(uncovered.areas) - GROUPS_SHOWN:,} more areas: --format html, csv or json"
            screen.print(Text(says, style="dim"))
        screen.print(Text(f"records = {HOW_COUNTED}", style="dim"))
        screen.print(Text(f"unowned = {HOW_OWNED}", style="dim"))
    if uncovered.ownerless:
        table = _table(["owner without an open rooftop", "rows", "places", "first at"])
        for each in uncovered.ownerless[:GROUPS_SHOWN]:
            places = ", ".join(each.places)
            table.add_row(Text(each.owner), f"{each.rows:,}", Text(places), str(each.first_at))
        screen.print()
        screen.print(table)
    if uncovered.gap:
        screen.print(Text(f"Postal areas are not told: {uncovered.gap}.", style="dim"))


def codes_text(area: UncoveredArea) -> str:
    """Such as ``35000 (12), 35200``."""
    return ", ".join(f"{code} ({n:,})" if n > 1 else code for code, n in area.codes)


def _fitting(there: Sequence[Measure], width: int) -> list[Measure]:
    """Those most asked for that a line has room for, in the order of the catalogue."""
    room, kept = width - _NAME_WIDTH, set[str]()
    for key in _MAIN:
        each = next((each for each in there if each.key == key), None)
        if each is not None and room > (needed := max(len(each.short), 8) + 2):
            kept.add(key)
            room -= needed
    return [each for each in there if each.key in kept]


def _starred(found: Report, measure: Measure, group: Group, *, of_few: bool = False) -> str:
    """With a star where it is of few records; of a group that has few, the star is at their number."""
    figure = group.figures.get(measure.key)
    text = value_text(measure, figure)
    star = of_few if measure.key == "volume" else is_few(found, figure) and not of_few
    return f"{text}*" if star and text != DASH else text


def _table(heads: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", no_wrap=True)
    return table
