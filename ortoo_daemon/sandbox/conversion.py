"""How does a lead become a customer?  Conversion, as a person does it in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.row_rules import check_updatable
from ortoo_daemon.sandbox.storage import Row

_QUIET = WriteOptions(auto_assign=False)
_CLOSES_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Ids of what a conversion made or used."""

    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert_lead(
    org: Org,
    lead_id: str,
    *,
    user_id: str,
    account_id: str | None = None,
    with_opportunity: bool = True,
) -> Converted:
    """Create account (unless given), contact and opportunity; then close the lead for good.

    They belong to the lead's owner, or to `user_id` where a queue holds the lead. Raises OrgError,
    CANNOT_UPDATE_CONVERTED_LEAD for a lead that is converted already.
    """
    kind = org.schema.object("Lead")
    with org.transaction(user_id=user_id) as unit:
        lead = org.existing("Lead", lead_id)
        check_updatable(kind, lead, _QUIET)
        owner = lead["OwnerId"] if lead["OwnerId"].startswith("005") else user_id
        made = _customer(org, lead, owner, account_id, with_opportunity)
        closing: Row = {
            "IsConverted": True,
            "IsUnreadByOwner": False,
            "Status": kind.converted_status,
            "ConvertedDate": unit.stamp[:10],
            "ConvertedAccountId": made.account_id,
            "ConvertedContactId": made.contact_id,
            "ConvertedOpportunityId": made.opportunity_id,
        }
        org.writer().apply(unit, kind, lead, closing, _QUIET)
    return made


def _customer(
    org: Org, lead: Row, owner: str, account_id: str | None, with_opportunity: bool
) -> Converted:
    """The records that the lead turns into. `org.create` joins the open transaction."""
    if account_id is None:
        address = {f"Billing{n}": lead[n] for n in ("Street", "City", "PostalCode", "Country")}
        values = {"Name": lead["Company"], "OwnerId": owner, "Phone": lead["Phone"], **address}
        account_id = org.create("Account", values, user_id=owner, options=_QUIET)
    person = {n: lead[n] for n in ("FirstName", "LastName", "Email", "Phone", "MobilePhone")}
    contact = {
        **person,
        "AccountId": account_id,
        "OwnerId": owner,
        "LeadSource": lead["LeadSource"],
    }
    contact_id = org.create("Contact", contact, user_id=owner, options=_QUIET)
    opportunity_id = None
    if with_opportunity:
        opportunity = {
            "Name": f"{lead['Company']}-"[:120],
            "AccountId": account_id,
            "OwnerId": owner,
            "StageName": "Prospecting",
            "CloseDate": (org.clock() + _CLOSES_AFTER).date().isoformat(),
        }
        opportunity_id = org.create("Opportunity", opportunity, user_id=owner, options=_QUIET)
    return Converted(account_id=account_id, contact_id=contact_id, opportunity_id=opportunity_id)
