"""What does the daemon know of the org's people, sites and open work, and how is that kept up to date?"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from ortoo_daemon.action.stamps import LOAD
from ortoo_daemon.daemon.handling.given_lately import GivenLately
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Weigh
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person
from ortoo_daemon.policy.limits_model import UNWEIGHED
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.sweeps")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryReading:
    """One reading of the directory: by whom, what, and when it began."""

    roster: DirectoryReader
    directory: Directory
    began_at: datetime


def load_reader(roster: DirectoryReader) -> Weigh:
    """What open work weighs, by the stamp; what bears none counts as ever."""
    return partial(roster.workload_loads, field=LOAD, unweighed=UNWEIGHED)


class Current:
    """Reads directory and counters anew, and puts them into ``knowledge``.

    ``directory_read_at`` is None until the directory was read for the first time. ``unproven_since``
    tells from when on decisions may lack their proof.
    """

    def __init__(
        self,
        org: Org,
        knowledge: Knowledge,
        roster: DirectoryReader,
        *,
        now: Callable[[], datetime],
        unproven_since: Callable[[], Awaitable[datetime]],
    ) -> None:
        self._org = org
        self._knowledge = knowledge
        self.roster = roster
        self._now = now
        self._unproven_since = unproven_since
        self._given = GivenLately(org, knowledge.ledger.rates, now=now)
        self._directory_at = now()
        self.directory_read_at: datetime | None = None

    async def refresh_directory(self) -> bool:
        """Read the directory anew where something in it changed; whether that was so. Raises OrgError."""
        changed = await self.roster.changed_since(self._directory_at)
        if changed:
            await self.read_directory()
        return changed

    async def read_directory(self) -> None:
        """Read the directory anew. Raises OrgError."""
        policies = self._knowledge.policies.policy_set
        usernames = await named_users(self._org, policies)
        if policies is self._knowledge.policies.policy_set:  # a reload brings the names it needs
            self._knowledge.usernames = usernames
        reading = await self.reading_by(self.roster)
        if reading.roster is self.roster:  # else a reload brought a reading of its own
            self.take(reading)

    async def reading_by(self, roster: DirectoryReader) -> DirectoryReading:
        """What this reader makes of the org now; nothing changes by it. Raises OrgError."""
        began_at = self._now()
        return DirectoryReading(roster=roster, directory=await roster.read(), began_at=began_at)

    def take(self, reading: DirectoryReading) -> None:
        """From now on this reading is the directory, and its reader reads the next ones."""
        self.roster, directory = reading.roster, reading.directory
        self._directory_at = self.directory_read_at = reading.began_at
        self._knowledge.replace_directory(directory)
        _log.info(
            "directory.read",
            rooftops=len(directory.rooftops),
            people=len(directory.people),
            queues=len(directory.queues),
        )

    async def count_open_work(self) -> None:
        """Read everybody's open work anew. Raises OrgError, StateError."""
        await self._knowledge.ledger.follow()
        people = self._knowledge.directory.people
        for name in sorted(self._knowledge.policies.objects):
            await self._knowledge.ledger.refresh(name, people, self.roster.workload_counts)
        await self.count_loads(self._knowledge.policies, people, self.roster)

    async def count_loads(
        self, policies: Policies, people: Mapping[RecordId, Person], roster: DirectoryReader
    ) -> None:
        """Read anew what open work weighs, of objects that these policies weigh. Raises OrgError."""
        for name in sorted(policies.weighed):
            await self._knowledge.ledger.refresh_load(name, people, load_reader(roster))

    async def count_given(
        self,
        policies: PolicySet | None = None,
        people: Mapping[RecordId, Person] | None = None,
    ) -> None:
        """Bring up to date what rate limits count, by those in force or others. Raises OrgError."""
        knowledge = self._knowledge
        await self._given.read(
            policies or knowledge.policies.policy_set,
            people if people is not None else knowledge.directory.people,
            unproven_since=self._unproven_since,
        )

    async def count(self) -> None:
        """Both, as the sweep does. Raises OrgError, StateError."""
        await self.count_open_work()
        await self.count_given()
