"""`backfill`: write the keys by which customers are known again to records that are there already."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from rich.progress import Progress

    from ortoo_daemon.daemon.asking.backfilling import Filled, Pace, Scope
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.policy.intake_model import KeySources


def backfill(
    objects: Annotated[
        list[str] | None,
        typer.Argument(metavar="OBJECT…", help="Of those under customers; all when left out."),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--all", help="Compare keys that stand with their fields, too."),
    ] = False,
    after: Annotated[
        str | None,
        typer.Option(metavar="RECORD_ID", help="Go on behind this record; for one object."),
    ] = None,
    per_minute: Annotated[
        int, typer.Option(min=1, max=100_000, help="At most so many records are written a minute.")
    ] = 3_000,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Fill Ortoo_Email_Key__c and Ortoo_Phone_Key__c of records that have none, by the directory file.

    Stops when an allocation of the org is used as far as `budgets.low_from`; started again, it goes on with
    what still lacks its keys. Nothing but the two fields is written.
    """
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.backfilling import Pace, Scope
    from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    mapped = read_directory_mapping(settings.path(settings.directory)).key_sources
    sources = {name: each for name, each in mapped.items() if each.key_fields()}
    names = _wanted(objects or (), sources, after)
    behind = parsed_id(after) if after else ""
    scopes = [Scope(object=n, sources=sources[n], whole=whole, after=behind) for n in names]
    pace = Pace(per_minute=per_minute, spend_up_to=settings.budgets.low_from / 100)
    found = asyncio.run(_backfill(settings, scopes, pace))
    if as_json:
        show_json({"objects": [_figures(filled) for filled in found]})
    else:
        for filled in found:
            _tell(filled, whole=whole)
    if any(filled.stopped or filled.refused for filled in found):
        raise typer.Exit(1)


def _wanted(
    asked: Sequence[str], sources: "dict[str, KeySources]", after: str | None
) -> Sequence[str]:
    if not sources:
        raise typer.BadParameter("the directory file names no object under customers")
    unknown = [name for name in asked if name not in sources]
    if unknown:
        known = ", ".join(sorted(sources))
        raise typer.BadParameter(
            f"{unknown[0]} is not under customers in the directory file: {known}"
        )
    names = tuple(dict.fromkeys(asked)) or tuple(sources)
    if after and len(names) != 1:
        raise typer.BadParameter("--after is a record of one object: name the object")
    return names


async def _backfill(
    settings: "Settings", scopes: "Sequence[Scope]", pace: "Pace"
) -> "list[Filled]":
    """Object by object, until an allocation stops it."""
    from ortoo_daemon.daemon.asking.backfilling import Filled, backfill, to_look_at
    from ortoo_daemon.daemon.asking.login import logged_in

    found: list[Filled] = []
    async with logged_in(settings) as org:
        with _progress() as progress:
            for scope in scopes:
                bar = progress.add_task(scope.object, total=await to_look_at(org, scope))
                filled = Filled(object=scope.object)
                async for filled in backfill(org, scope, pace):
                    progress.update(bar, completed=filled.looked_at)
                found.append(filled)
                if filled.stopped:
                    break
    return found


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar for each object on a terminal; nothing elsewhere, so that output stays clean."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from ortoo_daemon.cli.terminal import console

    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        yield progress


def _figures(filled: "Filled") -> dict[str, object]:
    return {
        "object": filled.object,
        "looked_at": filled.looked_at,
        "written": filled.written,
        "without_key": filled.without,
        "changed_meanwhile": filled.changed,
        "refused": dict(filled.refused),
        "stopped": filled.stopped or None,
        "last": filled.last or None,
    }


def _tell(filled: "Filled", *, whole: bool) -> None:
    from ortoo_daemon.cli.terminal import say

    unkeyed = "as they should be" if whole else "without anything that makes a key"
    parts = [f"{filled.written:,} written", f"{filled.without:,} {unkeyed}"]
    parts += [f"{filled.changed:,} changed meanwhile"] if filled.changed else []
    bad = filled.stopped or filled.refused
    say(f"{filled.object}: {', '.join(parts)}", "yellow" if bad else "green")
    for reason, count in filled.refused.most_common(5):
        say(f"  {count:,} refused: {reason}", "yellow")
    if filled.stopped:
        where = f" --all {filled.object} --after {filled.last}" if whole and filled.last else ""
        say(f"  stopped: {filled.stopped}. Go on later: ortoo-daemon backfill{where}", "yellow")
