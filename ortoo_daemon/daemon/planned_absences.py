"""Whose absence lies ahead, and what of their open work would go to colleagues when it begins?

Looks only: nothing is written to the org, put on the queue or reserved. What people hold now is decided on as
it will be when the absence begins, by the counters of this moment; only signs by which some policy lets
work go count.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.deciding import decide_record, read_record
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.directory import Directory
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, WorkItem
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.absence import Criteria, find_held

MOST_RECORDS = 2_000
"""Of each object; what is beyond is counted as held, and not decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An absence that begins later. ``ends_at`` is None where nobody knows."""

    person: Person
    sign: Sign
    begins_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Numbers of open records by object: what somebody holds now, and what of it would go to others."""

    held: Mapping[str, int]
    moves: Mapping[str, int]


def objects_that_move(policies: PolicySet) -> list[str]:
    """Objects of which some policy lets go what absent people hold."""
    return sorted({policy.object for policy in policies.policies if policy.absence is not None})


def signs_that_move(policies: PolicySet) -> frozenset[Sign]:
    """The signs of absence by which some policy lets work go."""
    absences = [policy.absence for policy in policies.policies if policy.absence is not None]
    return frozenset(sign for absence in absences for sign in absence.signs)


def planned(
    directory: Directory, signs: frozenset[Sign], *, now: datetime, ahead: timedelta
) -> dict[RecordId, Planned]:
    """The next absence of each person by one of these signs, of those that begin later than now."""
    found: dict[RecordId, Planned] = {}
    end = now + ahead
    for person in directory.people.values():
        if not person.active:
            continue
        for begins_at, ends_at in person.away_spans(now, end):
            sign = person.away_by(begins_at)
            if begins_at > now and sign is not None and sign in signs:
                found[person.id] = Planned(
                    person=person,
                    sign=sign,
                    begins_at=begins_at,
                    ends_at=person.returns_at(begins_at) if ends_at >= end else ends_at,
                )
                break
    return found


class OpenWork:
    """What people with planned absences hold, object by object."""

    def __init__(self, org: Org, found: Mapping[RecordId, Planned], *, now: datetime) -> None:
        self._org, self._found, self._now = org, found, now
        self._held: dict[RecordId, Counter[str]] = {}
        self._moves: dict[RecordId, Counter[str]] = {}

    async def look(self, knowledge: Knowledge, name: str, is_open: Criteria) -> None:
        """At the open records of one object. Raises OrgError."""
        items = await self._holding(name, is_open)
        for item, moved in await self._decided(knowledge, items):
            person = _person_of(item)
            self._held.setdefault(person, Counter())[name] += 1
            self._moves.setdefault(person, Counter())[name] += moved

    def of(self, person: RecordId) -> Work:
        """What was seen of one of them."""
        nothing: Counter[str] = Counter()
        held, moves = self._held.get(person, nothing), self._moves.get(person, nothing)
        return Work(held=dict(held), moves=dict(moves))

    async def _holding(self, name: str, is_open: Criteria) -> list[WorkItem]:
        """What the daemon's own sweep would find when each absence begins."""
        items: list[WorkItem] = []

        async def keep(more: Sequence[WorkItem]) -> int:
            items.extend(more)
            return len(more)

        await find_held(
            self._org.query,
            keep,
            [name],
            absent={id_: each.begins_at for id_, each in self._found.items()},
            left={},
            is_open=is_open,
            clock=lambda: self._now,
        )
        return items

    async def _decided(
        self, knowledge: Knowledge, items: list[WorkItem]
    ) -> list[tuple[WorkItem, bool]]:
        """Each item, and whether its record would go to somebody else."""
        org, answers = self._org, Answers(self._org)

        async def moved(item: WorkItem) -> bool:
            record = await read_record(org, knowledge.policies, item.object, item.record_id)
            if record is None:
                return False
            begins_at = self._found[_person_of(item)].begins_at
            decision, _ = await decide_record(
                knowledge, answers, item, record, policies=knowledge.policies, now=begins_at
            )
            return decision.outcome is Outcome.ASSIGNED

        try:
            verdicts = await asyncio.gather(*(moved(item) for item in items[:MOST_RECORDS]))
        finally:
            await answers.close()
        beyond = [False] * (len(items) - len(verdicts))
        return list(zip(items, [*verdicts, *beyond], strict=True))


def _person_of(item: WorkItem) -> RecordId:
    return RecordId(item.entry.split(":")[1])
