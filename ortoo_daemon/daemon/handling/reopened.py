"""How is a closed case opened again by an e-mail that answers it? Only if it is still closed, and heard of.

Our own writes are not told to us: the case is put on the queue, so that its clocks go on.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from ortoo_daemon.action.stamps import MODIFIED_AT
from ortoo_daemon.consequences import Reopening
from ortoo_daemon.daemon.handling.children import PutToWork
from ortoo_daemon.errors import PermanentOrgError, StaleRecordError
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite

_log = structlog.get_logger("ortoo_daemon.records")

_CLOSED = "IsClosed"


@dataclass(frozen=True, slots=True)
class Reopened:
    """Opens cases that are answered."""

    org: Org
    put: PutToWork

    async def reopen(self, asked: Reopening, now: datetime, *, again: bool = False) -> bool:
        """It is open and in line afterwards; whether this opened it. What the org refuses is told, and never
        costs the answer its owner. Raises OrgError for what may pass later, and StateError.

        ``again``: an earlier try may have opened it and come no further.
        """
        names = frozenset({_CLOSED, MODIFIED_AT, *asked.fields})
        record = await self.org.reader.read(asked.object, asked.record_id, names)
        if record is None or record.get(_CLOSED) is not True:
            if record is not None and again:
                await self.wake(asked, now)
            return False
        write = RecordWrite(
            object=asked.object,
            id=asked.record_id,
            fields=dict(asked.fields),
            expect={_CLOSED: True},
            modified_at=record.text(MODIFIED_AT),
            conditional=True,
        )
        try:
            await self.org.writer.write(write)
        except StaleRecordError:
            return False  # somebody opened it meanwhile
        except PermanentOrgError as error:
            _log.warning("record_not_reopened", record=asked.record_id, code=error.code)
            return False
        _log.info("record_reopened", object=asked.object, record=asked.record_id)
        await self.wake(asked, now)
        return True

    async def wake(self, asked: Reopening, now: datetime) -> None:
        """Put what was opened in line. Raises StateError."""
        item = WorkItem(
            object=asked.object,
            record_id=asked.record_id,
            reason=WorkReason.CHANGED,
            heard_at=now,
            changed_fields=frozenset(asked.fields),
        )
        await self.put([item])
