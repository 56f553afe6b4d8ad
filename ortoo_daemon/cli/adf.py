"""`adf`: what does an enquiry in ADF 1.0 say, and what is odd about it? Asks no org and writes nothing."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import AsJson

if TYPE_CHECKING:
    from ortoo_daemon.intake.adf.files import FoundDocument

_MESSAGES = (".eml", ".msg", ".mime")
_MOST_ODDITIES = 20


def adf(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="An ADF/XML file, or a message (.eml) with one in it; - for stdin."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Read ADF leniently and show every prospect, with all that is odd by line and column.

    The exit code is 1 where there is no ADF in the file, or it can't be read.
    """
    from ortoo_daemon.intake.adf.as_json import document_json
    from ortoo_daemon.intake.adf.files import documents_in

    is_message = file.suffix.lower() in _MESSAGES
    documents = documents_in(_bytes(file), is_message=is_message)
    if as_json:
        from ortoo_daemon.cli.terminal import show_json

        show_json({"documents": [document_json(each) for each in documents]})
    else:
        _show(documents)
    if not all(each.reading.prospects for each in documents):
        raise typer.Exit(1)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"{file} can't be read: {error.strerror or error}"
        raise typer.BadParameter(message) from None


def _show(documents: "list[FoundDocument]") -> None:
    from rich.markup import escape

    from ortoo_daemon.cli.terminal import console
    from ortoo_daemon.intake.adf.lines import prospect_lines

    screen = console()
    for document in documents:
        reading = document.reading
        if document.where:
            screen.print(f"in {escape(document.where)}", style="dim")
        if not reading.found:
            screen.print("there is no ADF in this file")
        elif reading.refusal is not None:
            screen.print(f"[red]not read[/]: {escape(reading.message)} ({reading.refusal.value})")
        for number, prospect in enumerate(reading.prospects, 1):
            title = f"prospect {number} of {len(reading.prospects)}"
            screen.print(title + (" (sent again)" if prospect.resend else ""), style="bold")
            for name, text in prospect_lines(prospect):
                screen.print(f"  [dim]{name:<12}[/] {escape(text)}", soft_wrap=True)
        for odd in reading.oddities[:_MOST_ODDITIES]:
            screen.print(f"[yellow]odd[/] {escape(str(odd))}", soft_wrap=True)
        more = len(reading.oddities) - _MOST_ODDITIES + reading.left_out
        if more > 0:
            screen.print(f"and {more} more that are odd (--json has them)", style="dim")
