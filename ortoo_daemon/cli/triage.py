"""`triage`: what does an e-mail ask for, for which rooftops, and why? Writes nothing."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config, parsed_id

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.triaging import NamedMail
    from ortoo_daemon.intake.triage.triager import Triager, Understood

    Say = Callable[[str, Understood], None]

_TAXONOMY = "taxonomy.yaml"
_BATCH = ".jsonl"


def triage(
    mail: Annotated[
        str,
        typer.Argument(
            metavar="FILE.eml|FILE.jsonl|CASE_ID",
            help="A message file, a file of one e-mail a line, or a case of the org.",
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    directory: Annotated[
        Path | None,
        typer.Option(help="Rooftops as a JSON list of Accounts; else they are read from the org."),
    ] = None,
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            help="Brands, kinds of request and words, or a plain JSON list of brands and kinds; "
            "else taxonomy.yaml by the settings."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the mails with their evidence marked to this page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read e-mails and tell their requests: rooftop, brand, kind, skill, urgency, each with its evidence.

    No model is asked and nothing leaves the machine. With --directory no org is needed for files. A file of
    several mails with --json prints one prediction a line.
    """
    from ortoo_daemon.cli import triage_html, triage_view

    named, triager = _asked(mail, config, directory, taxonomy)
    batch = mail.endswith(_BATCH)
    found = list(_understood(named, triager, bar=batch, say=_say(as_json=as_json, batch=batch)))
    if not as_json and batch:
        triage_view.show_table_of(found, triager)
    elif not as_json:
        triage_view.show(found, triager)
    if html is not None:
        triage_html.write(found, triager, html)


def _asked(
    mail: str, config: Path, directory: Path | None, taxonomy: Path | None
) -> "tuple[list[NamedMail], Triager]":
    from ortoo_daemon.daemon.asking import triaging

    shipped = _shipped_words(config)
    words = triaging.taxonomy_of(taxonomy or shipped, words=shipped)
    path = Path(mail)
    is_file = path.suffix.lower() in {".eml", _BATCH} or path.exists()
    if is_file and directory is not None:
        return triaging.mails_of(path), triaging.triager_with(directory, words)
    from ortoo_daemon.daemon.asking.triaging_org import of_org
    from ortoo_daemon.daemon.settings import load_settings

    case = None if is_file else parsed_id(mail)
    named = triaging.mails_of(path) if is_file else []
    read, triager = asyncio.run(of_org(load_settings(config), case, words, directory))
    return named or read, triager


def _shipped_words(config: Path) -> Path:
    """The taxonomy beside the settings, or the one that came with the program."""
    package = Path(__file__).parents[1]
    folders = (config.parent, package / "config", package.parent / "config")
    return next(
        (each / _TAXONOMY for each in folders if (each / _TAXONOMY).is_file()),
        folders[0] / _TAXONOMY,
    )


def _understood(
    named: "list[NamedMail]", triager: "Triager", *, bar: bool, say: "Say"
) -> "Iterator[tuple[str, Understood]]":
    """Each mail understood, and told at once; with a bar on standard error where a person watches."""
    from rich.progress import track

    from ortoo_daemon.cli.terminal import console

    screen = console(stderr=True)
    shown: Iterable[NamedMail] = named
    if bar and screen.is_terminal:
        shown = track(named, description="Reading", console=screen, transient=True)
    for each in shown:
        understood = triager.understand(each.mail)
        say(each.id, understood)
        yield each.id, understood


def _say(*, as_json: bool, batch: bool) -> "Say":
    """What is printed of each mail at once: a prediction a line for many, all that was found for one."""
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.intake.triage.as_json import prediction, understood_json

    def line(id: str, each: "Understood") -> None:
        sys.stdout.write(json.dumps(prediction(id, each.triage), ensure_ascii=False) + "\n")

    def whole(id: str, each: "Understood") -> None:
        show_json(understood_json(id, each))

    def nothing(id: str, each: "Understood") -> None:
        """The table and the marked text come when all are known."""

    if not as_json:
        return nothing
    return line if batch else whole
