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
    """List records that were parked, in the org and in the daemon's own queue, and handoffs that failed for
    good; the oldest first."""
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
                    "mend": mend_of(each),
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
    for line in dict.fromkeys(mend_of(each, "RECORD_ID") for each in found):
        say(line, "dim")


def mend_of(record: "ParkedRecord", id: str = "") -> str:
    """What a person does about it; ``id`` stands for the record's own."""
    id = id or record.id
    if record.noted_in == "handoff":
        return (
            "a handoff that failed: mend the cause (the rooftop's address, the server), then "
            f"ortoo-daemon handoffs --resend {id}, or --failed for all"
        )
    return (
        "a parked record: mend the cause (ortoo-daemon why tells it); it is looked at again by "
        f"itself, at once with ortoo-daemon requeue {id}"
    )


async def _parked(config: Path, object_name: str | None, limit: int) -> "list[ParkedRecord]":
    from ortoo_daemon.daemon.asking.handing_over import dead_letters, handed_objects
    from ortoo_daemon.daemon.asking.login import beside_daemon, has_store, logged_in, policies_of
    from ortoo_daemon.daemon.asking.requeueing import longest_first, parked_in_org, parked_in_queue
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    policies = policies_of(settings)
    objects = {policy.object for policy in policies.policies}
    if object_name is not None:
        if object_name not in objects:
            known = ", ".join(sorted(objects))
            raise typer.BadParameter(f"no policy is for {object_name}; policies route {known}")
        objects = {object_name}
    async with logged_in(settings) as org:
        stamped = await parked_in_org(org, objects, limit=limit)
        handed = [name for name in handed_objects(policies) if name in objects]
        dead = await dead_letters(org, handed, limit=limit)
    given_up: list[ParkedRecord] = []
    if has_store(settings):
        async with beside_daemon(settings) as queue:
            given_up = await parked_in_queue(queue, limit=limit)
    known_ids = {each.id for each in stamped}
    unknown = (e for e in given_up if e.object in objects and e.id not in known_ids)
    return longest_first([*stamped, *dead, *unknown])
