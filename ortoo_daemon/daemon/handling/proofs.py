"""Does a decision's proof stand in the org? Many askers share a query.

A sweep that meets a burst finds thousands of records that are being decided: one query each would be more
calls than the burst itself takes.
"""

from collections.abc import Sequence

from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_KEYS_IN_A_QUERY = 200


class Proofs:
    """Looks for decision records by their keys. Raises OrgError to the askers of a query that fails."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[str, bool] = Batcher(self._find, at_most=_KEYS_IN_A_QUERY)

    async def stands(self, key: str) -> bool:
        return await self._batcher.ask(key)

    async def _find(self, keys: Sequence[str]) -> list[bool]:
        """For each key whether there is a decision record of it; the org compares without case."""
        found: set[str] = set()
        for part in soql.chunks(sorted(set(keys)), beside=_looking_for([""])):
            rows = await self._org.query(_looking_for(part))
            found.update(str(row[KEY]).casefold() for row in rows)
        return [key.casefold() in found for key in keys]


def _looking_for(keys: Sequence[str]) -> str:
    return soql.select(OBJECT, [KEY], where=[soql.one_of(KEY, keys)])
