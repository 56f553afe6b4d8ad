"""Who will be away in the coming days, and what of their open work would go to colleagues?

Looks only, writes nothing. By the policies on disk and the counters of this moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ortoo_daemon.daemon.asking.login import know
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.planned_absences import (
    OpenWork,
    Planned,
    Work,
    objects_that_move,
    planned,
    signs_that_move,
)
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAbsence:
    """One absence that begins later. ``held`` and ``moves`` are numbers of open records by object: what they
    hold now, and what of it would go to somebody else. ``ends_at`` is None where nobody knows.
    ``candidate_moves`` is the same by candidate policies, where some are tried."""

    person: Person
    rooftop: str
    manager: str
    sign: Sign
    begins_at: datetime
    ends_at: datetime | None
    held: Mapping[str, int]
    moves: Mapping[str, int]
    candidate_moves: Mapping[str, int] | None = None


async def planned_absences(
    settings: Settings,
    org: Org,
    live: PolicySet,
    candidate: PolicySet | None = None,
    *,
    ahead: timedelta,
) -> list[PlannedAbsence]:
    """Every absence that begins within ``ahead``, the first first. Raises OrtooError."""
    directory, by_live = await _looked(settings, org, live, ahead)
    if candidate is None:
        return _in_order(_told(each, directory, work) for each, work in by_live.values())
    _, by_candidate = await _looked(settings, org, candidate, ahead)
    nothing = Work(held={}, moves={})
    found = []
    for id_ in by_live.keys() | by_candidate.keys():
        each, _ = by_live.get(id_) or by_candidate[id_]
        _, work = by_live.get(id_, (each, replace(by_candidate[id_][1], moves={})))
        _, tried = by_candidate.get(id_, (each, nothing))
        found.append(replace(_told(each, directory, work), candidate_moves=tried.moves))
    return _in_order(found)


async def _looked(
    settings: Settings, org: Org, policies: PolicySet, ahead: timedelta
) -> tuple[Directory, dict[RecordId, tuple[Planned, Work]]]:
    """The directory, and what these policies make of each absence."""
    roster = DirectoryReader(org, read_directory_mapping(settings.path(settings.directory)))
    signs, now, directory = signs_that_move(policies), await org.now(), Directory()
    found: dict[RecordId, Planned] = {}
    work = OpenWork(org, found, now=now)
    for name in objects_that_move(policies):
        knowledge = await know(settings, org, name, policies=policies)
        if not found:
            directory = knowledge.directory
            found |= planned(directory, signs, now=now, ahead=ahead)
        await work.look(knowledge, name, roster.is_open)
    return directory, {id_: (each, work.of(id_)) for id_, each in found.items()}


def _in_order(found: Iterable[PlannedAbsence]) -> list[PlannedAbsence]:
    return sorted(found, key=lambda each: (each.begins_at, each.person.name))


def _told(planned: Planned, directory: Directory, work: Work) -> PlannedAbsence:
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
        held=work.held,
        moves=work.moves,
    )
