"""Which records bear a decision whose proof is missing? They get their audit record, reason `recovered`.

A daemon that dies between the owner write and the audit record leaves such records behind; with its
store gone as well, only the org still knows. Pure but for its ports.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.reconcile import Figures, OrgQuery, QueuePut

PAGE = 2000

_IN_A_QUERY = 200


class Proofs(Protocol):
    """Which of these decision keys have an audit record? Raises OrgError."""

    def __call__(self, keys: Sequence[str], /) -> Awaitable[set[str]]: ...


async def recover(
    org_query: OrgQuery,
    queue_put: QueuePut,
    proofs: Proofs,
    objects: Iterable[str],
    *,
    since: datetime,
    clock: Callable[[], datetime],
) -> Figures:
    """Put records on the queue that were decided since ``since`` and lack an audit record."""
    figures = Figures()
    for name in sorted(objects):
        after: tuple[datetime, RecordId] | None = None
        while True:
            rows = await org_query(_stamped(name, since, after))
            unproven = await _unproven(rows, proofs)
            items = [_item(name, row, clock()) for row in unproven]
            put = await queue_put(items) if items else 0
            figures += Figures(found=len(items), put=put, pages=1)
            if len(rows) < PAGE:
                break
            after = (_decided_at(rows[-1]), record_id(str(rows[-1]["Id"])))
    return figures


async def _unproven(
    rows: Sequence[Mapping[str, FieldValue]], proofs: Proofs
) -> list[Mapping[str, FieldValue]]:
    keyed = [row for row in rows if row["Ortoo_Decision_Key__c"]]
    proven: set[str] = set()
    for start in range(0, len(keyed), _IN_A_QUERY):
        part = keyed[start : start + _IN_A_QUERY]
        proven |= await proofs([str(row["Ortoo_Decision_Key__c"]) for row in part])
    return [row for row in keyed if row["Ortoo_Decision_Key__c"] not in proven]


def _item(name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    """The item under the entry of the decision that is to be proven, so that it keeps its key."""
    id_ = record_id(str(row["Id"]))
    entry = str(row["Ortoo_Decision_Key__c"]).removeprefix(f"{id_}:")
    return WorkItem(
        object=name, record_id=id_, reason=WorkReason.RECONCILED, entry=entry, heard_at=now
    )


def _stamped(name: str, since: datetime, after: tuple[datetime, RecordId] | None) -> str:
    conditions = [f"Ortoo_Decided_At__c >= {instant_text(since)}"]
    if after is not None:
        conditions.append(behind("Ortoo_Decided_At__c", after))
    return (
        f"SELECT Id, Ortoo_Decided_At__c, Ortoo_Decision_Key__c FROM {name} "
        f"WHERE {' AND '.join(conditions)} ORDER BY Ortoo_Decided_At__c, Id LIMIT {PAGE}"
    )


def _decided_at(row: Mapping[str, FieldValue]) -> datetime:
    found = instant(row["Ortoo_Decided_At__c"])
    if found is None:
        raise ValueError(f"{row['Id']}: Ortoo_Decided_At__c is no datetime")
    return found
