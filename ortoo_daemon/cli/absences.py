"""`absences`: who will be away in the coming days, and what of their open work would go to colleagues?"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.planned_absences import PlannedAbsence
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.policy.model import PolicySet


def absences(
    config: Config = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option(min=1, max=8, help="How far ahead.")] = 7,
    manager: Annotated[
        str | None, typer.Option(help="Only people of the manager with this name.")
    ] = None,
    candidate: Annotated[
        Path | None,
        typer.Option(help="A folder of policies to try, as of simulate: what would move by them?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List planned absences, the first first, with the open work that would go to colleagues.

    Exit code 1 when the candidate has problems that `check` finds; they are printed.
    """
    from ortoo_daemon.cli.terminal import say, show_json, show_table
    from ortoo_daemon.cli.tried_policies import tried_policies
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    tried = tried_policies(settings, candidate, as_json=as_json) if candidate else None
    found = asyncio.run(_absences(settings, days, tried))
    if manager is not None:
        found = [each for each in found if each.manager.casefold() == manager.casefold()]
    if as_json:
        show_json([_json(each) for each in found])
        return
    if not found:
        say(f"nobody's absence begins within {days} days", "green")
        return
    head = ["Who", "Rooftop", "Manager", "From", "Until", "By", "Holds", "Would move"]
    show_table(
        [*head, *(["By the candidate"] if tried else [])],
        [
            (
                each.person.name,
                each.rooftop,
                each.manager,
                _shown(each.begins_at, each.person.zone),
                _shown(each.ends_at, each.person.zone),
                each.sign.value,
                _numbers(each.held),
                _numbers(each.moves),
                *([_numbers(each.candidate_moves or {})] if tried else []),
            )
            for each in found
        ],
    )


async def _absences(
    settings: "Settings", days: int, candidate: "PolicySet | None"
) -> "list[PlannedAbsence]":
    from ortoo_daemon.daemon.asking.login import logged_in, policies_of
    from ortoo_daemon.daemon.asking.planned_absences import planned_absences

    live, ahead = policies_of(settings), timedelta(days=days)
    async with logged_in(settings) as org:
        return await planned_absences(settings, org, live, candidate, ahead=ahead)


def _json(found: "PlannedAbsence") -> dict[str, Any]:
    from ortoo_daemon.instants import instant_text

    return {
        "person": found.person.id,
        "name": found.person.name,
        "rooftop": found.rooftop or None,
        "manager": found.person.manager,
        "sign": found.sign.value,
        "begins_at": instant_text(found.begins_at),
        "ends_at": instant_text(found.ends_at) if found.ends_at else None,
        "held": found.held,
        "moves": found.moves,
        "candidate_moves": found.candidate_moves,
    }


def _shown(moment: datetime | None, zone: str | None) -> str:
    from zoneinfo import ZoneInfo

    if moment is None:
        return "open"
    return f"{moment.astimezone(ZoneInfo(zone or 'UTC')):%a %d %b %H:%M}"


def _numbers(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items())) or "nothing"
