"""`why`: what happened to a record so far?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.story import Story
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.records import RecordId
    from ortoo_daemon.work.tries import HandoffTry


def why(
    record: Annotated[str, typer.Argument(metavar="RECORD_ID", help="A record of the org.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell the story of a record: when it came, every decision about it, every change of its owner, who else
    got sight of it, every try to hand it to a rooftop's own system."""
    from ortoo_daemon.cli.terminal import say, show_json, show_table

    found = asyncio.run(_story(parsed_id(record), config))
    if as_json:
        show_json(_json(found))
        return
    say(f"{found.object} {found.record} · held by {found.owner}", "bold")
    if found.handoff:
        say(f"handoff: {found.handoff}")
    if found.shared:
        seen = ", ".join(f"{who} ({access})" for who, access in found.shared)
        say(f"shared with {seen}")
    show_table(
        ["When", "What", "", "By"],
        [
            (f"{each.at:%Y-%m-%d %H:%M:%SZ}", each.kind, each.text, each.by)
            for each in found.happenings
        ],
    )
    for gap in found.gaps:
        say(gap, "yellow")


async def _story(id: "RecordId", config: Path) -> "Story":
    from dataclasses import replace

    from ortoo_daemon.daemon.asking.login import logged_in, object_of
    from ortoo_daemon.daemon.asking.story import story_of
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    tries, gap = await _tries(id, settings)
    async with logged_in(settings) as org:
        found = await story_of(org, await object_of(id, org), id, tries=tries)
    return replace(found, gaps=(*found.gaps, gap)) if gap else found


async def _tries(id: "RecordId", settings: "Settings") -> "tuple[list[HandoffTry], str]":
    """Out of the daemon's store, which may be another machine's, or another user's."""
    from ortoo_daemon.daemon.asking.login import beside_daemon, has_store
    from ortoo_daemon.errors import StateError

    if not has_store(settings):
        return [], ""
    try:
        async with beside_daemon(settings) as queue:
            return await queue.tries.of_record(id), ""
    except StateError as error:
        return [], f"tries of handoffs are not told: {error}"


def _json(found: "Story") -> dict[str, Any]:
    from ortoo_daemon.instants import instant_text

    return {
        "object": found.object,
        "record": found.record,
        "owner": found.owner,
        "handoff": found.handoff or None,
        "shared": [{"with": who, "access": access} for who, access in found.shared],
        "story": [
            {
                "at": instant_text(each.at),
                "kind": each.kind,
                "text": each.text,
                "by": each.by,
                **each.details,
            }
            for each in found.happenings
        ],
        "gaps": list(found.gaps),
    }
