"""Who will be away in the coming days, and what of their open work would go to colleagues?

Looks only, writes nothing. What they hold now is decided on as it will be when the absence begins, by the
policies on disk and the counters of this moment; only signs by which some policy lets work go count.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ortoo_daemon.daemon.asking.login import know
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.deciding import decide_record, read_record
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.decision import Outcome
from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, WorkItem
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.absence import find_held

MOST_RECORDS = 2_000
"""Of each object; what is beyond is counted as held, and not decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAbsence:
    """One absence that begins later. ``held`` and ``moves`` are numbers of open records by object: what they
    hold now, and what of it would go to somebody else. ``ends_at`` is None where it goes on beyond the
    days that were looked at."""

    person: Person
    rooftop: str
    manager: str
    sign: Sign
    begins_at: datetime
    ends_at: datetime | None
    held: dict[str, int]
    moves: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    person: Person
    sign: Sign
    begins_at: datetime
    ends_at: datetime | None


async def planned_absences(
    settings: Settings, org: Org, policies: PolicySet, *, ahead: timedelta
) -> list[PlannedAbsence]:
    """Every absence that begins within ``ahead``, the first first. Raises OrtooError."""
    moving = [policy for policy in policies.policies if policy.absence is not None]
    signs = frozenset(sign for each in moving if each.absence for sign in each.absence.signs)
    found: dict[RecordId, _Planned] = {}
    held: dict[RecordId, Counter[str]] = {}
    moves: dict[RecordId, Counter[str]] = {}
    directory = Directory()
    for name in sorted({policy.object for policy in moving}):
        knowledge, now = await know(settings, org, name), await org.now()
        directory = knowledge.directory
        found = found or planned(directory, signs, now=now, ahead=ahead)
        items = await _held(settings, org, name, found)
        for item, moved in await _decided(org, knowledge, items, found):
            person = _person_of(item)
            held.setdefault(person, Counter())[name] += 1
            moves.setdefault(person, Counter())[name] += moved
    return [
        _told(each, directory, held.get(each.person.id), moves.get(each.person.id))
        for each in sorted(found.values(), key=lambda each: (each.begins_at, each.person.name))
    ]


def planned(
    directory: Directory, signs: frozenset[Sign], *, now: datetime, ahead: timedelta
) -> dict[RecordId, _Planned]:
    """The next absence of each person by one of these signs, of those that begin later than now."""
    found: dict[RecordId, _Planned] = {}
    end = now + ahead
    for person in directory.people.values():
        if not person.active:
            continue
        for begins_at, ends_at in person.away_spans(now, end):
            sign = person.away_by(begins_at)
            if begins_at > now and sign is not None and sign in signs:
                found[person.id] = _Planned(
                    person=person,
                    sign=sign,
                    begins_at=begins_at,
                    ends_at=person.returns_at(begins_at) if ends_at >= end else ends_at,
                )
                break
    return found


async def _held(
    settings: Settings, org: Org, name: str, found: dict[RecordId, _Planned]
) -> list[WorkItem]:
    """What the daemon's own sweep would find when each absence begins."""
    roster = DirectoryReader(org, read_directory_mapping(settings.path(settings.directory)))
    items: list[WorkItem] = []

    async def keep(more: Sequence[WorkItem]) -> int:
        items.extend(more)
        return len(more)

    now = await org.now()
    absent = {id_: each.begins_at for id_, each in found.items()}
    await find_held(
        org.query, keep, [name], absent=absent, left={}, is_open=roster.is_open, clock=lambda: now
    )
    return items


async def _decided(
    org: Org, knowledge: Knowledge, items: list[WorkItem], found: dict[RecordId, _Planned]
) -> list[tuple[WorkItem, bool]]:
    """Each item, and whether its record would go to somebody else."""
    answers = Answers(org)

    async def moved(item: WorkItem) -> bool:
        record = await read_record(org, knowledge.policies, item.object, item.record_id)
        if record is None:
            return False
        begins_at = found[_person_of(item)].begins_at
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


def _told(
    planned: _Planned,
    directory: Directory,
    held: Counter[str] | None,
    moves: Counter[str] | None,
) -> PlannedAbsence:
    person = planned.person
    site = directory.rooftops.get(person.rooftop) if person.rooftop else None
    manager = directory.people.get(person.manager) if person.manager else None
    return PlannedAbsence(
        person=person,
        rooftop=site.name if site else "",
        manager=manager.name if manager else person.manager or "",
        sign=planned.sign,
        begins_at=planned.begins_at,
        ends_at=planned.ends_at,
        held=dict(held or {}),
        moves=dict(moves or {}),
    )
