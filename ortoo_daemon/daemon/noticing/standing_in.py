"""Who is told in the stead of somebody who is not active any more? Their manager, else their rooftop's.

The org takes a bell for a user who can't log in and nobody reads it, and refuses a task. So who is to be told
is looked at when the telling begins: by the directory, by the record's own owner as it was just read, and in
the org where somebody is not on the roster. Where everybody is active that costs no call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ortoo_daemon.action.stamps import OWNER, ROOFTOP
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import quiet_until
from ortoo_daemon.daemon.noticing.words import OWNER_ACTIVE, Rows
from ortoo_daemon.policy.notify_model import OrgWay
from ortoo_daemon.policy.sla_model import Superior
from ortoo_daemon.records import Owner, OwnerKind, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.values import KeptNotice

USER_WAYS = frozenset({OrgWay.SALESFORCE.value, OrgWay.CHATTER.value, OrgWay.TASK.value})
"""Ways that lead to users; an alert of the org knows its recipients itself."""

_LEVELS = 3
"""So far up the line of managers is looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What is known of a user, on the roster or not."""

    name: str
    active: bool
    manager: RecordId | None = None
    rooftop: RecordId | None = None


@dataclass(slots=True, kw_only=True)
class Reached:
    """Notices to tell ``now``, some with a stand-in as recipient (``stood_in``); those to tell ``later``,
    when the stand-in's quiet hours end; those whose stand-in is ``told`` the same anyway; and those that
    ``nobody`` is left for. ``inactive`` are the recipients who are not active."""

    now: list[KeptNotice] = field(default_factory=list)
    stood_in: list[KeptNotice] = field(default_factory=list)
    later: list[tuple[KeptNotice, datetime]] = field(default_factory=list)
    told: list[KeptNotice] = field(default_factory=list)
    nobody: list[KeptNotice] = field(default_factory=list)
    inactive: set[str] = field(default_factory=set)


class StandingIn:
    """Finds who can be told."""

    def __init__(self, org: Org, knowledge: Knowledge, settings: NoticeSettings) -> None:
        self._org = org
        self._knowledge = knowledge
        self._settings = settings

    async def find(self, notices: Sequence[KeptNotice], rows: Rows, *, now: datetime) -> Reached:
        """``rows`` are the records as `Words.read` has them. Raises OrgError."""
        logins = await self._logins({RecordId(each.recipient) for each in notices}, rows, notices)
        found = Reached()
        known = {_same(each, each.recipient) for each in notices}
        for notice in sorted(notices, key=lambda each: not each.urgent):
            login = logins.get(RecordId(notice.recipient))
            if login is None or login.active:
                found.now.append(notice)
                continue
            found.inactive.add(notice.recipient)
            other = self._other(notice, rows.get(notice.record_id, {}), logins, now)
            if other is None:
                found.nobody.append(notice)
            elif _same(notice, other) in known:
                found.told.append(notice)
            else:
                known.add(_same(notice, other))
                self._give(found, replace(notice, recipient=other, instead_of=login.name), now)
        return found

    def _give(self, found: Reached, notice: KeptNotice, now: datetime) -> None:
        ends_at = None
        if not notice.urgent:
            ends_at = quiet_until(self._settings, self._knowledge.directory, notice.recipient, now)
        if ends_at is not None and ends_at > now:
            found.later.append((notice, ends_at))
            return
        found.now.append(notice)
        found.stood_in.append(notice)

    async def _logins(
        self, recipients: set[RecordId], rows: Rows, notices: Sequence[KeptNotice]
    ) -> dict[RecordId, Login]:
        """Of the recipients who are users, and of those above them who are not active."""
        known: dict[RecordId, Login] = {}
        left = {id_ for each in notices if (id_ := _left(rows.get(each.record_id, {})))}
        asked = {each for each in recipients if _is_user(each)}
        for _ in range(_LEVELS):
            await self._learn(known, asked - known.keys())
            known |= {id_: replace(known[id_], active=False) for id_ in left & known.keys()}
            inactive = [each for each in known.values() if not each.active]
            asked = {each.manager for each in inactive if each.manager is not None}
            if not asked - known.keys():
                break
        return known

    async def _learn(self, known: dict[RecordId, Login], asked: set[RecordId]) -> None:
        """By the directory, of others in the org. Whom the org does not show is taken for active."""
        people = self._knowledge.directory.people
        for id_ in asked & people.keys():
            person = people[id_]
            known[id_] = Login(
                name=person.name,
                active=person.active,
                manager=person.manager,
                rooftop=person.rooftop,
            )
        for some in soql.chunks(sorted(asked - people.keys())):
            where = [soql.one_of("Id", some)]
            fields = ["Id", "Name", "IsActive", "ManagerId"]
            for row in await self._org.query(soql.select("User", fields, where=where)):
                known[record_id(str(row["Id"]))] = _login(row)

    def _other(
        self,
        notice: KeptNotice,
        row: Mapping[str, Any],
        logins: Mapping[RecordId, Login],
        now: datetime,
    ) -> RecordId | None:
        """Who stands in: of those who are active the first who is there, else the first."""
        gone = RecordId(notice.recipient)
        above = [each for each in self._above(gone, row, logins) if each != gone]
        people = self._knowledge.directory.people
        there = [each for each in above if each not in people or not people[each].is_away(now)]
        return next(iter((*there, *above)), None)

    def _above(
        self, gone: RecordId, row: Mapping[str, Any], logins: Mapping[RecordId, Login]
    ) -> Iterator[RecordId]:
        """The active among: the manager, the managers of the record's rooftop and of their own, and who is
        next above a manager who is not active."""
        line = list(_line(gone, logins))
        active = [each for each in line if each not in logins or logins[each].active]
        yield from (each for each in active if each == line[0])
        directory = self._knowledge.directory
        places = (str(row.get(ROOFTOP) or ""), logins[gone].rooftop)
        for place in places:
            for person in directory.people_by_rooftop.get(RecordId(place), ()) if place else ():
                role = (person.role or "").casefold()
                if person.active and role == Superior.ROOFTOP_MANAGER.value:
                    yield person.id
        yield from active


def _line(gone: RecordId, logins: Mapping[RecordId, Login]) -> Iterator[RecordId]:
    """The manager, of one who is not active the manager's manager, and so on."""
    manager = logins[gone].manager
    for _ in range(_LEVELS):
        if manager is None:
            return
        yield manager
        login = logins.get(manager)
        if login is None or login.active:
            return
        manager = login.manager


def _login(row: Mapping[str, Any]) -> Login:
    manager = row["ManagerId"]
    return Login(
        name=str(row["Name"]),
        active=bool(row["IsActive"]),
        manager=record_id(str(manager)) if manager else None,
    )


def _left(row: Mapping[str, Any]) -> RecordId | None:
    """The record's owner where the org knows them as inactive."""
    owner = str(row.get(OWNER) or "")
    return RecordId(owner) if owner and row.get(OWNER_ACTIVE) is False else None


def _is_user(recipient: RecordId) -> bool:
    return bool(recipient) and Owner.kind_of(recipient) is OwnerKind.USER


def _same(notice: KeptNotice, recipient: str) -> tuple[str, str, str, str]:
    """What one person is told once: the same of the same decision."""
    return notice.decision_key, notice.template, notice.clock, recipient
