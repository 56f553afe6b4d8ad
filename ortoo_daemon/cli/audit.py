"""`audit`: what can be said of the decision records themselves?"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.verifying import Verified
    from ortoo_daemon.records import RecordId

audit = typer.Typer(help="Look into the decision records themselves.", no_args_is_help=True)


@audit.command()
def verify(
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECORD_ID…]", help="Records of the org; all decisions if left out."
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Find decision records that were changed, deleted or put in after they were written.

    Each bears the hash of the one before it about the same record. Exit code 1 when a chain is broken.
    """
    from ortoo_daemon.cli.terminal import say, show_json, show_table

    found = asyncio.run(_verified(config, [parsed_id(text) for text in records or ()]))
    if as_json:
        show_json(_json(found))
    else:
        if found.broken:
            rows = [(each.record, each.key, each.what) for each in found.broken]
            show_table(["Record", "Decision", "What is wrong"], rows)
        say(_summary(found), "red" if found.broken else "green")
    raise typer.Exit(1 if found.broken else 0)


async def _verified(config: Path, ids: Sequence["RecordId"]) -> "Verified":
    from ortoo_daemon.daemon.archive import Archive
    from ortoo_daemon.daemon.asking.login import logged_in, object_of, policies_of
    from ortoo_daemon.daemon.asking.verifying import verify as verify_all
    from ortoo_daemon.daemon.asking.verifying import verify_records
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    folder = settings.audit.archive
    archive = None if folder is None else Archive(settings.path(folder))
    async with logged_in(settings) as org:
        if ids:
            named = {id: await object_of(id, org) for id in ids}
            return await verify_records(org, named, now=await org.now(), archive=archive)
        objects = {policy.object for policy in policies_of(settings).policies}
        return await verify_all(org, objects, now=await org.now(), archive=archive)


def _summary(found: "Verified") -> str:
    count = len(found.broken)
    told = f"{found.decisions} decisions about {found.records} records: "
    told += f"{count} {'is' if count == 1 else 'are'} not as written" if count else "all as written"
    if found.unsealed:
        told += f" ({found.unsealed} bear no hash: they were written before decisions did)"
    return told


def _json(found: "Verified") -> dict[str, object]:
    return {
        "decisions": found.decisions,
        "records": found.records,
        "unsealed": found.unsealed,
        "broken": [
            {"record": each.record, "decision": each.key, "what": each.what}
            for each in found.broken
        ],
    }
