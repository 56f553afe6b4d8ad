"""How is what was read in an ADF document printed as JSON? What is empty is left out."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from ortoo_daemon.intake.adf.files import FoundDocument
from ortoo_daemon.intake.adf.model import Prospect


def document_json(document: FoundDocument) -> dict[str, Any]:
    """One document: its prospects, what is odd, and why it was not read."""
    reading = document.reading
    return {
        "where": document.where,
        "found": reading.found,
        "refused": reading.refusal.value if reading.refusal else None,
        "message": reading.message,
        "prospects": [_prospect(each) for each in reading.prospects],
        "oddities": [
            {
                "kind": each.kind.value,
                "line": each.spot.line,
                "column": each.spot.column,
                "message": each.message,
            }
            for each in reading.oddities
        ],
        "oddities_left_out": reading.left_out,
    }


def _prospect(prospect: Prospect) -> dict[str, Any]:
    return {"resend": prospect.resend, **_plain(prospect)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {name: each for name, each in found.items() if each not in (None, "", [], {}, False)}
    if isinstance(value, tuple):
        if value and all(isinstance(each, tuple) for each in value):
            return dict(value)  # attributes
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value
