"""How do seed rows get into the org?  Through its own rules; a refused row stops the seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.writes import WriteOptions

_OPTIONS = WriteOptions(auto_assign=False, keep_ids=True)


class SeedError(Exception):
    """The org refused a row of its own seed; the metadata and the seed do not fit."""


def created(org: Org, entity: str, rows: Sequence[Mapping[str, Any]], *, user_id: str) -> list[str]:
    """Create rows and return their ids. Raises SeedError for the first refused one."""
    ids = []
    outcomes = org.create_many(entity, rows, user_id=user_id, options=_OPTIONS)
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.error is not None or outcome.id is None:
            raise SeedError(f"{entity} {dict(row)}: {outcome.error}")
        ids.append(outcome.id)
    return ids
