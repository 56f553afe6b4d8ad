"""What do these e-mails ask for? Reads files of mail, the directory and the taxonomy; writes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.intake.mail.eml import read_eml
from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.mail.rows import mail_of_row
from ortoo_daemon.intake.triage.dealers import load_dealers
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.taxonomy_file import load_taxonomy
from ortoo_daemon.intake.triage.taxonomy_list import is_list, listed
from ortoo_daemon.intake.triage.triager import Triager

_RULE = "triage"
_MEND = "name a message file (.eml), or a .jsonl with subject, from_address and text_body"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMail:
    """An e-mail and what it is called: its row's ``id``, else its line, else its file."""

    id: str
    mail: Mail


def triager_with(directory: Path, taxonomy: Taxonomy) -> Triager:
    """Ready to understand mail, with no org. Raises ConfigError."""
    return Triager.of(load_dealers(str(directory), _bytes(directory)), taxonomy)


def taxonomy_of(path: Path, *, words: Path) -> Taxonomy:
    """The taxonomy in a file; of a plain list of brands and kinds with the phrases of ``words``.

    Raises ConfigError.
    """
    data = _bytes(path)
    if is_list(data):
        return listed(load_taxonomy(str(words), _bytes(words)), str(path), data)
    return load_taxonomy(str(path), data)


def mails_of(path: Path) -> list[NamedMail]:
    """The mails in a message file (.eml) or in a file of one JSON row a line. Raises ConfigError."""
    data = _bytes(path)
    if path.suffix.lower() != ".jsonl":
        return [NamedMail(id=path.stem, mail=read_eml(data))]
    return list(_rows(path, data))


def _rows(path: Path, data: bytes) -> Iterator[NamedMail]:
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("a line is one JSON object")
            yield NamedMail(id=str(row.get("id") or number), mail=mail_of_row(row))
        except ValueError as error:
            raise _wrong(Place(str(path), number), f"this line is no e-mail: {error}") from None


def _bytes(path: Path) -> bytes:
    return bytes_of(path, rule=_RULE, mend=_MEND)


def _wrong(place: Place, message: str) -> ConfigError:
    return ConfigError([Problem(place=place, rule=_RULE, message=message, mend=_MEND)])
