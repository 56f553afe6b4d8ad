"""Does a decision's proof stand in the org, and which one does it follow? Many askers share a query.

A sweep that meets a burst finds thousands of records that are being decided: one query each would be more
calls than the burst itself takes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ortoo_daemon.audit.chain import HASH, PREVIOUS, head_of
from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.records import FIRST_ENTRY, RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_KEYS_IN_A_QUERY = 200


class Proofs:
    """Looks for decision records by their keys. Raises OrgError to the askers of a query that fails."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[str, bool] = Batcher(self._find, at_most=_KEYS_IN_A_QUERY)
        self._heads: Batcher[tuple[RecordId, str], str | None] = Batcher(
            self._find_heads, at_most=_KEYS_IN_A_QUERY
        )

    async def stands(self, key: str) -> bool:
        return await self._batcher.ask(key)

    async def before(self, record: RecordId, key: str) -> str | None:
        """The hash of the decision that one of that key follows; the first follows none, without a look."""
        if key == f"{record}:{FIRST_ENTRY}":
            return None
        return await self._heads.ask((record, key))

    async def _find_heads(self, asked: Sequence[tuple[RecordId, str]]) -> list[str | None]:
        rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        ids = sorted({record for record, _ in asked})
        for part in soql.chunks(ids, beside=_decisions_of([""])):
            for row in await self._org.query(_decisions_of(part)):
                rows[str(row["Record_Id__c"])].append(row)
        return [head_of(rows[record], key) for record, key in asked]

    async def _find(self, keys: Sequence[str]) -> list[bool]:
        """For each key whether there is a decision record of it; the org compares without case."""
        found: set[str] = set()
        for part in soql.chunks(sorted(set(keys)), beside=_looking_for([""])):
            rows = await self._org.query(_looking_for(part))
            found.update(str(row[KEY]).casefold() for row in rows)
        return [key.casefold() in found for key in keys]


def _decisions_of(ids: Sequence[str]) -> str:
    fields = ["Record_Id__c", KEY, "Decided_At__c", HASH, PREVIOUS]
    return soql.select(OBJECT, fields, where=[soql.one_of("Record_Id__c", ids)])


def _looking_for(keys: Sequence[str]) -> str:
    return soql.select(OBJECT, [KEY], where=[soql.one_of(KEY, keys)])
