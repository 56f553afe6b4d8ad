"""What may a caller ask of a write?  The request headers of the platform, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """What a caller may ask of a write, as request headers do.

    `auto_assign`: run the assignment rule on Lead and Case (the platform's default), or a rule id.
    `allow_duplicates`: save in spite of a duplicate rule set to alert.
    `if_unmodified_since`: refuse with 412 when the row was modified after that second.
    `keep_ids`, `set_audit_fields`: for seeding; create with the id and Created/LastModified given.
    """

    auto_assign: bool | str = True
    allow_duplicates: bool = False
    if_unmodified_since: datetime | None = None
    keep_ids: bool = False
    set_audit_fields: bool = False
