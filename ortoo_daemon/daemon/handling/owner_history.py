"""Who has given a record to whom, by the org's own history of its owners?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ortoo_daemon.instants import instant
from ortoo_daemon.records import Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """The owner went from ``before`` to ``after``; ``by`` is the user's id."""

    before: RecordId
    after: RecordId
    by: str
    at: datetime


async def owner_changes(org: Org, record: Record, *, since: datetime) -> list[OwnerChange]:
    """Oldest first. Raises OrgError: some orgs keep no history of owners."""
    history, parent = _history_of(record.object)
    text = soql.select(
        history,
        ["OldValue", "NewValue", "CreatedById", "CreatedDate"],
        where=[
            soql.equals(parent, record.id),
            soql.equals("Field", "Owner"),
            soql.at_least("CreatedDate", since),
        ],
        order_by=["CreatedDate", "Id"],
    )
    found = (_change(row) for row in await org.query(text))
    return [change for change in found if change is not None]


def _history_of(object_name: str) -> tuple[str, str]:
    """Where the org keeps what became of a field: the object, its field with the record's id."""
    if object_name.endswith("__c"):
        return f"{object_name[:-3]}__History", "ParentId"
    if object_name == "Opportunity":
        return "OpportunityFieldHistory", "OpportunityId"
    return f"{object_name}History", f"{object_name}Id"


def _change(row: dict[str, Any]) -> OwnerChange | None:
    """A row by ids; the platform also writes each change by names, in a row of its own."""
    at = instant(row["CreatedDate"])
    try:
        before, after = record_id(str(row["OldValue"])), record_id(str(row["NewValue"]))
    except ValueError:
        return None
    return None if at is None else OwnerChange(before, after, str(row["CreatedById"]), at)
