"""Who is away or has left, since when is it known, and when was what they hold last looked through?"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.absence import find_held, gone_who_hold
from ortoo_daemon.sweeps.give_back import find_returns
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_AGAIN_AFTER = timedelta(minutes=15)
"""What could not go anywhere (colleagues are full) is tried again, and who has left is looked for."""


INACTIVE = "inactive"


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
        self.signs: dict[RecordId, Sign | None] = {}
        """By which sign; None for somebody inactive."""
        self.left: dict[RecordId, datetime] = {}
        """Who holds open work and is inactive in the org."""
        self.on_inferred: Callable[[Person], Awaitable[None]] | None = None
        """Told of everybody who is taken for absent without having said so."""
        self._told: set[RecordId] = set()
        self._looked_at: dict[RecordId, datetime] = {}
        self._left_asked_at: datetime | None = None
        self._returns_asked_at: datetime | None = None
        """None: somebody has come back, or the daemon has just been started."""

    async def look(self, roster: DirectoryReader) -> None:
        """Put what the newly absent hold on the queue, now and then what all of them do.

        Raises OrgError, StateError.
        """
        now, objects = self._now(), self._objects()
        self._notice(now)
        await self._tell_of_inferred()
        if not objects:
            return
        if self._returns_asked_at is None or now - self._returns_asked_at >= _AGAIN_AFTER:
            await self._find_returns(now)
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

    async def _tell_of_inferred(self) -> None:
        """Of those who are away by missed targets alone somebody hears, once for each time."""
        inferred = {id_ for id_, sign in self.signs.items() if sign is Sign.MISSED}
        self._told &= inferred
        if self.on_inferred is None:
            return
        for id_ in sorted(inferred - self._told):
            await self.on_inferred(self._knowledge.directory.people[id_])
            self._told.add(id_)

    def _objects(self) -> list[str]:
        """Objects of which some policy moves what absent people hold."""
        policies = self._knowledge.policies.policy_set.policies
        return sorted({policy.object for policy in policies if policy.absence is not None})

    def _notice(self, now: datetime) -> None:
        """Who is away, and by which sign. Another sign may let other work go: it is looked through anew."""
        away: dict[RecordId, Sign | None] = {}
        for person in self._knowledge.directory.people.values():
            sign = person.away_by(now)
            if sign is not None or not person.active:
                away[person.id] = sign if person.active else None
        for back in self.since.keys() - away.keys():
            del self.since[back]
            self._looked_at.pop(back, None)
            self._returns_asked_at = None
        for id_ in away.keys() - self.since.keys():
            self.since[id_] = now
        for id_ in away.keys() & self.signs.keys():
            if self.signs[id_] is not away[id_]:
                self._looked_at.pop(id_, None)
        self.signs = away

    def counts(self) -> dict[str, int]:
        """How many people are away by each sign; ``inactive`` are those who can't log in."""
        return dict(Counter(sign or INACTIVE for sign in self.signs.values()))

    async def _find_returns(self, now: datetime) -> None:
        """Of everybody who is there: who came back while the daemon was down is among them."""
        people = self._knowledge.directory.people
        put = await find_returns(
            self._org.query,
            self._queue.put,
            self._knowledge.policies.policy_set.policies,
            is_back=lambda id_: id_ in people and id_ not in self.since,
            daemon_user=self._knowledge.daemon_user,
            now=now,
        )
        self._returns_asked_at = now
        if put:
            _log.info("sweep.give_back", put=put)

    async def _find_left(self, objects: list[str], roster: DirectoryReader, now: datetime) -> None:
        found: set[RecordId] = set()
        for name in objects:
            rows = await self._org.query(gone_who_hold(name, roster.is_open))
            found |= {record_id(str(row["Id"])) for row in rows}
        self.left = {id_: self.left.get(id_, now) for id_ in found}
        self._left_asked_at = now
