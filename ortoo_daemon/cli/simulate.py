"""`simulate`: what would candidate policies have done with the records of the past? Looks only."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.policy.model import PolicySet

_LAST_30_DAYS = "30d"


def simulate(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CONFIG]",
            help="The folder of the live settings, or the file itself; else --config.",
            show_default=False,
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    since: Annotated[
        str | None,
        typer.Option(
            help="From when on: 30d, 12h, 2026-11-01, or a moment. Else 30d, or all of a file.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Until when, written alike; else now.", show_default=False)
    ] = None,
    candidate: Annotated[
        Path | None,
        typer.Option(
            help="A folder of policies to try, or one with an ortoo.yaml. Without: the live ones alone."
        ),
    ] = None,
    objects: Annotated[
        list[str] | None, typer.Option("--object", help="Only this object, such as Lead.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Keep the history in this file (JSON lines; holds values of records)."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", help="Read the history from such a file; the org is not asked."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a report with charts to this file.")
    ] = None,
    movers: Annotated[
        int, typer.Option(min=0, help="At most so many records of each kind of change are listed.")
    ] = 200,
    as_json: AsJson = False,
) -> None:
    """Backtest: decide the records of the past anew, by the live policies and by a candidate, and compare.

    Exit code 1 when the candidate has problems that `check` finds; they are printed.
    """
    from ortoo_daemon.cli import simulate_html, simulate_json, simulate_view
    from ortoo_daemon.cli.progress import progress_bar
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.cli.tried_policies import tried_policies
    from ortoo_daemon.daemon.asking.backtesting import Asked, backtest, live_policies
    from ortoo_daemon.daemon.wiring import utc_now

    if export is not None and file is not None:
        raise typer.BadParameter("--export keeps what the org says, --from does not ask it")
    now = utc_now()
    began = _moment("--since", since or (None if file else _LAST_30_DAYS), now)
    ended = _moment("--until", until, now)
    if began and began >= (ended or now):
        raise typer.BadParameter("--since is not before --until")
    settings = _settings(path, config)
    live = live_policies(settings)
    wanted = _objects(objects, live)
    tried = tried_policies(settings, candidate, as_json=as_json) if candidate else None
    asked = Asked(
        since=began, until=ended, objects=wanted, file=file, export=export, most_movers=movers
    )
    with progress_bar() as progress:
        found = asyncio.run(backtest(settings, live, tried, asked, progress=progress))
    if html is not None:
        simulate_html.write(found, html)
    if as_json:
        show_json(simulate_json.as_json(found))
    else:
        simulate_view.show(found)


def _settings(path: Path | None, config: Path) -> "Settings":
    from ortoo_daemon.daemon.loading.config_files import config_files
    from ortoo_daemon.daemon.settings import load_settings

    files = config_files(path, config)
    if files.settings is None:
        raise typer.BadParameter(f"{path} has no ortoo.yaml; candidates are named by --candidate")
    return load_settings(files.settings)


def _moment(option: str, text: str | None, now: datetime) -> datetime | None:
    """A duration back from now, a day (UTC) or a moment. Wrong use when it is none."""
    from ortoo_daemon.policy.literals import (
        HOW_TO_WRITE_A_DURATION,
        HOW_TO_WRITE_A_MOMENT,
        day,
        duration,
        exact_moment,
    )

    if text is None:
        return None
    length: timedelta | None = duration(text)
    if length is not None:
        return now - length
    if found := day(text):
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    if moment := exact_moment(text):
        return moment.astimezone(UTC)
    how = f"{HOW_TO_WRITE_A_DURATION}, or {HOW_TO_WRITE_A_MOMENT.removeprefix('write ')}"
    raise typer.BadParameter(f"{option} {text!r}: {how}")


def _objects(named: list[str] | None, live: "PolicySet") -> tuple[str, ...]:
    there = {policy.object for policy in live.policies}
    for name in named or ():
        if name not in there:
            raise typer.BadParameter(
                f"no live policy is for {name}; there are {', '.join(sorted(there))}"
            )
    return tuple(named or ())
