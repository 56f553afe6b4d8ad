"""Which Business Hours does the seeded org have?  Sites, desks and shifts, one set per zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.seed.identities import ADMIN_USER_ID
from ortoo_daemon.sandbox.seed.places import CLOSED, week, zones
from ortoo_daemon.sandbox.seed.rows import created

_SHIFTS = {
    "Desk": ("08:00-20:00", "09:00-17:00", CLOSED),
    "Early": ("07:30-15:30", CLOSED, CLOSED),
    "Late": ("12:00-20:00", "10:00-18:00", CLOSED),
    "Mornings": ("09:00-13:00", CLOSED, CLOSED),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Ids of Business Hours by name: `Site FR Europe/Paris`, `Desk …`, `Early …` and so on."""

    ids: Mapping[str, str]

    def of(self, kind: str, country: str, zone: str) -> str:
        """The record of that kind for a country and zone."""
        return self.ids[f"{kind} {country} {zone}"]


def load_hours(org: Org) -> Hours:
    """Create the Business Hours; the default one never closes."""
    rows = [{"Name": "Always open", "IsDefault": True, "TimeZoneSidKey": "UTC"}]
    rows[0] |= week(*["00:00-00:00"] * 3)
    for country, zone in zones():
        site = {"Site": (country.weekdays, country.saturday, country.sunday)}
        for kind, spans in (site | _SHIFTS).items():
            name = f"{kind} {country.code} {zone}"
            rows.append({"Name": name, "TimeZoneSidKey": zone} | week(*spans))
    ids = created(org, "BusinessHours", rows, user_id=ADMIN_USER_ID)
    return Hours({str(row["Name"]): each for row, each in zip(rows, ids, strict=True)})
