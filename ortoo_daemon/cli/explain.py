"""`explain`: what is decided about a record, and why? Writes nothing."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.explaining import Explanation
    from ortoo_daemon.records import RecordId


def explain(
    record: Annotated[
        str, typer.Argument(metavar="RECORD_ID|FILE.json", help="A record of the org, or a file.")
    ],
    config: Config = DEFAULT_CONFIG,
    again: Annotated[
        bool, typer.Option(help="Of a decided record, tell also what a requeue would lead to now.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Show a decision as a tree: rules tried, candidates and what removed them, the winner, the fields.

    A file holds {"object": "Lead", "fields": {...}, "now": "2026-11-23T10:15:00+01:00"}; it is decided
    with the saved org (org.json), without a login.
    """
    from ortoo_daemon.audit.explain import node_json
    from ortoo_daemon.cli.terminal import show_json, show_tree

    if record.endswith(".json"):
        found = _of_file(Path(record), config)
    else:
        found = asyncio.run(_of_org(parsed_id(record), config, again=again))
    if as_json:
        show_json({**_json(found), "tree": node_json(found.node())})
    else:
        show_tree(found.node())


def _of_file(path: Path, config: Path) -> "Explanation":
    from ortoo_daemon.daemon.asking import policies_of, postal_index
    from ortoo_daemon.daemon.config_files import config_files
    from ortoo_daemon.daemon.explaining import explain_file
    from ortoo_daemon.daemon.saved_org import load_saved_org
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.daemon.wiring import utc_now

    policies = policies_of(load_settings(config))
    known = load_saved_org(config_files(None, config).saved_org)
    return explain_file(path, policies, known, postal_index(policies), now=utc_now())


async def _of_org(id: "RecordId", config: Path, *, again: bool) -> "Explanation":
    from ortoo_daemon.daemon.asking import know, logged_in, object_of
    from ortoo_daemon.daemon.explaining import explain_record
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    async with logged_in(settings) as org:
        object_name = await object_of(id, org)
        knowledge = await know(settings, org, object_name)
        now = await org.now()
        return await explain_record(org, knowledge, object_name, id, again=again, now=now)


def _json(found: "Explanation") -> dict[str, Any]:
    from ortoo_daemon.audit.decision_json import decision_json

    return {
        "object": found.object,
        "record": found.record,
        "stands": decision_json(found.stands) if found.stands else None,
        "now": decision_json(found.now) if found.now else None,
        "now_is_a_requeue": found.requeued,
        "gap": found.gap or None,
    }
