"""`forget`: erase what decision records hold of a customer."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.records import RecordId


def forget(
    records: Annotated[
        list[str], typer.Argument(metavar="RECORD_ID…", help="Records of the org, or of its past.")
    ],
    config: Config = DEFAULT_CONFIG,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase trace, facts and written values of every decision about these records. There is no way back.

    That they were decided, when, by which policy and to whom they went is kept. The records themselves
    are not touched; they may be deleted already.
    """
    from ortoo_daemon.cli.terminal import say, show_json

    ids = [parsed_id(text) for text in records]
    if not yes and sys.stdin.isatty():
        what = ids[0] if len(ids) == 1 else f"{len(ids)} records"
        typer.confirm(f"Erase for good what the decisions about {what} hold?", abort=True)
    erased = asyncio.run(_forget(config, ids))
    if as_json:
        show_json({"forgotten": [{"record": id, "decisions": erased.get(id, 0)} for id in ids]})
        return
    for id in ids:
        count = erased.get(id, 0)
        told = f"{count} decision{'' if count == 1 else 's'} emptied" if count else "no decisions"
        say(f"{id}: {told}", "green" if count else "yellow")


async def _forget(config: Path, ids: Sequence["RecordId"]) -> "Mapping[RecordId, int]":
    from ortoo_daemon.daemon.asking.forgetting import decisions_of
    from ortoo_daemon.daemon.asking.forgetting import forget as erase
    from ortoo_daemon.daemon.asking.login import logged_in
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.daemon.wiring import utc_now

    async with logged_in(load_settings(config)) as org:
        return await erase(org, await decisions_of(org, ids), now=utc_now())
