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


def absences(
    config: Config = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option(min=1, max=8, help="How far ahead.")] = 7,
    manager: Annotated[
        str | None, typer.Option(help="Only people of the manager with this name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List planned absences, the first first, with the open work that would go to colleagues."""
    from ortoo_daemon.cli.terminal import say, show_json, show_table

    found = asyncio.run(_absences(config, days))
    if manager is not None:
        found = [each for each in found if each.manager.casefold() == manager.casefold()]
    if as_json:
        show_json([_json(each) for each in found])
        return
    if not found:
        say(f"nobody's absence begins within {days} days", "green")
        return
    show_table(
        ["Who", "Rooftop", "Manager", "From", "Until", "By", "Holds", "Would move"],
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
            )
            for each in found
        ],
    )


async def _absences(config: Path, days: int) -> "list[PlannedAbsence]":
    from ortoo_daemon.daemon.asking.login import logged_in, policies_of
    from ortoo_daemon.daemon.asking.planned_absences import planned_absences
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    policies = policies_of(settings)
    async with logged_in(settings) as org:
        return await planned_absences(settings, org, policies, ahead=timedelta(days=days))


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
    }


def _shown(moment: datetime | None, zone: str | None) -> str:
    from zoneinfo import ZoneInfo

    if moment is None:
        return "open"
    return f"{moment.astimezone(ZoneInfo(zone or 'UTC')):%a %d %b %H:%M}"


def _numbers(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items())) or "nothing"
