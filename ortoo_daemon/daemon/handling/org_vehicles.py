"""Which vehicles does the org know by these VINs? Many askers share a query.

Where a policy says so one that lacks is made, by upsert on the field of the VIN: a crash, a lost answer or
two records of one vehicle make it once.
"""

from collections import defaultdict
from collections.abc import Sequence

import structlog

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Answer, NotAsked
from ortoo_daemon.policy.values import fold
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.vehicles import Vehicle, VehicleQuestion, Vehicles

_log = structlog.get_logger("ortoo_daemon.records")

_VINS_IN_A_QUERY = 200


class OrgVehicles:
    """Asks the org. ``makes``: vehicles that lack are made. Raises OrgError for what may pass."""

    def __init__(self, org: Org, *, makes: bool) -> None:
        self._org = org
        self._makes = makes
        self._batcher: Batcher[VehicleQuestion, Answer] = Batcher(
            self._answer, at_most=_VINS_IN_A_QUERY, collect_for=0.008, in_flight=4
        )

    async def ask(self, question: VehicleQuestion, *, looking: bool = False) -> Answer:
        """Vehicles; NotAsked.REFUSED where the org refuses: that costs the field, never the owner.

        ``looking``: only somebody wants to see what would be decided, and nothing is made.
        """
        found = await self._batcher.ask(question)
        lacks = isinstance(found, Vehicles) and not found.rows
        if not lacks or question.make is None or looking or not self._makes:
            return found
        row = {**dict(question.make), question.by: question.vin}
        try:
            await self._org.writer.upsert(question.object, question.by, [row])
        except PermanentOrgError as error:
            _log.warning("vehicle_not_made", object=question.object, code=error.code)
            return found
        return await self._batcher.ask(question)

    async def close(self) -> None:
        await self._batcher.close()

    async def _answer(self, questions: Sequence[VehicleQuestion]) -> list[Answer | Exception]:
        groups: dict[tuple[str, str, tuple[str, ...]], list[VehicleQuestion]] = defaultdict(list)
        for question in questions:
            groups[question.object, question.by, question.fields].append(question)
        found: dict[VehicleQuestion, Answer] = {}
        for asked in groups.values():
            found |= await self._of_one_kind(asked)
        return [found[question] for question in questions]

    async def _of_one_kind(self, asked: Sequence[VehicleQuestion]) -> dict[VehicleQuestion, Answer]:
        first = asked[0]
        vins = sorted({each.vin for each in asked})
        query = soql.select(
            first.object,
            list(first.fields),
            where=[soql.one_of(first.by, vins)],
            order_by=["CreatedDate", "Id"],
        )
        try:
            rows = await self._org.query(query)
        except PermanentOrgError as error:
            _log.warning("vehicle_refused", object=first.object, code=error.code, error=str(error))
            return dict.fromkeys(asked, NotAsked.REFUSED)
        by_vin: dict[str, list[Vehicle]] = defaultdict(list)
        for row in rows:
            by_vin[fold(row[first.by])].append({name: row[name] for name in first.fields})
        return {each: Vehicles(by_vin.get(fold(each.vin), ())) for each in asked}
