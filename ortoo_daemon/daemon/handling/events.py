"""How are events published with the proof of their decision, once each?

Row and events go in one transaction, and the row's key can be taken once: a repetition after a crash or a
lost answer publishes nothing more. Events that the org refuses are told, and cost the decision no proof.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from ortoo_daemon.audit.chain import sealed
from ortoo_daemon.audit.record import KEY, OBJECT, Written
from ortoo_daemon.daemon.handling.insisting import insist
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import OrgError, PermanentOrgError, TemporaryOrgError
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.publishing import create_and_publish
from ortoo_daemon.salesforce.values import without_references
from ortoo_daemon.salesforce.whole_writes import NewRow

_log = structlog.get_logger("ortoo_daemon.records")

_ALLOCATION = "LIMIT_EXCEEDED"
"""No more events may be published in this hour."""

RowOf = Callable[[Written], Mapping[str, FieldValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Proves decisions that publish something."""

    org: Org
    meters: Meters

    async def prove(
        self, decision: Decision, written: Written, row_of: RowOf, before: str | None
    ) -> None:
        """The decision's row stands, with its events or with why there are none. Raises OrgError.

        ``row_of`` makes the row, ``before`` is the hash of the decision that it follows.
        """
        refused = await self._together(
            decision, sealed(without_references(row_of(written)), before)
        )
        if refused is None:
            return
        self.meters.event_refused()
        names = sorted({event.name for event in decision.events})
        _log.warning("event_refused", record=decision.record_id, code=refused.code, events=names)
        row = row_of(replace(written, unpublished=refused.code))
        await self.org.writer.upsert(OBJECT, KEY, [sealed(row, before)])

    async def _together(self, decision: Decision, row: Mapping[str, FieldValue]) -> OrgError | None:
        """What the org has against the events; None where all of it stands."""
        events = [NewRow(object=each.name, fields=each.fields) for each in decision.events]
        whole = NewRow(object=OBJECT, fields=row)
        try:
            made = await insist(
                partial(create_and_publish, self.org.rest, whole, events), final=(_ALLOCATION,)
            )
        except PermanentOrgError as error:
            return error
        except TemporaryOrgError as error:
            if error.code == _ALLOCATION:
                return error
            raise
        if made:
            names = sorted({event.name for event in decision.events})
            _log.info("event_published", record=decision.record_id, events=names)
        else:
            await self.org.writer.upsert(OBJECT, KEY, [row])
        return None
