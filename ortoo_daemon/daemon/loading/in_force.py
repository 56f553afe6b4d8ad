"""How do policies that are in order come into force in the running daemon? All of them in one step."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.daemon.loading.policy_register import register_policies
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.org import Org


@dataclass(slots=True, kw_only=True)
class InForce:
    """What the daemon decides by. ``mapping`` is the directory file in force."""

    org: Org
    knowledge: Knowledge
    sweeping: Sweeping
    now: Callable[[], datetime]
    mapping: DirectoryMapping
    shadow: bool = False

    @property
    def policies(self) -> PolicySet:
        return self.knowledge.policies.policy_set

    def differs(self, policies: PolicySet, mapping: DirectoryMapping) -> bool:
        """Whether bringing these into force would change anything."""
        return self.policies.revision != policies.revision or mapping != self.mapping

    async def bring(self, policies: PolicySet, mapping: DirectoryMapping) -> None:
        """All that the new policies need stands before the assignments that put them in force.

        Raises OrgError with everything as it was.
        """
        knowledge, before = self.knowledge, self.knowledge.policies
        after = Policies(policies, loaded_at=self.now())
        usernames = await named_users(self.org, policies)
        roster, reading = self.sweeping.current.roster, None
        if mapping != self.mapping:
            roster = DirectoryReader(self.org, mapping)
            reading = await self.sweeping.current.reading_by(roster)
        people = reading.directory.people if reading else knowledge.directory.people
        for name in sorted(after.objects if reading else after.objects - before.objects):
            await knowledge.ledger.refresh(name, people, roster.workload_counts)
        if not len(knowledge.postal) and needs_geography(policies):
            knowledge.postal = await asyncio.to_thread(load_postal_index)
        if not self.shadow:
            await register_policies(self.org, policies)
        await self.sweeping.current.count_loads(after, people, roster)
        await self.sweeping.current.count_given(policies, people)
        if reading:
            self.sweeping.current.take(reading)
        knowledge.usernames = {**knowledge.usernames, **usernames}  # records in hand need the old
        knowledge.policies = after
        self.mapping = mapping
