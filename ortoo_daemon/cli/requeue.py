"""`requeue`: put records back to be decided anew."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.records import RecordId

_ASK_FROM = 2


def requeue(
    records: Annotated[
        list[str] | None, typer.Argument(metavar="RECORD_ID…", help="Records of the org.")
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(help="A SOQL query whose Ids are taken: SELECT Id FROM Lead WHERE …"),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put records back on the queue, whoever holds them and however old they are.

    Each gets a decision of its own. A running daemon takes them up within a second, a stopped one at
    its next start.
    """
    from ortoo_daemon.cli.terminal import say, show_json
    from ortoo_daemon.daemon.settings import load_settings

    if bool(records) == bool(query):
        raise typer.BadParameter("name records, or give a --query; one of both")
    settings = load_settings(config)
    ids = [parsed_id(text) for text in records or ()]
    found = asyncio.run(_named(settings, ids, query))
    if not found:
        show_json({"requeued": []}) if as_json else say("the query finds no record")
        return
    if len(found) >= _ASK_FROM and not yes and sys.stdin.isatty():
        typer.confirm(f"Decide {len(found)} records anew?", abort=True)
    asyncio.run(_put(settings, found))
    if as_json:
        show_json({"requeued": [{"object": name, "record": id} for id, name in found.items()]})
    else:
        say(f"{len(found)} {'record' if len(found) == 1 else 'records'} put back", "green")


async def _named(
    settings: "Settings", ids: Sequence["RecordId"], query: str | None
) -> "dict[RecordId, str]":
    """The records with their objects. The org is asked only where it must be."""
    from ortoo_daemon.daemon.asking.login import STANDARD_OBJECTS, logged_in, policies_of
    from ortoo_daemon.daemon.asking.requeueing import named_objects, refuse_unrouted

    policies = policies_of(settings)
    if query is None and all(id[:3] in STANDARD_OBJECTS for id in ids):
        found = await named_objects(ids, None)
    else:
        async with logged_in(settings) as org:
            if query is not None:
                ids = _ids(await org.query(query))
            found = await named_objects(ids, org)
    refuse_unrouted(found, policies)
    return found


def _ids(rows: Sequence[dict[str, object]]) -> "list[RecordId]":
    if rows and "Id" not in rows[0]:
        raise typer.BadParameter("the query gives no Id: write SELECT Id FROM …")
    return [parsed_id(str(row["Id"])) for row in rows]


async def _put(settings: "Settings", records: "dict[RecordId, str]") -> None:
    from ortoo_daemon.daemon.asking.login import beside_daemon
    from ortoo_daemon.daemon.asking.requeueing import requeue as put_back
    from ortoo_daemon.daemon.wiring import utc_now

    async with beside_daemon(settings) as queue:
        await put_back(queue, records, now=utc_now())
