"""Which options do several verbs share, and what do their values mean?"""

from pathlib import Path
from typing import Annotated

import typer

from ortoo_daemon.records import RecordId, record_id

Config = Annotated[
    Path,
    typer.Option("--config", envvar="ORTOO_CONFIG", help="The daemon's settings file."),
]
DEFAULT_CONFIG = Path("config/ortoo.yaml")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def shipped(file: Path) -> list[Path]:
    """Where a file of the shipped configuration may stand: in an installed package, in a checkout."""
    package = Path(__file__).parents[1]
    return [package / file, package.parent / file]


def parsed_id(text: str) -> RecordId:
    """A record id as typed, or as the end of a record's web address. Wrong use when it is none."""
    try:
        return record_id(_from_address(text.strip()))
    except ValueError:
        message = f"{text!r} is no record id; take the 15 or 18 characters of the record's address"
        raise typer.BadParameter(message) from None


def _from_address(text: str) -> str:
    """The id in ``https://…/lightning/r/Lead/00Q…/view``, else the text itself."""
    if "://" not in text:
        return text
    parts = [part for part in text.partition("?")[0].split("/") if part]
    return next((part for part in reversed(parts) if part[:1].isdigit()), text)
