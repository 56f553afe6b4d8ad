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

_BARRED_FOR = timedelta(seconds=30)
_BARRED_FOR_AT_MOST = timedelta(minutes=10)
"""How long an owner whom the org refused is left out: at first, for it may be the record's fault, or pass;
and as it is refused for others, too, after each time. A new reading of the directory ends it."""


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


@dataclass(frozen=True, slots=True)
class _Bar:
    """Of an owner whom the org refused, last for ``record``."""

    record: RecordId
    until: datetime
    lasts: timedelta


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
    _bars: dict[RecordId, _Bar] = field(default_factory=dict)
    _barred: frozenset[RecordId] = frozenset()
    _usable: Directory | None = None

    def __post_init__(self) -> None:
        self.fuses = Fuses(
            policies=lambda: self.policies.policy_set, given=lambda: self.ledger.rates.moments
        )

    def replace_directory(self, directory: Directory) -> None:
        """A newer reading; owners whom the org refused get another chance."""
        self.directory = directory
        self._bars.clear()
        self._usable = None

    def bar(self, owner: RecordId, record: RecordId, now: datetime) -> None:
        """The org refused this owner: leave it out until the directory is read anew, or a while."""
        known = self._bars.items()
        self._bars = {id_: bar for id_, bar in known if now < bar.until + _BARRED_FOR_AT_MOST}
        before, lasts = self._bars.get(owner), _BARRED_FOR
        if before is not None:
            again = now >= before.until and record != before.record
            lasts = min(before.lasts * (2 if again else 1), _BARRED_FOR_AT_MOST)
        self._bars[owner] = _Bar(record, now + lasts, lasts)
        self._usable = None

    def bars_end_in(self, now: datetime) -> timedelta | None:
        """How soon the next owner that is left out has another chance, None where nobody is."""
        left = [bar.until - now for bar in self._bars.values() if bar.until > now]
        return min(left, default=None)

    def usable_directory(self, now: datetime) -> Directory:
        """The directory without owners that are barred at the moment; its indexes are built once."""
        barred = frozenset(owner for owner, bar in self._bars.items() if bar.until > now)
        if self._usable is None or barred != self._barred:
            self._barred = barred
            self._usable = _without(self.directory, barred) if barred else self.directory
        return self._usable


def _without(directory: Directory, owners: Collection[RecordId]) -> Directory:
    people = {
        id_: replace(person, active=False) if id_ in owners else person
        for id_, person in directory.people.items()
    }
    queues = {name: queue for name, queue in directory.queues.items() if queue.id not in owners}
    return replace(directory, people=people, queues=queues)
