"""Which commands can be tried after the demo? Each works word for word where it is printed."""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from ortoo_daemon.cli.launch_day.leads import Kind
from ortoo_daemon.cli.launch_day.place import DemoPlace, short
from ortoo_daemon.cli.launch_day.tally import Tally

_TOLD_BEST = (Kind.ELECTRIC, Kind.CHOSEN_DEALER, Kind.PLAIN)
"""Kinds whose decision has most to tell, best first."""


def commands(
    place: DemoPlace, tally: Tally, called: Mapping[str, str], sandbox_pid: int | None
) -> list[tuple[str, str]]:
    """(what it shows, the command). ``called``: what people are called, by id. With a running sandbox, how to
    talk to it and how to end it."""
    again = f"{this_program()} demo --folder {shlex.quote(str(place.folder))}"
    found = []
    for record in _told_best(tally):
        found += [
            ("why this owner: every rule tried, every candidate", f"{again} explain {record}"),
            ("the story of that lead so far", f"{again} why {record}"),
        ]
    found += [
        (f"what happened to {record} by hand", f"{again} why {record}")
        for record in tally.overridden
    ]
    found += [
        (
            "one record from hand to hand: late, handed on, its owner away and back",
            f"{again} why {record}",
        )
        for record in tally.whole_stories(called)[:1]
    ] or [
        ("who had the record that nobody answered, one after the other", f"{again} why {record}")
        for record in _lay_longest(tally)
    ]
    found += [
        (
            "one e-mail and the cases it became: what was understood, and why",
            f"{again} explain {record}",
        )
        for record in sorted(tally.split)[:1]
    ]
    found.append(("what is parked, and for what reason", f"{again} parked"))
    if sandbox_pid is not None:
        source = f". {shlex.quote(str(place.environment_file))}"
        found += [
            ("the org is kept running; to aim every verb at it", source),
            ("to end it", f"kill {sandbox_pid}"),
        ]
    return found


def this_program() -> str:
    """How this command line was called, as short as it works in this folder."""
    called = Path(sys.argv[0])
    if called.name != "ortoo-daemon":
        return f"{shlex.quote(short(Path(sys.executable)))} -m ortoo_daemon"
    on_path = shutil.which(called.name)
    if on_path and Path(on_path).absolute() == called.absolute():
        return called.name
    return shlex.quote(short(called))


def _told_best(tally: Tally) -> list[str]:
    """One routed lead whose decision is worth a look; none when nothing was routed to a person."""
    routed = [
        each.id
        for each in tally.handled.values()
        if each.routed and each.rooftop and each.id in tally.created
    ]
    ranks = {kind: rank for rank, kind in enumerate(_TOLD_BEST)}
    routed.sort(key=lambda each: (ranks.get(tally.created[each].kind, len(ranks)), each))
    return routed[:1]


def _lay_longest(tally: Tally) -> list[str]:
    """One that went from hand to hand, to a manager if there is such a one."""
    moved = tally.steps["reassigned"] & tally.steps["escalated"] or tally.steps["reassigned"]
    leads = [
        each for each in moved if each in tally.handled and tally.handled[each].object == "Lead"
    ]
    return sorted(leads)[:1]
