"""Has a watched field changed since a record was decided, where the event alone does not tell?

Most events name the fields that changed, and when: then nothing is asked. Those that do not (platform
events, PushTopics, gaps), or that were committed about when the record was decided, are answered by
comparing the record with what its decision record kept. Many askers share a query.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.sla_due import routed_at
from ortoo_daemon.action.stamps import DECIDED_AT, DECISION_KEY, SLA_CLOCKS
from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.audit.watched import differing
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.records import FIRST_ENTRY, Record, RecordId, WorkItem, WorkReason
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_RECORDS_IN_A_QUERY = 200

_UNSURE_WITHIN = timedelta(seconds=10)
"""The org keeps whole seconds, its clock is not ours, and a record is read a moment before it is decided."""

_FROM_EVENTS = frozenset({WorkReason.CREATED, WorkReason.CHANGED})

Kept = Mapping[str, Any]


class _Ask(NamedTuple):
    record: RecordId
    key: str
    """Of the decision that the record bears."""


class Reopenings:
    """Compares records with the decisions that stand. Raises OrgError."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[_Ask, Kept | None] = Batcher(self._find, at_most=_RECORDS_IN_A_QUERY)

    async def changed_since(
        self, item: WorkItem, record: Record, policies: Policies
    ) -> frozenset[str] | None:
        """Watched fields that hold something else than when the record was decided; None where the item
        tells enough, or the decision kept nothing to compare with."""
        if not _must_compare(item, record, policies.reopening(item.object)):
            return None
        kept = await self._batcher.ask(_Ask(record.id, record.text(DECISION_KEY)))
        return None if kept is None else differing(kept, record)

    async def _find(self, asks: Sequence[_Ask]) -> list[Kept | None]:
        rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        ids = sorted({ask.record for ask in asks})
        for part in soql.chunks(ids, beside=_looking_for([""])):
            for row in await self._org.query(_looking_for(part)):
                rows[str(row["Record_Id__c"])].append(row)
        return [_kept(rows.get(ask.record, ()), ask.key) for ask in asks]


def _must_compare(item: WorkItem, record: Record, watched: frozenset[str]) -> bool:
    if not watched or item.reason not in _FROM_EVENTS or item.entry != FIRST_ENTRY:
        return False
    decided_at = routed_at(record, read_stamp(record.get(SLA_CLOCKS)))
    if decided_at is None or not record.get(DECIDED_AT):
        return False
    if item.names_no_change:
        return True
    named = not watched.isdisjoint(item.changed_fields)
    return named and abs(item.happened_at - decided_at) <= _UNSURE_WITHIN


def _kept(rows: Iterable[Mapping[str, Any]], key: str) -> Kept | None:
    """What the decision about the owner kept that stands: the one that the record names, or the latest where
    a clock's step came since."""
    routing = [row for row in rows if ":sla:" not in str(row[KEY])]
    if not routing:
        return None
    latest = max(routing, key=lambda row: (row[KEY] == key, row["Decided_At__c"], row["Id"]))
    try:
        facts = json.loads(str(latest["Facts__c"]))
    except ValueError:
        return None
    watched = facts.get("watched") if isinstance(facts, dict) else None
    return watched if isinstance(watched, dict) and watched else None


def _looking_for(ids: Sequence[str]) -> str:
    return soql.select(
        OBJECT,
        ["Id", "Record_Id__c", KEY, "Decided_At__c", "Facts__c"],
        where=[soql.one_of("Record_Id__c", ids)],
    )
