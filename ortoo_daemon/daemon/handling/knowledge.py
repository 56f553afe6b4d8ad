"""What does the daemon know at this moment that is not on the record: policies, directory, counters?

One object that the handling of every record reads; each part is replaced whole, never edited.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from ortoo_daemon.action.stamps import OWNER, SLA_CLOCKS, SLA_NEXT_AT, read_of
from ortoo_daemon.daemon.handling.customers import RecentCustomers
from ortoo_daemon.daemon.handling.fuses import Fuses
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.handling.matched_lately import MatchedLately
from ortoo_daemon.daemon.hearing.passed_over import PassedOver
from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.reach import awaited_fields, fields_read_at_once, waking_fields
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import RecordId

_BARRED_FOR = timedelta(minutes=10)
"""How long an owner whom the org refused is left out, unless the directory was read anew before."""


@dataclass(frozen=True)
class Policies:
    """The policies in force, with what follows from them for reading and listening."""

    policy_set: PolicySet
    loaded_at: datetime | None = None

    @property
    def revision(self) -> str:
        return self.policy_set.revision

    @cached_property
    def objects(self) -> frozenset[str]:
        return frozenset(policy.object for policy in self.policy_set.policies)

    @cached_property
    def weighed(self) -> frozenset[str]:
        """Objects of which some policy weighs open work."""
        weighing = (policy for policy in self.policy_set.policies if policy.limits.load is not None)
        return frozenset(policy.object for policy in weighing)

    def of(self, object_name: str) -> tuple[Policy, ...]:
        return self.policy_set.for_object(object_name)

    def named(self, name: str | None) -> Policy | None:
        """The policy of that name, None when there is none."""
        return self._by_name.get(name or "")

    @cached_property
    def _by_name(self) -> Mapping[str, Policy]:
        return {policy.name: policy for policy in self.policy_set.policies}

    @cached_property
    def _fields(self) -> Mapping[str, frozenset[str]]:
        signals = self.policy_set.signals
        return {
            name: read_of(name).union(
                self.policy_set.key_fields(name),
                *(fields_read_at_once(policy, signals) for policy in self.of(name)),
            )
            for name in self.objects
        }

    def fields(self, object_name: str) -> frozenset[str]:
        """What is read of every record of the object."""
        return self._fields[object_name]

    @cached_property
    def _reopening(self) -> Mapping[str, frozenset[str]]:
        return {
            name: frozenset().union(*(policy.on.changed for policy in self.of(name)))
            for name in self.objects
        }

    def reopening(self, object_name: str) -> frozenset[str]:
        """Fields whose change re-opens a decided record."""
        return self._reopening.get(object_name, frozenset())

    def watches_decided(self, object_name: str) -> bool:
        """Whether a change of a decided record may lead to anything: to decide again, to stop a clock, to
        share it."""
        return any(waking_fields(policy) for policy in self.of(object_name))

    @cached_property
    def _watched(self) -> Mapping[str, frozenset[str]]:
        watched: dict[str, frozenset[str]] = {}
        for name in self.objects:
            found: set[str] = {OWNER}
            for policy in self.of(name):
                found |= waking_fields(policy) | awaited_fields(policy)
                if policy.sla:  # who writes over them would stop the clocks unseen
                    found |= {SLA_NEXT_AT, SLA_CLOCKS}
                if policy.on.enters and policy.enter is not None:
                    found |= policy.enter.fields()
            watched[name] = frozenset(found)
        return watched

    def watched(self, object_name: str) -> frozenset[str]:
        """Fields whose change may bring a record into a policy or back to it, stop a clock, or have it
        shared."""
        return self._watched[object_name]


@dataclass
class Knowledge:
    """What every handling reads. ``daemon_user`` is the user the org knows us by; ``usernames`` are users
    whom policies name and who are not on the roster."""

    policies: Policies
    directory: Directory
    ledger: Ledger
    daemon_user: RecordId
    postal: PostalIndex = field(default_factory=PostalIndex.empty)
    customers: RecentCustomers = field(default_factory=RecentCustomers)
    matched: MatchedLately = field(default_factory=MatchedLately)
    passed_over: PassedOver = field(default_factory=PassedOver)
    usernames: Mapping[str, RecordId] = field(default_factory=dict)
    fuses: Fuses = field(init=False)
    _barred: dict[RecordId, datetime] = field(default_factory=dict)
    _usable: Directory | None = None

    def __post_init__(self) -> None:
        self.fuses = Fuses(
            policies=lambda: self.policies.policy_set, given=lambda: self.ledger.rates.moments
        )

    def replace_directory(self, directory: Directory) -> None:
        """A newer reading; owners whom the org refused get another chance."""
        self.directory = directory
        self._barred.clear()
        self._usable = None

    def bar(self, owner: RecordId, now: datetime) -> None:
        """The org refused this owner: leave it out until the directory is read anew, or a while."""
        self._barred[owner] = now + _BARRED_FOR
        self._usable = None

    def usable_directory(self, now: datetime) -> Directory:
        """The directory without owners that are barred at the moment; its indexes are built once."""
        if not self._barred and self._usable is not None:
            return self._usable
        barred = {owner: until for owner, until in self._barred.items() if until > now}
        if self._usable is None or barred.keys() != self._barred.keys():
            self._barred = barred
            self._usable = _without(self.directory, barred.keys()) if barred else self.directory
        return self._usable


def _without(directory: Directory, owners: Collection[RecordId]) -> Directory:
    people = {
        id_: replace(person, active=False) if id_ in owners else person
        for id_, person in directory.people.items()
    }
    queues = {name: queue for name, queue in directory.queues.items() if queue.id not in owners}
    return replace(directory, people=people, queues=queues)
