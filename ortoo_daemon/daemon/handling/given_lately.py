"""What have the policies given to whom lately, by the org's own records?

Decision records tell, and for those that have none yet the stamps on the routed records. A whole reading
goes back as far as the longest rate limit looks; the ones after it only ask for what is new.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ortoo_daemon.action import stamps
from ortoo_daemon.action.fuse import tallies_of_move
from ortoo_daemon.audit.record import COUNTED, KEY, OBJECT, counted_of
from ortoo_daemon.daemon.handling.rate_log import RateLog, Rebuild
from ortoo_daemon.facts import Given, Tally
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.ownership.rates import tallies_of
from ortoo_daemon.person import Person
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.periods import longest
from ortoo_daemon.policy.sla_model import MOVES, moved_from
from ortoo_daemon.records import Owner, OwnerKind, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

PAGE = 2_000

_OVERLAP = timedelta(minutes=10)
"""A decision is recorded some time after it was made; so long is asked back each time."""

_GAVE = frozenset({Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED, Outcome.RECOVERED})
_GOES_ON = frozenset({Outcome.REASSIGNED, Outcome.ESCALATED})

_DECIDED = "Decided_At__c"
_COLUMNS = (
    "Id",
    KEY,
    "Policy__c",
    "Outcome__c",
    "Owner_Before__c",
    "Owner_After__c",
    "Owner_Name__c",
    "Rooftop__c",
)
_STAMPS = (
    "Id",
    stamps.DECISION_KEY,
    stamps.DECIDED_AT,
    stamps.ASSIGNED_OWNER,
    stamps.PRIOR_OWNER,
    stamps.ROOFTOP,
    stamps.POLICY,
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The policies with rate limits, a fuse or budgets of rooftops, by name, and how far they look back."""

    policies: Mapping[str, Policy]

    @classmethod
    def of(cls, policies: PolicySet) -> "_Scope":
        counting = (
            each
            for each in policies.policies
            if each.rates or any(each.fuses()) or each.moves.per_rooftop
        )
        return cls({policy.name: policy for policy in counting})

    @property
    def reach(self) -> timedelta:
        policies = self.policies.values()
        rates = (rate.per for policy in policies for rate in policy.rates)
        fuses = (fuse.per for policy in policies for fuse in policy.fuses())
        budgets = (policy.moves.per_rooftop for policy in policies)
        moves = (budget.per for budget in budgets if budget is not None)
        return max(map(longest, (*rates, *fuses, *moves)), default=timedelta())

    @property
    def tags(self) -> frozenset[str]:
        return frozenset().union(*map(_tags, self.policies.values()))

    @property
    def levels(self) -> Set[tuple[str, str, str]]:
        """(policy, level, tag) of everything that is counted."""
        rates = ((policy, rate) for policy in self.policies.values() for rate in policy.rates)
        return {
            *((policy.name, rate.level.value, rate.tag) for policy, rate in rates),
            *(fuse.tally[:3] for policy in self.policies.values() for fuse in policy.fuses()),
            *((name, MOVES, "") for name, each in self.policies.items() if each.moves.per_rooftop),
        }


class GivenLately:
    """Keeps a log by what the org shows. One for one log."""

    def __init__(self, org: Org, log: RateLog, *, now: Callable[[], datetime]) -> None:
        self._org = org
        self._log = log
        self._now = now
        self._scope = _Scope({})
        self._read_at: datetime | None = None

    async def read(
        self,
        policies: PolicySet,
        people: Mapping[RecordId, Person],
        *,
        unproven_since: Callable[[], Awaitable[datetime]] | None = None,
    ) -> None:
        """Bring the log up to date; whole where these policies look further than those before.

        ``unproven_since`` tells since when decisions may lack their record. Without rate limits nothing is
        asked. Raises OrgError with the log as it was.
        """
        scope, began_at = _Scope.of(policies), self._now()
        if scope.policies:
            reading = _Reading(self._org, scope, people)
            whole = scope.reach > self._scope.reach or not scope.levels <= self._scope.levels
            if self._read_at is None or whole:
                unproven = await unproven_since() if unproven_since else began_at - _OVERLAP
                await self._rebuild(reading, began_at - scope.reach, unproven)
            else:
                since = self._read_at - _OVERLAP
                self._log.lay_over(
                    [each async for page in reading.recorded(since) for each in page]
                )
        self._read_at, self._scope = began_at, scope
        self._log.forget(
            before=int((began_at - scope.reach).timestamp()),
            known_from=int((began_at - 2 * _OVERLAP).timestamp()),
        )

    async def _rebuild(self, reading: "_Reading", since: datetime, unproven: datetime) -> None:
        known_from = min(self._now() - 2 * _OVERLAP, unproven)
        rebuilt = Rebuild(known_from=int(known_from.timestamp()))
        async for page in reading.recorded(since):
            rebuilt.take(page)
        async for page in reading.stamped(max(since, unproven)):
            rebuilt.take(page)
        self._log.replace(rebuilt)


class _Reading:
    """One reading; ``others`` are decisions with a record, by which nobody was given anything."""

    def __init__(self, org: Org, scope: _Scope, people: Mapping[RecordId, Person]) -> None:
        self._org = org
        self._scope = scope
        self._people = people
        self.others: set[str] = set()

    async def recorded(self, since: datetime) -> AsyncIterator[Iterator[Given]]:
        """Decision records, page by page."""
        tagged = (COUNTED,) if self._scope.tags else ()
        columns = (*_COLUMNS, _DECIDED, *tagged)
        where = [
            soql.at_least(_DECIDED, since),
            soql.one_of("Policy__c", sorted(self._scope.policies)),
        ]
        async for rows in self._pages(OBJECT, columns, where):
            yield self._of_records(rows)

    async def stamped(self, since: datetime) -> AsyncIterator[Iterator[Given]]:
        """Routed records that were decided since then, page by page."""
        for name in sorted({policy.object for policy in self._scope.policies.values()}):
            where = [
                soql.at_least(stamps.DECIDED_AT, since),
                soql.one_of(stamps.POLICY, sorted(self._scope.policies)),
                soql.equals(stamps.PARKED, None),
            ]
            async for rows in self._pages(name, _STAMPS, where):
                yield self._of_stamps(rows)

    async def _pages(
        self, name: str, columns: Iterable[str], where: list[soql.Condition]
    ) -> AsyncIterator[list[dict[str, Any]]]:
        last: list[soql.Condition] = []
        while True:
            query = soql.select(name, columns, where=[*where, *last], order_by=["Id"], limit=PAGE)
            rows = await self._org.query(query)
            if rows:
                yield rows
            if len(rows) < PAGE:
                return
            last = [soql.above("Id", rows[-1]["Id"])]

    def _of_records(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Given]:
        for row in rows:
            policy = self._scope.policies.get(row["Policy__c"])
            gave = row["Outcome__c"] in _GAVE and row["Owner_Name__c"]
            given = (
                None
                if policy is None or not gave
                else self._given(
                    policy,
                    row[KEY],
                    owner=row["Owner_After__c"],
                    rooftop=row["Rooftop__c"],
                    at=row[_DECIDED],
                    tags=counted_of(row.get(COUNTED), _tags(policy)),
                    goes_on=row["Outcome__c"] in _GOES_ON,
                    moved=row["Outcome__c"] == Outcome.RECOVERED
                    or row["Owner_Before__c"] != row["Owner_After__c"],
                    taken_from=self._taken_from(policy, row),
                )
            )
            if given is None:
                self.others.add(str(row[KEY]))
            else:
                yield given

    def _taken_from(self, policy: Policy, row: Mapping[str, Any]) -> tuple[Tally, ...]:
        """Of a record that a clock moved: the rooftop of whoever lost it, else the record's."""
        if row["Outcome__c"] not in _GOES_ON or policy.moves.per_rooftop is None:
            return ()
        before = row["Owner_Before__c"]
        person = self._people.get(record_id(before)) if before else None
        rooftop = (person.rooftop if person else None) or row["Rooftop__c"]
        return (moved_from(policy.name, record_id(rooftop)),) if rooftop else ()

    def _of_stamps(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Given]:
        """The stamps do not say which conditions were met: as if all, until the record is there."""
        for row in rows:
            policy = self._scope.policies.get(row[stamps.POLICY])
            if policy is None or row[stamps.DECISION_KEY] in self.others:
                continue
            given = self._given(
                policy,
                row[stamps.DECISION_KEY],
                owner=row[stamps.ASSIGNED_OWNER],
                rooftop=row[stamps.ROOFTOP],
                at=row[stamps.DECIDED_AT],
                tags=_tags(policy),
                goes_on=False,
                moved=row[stamps.PRIOR_OWNER] != row[stamps.ASSIGNED_OWNER],
            )
            if given is not None:
                yield given

    def _given(
        self,
        policy: Policy,
        key: str | None,
        *,
        owner: str | None,
        rooftop: str | None,
        at: str | None,
        tags: frozenset[str],
        goes_on: bool,
        moved: bool,
        taken_from: tuple[Tally, ...] = (),
    ) -> Given | None:
        """None where it went to a queue and no fuse counts it: that counts for nobody."""
        decided_at = instant(at)
        if not key or not owner or decided_at is None:
            return None
        tallies = (*(tallies_of_move(policy, tags) if moved else ()), *taken_from)
        if Owner.kind_of(owner) is OwnerKind.USER:
            person = self._people.get(record_id(owner))
            tallies += tallies_of(
                policy,
                person=record_id(owner),
                role=person.role if person else None,
                rooftop=record_id(rooftop) if rooftop else None,
                tags=tags,
                goes_on=goes_on,
            )
        if not tallies:
            return None
        return Given(key=key, at=int(decided_at.timestamp()), tallies=tallies)


def _tags(policy: Policy) -> frozenset[str]:
    return frozenset(policy.tags)
