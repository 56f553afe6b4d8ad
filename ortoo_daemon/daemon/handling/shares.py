"""How is a record shared beside its owner, once however often it is decided?

The org keeps one row for each record and receiver: making it again only sets its access. It drops these rows
when the owner changes, so they are made after the owner was written. What it refuses is told, and costs the
record neither owner nor proof.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.decision import Decision, RecordShare
from ortoo_daemon.errors import (
    ApiLimitError,
    CallRefusedError,
    PermanentOrgError,
    TemporaryOrgError,
)
from ortoo_daemon.policy.share_model import share_object
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

NO_GROUP = "UNKNOWN_GROUP"
"""Our own word for a public group that the org does not have."""

_KNOWN_FOR = timedelta(minutes=10)
_TRIES = 3
_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares records. ``clock`` is now; public groups are looked up again after ten minutes."""

    org: Org
    clock: Callable[[], datetime]
    _groups: dict[str, tuple[datetime, RecordId | None]] = field(default_factory=dict)

    async def make(self, decision: Decision) -> Mapping[str, str]:
        """Share the record. Returns why the org did not let it, by receiver.

        Raises OrgError for what may pass.
        """
        refused: dict[str, str] = {}
        for share in decision.shares:
            try:
                await self._make(decision, share)
            except (PermanentOrgError, CallRefusedError) as error:
                refused[share.name] = error.code
                _log.warning(
                    "share_refused",
                    object=decision.object,
                    record=decision.record_id,
                    receiver=share.name,
                    code=error.code,
                )
        return refused

    async def _make(self, decision: Decision, share: RecordShare) -> None:
        receiver = share.to or await self._group(share.name)
        if receiver is None:
            message = f"the org has no public group {share.name!r}"
            raise PermanentOrgError(NO_GROUP, message)
        path = f"sobjects/{share_object(decision.object)}"
        body = share_row(decision.object, decision.record_id, receiver, share.access)
        for attempt in range(1, _TRIES + 1):
            try:
                await self.org.rest.call("POST", path, body=body)
                break
            except ApiLimitError:
                raise
            except TemporaryOrgError:
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(_PAUSE_S * attempt)
        _log.info(
            "record_shared",
            object=decision.object,
            record=decision.record_id,
            receiver=share.name,
            access=share.access,
        )

    async def _group(self, name: str) -> RecordId | None:
        now, key = self.clock(), name.casefold()
        known = self._groups.get(key)
        if known is not None and now - known[0] < _KNOWN_FOR:
            return known[1]
        where = [soql.equals("DeveloperName", name), soql.equals("Type", "Regular")]
        rows = await self.org.query(soql.select("Group", ["Id"], where=where))
        found = min((record_id(str(row["Id"])) for row in rows), default=None)
        self._groups[key] = now, found
        return found


def share_row(
    object_name: str, record: RecordId, receiver: RecordId, access: str
) -> dict[str, str]:
    """The row that shares the record; custom objects name their fields alike."""
    custom = object_name.endswith("__c")
    return {
        "ParentId" if custom else f"{object_name}Id": record,
        "UserOrGroupId": receiver,
        "AccessLevel" if custom else f"{object_name}AccessLevel": access.capitalize(),
        "RowCause": "Manual",
    }
