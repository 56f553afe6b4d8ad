"""What are the org's ids called? Read once before the day begins, for people to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_OF_PEOPLE = (
    "Id",
    "Name",
    "Ortoo_Role__c",
    "Ortoo_Rooftop__c",
    "IsActive",
    "Ortoo_Availability__c",
    "Ortoo_Skills__c",
    "Ortoo_Open_Limit__c",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """By id. ``advisers`` are the sales advisers of each rooftop who are there, ``site_of`` says where each
    of them is; ``skills`` and ``open_limits`` are people's own."""

    rooftops: Mapping[str, str]
    regions: Mapping[str, str]
    queues: Mapping[str, str]
    people: Mapping[str, str]
    advisers: Mapping[str, tuple[str, ...]]
    site_of: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open_limits: Mapping[str, int] = field(default_factory=dict)


async def read_names(org: Org) -> Names:
    """Raises OrgError."""
    dealers = await org.query(
        soql.select("Account", ["Id", "Name", "Region__c"], where=[soql.equals("Type", "Dealer")])
    )
    people = await org.query(soql.select("User", _OF_PEOPLE, order_by=["Id"]))
    advisers: dict[str, tuple[str, ...]] = {}
    for person in people:
        there = person["IsActive"] and not person["Ortoo_Availability__c"]
        if there and person["Ortoo_Role__c"] == "sales_adviser":
            rooftop = person["Ortoo_Rooftop__c"]
            advisers[rooftop] = (*advisers.get(rooftop, ()), person["Id"])
    return Names(
        rooftops={each["Id"]: each["Name"] for each in dealers},
        regions={each["Id"]: each["Region__c"] for each in dealers},
        queues={str(each.id): each.label for each in await org.queues()},
        people={each["Id"]: each["Name"] for each in people},
        advisers=advisers,
        site_of={person: site for site, team in advisers.items() for person in team},
        skills={
            each["Id"]: frozenset((each["Ortoo_Skills__c"] or "").split(";")) for each in people
        },
        open_limits={
            each["Id"]: int(limit) for each in people if (limit := each["Ortoo_Open_Limit__c"])
        },
    )
