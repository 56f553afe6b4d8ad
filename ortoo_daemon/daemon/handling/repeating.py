"""How does an earlier record get what the policy says, once for each enquiry, with the enquiry as a task?

Values, count, the line that says so, and the task go in one transaction, under the condition that nothing of
what was read has changed: a line that stands says that all of it was done. What the org refuses is told, and
never costs the enquiry its owner.

The platform's condition knows whole seconds: two writers that have read the same second would both pass. So a
write waits until the second in which the record was modified last is over, and looks once more: then whoever
comes second is refused. Within a daemon enquiries about one record come one after the other.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.stamps import MODIFIED_AT
from ortoo_daemon.audit.record import KnownWritten
from ortoo_daemon.daemon.handling.children import PutToWork
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import PermanentOrgError, RecordGoneError, StaleRecordError
from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason
from ortoo_daemon.repeats import Attached, KnownUpdate
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import TASK_KEY
from ortoo_daemon.salesforce.values import differing
from ortoo_daemon.salesforce.whole_writes import NewRow, send_whole
from ortoo_daemon.salesforce.writes import RecordWrite

_log = structlog.get_logger("ortoo_daemon.records")

_MOST_REFUSALS = 8
_SECOND_OVER = timedelta(seconds=1.2)
"""After a modification, with something for clocks that differ."""

_A_TURN = timedelta(seconds=2)
"""What the enquiry of another about the same record may take."""

_ABOUT_WHO = frozenset({"Lead", "Contact"})


class KnownChangedError(Exception):
    """The earlier record is no longer as it was read: decide again ``after`` so long."""

    def __init__(self, known: RecordId, after: timedelta) -> None:
        super().__init__(f"{known} has changed since it was read")
        self.after = after


@dataclass(frozen=True, slots=True)
class Repeating:
    """Gives earlier records what decisions say."""

    org: Org
    put: PutToWork
    _in_line: Counter[RecordId] = field(default_factory=Counter)
    """By earlier record, how many enquiries are being noted there."""

    async def note(
        self, decision: Decision, policies: Policies, now: datetime, *, again: bool = False
    ) -> KnownWritten | None:
        """What landed; None where there is nothing to do. ``again``: an earlier try may have done so, and
        come no further.

        Raises KnownChangedError where somebody changed the earlier record, or is about to, OrgErrors for what
        may pass later, and StateError.
        """
        update = decision.known
        if update is None:
            if again and decision.noted_on is not None:
                await self._wake(*decision.noted_on, frozenset(), policies, now)
            return None
        known = update.record_id
        before = self._in_line[known]
        self._in_line[known] += 1
        try:
            if before:
                raise KnownChangedError(known, before * _A_TURN)
            update = await self._settled(update, now)
            written = await self._written(decision, update)
        except StaleRecordError as error:
            raise KnownChangedError(known, _A_TURN) from error
        finally:
            self._in_line[known] -= 1
            if not self._in_line[known]:
                del self._in_line[known]
        if written.done:
            _log.info(
                "repeat_noted",
                object=decision.object,
                record=decision.record_id,
                of=update.record_id,
                fields=sorted(written.fields),
                attached=written.attached,
            )
            changed = frozenset({*update.fields, *update.own})
            await self._wake(update.object, update.record_id, changed, policies, now)
        return written

    async def _settled(self, update: KnownUpdate, now: datetime) -> KnownUpdate:
        """The update, once whoever writes to the record after what was read can be told from it."""
        modified_at = instant(update.modified_at)
        left = timedelta() if modified_at is None else modified_at + _SECOND_OVER - now
        if left <= timedelta():
            return update
        await asyncio.sleep(min(left, _SECOND_OVER).total_seconds())
        names = frozenset({*update.before, MODIFIED_AT})
        record = await self.org.reader.read(update.object, update.record_id, names)
        if record is None or differing(update.before, record):
            raise KnownChangedError(update.record_id, _A_TURN)
        return replace(update, modified_at=record.text(MODIFIED_AT))

    async def _written(self, decision: Decision, update: KnownUpdate) -> KnownWritten:
        """Without values that the org refuses, then without the task, then with the line and count alone."""
        fields, attached = dict(update.fields), update.attached
        refused: dict[str, str] = {}
        for _ in range(_MOST_REFUSALS):
            task = [] if attached is None else [_task(decision, update, attached)]
            try:
                await send_whole(self.org.rest, _write(update, fields), task)
            except StaleRecordError:
                raise
            except RecordGoneError:
                break
            except PermanentOrgError as error:
                blamed = frozenset(error.fields) & fields.keys()
                _log.warning(
                    "repeat_refused",
                    record=decision.record_id,
                    of=update.record_id,
                    code=error.code,
                    fields=sorted(blamed or fields),
                )
                if not blamed and not fields and attached is None:
                    break
                if not blamed and not fields:
                    attached = None
                    refused["Task"] = error.code
                gone = blamed or frozenset(fields)
                refused |= dict.fromkeys(gone, error.code)
                fields = {name: value for name, value in fields.items() if name not in gone}
            else:
                return KnownWritten(
                    update=update,
                    fields=fields,
                    refused=refused,
                    attached=attached is not None,
                    done=True,
                )
        return KnownWritten(update=update, refused=refused)

    async def _wake(
        self,
        object_name: str,
        id: RecordId,
        changed: frozenset[str],
        policies: Policies,
        now: datetime,
    ) -> None:
        """Our own writes are not told to us: what they may lead to is looked at once. Nothing ``changed``:
        nobody knows any more what did."""
        if object_name not in policies.objects:
            return
        if changed and not changed & policies.watched(object_name):
            return
        item = WorkItem(
            object=object_name,
            record_id=id,
            reason=WorkReason.CHANGED,
            heard_at=now,
            changed_fields=changed,
        )
        await self.put([item])


def _write(update: KnownUpdate, fields: dict[str, FieldValue]) -> RecordWrite:
    return RecordWrite(
        object=update.object,
        id=update.record_id,
        fields={**fields, **update.own},
        expect=update.before,
        modified_at=update.modified_at,
        conditional=True,
    )


def _task(decision: Decision, update: KnownUpdate, attached: Attached) -> NewRow:
    about = "WhoId" if update.object in _ABOUT_WHO else "WhatId"
    fields: dict[str, FieldValue] = {
        about: update.record_id,
        "Subject": attached.subject,
        "Description": attached.text or None,
        "Status": "Completed" if attached.done else None,
        "OwnerId": attached.owner,
        TASK_KEY: f"{decision.record_id}:repeat",
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return NewRow(object="Task", fields=given)
