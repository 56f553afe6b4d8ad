"""Who could write, and for which rooftops? The dealers as triage needs to know them.

Read from Accounts as the org has them: the keys are API names (``Dealer_Code__c``, ``BillingCity``…).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.errors import ConfigError, Place, Problem

_LISTS = ("Brands__c", "Email_Domains__c", "Former_Names__c")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerContact:
    """Somebody who works at a rooftop."""

    name: str
    email: str = ""
    phone: str = ""
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealer:
    """One rooftop, open or closed. ``group`` is the name of what it belongs to, "" where it stands alone."""

    account_id: str
    name: str
    code: str = ""
    group: str = ""
    brands: tuple[str, ...] = ()
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    domains: tuple[str, ...] = ()
    phone: str = ""
    former_names: tuple[str, ...] = ()
    closed: bool = False
    contacts: tuple[DealerContact, ...] = ()


def load_dealers(file: str, data: bytes) -> tuple[Dealer, ...]:
    """Dealers of a JSON file that holds a list of Accounts; raises ConfigError when it does not."""
    try:
        rows = json.loads(data)
    except ValueError as error:
        raise _wrong(file, f"this is not JSON: {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong(file, "this is not a list of accounts")
    nameless = [n for n, row in enumerate(rows, 1) if not row.get("Id") or not row.get("Name")]
    if nameless:
        raise _wrong(file, f"account {nameless[0]} has no Id or no Name")
    return dealers_of(rows)


def dealers_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Dealer, ...]:
    """Dealers of Accounts with their contacts; multi-selects may be lists or joined by ``;``."""
    return tuple(map(_dealer, rows))


def _dealer(row: Mapping[str, Any]) -> Dealer:
    brands, domains, former = (_list(row.get(key)) for key in _LISTS)
    return Dealer(
        account_id=str(row["Id"]),
        name=str(row["Name"]),
        code=_text(row, "Dealer_Code__c"),
        group=_text(row, "Group"),
        brands=brands,
        street=_text(row, "BillingStreet"),
        city=_text(row, "BillingCity"),
        state=_text(row, "BillingState"),
        postal_code=_text(row, "BillingPostalCode"),
        country=_text(row, "BillingCountryCode"),
        domains=tuple(domain.casefold() for domain in domains),
        phone=_text(row, "Phone"),
        former_names=former,
        closed=_text(row, "Status__c").casefold() == "closed",
        contacts=tuple(
            DealerContact(
                name=_text(contact, "Name"),
                email=_text(contact, "Email").casefold(),
                phone=_text(contact, "Phone"),
                title=_text(contact, "Title"),
                id=_text(contact, "Id"),
            )
            for contact in row.get("Contacts") or ()
        ),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    return str(row.get(key) or "").strip()


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return tuple(part.strip() for part in str(value or "").split(";") if part.strip())


def _wrong(file: str, message: str) -> ConfigError:
    mend = "give a JSON file with a list of accounts, each with Id and Name"
    return ConfigError([Problem(place=Place(file), rule="directory", message=message, mend=mend)])
