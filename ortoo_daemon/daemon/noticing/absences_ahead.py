"""Who is told of the absences that lie ahead of their people, and when?

Their manager, else the managers of their rooftop: one list each, not before a time of day where they are, at
most one a day, and only when an absence is on it of which they were not told. What was told is kept in the
journal, so a restart tells nothing twice.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import FALLBACK_ZONE
from ortoo_daemon.daemon.noticing.seeming_away import superiors_of
from ortoo_daemon.daemon.planned_absences import (
    OpenWork,
    Planned,
    objects_that_move,
    planned,
    signs_that_move,
)
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.notify_model import ABSENCES_AHEAD, OrgWay
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.absence import Criteria
from ortoo_daemon.work.notices.values import KeptNotice
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_TOLD = "absences_ahead"

Lists = Mapping[RecordId, Sequence[Planned]]
"""By manager what lies ahead of their people, the first first."""


class AbsencesAhead:
    """Tells managers what `ortoo-daemon absences` shows. ``is_open`` as of the directory file in force."""

    def __init__(
        self,
        org: Org,
        queue: WorkQueue,
        knowledge: Knowledge,
        settings: NoticeSettings,
        *,
        is_open: Callable[[], Criteria],
        now: Callable[[], datetime],
    ) -> None:
        self._org, self._queue, self._knowledge = org, queue, knowledge
        self._settings, self._is_open, self._now = settings, is_open, now

    async def look(self) -> None:
        """Tell whoever is due. Raises OrgError, StateError."""
        asked = self._settings.planned_absences
        if asked is None:
            return
        now, directory = self._now(), self._knowledge.directory
        signs = signs_that_move(self._knowledge.policies.policy_set)
        lists = by_manager(
            planned(directory, signs, now=now, ahead=asked.ahead).values(), directory
        )
        told = _Told.read(await self._queue.noted(_TOLD))
        due = {
            manager: absences
            for manager, absences in lists.items()
            if (local := now.astimezone(self._zone(manager))).time() >= asked.earliest
            and told.lacks(manager, absences, on=f"{local:%Y-%m-%d}")
        }
        if not due:
            return
        work = await self._work_of(due, now)
        notices = [self._notice(manager, due[manager], work, now) for manager in sorted(due)]
        await self._queue.notices.tell(notices)
        for manager, absences in due.items():
            told.add(manager, absences, on=f"{now.astimezone(self._zone(manager)):%Y-%m-%d}")
        await self._queue.note(_TOLD, told.text(lists))
        _log.info("absence.ahead", managers=len(due), absences=sum(map(len, due.values())))

    async def _work_of(self, due: Lists, now: datetime) -> OpenWork:
        """What these people hold. By a copy of what is known: deciding for a later moment must not let the
        live one believe that it is later."""
        known = self._knowledge
        knowledge = Knowledge(
            policies=known.policies,
            directory=known.usable_directory(now),
            ledger=known.ledger,
            daemon_user=known.daemon_user,
            postal=known.postal,
            customers=known.customers,
            matched=known.matched,
            usernames=known.usernames,
        )
        found = {each.person.id: each for absences in due.values() for each in absences}
        work = OpenWork(self._org, found, now=now)
        for name in objects_that_move(knowledge.policies.policy_set):
            await work.look(knowledge, name, self._is_open())
        return work

    def _notice(
        self, manager: RecordId, absences: Sequence[Planned], work: OpenWork, now: datetime
    ) -> KeptNotice:
        """The bell leads to the manager: there is no record that it is about."""
        key = f"{_TOLD}:{manager}:{_digest(absences)}"
        quiet = self._settings.quiet_hours
        ends = quiet.end_after(now, self._zone(manager).key) if quiet else None
        return KeptNotice(
            key=key,
            decision_key=key,
            object="",
            record_id=manager,
            outcome="",
            told_to=NoticeTo.MANAGER.value,
            way=OrgWay.SALESFORCE.value,
            template=ABSENCES_AHEAD,
            recipient=manager,
            held_at=now,
            due_at=ends or now,
            about=json.dumps(
                {"absences": [_about(each, work, self._knowledge.directory) for each in absences]}
            ),
        )

    def _zone(self, manager: RecordId) -> ZoneInfo:
        person = self._knowledge.directory.people.get(manager)
        return ZoneInfo((person.zone if person else None) or FALLBACK_ZONE)


def by_manager(absences: Iterable[Planned], directory: Directory) -> dict[RecordId, list[Planned]]:
    """The absences that each manager is told of, the first first."""
    found: dict[RecordId, list[Planned]] = defaultdict(list)
    for each in absences:
        for manager in superiors_of(each.person, directory):
            found[manager].append(each)
    for some in found.values():
        some.sort(key=lambda each: (each.begins_at, each.person.name))
    return dict(found)


class _Told:
    """By manager the day on which they were told last, and the absences of which they know."""

    def __init__(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        self._on = {manager: str(each["on"]) for manager, each in kept.items()}
        self._of = {manager: set(each["of"]) for manager, each in kept.items()}

    @classmethod
    def read(cls, text: str | None) -> "_Told":
        return cls(json.loads(text) if text else {})

    def lacks(self, manager: str, absences: Iterable[Planned], *, on: str) -> bool:
        """Whether there is something to tell, and today nothing was told yet."""
        news = {_mark(each) for each in absences} - self._of.get(manager, set())
        return bool(news) and self._on.get(manager) != on

    def add(self, manager: str, absences: Iterable[Planned], *, on: str) -> None:
        self._on[manager] = on
        self._of.setdefault(manager, set()).update(map(_mark, absences))

    def text(self, lists: Lists) -> str:
        """As it is kept: of absences that still lie ahead alone."""
        ahead = {
            manager: sorted({_mark(each) for each in lists.get(RecordId(manager), ())} & known)
            for manager, known in self._of.items()
        }
        return json.dumps(
            {m: {"on": self._on[m], "of": of} for m, of in sorted(ahead.items()) if of}
        )


def _mark(absence: Planned) -> str:
    return f"{absence.person.id}@{absence.begins_at:%Y%m%dT%H%M%SZ}"


def _digest(absences: Iterable[Planned]) -> str:
    """The same for the same list, so that a kill between telling and noting it tells it once."""
    return sha256("|".join(sorted(map(_mark, absences))).encode()).hexdigest()[:12]


def _about(absence: Planned, work: OpenWork, directory: Directory) -> dict[str, Any]:
    person = absence.person
    site = directory.rooftops.get(person.rooftop) if person.rooftop else None
    seen = work.of(person.id)
    return {
        "name": person.name,
        "rooftop": site.name if site else "",
        "sign": absence.sign.value,
        "begins_at": instant_text(absence.begins_at),
        "ends_at": instant_text(absence.ends_at) if absence.ends_at else "",
        "holds": sum(seen.held.values()),
        "moves": sum(seen.moves.values()),
    }
