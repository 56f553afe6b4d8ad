"""Who is away by other signs than their own fields: frozen logins, presence, the calendar?

Each is asked of the org only where the directory file names it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ortoo_daemon.directory import Person
from ortoo_daemon.instants import instant
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import AbsenceMapping
from ortoo_daemon.salesforce.org import Org

LOOK_AHEAD = timedelta(days=8)
"""Calendar entries that begin later are read when they come nearer."""

AWAY = "Away"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceSigns:
    """One reading. ``leave`` are spans of the calendar, by person, in order."""

    frozen: frozenset[RecordId] = frozenset()
    away: frozenset[RecordId] = frozenset()
    leave: Mapping[RecordId, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict)

    def applied_to(self, person: Person) -> Person:
        """The person as these signs show them; their own fields come first where they say away."""
        changes: dict[str, object] = {}
        if person.id in self.frozen:
            changes["active"] = False
        if person.id in self.away and person.away_until is None:
            changes["availability"] = AWAY
        if person.id in self.leave:
            changes["leave"] = self.leave[person.id]
        return replace(person, **changes) if changes else person  # type: ignore[arg-type]


async def read_signs(org: Org, mapping: AbsenceMapping, now: datetime) -> AbsenceSigns:
    """What the org shows now. Raises OrgError; PermanentOrgError where a sign can't be read."""
    return AbsenceSigns(
        frozen=await _frozen(org) if mapping.frozen else frozenset(),
        away=await _away(org, mapping) if mapping.presence is not None else frozenset(),
        leave=await _leave(org, now) if mapping.calendar else {},
    )


async def _frozen(org: Org) -> frozenset[RecordId]:
    where = [soql.equals("IsFrozen", True)]
    rows = await org.query(soql.select("UserLogin", ["UserId"], where=where))
    return frozenset(record_id(str(row["UserId"])) for row in rows)


async def _away(org: Org, mapping: AbsenceMapping) -> frozenset[RecordId]:
    """Who is in a presence status that counts as away: by Omni-Channel's own word, or by name."""
    name = "ServicePresenceStatus.DeveloperName"
    where = [soql.equals("IsCurrentState", True)]
    rows = await org.query(
        soql.select("UserServicePresence", ["UserId", "IsAway", name], where=where)
    )
    named = {each.casefold() for each in mapping.presence or ()}
    return frozenset(
        record_id(str(row["UserId"]))
        for row in rows
        if row["IsAway"] or str(row.get(name) or "").casefold() in named
    )


async def _leave(org: Org, now: datetime) -> dict[RecordId, tuple[tuple[datetime, datetime], ...]]:
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
