"""Which rooftops does the org know, and which e-mails hang on a case? Read for `triage`; writes nothing.

Rooftops are the Accounts that directory.yaml names, closed ones too: people write about sites that are gone.
Fields that an org may lack (e-mail domains, former names) are read where it has them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.asking.triaging import NamedMail, triager_with
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.instants import instant
from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.dealers import Dealer, dealers_of
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import RooftopMapping, conditions
from ortoo_daemon.salesforce.org import Org

STATUS = "Status__c"
"""Says which rooftops are open; not asked for here."""

_PLAIN = ("BillingStreet", "BillingCity", "BillingState", "BillingPostalCode", "BillingCountryCode")
_OPTIONAL = ("Email_Domains__c", "Former_Names__c", "Phone", STATUS)
_CONTACT = ("AccountId", "Name", "Email", "Phone", "Title")
_MAIL = (
    "Id",
    "Subject",
    "FromAddress",
    "FromName",
    "ToAddress",
    "TextBody",
    "HtmlBody",
    "Headers",
    "MessageDate",
)


class NoMailError(OrtooError):
    """The case has no e-mail that came in."""


async def of_org(
    settings: Settings, case: RecordId | None, taxonomy: Taxonomy, directory: Path | None
) -> tuple[list[NamedMail], Triager]:
    """The e-mails of a case (none without a case), and what understands them.

    Rooftops come from the file where one is given. Raises ConfigError, LoginError, NoMailError.
    """
    async with logged_in(settings) as org:
        mails = await mails_of_case(org, case) if case else []
        if directory is not None:
            return mails, triager_with(directory, taxonomy)
        mapping = read_directory_mapping(settings.path(settings.directory))
        return mails, Triager.of(await dealers_in(org, mapping.rooftops), taxonomy)


async def mails_of_case(org: Org, case: RecordId) -> list[NamedMail]:
    """The e-mails that came in for a case, the first one first. Raises NoMailError."""
    rows = await org.query(
        soql.select(
            "EmailMessage",
            _MAIL,
            where=[soql.equals("ParentId", case), soql.equals("Incoming", True)],
            order_by=["MessageDate", "Id"],
        )
    )
    if not rows:
        raise NoMailError(f"{case}: no e-mail came in for this case; name one that came by e-mail")
    return [NamedMail(id=str(row["Id"]), mail=mail_of(row)) for row in rows]


def mail_of(row: Mapping[str, Any]) -> Mail:
    """The mail in a row of EmailMessage."""
    headers = HeaderParser().parsestr(row.get("Headers") or "")
    received = row.get("MessageDate")
    return Mail(
        subject=row.get("Subject") or "",
        from_address=row.get("FromAddress") or "",
        from_name=row.get("FromName") or "",
        to_address=row.get("ToAddress") or "",
        received_at=instant(received) if received else None,
        text_body=row.get("TextBody") or "",
        html_body=row.get("HtmlBody") or "",
        headers=tuple((name.lower(), str(value)) for name, value in headers.items()),
    )


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
    return await org.query(soql.select("Contact", _CONTACT, where=[of_rooftops], order_by=["Id"]))


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
