"""How does the sandbox get a network of any size? Its own sites, copied and moved a little, with staff.

Copies keep brands, country, postal code, certificates and hours of the site they are made from, so that
the shipped policies route to them as to the originals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from typing import Any

from benchmarks.org import ADMIN, Org

_COPIED = (
    "Type",
    "Status__c",
    "Region__c",
    "BillingCity",
    "BillingPostalCode",
    "BillingCountry",
    "BillingLatitude",
    "BillingLongitude",
    "Brands__c",
    "EV_Certified__c",
    "Fleet_Certified__c",
    "Workshop_Score__c",
    "Crm__c",
    "BusinessHours__c",
)
_ROLES = "('sales_adviser', 'rooftop_manager', 'service_agent', 'desk_lead')"
_SKILLS = ("ev", "fleet", "senior", "used_cars", None)
_LANGUAGES = ("fr;en", "de;en", "es;en", "en", "it;fr")
_MOVED_BY = 0.2
"""Degrees at the most, some 20 km."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adviser:
    """Somebody who can hold leads. ``hours`` are those of the site."""

    id: str
    rooftop: str
    hours: str


def grow_network(org: Org, *, rooftops: int, people: int) -> None:
    """Add sites and staff until so many are open and at work; what is more stays."""
    random = Random(11)
    where = "Type = 'Dealer' AND Status__c = 'Active'"
    fields = ", ".join(("Id", *_COPIED))
    sites = list(org.rows(f"SELECT {fields} FROM Account WHERE {where} ORDER BY Id"))
    rows = list(islice(_copies(sites, random), max(0, rooftops - len(sites))))
    copied = [
        row | {"Id": id_} for row, id_ in zip(rows, org.create(rows, user=ADMIN), strict=True)
    ]
    at_work = f"SELECT COUNT() FROM User WHERE IsActive = true AND Ortoo_Role__c IN {_ROLES}"
    _hire(org, copied or sites, people - org.count(at_work), random)


def advisers(org: Org) -> list[Adviser]:
    """Everybody who can hold leads."""
    sites = org.rows("SELECT Id, BusinessHours__c FROM Account WHERE Type = 'Dealer'")
    hours = {row["Id"]: row["BusinessHours__c"] for row in sites}
    people = org.rows(
        "SELECT Id, Ortoo_Rooftop__c FROM User "
        "WHERE IsActive = true AND Ortoo_Role__c = 'sales_adviser' ORDER BY Id"
    )
    return [
        Adviser(id=row["Id"], rooftop=row["Ortoo_Rooftop__c"], hours=hours[row["Ortoo_Rooftop__c"]])
        for row in people
        if hours.get(row["Ortoo_Rooftop__c"])
    ]


def _copies(sites: Sequence[Mapping[str, Any]], random: Random) -> Iterator[dict[str, Any]]:
    for number, site in enumerate(cycle(sites)):
        row = {name: site[name] for name in _COPIED}
        for name in ("BillingLatitude", "BillingLongitude"):
            if row[name] is not None:
                row[name] = round(row[name] + random.uniform(-_MOVED_BY, _MOVED_BY), 5)
        yield row | {
            "attributes": {"type": "Account"},
            "Name": f"Site {number}",
            "Dealer_Code__c": f"B{number:08d}",
        }


def _hire(org: Org, sites: Sequence[Mapping[str, Any]], count: int, random: Random) -> None:
    """A manager for each site first, then advisers turn by turn."""
    staff = max(0, count)
    bosses = list(islice((_boss(site, n) for n, site in enumerate(sites)), staff))
    ids = org.create(bosses, user=ADMIN)
    managed = list(zip(sites, ids, strict=False))
    team = (
        _adviser(site, boss, number, random)
        for number, (site, boss) in enumerate(islice(cycle(managed), staff - len(ids)))
    )
    org.create(team, user=ADMIN)


def _boss(site: Mapping[str, Any], number: int) -> dict[str, Any]:
    return _person(site, f"manager{number}") | {
        "Ortoo_Role__c": "rooftop_manager",
        "Ortoo_Skills__c": "senior",
        "Ortoo_Languages__c": "en",
    }


def _adviser(site: Mapping[str, Any], boss: str, number: int, random: Random) -> dict[str, Any]:
    return _person(site, f"adviser{number}") | {
        "Ortoo_Role__c": "sales_adviser",
        "ManagerId": boss,
        "Ortoo_Skills__c": random.choice(_SKILLS),
        "Ortoo_Languages__c": random.choice(_LANGUAGES),
        "Ortoo_Open_Limit__c": 25,
        "Ortoo_Weight__c": 100,
    }


def _person(site: Mapping[str, Any], name: str) -> dict[str, Any]:
    username = f"{name}@bench.example"
    return {
        "attributes": {"type": "User"},
        "Username": username,
        "Email": username,
        "LastName": name,
        "Alias": name[-8:],
        "TimeZoneSidKey": "UTC",
        "Ortoo_Rooftop__c": site["Id"],
    }
