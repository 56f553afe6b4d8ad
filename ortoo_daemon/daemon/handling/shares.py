"""How is a record shared beside its owner, once however often it is decided, and no more without consent?

The org keeps one row for each record and receiver: making it again only sets its access. It drops these rows
when the owner changes, so they are made after the owner was written. What it refuses is told, and costs the
record neither owner nor proof.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from ortoo_daemon.consequences import RecordShare, ShareState
from ortoo_daemon.daemon.handling.insisting import insist
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import CallRefusedError, PermanentOrgError
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.share_model import share_object
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.deleting import delete_rows
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

NO_GROUP, NO_QUEUE = "UNKNOWN_GROUP", "UNKNOWN_QUEUE"
"""Our own words for a public group, and for a queue, that the org does not have."""

TOO_MANY = "TOO_MANY_MEMBERS"
"""Our own word for a queue of more members than a record is shared with one by one."""

MOST_MEMBERS = 50
_KNOWN_FOR = timedelta(minutes=10)
_SHARED, _REFUSED = "shared", "refused"


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares records. ``clock`` is now; groups and queues are looked up again after ten minutes."""

    org: Org
    clock: Callable[[], datetime]
    meters: Meters
    _found: dict[tuple[str, bool], tuple[datetime, tuple[RecordId, ...]]] = field(
        default_factory=dict
    )

    async def make(self, decision: Decision) -> Mapping[str, str]:
        """Share the record, and take back what lacks consent. Returns what the org did not let be done, by
        receiver.

        Raises OrgError for what may pass.
        """
        refused: dict[str, str] = {}
        for share in (*decision.shares, *decision.withheld):
            try:
                await self._settle(decision, share)
            except (PermanentOrgError, CallRefusedError) as error:
                refused[share.name] = error.code
                self.meters.shared(_REFUSED)
                _log.warning(
                    "share_refused",
                    object=decision.object,
                    record=decision.record_id,
                    receiver=share.name,
                    code=error.code,
                )
        return refused

    async def _settle(self, decision: Decision, share: RecordShare) -> None:
        if share.state is ShareState.HELD:
            self.meters.shared(share.state.value)
            if decision.outcome is not Outcome.RECOVERED:
                return  # else whoever died before the proof may have been about to take it back
        receivers = (share.to,) if share.to is not None else await self._receivers(share)
        if share.state is not ShareState.GIVEN:
            await self._withdraw(decision, share, receivers)
            return
        path = f"sobjects/{share_object(decision.object)}"
        for receiver in receivers:
            body = share_row(decision.object, decision.record_id, receiver, share.access)
            await insist(partial(self.org.rest.call, "POST", path, body=body))
        self.meters.shared(_SHARED)
        _log.info(
            "record_shared",
            object=decision.object,
            record=decision.record_id,
            receiver=share.name,
            access=share.access,
        )

    async def _withdraw(
        self, decision: Decision, share: RecordShare, receivers: Sequence[RecordId]
    ) -> None:
        """Only what was shared by hand: what the org itself makes is none of ours."""
        where = [
            soql.equals(_parent(decision.object), decision.record_id),
            soql.equals("RowCause", "Manual"),
            soql.one_of("UserOrGroupId", receivers),
        ]
        found = soql.select(share_object(decision.object), ["Id"], where=where)
        ids = [str(row["Id"]) for row in await self.org.query(found)]
        if not ids:
            return
        await insist(partial(delete_rows, self.org.rest, ids))
        self.meters.shared(ShareState.WITHDRAWN.value)
        _log.info(
            "share_withdrawn",
            object=decision.object,
            record=decision.record_id,
            receiver=share.name,
        )

    async def _receivers(self, share: RecordShare) -> tuple[RecordId, ...]:
        """The public group, or whoever is a member of the queue now. Raises PermanentOrgError for none."""
        now, key = self.clock(), (share.name.casefold(), share.queue)
        known = self._found.get(key)
        if known is None or now - known[0] >= _KNOWN_FOR:
            found = await (self._members if share.queue else self._groups)(share.name)
            known = self._found[key] = now, found
        if len(known[1]) > MOST_MEMBERS:
            message = f"queue {share.name!r} has {len(known[1])} members, {MOST_MEMBERS} at most"
            raise PermanentOrgError(TOO_MANY, f"{message}: share with a public group of them")
        if not known[1]:
            what = "queue with members" if share.queue else "public group"
            code = NO_QUEUE if share.queue else NO_GROUP
            raise PermanentOrgError(code, f"the org has no {what} {share.name!r}")
        return known[1]

    async def _groups(self, name: str) -> tuple[RecordId, ...]:
        where = [soql.equals("DeveloperName", name), soql.equals("Type", "Regular")]
        rows = await self.org.query(soql.select("Group", ["Id"], where=where))
        return tuple(sorted(record_id(str(row["Id"])) for row in rows)[:1])

    async def _members(self, name: str) -> tuple[RecordId, ...]:
        """Users, public groups and roles, as the queue lists them: each can be shared with."""
        where = [soql.equals("Group.DeveloperName", name), soql.equals("Group.Type", "Queue")]
        rows = await self.org.query(soql.select("GroupMember", ["UserOrGroupId"], where=where))
        return tuple(sorted({record_id(str(row["UserOrGroupId"])) for row in rows}))


def share_row(
    object_name: str, record: RecordId, receiver: RecordId, access: str
) -> dict[str, str]:
    """The row that shares the record; custom objects name their fields alike."""
    custom = object_name.endswith("__c")
    return {
        _parent(object_name): record,
        "UserOrGroupId": receiver,
        "AccessLevel" if custom else f"{object_name}AccessLevel": access.capitalize(),
        "RowCause": "Manual",
    }


def _parent(object_name: str) -> str:
    return "ParentId" if object_name.endswith("__c") else f"{object_name}Id"
