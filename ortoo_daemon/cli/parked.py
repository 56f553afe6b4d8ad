"""`parked`: which records wait for a person, and why?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.requeueing import ParkedRecord


def parked(
    config: Config = DEFAULT_CONFIG,
    object_name: Annotated[str | None, typer.Option("--object", help="Only records of it.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=2000, help="At most so many of each object.")
    ] = 200,
    as_json: AsJson = False,
) -> None:
    """List records that were parked, in the org and in the daemon's own queue; the oldest first."""
    from ortoo_daemon.cli.terminal import say, show_json, show_table
    from ortoo_daemon.instants import instant_text

    found = asyncio.run(_parked(config, object_name, limit))
    if as_json:
        show_json(
            [
                {
                    "object": each.object,
                    "record": each.id,
                    "reason": each.reason,
                    "since": instant_text(each.since) if each.since else None,
                    "policy": each.policy,
                    "noted_in": each.noted_in,
                }
                for each in found
            ]
        )
        return
    if not found:
        say("nothing is parked", "green")
        return
    show_table(
        ["Record", "Object", "Since", "Why", "Policy", "Noted in"],
        [
            (
                each.id,
                each.object,
                f"{each.since:%Y-%m-%d %H:%M:%SZ}" if each.since else "",
                each.reason,
                each.policy,
                each.noted_in,
            )
            for each in found
        ],
    )


async def _parked(config: Path, object_name: str | None, limit: int) -> "list[ParkedRecord]":
    from ortoo_daemon.daemon.asking.login import beside_daemon, has_store, logged_in, policies_of
    from ortoo_daemon.daemon.asking.requeueing import longest_first, parked_in_org, parked_in_queue
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    objects = {policy.object for policy in policies_of(settings).policies}
    if object_name is not None:
        if object_name not in objects:
            known = ", ".join(sorted(objects))
            raise typer.BadParameter(f"no policy is for {object_name}; policies route {known}")
        objects = {object_name}
    async with logged_in(settings) as org:
        stamped = await parked_in_org(org, objects, limit=limit)
    given_up: list[ParkedRecord] = []
    if has_store(settings):
        async with beside_daemon(settings) as queue:
            given_up = await parked_in_queue(queue, limit=limit)
    known_ids = {each.id for each in stamped}
    unknown = (e for e in given_up if e.object in objects and e.id not in known_ids)
    return longest_first([*stamped, *unknown])
