"""Which dealers does the seeded org have?  Rooftop and group Accounts with their contacts.

`directory.json` holds invented dealers; what it lacks (certifications, hand-over, hours) is
derived from the dealer code, so every run gives the same org.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.seed.hours import Hours
from ortoo_daemon.sandbox.seed.identities import ADMIN_USER_ID
from ortoo_daemon.sandbox.seed.places import COUNTRIES, zone_of
from ortoo_daemon.sandbox.seed.rows import created

_COPIED = (
    "Id",
    "Name",
    "Dealer_Code__c",
    "Region__c",
    "BillingStreet",
    "BillingCity",
    "BillingState",
    "BillingPostalCode",
    "BillingCountry",
    "Phone",
    "Status__c",
    "Closed_Date__c",
)
_EV_SHARE, _FLEET_SHARE, _ADF_SHARE, _NO_CRM_SHARE = 0.5, 0.35, 0.25, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooftop:
    """What the roster needs to know of a rooftop."""

    id: str
    name: str
    country: str
    zone: str
    region: str
    active: bool
    ev: bool
    fleet: bool


def read_directory() -> list[dict[str, Any]]:
    """The dealers of `directory.json`."""
    text = resources.files(__package__).joinpath("directory.json").read_text(encoding="utf-8")
    dealers: list[dict[str, Any]] = json.loads(text)
    return dealers


def load_rooftops(org: Org, hours: Hours) -> list[Rooftop]:
    """Create group and rooftop Accounts and their contacts."""
    dealers = read_directory()
    names = list(dict.fromkeys(each["Group"] for each in dealers if each["Group"]))
    groups = [{"Name": name, "Type": "Dealer Group", "Industry": "Automotive"} for name in names]
    parents = dict(zip(names, created(org, "Account", groups, user_id=ADMIN_USER_ID), strict=True))
    rooftops = [_rooftop(each) for each in dealers]
    helpers = _back_ups(dealers)
    rows = [
        _account(dealer, rooftop, parents, hours)
        | {"Back_Up__c": helpers.get(dealer["Dealer_Code__c"])}
        for dealer, rooftop in zip(dealers, rooftops, strict=True)
    ]
    created(org, "Account", rows, user_id=ADMIN_USER_ID)
    created(org, "Contact", list(_contacts(dealers)), user_id=ADMIN_USER_ID)
    return rooftops


def share(*parts: str) -> float:
    """A repeatable number in [0, 1) for some texts."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _rooftop(dealer: Mapping[str, Any]) -> Rooftop:
    country = COUNTRIES[dealer["BillingCountryCode"]]
    code, active = dealer["Dealer_Code__c"], dealer["Status__c"] == "Active"
    return Rooftop(
        id=dealer["Id"],
        name=dealer["Name"],
        country=country.code,
        zone=zone_of(country, dealer["BillingState"]),
        region=dealer["Region__c"],
        active=active,
        ev=active and share("ev", code) < _EV_SHARE,
        fleet=active and share("fleet", code) < _FLEET_SHARE,
    )


def _account(
    dealer: Mapping[str, Any], rooftop: Rooftop, parents: Mapping[str, str], hours: Hours
) -> dict[str, Any]:
    crm = share("crm", dealer["Dealer_Code__c"])
    no_crm = crm < _ADF_SHARE + _NO_CRM_SHARE
    return {name: dealer[name] for name in _COPIED} | {
        "Type": "Dealer",
        "Industry": "Automotive",
        "ParentId": parents.get(dealer["Group"]),
        "BillingLatitude": dealer["Latitude"],
        "BillingLongitude": dealer["Longitude"],
        "Brands__c": ";".join(dealer["Brands__c"]),
        "Email_Domains__c": ";".join(dealer["Email_Domains__c"]),
        "Former_Names__c": ";".join(dealer["Former_Names__c"]),
        "EV_Certified__c": rooftop.ev,
        "Fleet_Certified__c": rooftop.fleet,
        "Workshop_Score__c": 60 + int(40 * share("workshop", dealer["Dealer_Code__c"])),
        "Crm__c": "adf" if crm < _ADF_SHARE else "none" if no_crm else "salesforce",
        "Crm_Address__c": _crm_address(dealer) if crm < _ADF_SHARE else None,
        "BusinessHours__c": hours.of("Site", rooftop.country, rooftop.zone),
    }


def _back_ups(dealers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By dealer code: the next site of the same group that sells one of its brands."""
    found = {}
    for dealer in dealers:
        others = [
            each["Dealer_Code__c"]
            for each in dealers
            if each is not dealer
            and dealer["Group"]
            and (each["Group"], each["Status__c"]) == (dealer["Group"], "Active")
            and set(each["Brands__c"]) & set(dealer["Brands__c"])
        ]
        if others:
            code = str(dealer["Dealer_Code__c"])
            found[code] = next((each for each in others if each > code), others[0])
    return found


def _crm_address(dealer: Mapping[str, Any]) -> str:
    """Where the site's own system takes leads."""
    return f"leads-{str(dealer['Dealer_Code__c']).lower()}@crm.example"


def _contacts(dealers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for dealer in dealers:
        for contact in dealer["Contacts"]:
            first, _, last = contact["Name"].partition(" ")
            rows.append(
                {
                    "FirstName": first if last else None,
                    "LastName": last or first,
                    "AccountId": dealer["Id"],
                    "Email": contact["Email"],
                    "Phone": contact["Phone"],
                    "Title": contact["Title"],
                }
            )
    return rows
