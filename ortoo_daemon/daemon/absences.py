"""Who is away or has left, since when is it known, and when was what they hold last looked through?"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.absence import find_held, gone_who_hold
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_AGAIN_AFTER = timedelta(minutes=15)
"""What could not go anywhere (colleagues are full) is tried again, and who has left is looked for."""


class Absences:
    """The people who are away at the moment; `look` moves what policies let go."""

    def __init__(
        self, org: Org, queue: WorkQueue, knowledge: Knowledge, *, now: Callable[[], datetime]
    ) -> None:
        self._org = org
        self._queue = queue
        self._knowledge = knowledge
        self._now = now
        self.since: dict[RecordId, datetime] = {}
        """Who is away, and when that was noticed."""
        self.left: dict[RecordId, datetime] = {}
        """Who holds open work and is inactive in the org."""
        self._looked_at: dict[RecordId, datetime] = {}
        self._left_asked_at: datetime | None = None

    async def look(self, roster: DirectoryReader) -> None:
        """Put what the newly absent hold on the queue, now and then what all of them do.

        Raises OrgError, StateError.
        """
        now, objects = self._now(), self._objects()
        self._notice(now)
        if not objects:
            return
        if self._left_asked_at is None or now - self._left_asked_at >= _AGAIN_AFTER:
            await self._find_left(objects, roster, now)
        due = {
            id_
            for id_ in (*self.since, *self.left)
            if id_ not in self._looked_at or now - self._looked_at[id_] >= _AGAIN_AFTER
        }
        if not due:
            return
        figures = await find_held(
            self._org.query,
            self._queue.put,
            objects,
            absent={id_: at for id_, at in self.since.items() if id_ in due},
            left={id_: at for id_, at in self.left.items() if id_ in due},
            is_open=roster.is_open,
            clock=self._now,
        )
        self._looked_at |= dict.fromkeys(due, now)
        if figures.found:
            _log.info("sweep.absence", people=len(due), found=figures.found, put=figures.put)

    def _objects(self) -> list[str]:
        """Objects of which some policy moves what absent people hold."""
        policies = self._knowledge.policies.policy_set.policies
        return sorted({policy.object for policy in policies if policy.absence is not None})

    def _notice(self, now: datetime) -> None:
        people = self._knowledge.directory.people.values()
        away = {each.id for each in people if not each.active or each.is_away(now)}
        for back in self.since.keys() - away:
            del self.since[back]
            self._looked_at.pop(back, None)
        for id_ in away - self.since.keys():
            self.since[id_] = now

    async def _find_left(self, objects: list[str], roster: DirectoryReader, now: datetime) -> None:
        found: set[RecordId] = set()
        for name in objects:
            rows = await self._org.query(gone_who_hold(name, roster.is_open))
            found |= {record_id(str(row["Id"])) for row in rows}
        self.left = {id_: self.left.get(id_, now) for id_ in found}
        self._left_asked_at = now
