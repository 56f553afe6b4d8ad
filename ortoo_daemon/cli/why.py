"""`why`: what happened to a record so far?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.story import Story
    from ortoo_daemon.records import RecordId


def why(
    record: Annotated[str, typer.Argument(metavar="RECORD_ID", help="A record of the org.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Tell the story of a record: when it came, every decision about it, every change of its owner."""
    from ortoo_daemon.cli.terminal import say, show_json, show_table

    found = asyncio.run(_story(parsed_id(record), config))
    if as_json:
        show_json(_json(found))
        return
    say(f"{found.object} {found.record} · held by {found.owner}", "bold")
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
    from ortoo_daemon.daemon.asking.login import logged_in, object_of
    from ortoo_daemon.daemon.asking.story import story_of
    from ortoo_daemon.daemon.settings import load_settings

    async with logged_in(load_settings(config)) as org:
        return await story_of(org, await object_of(id, org), id)


def _json(found: "Story") -> dict[str, Any]:
    from ortoo_daemon.instants import instant_text

    return {
        "object": found.object,
        "record": found.record,
        "owner": found.owner,
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
