"""Who is away by other signs than their own fields: frozen logins, presence, the calendar, shifts?

Each is asked of the org only where the directory file names it. Which of them is believed first is the
ranking's to say (`directory.Person.away_by`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.instants import instant
from ortoo_daemon.person import Person, Sign, Spans
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import AbsenceMapping, PersonMapping, conditions
from ortoo_daemon.salesforce.hours_mapping import zone_of
from ortoo_daemon.salesforce.missed_targets import read_missed
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.shifts import time_off

LOOK_AHEAD = timedelta(days=8)
"""Entries of calendars and shifts that begin later are read when they come nearer."""

_LONGEST_PAUSE = timedelta(days=200)
"""So many days are looked through for working days, at most."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceSigns:
    """One reading.

    ``present`` is what Omni-Channel says of whom it knows, ``leave`` are spans of the calendar in order.
    ``logins`` are the last logins (of who never did: the creation) that may be too old, ``missed`` since
    when somebody is taken for absent. ``day`` is that of the reading, where shift tables count.
    """

    frozen: frozenset[RecordId] = frozenset()
    present: Mapping[RecordId, bool] = field(default_factory=dict)
    leave: Mapping[RecordId, Spans] = field(default_factory=dict)
    logins: Mapping[RecordId, datetime] = field(default_factory=dict)
    missed: Mapping[RecordId, datetime] = field(default_factory=dict)
    day: date | None = None

    def applied_to(
        self,
        people: Iterable[Person],
        mapping: AbsenceMapping,
        hours: Mapping[str, BusinessHours],
    ) -> list[Person]:
        """The people as these signs show them."""
        if not mapping.is_asked:
            return list(people)
        staff = list(people)
        off = self._off_shift(staff, mapping)
        return [self._applied(each, mapping, off, hours) for each in staff]

    def _applied(
        self,
        person: Person,
        mapping: AbsenceMapping,
        off: Mapping[str, Spans],
        hours: Mapping[str, BusinessHours],
    ) -> Person:
        id_, last_login = person.id, self.logins.get(person.id)
        changes: dict[str, object] = {"ranking": mapping.ranking} if mapping.ranking else {}
        if id_ in self.frozen:
            changes["active"] = False
        if id_ in self.present:
            changes["present"] = self.present[id_]
        if id_ in self.leave:
            changes["leave"] = self.leave[id_]
        if id_ in self.missed:
            changes["missed_at"] = self.missed[id_]
        if person.username and (spans := off.get(person.username.casefold())):
            changes["off_shift"] = spans
        if last_login is not None and mapping.login is not None:
            kept, days = hours.get(person.hours or ""), mapping.login.working_days
            changes["no_login_at"] = overdue_at(last_login, days, kept, person.zone)
        return replace(person, **changes) if changes else person  # type: ignore[arg-type]

    def _off_shift(self, people: Iterable[Person], mapping: AbsenceMapping) -> dict[str, Spans]:
        if self.day is None or not isinstance(mapping.shifts, list):
            return {}
        zones = {each.username.casefold(): each.zone for each in people if each.username}
        first = self.day - timedelta(days=1)
        return time_off(mapping.shifts, zones, first=first, last=self.day + LOOK_AHEAD)


def overdue_at(
    last_login: datetime, working_days: int, hours: BusinessHours | None, zone: str | None
) -> datetime | None:
    """When so many working days have passed since the day of a login: the end of the last of them.

    Days are those on which the hours open; Monday to Friday where none are known. None where the hours
    hardly ever open.
    """
    if hours is not None:
        local, ends = ZoneInfo(hours.zone), dict[date, datetime]()
        for begins_at, ends_at in hours.open_spans(last_login, last_login + _LONGEST_PAUSE):
            ends[begins_at.astimezone(local).date()] = ends_at
            if len(ends) > working_days + 1:
                break
        login_day = last_login.astimezone(local).date()
        later = [at for day, at in sorted(ends.items()) if day > login_day]
        return later[working_days - 1] if len(later) >= working_days else None
    place = zone_of(zone or "") or ZoneInfo("UTC")
    day, left = last_login.astimezone(place).date(), working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=place)
    return midnight.astimezone(UTC)


async def read_signs(
    org: Org, mapping: AbsenceMapping, people: PersonMapping, now: datetime
) -> AbsenceSigns:
    """What the org shows now. Raises OrgError; PermanentOrgError where a sign can't be read."""
    missed = mapping.missed
    return AbsenceSigns(
        frozen=await _frozen(org) if mapping.frozen else frozenset(),
        present=await _present(org, mapping) if mapping.presence is not None else {},
        leave=await _leave(org, now) if mapping.calendar else {},
        logins=await _logins(org, mapping, people, now) if mapping.login is not None else {},
        missed=await read_missed(org, missed.in_a_row, now) if missed is not None else {},
        day=now.date() if Sign.SHIFTS in mapping.signs else None,
    )


async def _frozen(org: Org) -> frozenset[RecordId]:
    where = [soql.equals("IsFrozen", True)]
    rows = await org.query(soql.select("UserLogin", ["UserId"], where=where))
    return frozenset(record_id(str(row["UserId"])) for row in rows)


async def _present(org: Org, mapping: AbsenceMapping) -> dict[RecordId, bool]:
    """Who is in a presence status, and whether it counts as there: by Omni-Channel's own word, or by name."""
    name = "ServicePresenceStatus.DeveloperName"
    where = [soql.equals("IsCurrentState", True)]
    rows = await org.query(
        soql.select("UserServicePresence", ["UserId", "IsAway", name], where=where)
    )
    away = {each.casefold() for each in mapping.presence or ()}
    found: dict[RecordId, bool] = {}
    for row in rows:
        there = not row["IsAway"] and str(row.get(name) or "").casefold() not in away
        person = record_id(str(row["UserId"]))
        found[person] = there and found.get(person, True)
    return found


async def _leave(org: Org, now: datetime) -> dict[RecordId, Spans]:
    """Entries of calendars shown as out of office that are not over and begin soon."""
    where = [
        soql.equals("ShowAs", "OutOfOffice"),
        soql.at_least("EndDateTime", now),
        soql.below("StartDateTime", now + LOOK_AHEAD),
    ]
    fields = ["OwnerId", "StartDateTime", "EndDateTime"]
    found: dict[RecordId, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in await org.query(soql.select("Event", fields, where=where)):
        begins_at, ends_at = instant(row["StartDateTime"]), instant(row["EndDateTime"])
        if begins_at is not None and ends_at is not None and begins_at < ends_at:
            found[record_id(str(row["OwnerId"]))].append((begins_at, ends_at))
    return {person: tuple(sorted(spans)) for person, spans in found.items()}


async def _logins(
    org: Org, mapping: AbsenceMapping, people: PersonMapping, now: datetime
) -> dict[RecordId, datetime]:
    """Last logins that are older than the working days would be in a row; without one, the creation."""
    days = mapping.login.working_days if mapping.login is not None else 0
    before, found = now - timedelta(days=days), dict[RecordId, datetime]()
    old = [soql.below("LastLoginDate", before)]
    never = [soql.equals("LastLoginDate", None), soql.below("CreatedDate", before)]
    for column, where in (("LastLoginDate", old), ("CreatedDate", never)):
        asked = [*conditions(people.where), *where]
        for row in await org.query(soql.select(people.source, ["Id", column], where=asked)):
            at = instant(row[column])
            if at is not None:
                found[record_id(str(row["Id"]))] = at
    return found
