"""What are the org's ids called? Read once before the day begins, for people to read."""

from collections.abc import Mapping
from dataclasses import dataclass

from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """By id. ``advisers`` are the sales advisers of each rooftop."""

    rooftops: Mapping[str, str]
    regions: Mapping[str, str]
    queues: Mapping[str, str]
    people: Mapping[str, str]
    advisers: Mapping[str, tuple[str, ...]]


async def read_names(org: Org) -> Names:
    """Raises OrgError."""
    dealers = await org.query(
        soql.select("Account", ["Id", "Name", "Region__c"], where=[soql.equals("Type", "Dealer")])
    )
    fields = ["Id", "Name", "Ortoo_Role__c", "Ortoo_Rooftop__c", "IsActive"]
    people = await org.query(soql.select("User", fields, order_by=["Id"]))
    advisers: dict[str, tuple[str, ...]] = {}
    for person in people:
        if person["IsActive"] and person["Ortoo_Role__c"] == "sales_adviser":
            rooftop = person["Ortoo_Rooftop__c"]
            advisers[rooftop] = (*advisers.get(rooftop, ()), person["Id"])
    return Names(
        rooftops={each["Id"]: each["Name"] for each in dealers},
        regions={each["Id"]: each["Region__c"] for each in dealers},
        queues={str(each.id): each.label for each in await org.queues()},
        people={each["Id"]: each["Name"] for each in people},
        advisers=advisers,
    )
