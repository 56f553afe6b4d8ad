"""`demo`: a launch day on a sandbox org of its own, and questions about it afterwards."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, shipped

CONTEXT = {"allow_interspersed_args": False}
"""How this verb is to be registered: what follows the first name is another verb's."""


class Speed(StrEnum):
    """How long the day is played, whatever its number of records."""

    slow = "slow"
    normal = "normal"
    fast = "fast"


_LASTS_FOR = {Speed.slow: 75.0, Speed.normal: 30.0, Speed.fast: 4.0}
_LEAP_FOR = {Speed.slow: 2.0, Speed.normal: 1.0, Speed.fast: 0.5}
"""Seconds: of the day, and of each leap of the time after it."""


def demo(
    verb: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERB]...",
            help="With --folder: ask an earlier demo, as in `explain 00Q…`, `why 00Q…`, `parked`.",
        ),
    ] = None,
    leads: Annotated[int, typer.Option(min=20, max=20_000, help="Leads of the day.")] = 1000,
    cases: Annotated[int, typer.Option(min=0, max=5_000, help="Cases of the day.")] = 100,
    speed: Annotated[Speed, typer.Option(help="How fast they come in.")] = Speed.normal,
    seed: Annotated[int, typer.Option(help="Another number, another day.")] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Where rows and logs are kept; else a temporary folder.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox running.")] = False,
    config: Annotated[
        Path, typer.Option("--config", help="The settings file whose policies are played.")
    ] = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Play a launch day: sandbox org, daemon, traffic, people, a wrong edit, late answers, and the proof."""
    if verb:
        raise typer.Exit(_ask(folder, verb))
    from ortoo_daemon.cli.launch_day.place import DemoPlace
    from ortoo_daemon.cli.launch_day.stage import play_day
    from ortoo_daemon.cli.launch_day.summary import as_json as to_json
    from ortoo_daemon.cli.launch_day.summary import show
    from ortoo_daemon.cli.launch_day.traffic import Day
    from ortoo_daemon.cli.terminal import console, show_json

    file = config_to_play(config)
    with _wrong_folder_is_wrong_use():
        place = DemoPlace.make(folder, file)
    day = Day(
        leads=leads,
        cases=cases,
        seed=seed,
        lasts_for=_LASTS_FOR[speed],
        leap_for=_LEAP_FOR[speed],
    )
    out = console(stderr=as_json)
    _end_in_order()
    found = play_day(place, day, console=out, keep=keep)
    if as_json:
        show_json(to_json(found))
    else:
        show(found, out)
    raise typer.Exit(0 if found.holds else 1)


def config_to_play(asked: Path) -> Path:
    """The file itself, or the shipped one where the usual place has none. Wrong use when neither is there."""
    files = [asked]
    if asked == DEFAULT_CONFIG:
        files += shipped(DEFAULT_CONFIG)
    for file in files:
        if file.is_file():
            return file
    raise typer.BadParameter(f"there is no {asked}", param_hint="--config")


def _ask(folder: Path | None, verb: list[str]) -> int:
    from ortoo_daemon.cli.launch_day.later import run_verb
    from ortoo_daemon.cli.launch_day.place import DemoPlace

    if folder is None:
        message = (
            f"name the demo's folder before {verb[0]!r}; its summary printed the whole command"
        )
        raise typer.BadParameter(message, param_hint="--folder")
    with _wrong_folder_is_wrong_use():
        place = DemoPlace.find(folder)
    return run_verb(place, verb)


@contextmanager
def _wrong_folder_is_wrong_use() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--folder") from error


def _end_in_order() -> None:
    """SIGTERM and SIGHUP end the demo like Ctrl-C does: daemon and sandbox first."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: sys.exit(128 + number))
