"""`logs`: what does the daemon's log say, for a person? Filters and follows; reads files or a pipe."""

import sys
import time
from collections.abc import Generator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from ortoo_daemon.cli.options import AsJson, parsed_id

_LOOK_EVERY = 0.2


class LeastLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def logs(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="A log file; - is standard input.")
    ] = "-",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as the file grows, over its rotation.")
    ] = False,
    record: Annotated[
        str | None, typer.Option(metavar="ID", help="Only lines about this record.")
    ] = None,
    rooftop: Annotated[
        str | None, typer.Option(metavar="ID", help="Only records that went to this rooftop.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only lines with this reason or error code.")
    ] = None,
    level: Annotated[LeastLevel, typer.Option(help="The least that is shown.")] = LeastLevel.DEBUG,
    as_json: AsJson = False,
) -> None:
    """Show log lines as people read them: journalctl -u ortoo-daemon -o cat | ortoo-daemon logs -

    With --json the lines that match are printed as they are.
    """
    from ortoo_daemon.cli.controls import without_controls
    from ortoo_daemon.cli.log_lines import Filter, parsed, rendered
    from ortoo_daemon.cli.terminal import console

    wanted = Filter(
        record=parsed_id(record) if record else None,
        rooftop=parsed_id(rooftop) if rooftop else None,
        reason=reason,
        level=level.value,
    )
    screen = console()
    with closing(_lines(file, follow=follow)) as lines:
        for text in lines:
            line = parsed(text)
            if not wanted.takes(line):
                continue
            if as_json:
                if line is not None:
                    print(text, flush=True)
            elif line is None:
                screen.print(without_controls(text), markup=False)
            else:
                screen.print(rendered(line))


def _lines(file: str, *, follow: bool) -> Generator[str, None, None]:
    """Lines without their ends. Wrong use when there is nothing to read."""
    if file == "-":
        if sys.stdin.isatty():
            raise typer.BadParameter(
                "name a file, or send lines: journalctl -u ortoo-daemon -o cat | ortoo-daemon logs -"
            )
        yield from (text.rstrip("\n") for text in sys.stdin)
        return
    path = Path(file)
    try:
        opened = _open(path)
    except OSError as error:
        raise typer.BadParameter(f"{file} can't be read: {error.strerror}") from None
    yield from _followed(path, opened) if follow else _all_of(opened)


def _open(path: Path) -> IO[str]:
    return path.open(encoding="utf-8", errors="replace")


def _all_of(opened: IO[str]) -> Generator[str, None, None]:
    with opened:
        yield from (text.rstrip("\n") for text in opened)


def _followed(path: Path, opened: IO[str]) -> Generator[str, None, None]:
    """Whole lines as they arrive, from the start; a file that took the path's place is read on."""
    part = ""
    try:
        while True:
            text = opened.readline()
            if text:
                part += text
                if part.endswith("\n"):
                    yield part.rstrip("\n")
                    part = ""
                continue
            if _was_replaced(path, opened):
                opened.close()
                opened, part = _open(path), ""
                continue
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        return
    finally:
        opened.close()


def _was_replaced(path: Path, opened: IO[str]) -> bool:
    """Rotated or cut short. A file that is gone for a moment is waited for."""
    import os

    try:
        now = path.stat()
    except OSError:
        return False
    before = os.fstat(opened.fileno())
    return (now.st_ino, now.st_dev) != (before.st_ino, before.st_dev) or (
        now.st_size < opened.tell()
    )
