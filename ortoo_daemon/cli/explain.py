"""`explain`: what is decided about a record, and why? Writes nothing."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.explaining import Explanation
    from ortoo_daemon.daemon.asking.past_explaining import PastExplanation
    from ortoo_daemon.records import RecordId


def explain(
    record: Annotated[
        str, typer.Argument(metavar="RECORD_ID|FILE.json", help="A record of the org, or a file.")
    ],
    config: Config = DEFAULT_CONFIG,
    again: Annotated[
        bool, typer.Option(help="Of a decided record, tell also what a requeue would lead to now.")
    ] = True,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="KEY|MOMENT",
            help="Tell of a past decision instead, and make it again from its facts and policies: the"
            " one with this key, or the last one at this moment (UTC where it names no offset).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a decision as a tree: rules tried, candidates and what removed them, the winner, the fields.

    Also who would have had the record without the winner, and the smallest change that would have changed
    the owner. A file holds {"object": "Lead", "fields": {...}, "now": "2026-11-23T10:15:00+01:00"}; it is
    decided with the saved org (org.json), without a login.
    """
    from ortoo_daemon.audit.explain import node_json
    from ortoo_daemon.cli.terminal import show_json, show_tree

    if as_of is not None:
        _show_then(record, config, as_of, as_json=as_json)
        return
    if record.endswith(".json"):
        found = _of_file(Path(record), config)
    else:
        found = asyncio.run(_of_org(parsed_id(record), config, again=again))
    if as_json:
        show_json({**_json(found), "tree": node_json(found.node())})
    else:
        show_tree(found.node())


def _show_then(record: str, config: Path, as_of: str, *, as_json: bool) -> None:
    from ortoo_daemon.audit.explain import node_json
    from ortoo_daemon.cli.terminal import show_json, show_tree

    if record.endswith(".json"):
        raise typer.BadParameter("of a record in a file nothing was decided before")
    found = asyncio.run(_of_then(parsed_id(record), config, as_of))
    if as_json:
        show_json({**_then_json(found), "tree": node_json(found.node())})
    else:
        show_tree(found.node())


def _of_file(path: Path, config: Path) -> "Explanation":
    from ortoo_daemon.daemon.asking.explaining import explain_file
    from ortoo_daemon.daemon.asking.login import policies_of, postal_index
    from ortoo_daemon.daemon.loading.config_files import config_files
    from ortoo_daemon.daemon.loading.saved_org import load_saved_org
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.daemon.wiring import utc_now

    policies = policies_of(load_settings(config))
    known = load_saved_org(config_files(None, config).saved_org)
    return explain_file(path, policies, known, postal_index(policies), now=utc_now())


async def _of_org(id: "RecordId", config: Path, *, again: bool) -> "Explanation":
    from ortoo_daemon.daemon.asking.explaining import explain_record
    from ortoo_daemon.daemon.asking.login import know, logged_in, object_of
    from ortoo_daemon.daemon.calling.calls import Calls
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.daemon.wiring import case_mails

    settings = load_settings(config)
    async with logged_in(settings) as org:
        object_name = await object_of(id, org)
        knowledge = await know(settings, org, object_name)
        now = await org.now()
        return await explain_record(
            org,
            knowledge,
            object_name,
            id,
            again=again,
            now=now,
            mails=case_mails(settings, org),
            calls=Calls(settings, reads_only=True),
        )


async def _of_then(id: "RecordId", config: Path, as_of: str) -> "PastExplanation":
    from ortoo_daemon.daemon.asking.login import know, logged_in, object_of
    from ortoo_daemon.daemon.asking.past_explaining import explain_then
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    async with logged_in(settings) as org:
        object_name = await object_of(id, org)
        knowledge = await know(settings, org, object_name)
        return await explain_then(org, knowledge, object_name, id, as_of=as_of)


def _then_json(found: "PastExplanation") -> dict[str, Any]:
    from ortoo_daemon.audit.decision_json import decision_json

    again = found.replayed
    return {
        "object": found.then.object,
        "record": found.then.record_id,
        "then": decision_json(found.then),
        "again": again
        and {
            "same": again.same,
            "differences": list(again.differences),
            "gaps": list(again.gaps),
            "decision": decision_json(again.decision),
        },
        "why_not_again": found.why_not_again or None,
        "troubles": list(found.troubles),
        "alternatives": found.alternatives.to_json() if found.alternatives else None,
    }


def _json(found: "Explanation") -> dict[str, Any]:
    from ortoo_daemon.audit.decision_json import decision_json

    return {
        "object": found.object,
        "record": found.record,
        "stands": decision_json(found.stands) if found.stands else None,
        "chose": decision_json(found.chose) if found.chose else None,
        "now": decision_json(found.now) if found.now else None,
        "now_is_a_requeue": found.requeued,
        "gap": found.gap or None,
        "alternatives": found.alternatives.to_json() if found.alternatives else None,
    }
