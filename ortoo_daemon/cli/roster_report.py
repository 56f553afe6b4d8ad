"""How is the look at the coming days shown: where and when a rule will find nobody?"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from ortoo_daemon.cli.terminal import console, say
from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.look_ahead import LOOKS_AHEAD, Shortage, Span

_MOST_SHOWN = 40
_MOST_SPANS = 4


def show(found: Sequence[Shortage]) -> None:
    """One line for each place, most minutes in opening hours first."""
    days = LOOKS_AHEAD.days
    if not found:
        say(f"roster: somebody is there for every rule throughout the coming {days} days", "green")
        return
    say(f"roster of the coming {days} days, by calendars and absences:", "bold")
    for shortage in found[:_MOST_SHOWN]:
        line = Text("  ")
        line.append(shortage.where, style="bold")
        line.append(f": no {shortage.wanted} for {_count(shortage)}")
        spans = shortage.in_hours or shortage.spans
        line.append(f": {_spans(spans, shortage.zone)}")
        line.append(f" (rule {shortage.rule!r}, {shortage.place})", style="dim")
        console().print(line)
    if len(found) > _MOST_SHOWN:
        say(f"  and {len(found) - _MOST_SHOWN} more (--json lists all)")


def as_json(found: Sequence[Shortage]) -> list[dict[str, Any]]:
    """One object a place; times in UTC."""
    return [
        {
            "policy": each.policy,
            "rule": each.rule,
            "file": each.place.file,
            "line": each.place.line,
            "where": each.where,
            "wanted": each.wanted,
            "minutes": each.minutes,
            "minutes_in_hours": each.minutes_in_hours,
            "spans": [[instant_text(begin), instant_text(end)] for begin, end in each.spans],
        }
        for each in found
    ]


def _count(shortage: Shortage) -> str:
    if shortage.in_hours == shortage.spans:
        return f"{shortage.minutes:,} minutes"
    if not shortage.in_hours:
        return f"{shortage.minutes:,} minutes, all outside opening hours"
    return f"{shortage.minutes_in_hours:,} minutes of opening hours ({shortage.minutes:,} in all)"


def _spans(spans: Sequence[Span], zone: str) -> str:
    local = ZoneInfo(zone)
    shown = []
    for begin, end in spans[:_MOST_SPANS]:
        first, last = begin.astimezone(local), end.astimezone(local)
        until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a %d %b %H:%M}"
        shown.append(f"{first:%a %d %b %H:%M} to {until}")
    more = len(spans) - _MOST_SPANS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
