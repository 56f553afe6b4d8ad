"""`status`: how does the running daemon stand? A live table, one look, or JSON."""

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.cli.asking_daemon import DaemonView

_LOOK_EVERY = 2.0


def status(
    config: Config = DEFAULT_CONFIG,
    address: Annotated[
        str | None,
        typer.Option(
            help="Where the daemon listens, instead of the settings' watch.listen.",
            show_default=False,
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and leave.")] = False,
    candidate: Annotated[
        bool,
        typer.Option("--candidate", help="Show what the candidate policies would have changed."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show stream, queue, rates, budgets, sweeps and what is parked. Ends with 1 when it is not ready.

    On a terminal it looks again every two seconds until Ctrl-C. With --candidate it looks once and ends
    with 1 when there is no candidate that can be compared.
    """
    from ortoo_daemon.cli.asking_daemon import ask_once
    from ortoo_daemon.cli.status_view import show_status
    from ortoo_daemon.cli.terminal import console, show_json

    view = _view(address, config)
    if candidate:
        _show_candidate(view, as_json=as_json)
        return
    document = ask_once(view)
    if as_json:
        show_json(document)
    elif once or not console().is_terminal:
        show_status(document)
    else:
        _watch(view)
        return
    if not document["ready"]:
        raise typer.Exit(1)


def _show_candidate(view: "DaemonView", *, as_json: bool) -> None:
    from ortoo_daemon.cli.candidate_view import show_comparison
    from ortoo_daemon.cli.terminal import show_json

    document = asyncio.run(view.candidate())
    if as_json:
        show_json(document)
    else:
        show_comparison(document)
    if document["candidate"] is None or not document["candidate"]["in_order"]:
        raise typer.Exit(1)


def _view(address: str | None, config: "Config") -> "DaemonView":
    import os

    from ortoo_daemon.cli.asking_daemon import DaemonView
    from ortoo_daemon.daemon.watching.address import Address

    if address is None:
        return DaemonView.of_settings(config)
    try:
        place = Address.parse(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--address") from None
    return DaemonView(place, os.environ.get("ORTOO_WATCH__TOKEN"))


def _watch(view: "DaemonView") -> None:
    """Until Ctrl-C. A daemon that goes away is waited for, with its last figures in sight."""
    from rich.live import Live

    from ortoo_daemon.cli.asking_daemon import NoDaemonError
    from ortoo_daemon.cli.status_view import scene
    from ortoo_daemon.cli.terminal import console

    async def look() -> None:
        shown, seen_at = None, time.monotonic()
        with Live(console=console(), auto_refresh=False) as live:
            while True:
                silent = ""
                try:
                    shown, seen_at = await view.status(), time.monotonic()
                except NoDaemonError as error:
                    silent = f"{error} (silent for {time.monotonic() - seen_at:.0f} s)"
                live.update(scene(shown, silent=silent), refresh=True)
                await asyncio.sleep(_LOOK_EVERY)

    try:
        asyncio.run(look())
    except KeyboardInterrupt:
        return
