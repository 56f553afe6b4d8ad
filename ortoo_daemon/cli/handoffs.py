"""`handoffs`: which leads have not reached their rooftop's own system, and why? Sends them again, too."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.handing_over import OpenHandoff
    from ortoo_daemon.records import RecordId


def handoffs(
    config: Config = DEFAULT_CONFIG,
    resend: Annotated[
        list[str] | None, typer.Option(metavar="RECORD_ID", help="Send this record again.")
    ] = None,
    failed: Annotated[bool, typer.Option(help="Send all that failed again.")] = False,
    limit: Annotated[
        int, typer.Option(min=1, max=2000, help="At most so many of each object.")
    ] = 200,
    as_json: AsJson = False,
) -> None:
    """List handoffs that are open or failed, the oldest first; or have some sent again."""
    from ortoo_daemon.cli.terminal import say, show_json, show_table
    from ortoo_daemon.instants import instant_text

    ids = [parsed_id(each) for each in resend or ()]
    if ids or failed:
        marked, unknown = asyncio.run(_resent(config, ids, failed=failed, limit=limit))
        if as_json:
            show_json({"sent_again": marked, "not_handed_over": unknown})
        else:
            for each in unknown:
                say(f"{each} was never handed over", "red")
            say(f"{len(marked)} to be sent again within a minute or two", "green")
        if unknown:
            raise typer.Exit(1)
        return
    found = asyncio.run(_open(config, limit))
    if as_json:
        show_json(
            [
                {
                    "object": each.object,
                    "record": each.id,
                    "state": each.state,
                    "rooftop": each.rooftop,
                    "decided_at": instant_text(each.decided_at) if each.decided_at else None,
                }
                for each in found
            ]
        )
        return
    if not found:
        say("no handoff is open", "green")
        return
    rows = [
        (
            each.id,
            each.object,
            f"{each.decided_at:%Y-%m-%d %H:%M:%SZ}" if each.decided_at else "",
            each.state,
            each.rooftop,
        )
        for each in found
    ]
    show_table(["Record", "Object", "Decided", "State", "Rooftop"], rows)


async def _open(config: Path, limit: int) -> "list[OpenHandoff]":
    from ortoo_daemon.daemon.asking.handing_over import handed_objects, open_handoffs
    from ortoo_daemon.daemon.asking.login import logged_in, policies_of
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    async with logged_in(settings) as org:
        return await open_handoffs(org, handed_objects(policies_of(settings)), limit=limit)


async def _resent(
    config: Path, ids: "list[RecordId]", *, failed: bool, limit: int
) -> "tuple[list[RecordId], list[RecordId]]":
    from ortoo_daemon.action.handoff import FAILED
    from ortoo_daemon.daemon.asking.handing_over import handed_objects, open_handoffs, send_again
    from ortoo_daemon.daemon.asking.login import logged_in, policies_of
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    objects = handed_objects(policies_of(settings))
    async with logged_in(settings) as org:
        if failed:
            found = await open_handoffs(org, objects, limit=limit)
            ids = [*ids, *(each.id for each in found if each.state.startswith(FAILED))]
        return await send_again(org, objects, list(dict.fromkeys(ids)))
