"""Which rooftops does the org know, and who works there? Read for understanding e-mails; writes nothing.

Rooftops are the Accounts that directory.yaml names, closed ones too: people write about sites that are gone.
Fields that an org may lack (e-mail domains, former names) are read where it has them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ortoo_daemon.intake.triage.dealers import Dealer, dealers_of
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import RooftopMapping, conditions
from ortoo_daemon.salesforce.org import Org

STATUS = "Status__c"
"""Says which rooftops are open; not asked for here."""

_PLAIN = ("BillingStreet", "BillingCity", "BillingState", "BillingPostalCode", "BillingCountryCode")
_OPTIONAL = ("Email_Domains__c", "Former_Names__c", "Phone", STATUS)
ACCOUNT_FIELDS = (*_PLAIN, *_OPTIONAL)
"""What is read of a rooftop beside what the directory file names, as far as the org has it."""

CONTACT_FIELDS = ("Id", "AccountId", "Name", "Email", "Phone", "Title")


async def dealers_in(org: Org, mapping: RooftopMapping) -> tuple[Dealer, ...]:
    """Every rooftop of the org with its people, open or closed."""
    described = await org.describe(mapping.source)
    group = _parent_name(mapping.group)
    wanted = [mapping.name, mapping.code, mapping.brand, *_PLAIN, *_OPTIONAL]
    fields = ["Id", *dict.fromkeys(f for f in wanted if f and f in described.fields)]
    where = {field: value for field, value in mapping.where.items() if field != STATUS}
    accounts, people = await asyncio.gather(
        org.query(
            soql.select(
                mapping.source,
                [*fields, *([group] if group else [])],
                where=conditions(where),
                order_by=["Id"],
            )
        ),
        _people(org, mapping, where),
    )
    return dealers_of(_rows(accounts, people, mapping, group))


async def _people(
    org: Org, mapping: RooftopMapping, where: Mapping[str, Any]
) -> list[dict[str, Any]]:
    of_rooftops = soql.among("AccountId", mapping.source, conditions(where))
    return await org.query(
        soql.select("Contact", CONTACT_FIELDS, where=[of_rooftops], order_by=["Id"])
    )


def _parent_name(group: str | None) -> str | None:
    """The path to the group's name: ``ParentId`` is ``Parent.Name``, ``Group__c`` is ``Group__r.Name``."""
    if group is None:
        return None
    parent = f"{group[:-3]}__r" if group.endswith("__c") else group.removesuffix("Id")
    return f"{parent}.Name"


def _rows(
    accounts: Iterable[Mapping[str, Any]],
    people: Iterable[Mapping[str, Any]],
    mapping: RooftopMapping,
    group: str | None,
) -> Iterable[dict[str, Any]]:
    """Accounts as a file of dealers would hold them."""
    contacts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for person in people:
        contacts[person["AccountId"]].append(person)
    for account in accounts:
        yield {
            **account,
            "Name": account[mapping.name],
            "Dealer_Code__c": account.get(mapping.code or ""),
            "Brands__c": account.get(mapping.brand or ""),
            "Group": account.get(group or ""),
            "Contacts": contacts.get(account["Id"], []),
        }
