"""Which leads come in on the launch day? Rows as web forms, configurator, marketplace and phone write them.

Same seed, same rows. Every kind of trouble has its share, and at least one lead when there is room.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from ortoo_daemon.cli.launch_day.catalogue import BRANDS, STRANGE_BRANDS
from ortoo_daemon.cli.launch_day.customers import Customer, again, invent
from ortoo_daemon.cli.launch_day.neighbourhoods import Neighbourhoods

WEB_FORMS, MARKETPLACE, CALL_CENTRE = (
    "web-forms@ortoo.example",
    "marketplace@ortoo.example",
    "call-centre@ortoo.example",
)
"""Users of the seeded org under whose names traffic comes in."""


class Kind(StrEnum):
    """What is special about a lead or case."""

    PLAIN = "plain"
    MODEL_ONLY = "model only"
    ELECTRIC = "electric"
    FLEET = "fleet"
    CHOSEN_DEALER = "dealer chosen"
    DUPLICATE = "same customer again"
    NO_CONTACT = "no contact"
    NO_PLACE = "no place"
    STRANGE_BRAND = "unknown brand"
    GRABBED = "taken at once"
    CASE = "case"


SHARES: Mapping[Kind, float] = {
    Kind.PLAIN: 0.42,
    Kind.ELECTRIC: 0.18,
    Kind.MODEL_ONLY: 0.12,
    Kind.DUPLICATE: 0.08,
    Kind.FLEET: 0.05,
    Kind.CHOSEN_DEALER: 0.05,
    Kind.STRANGE_BRAND: 0.04,
    Kind.NO_CONTACT: 0.03,
    Kind.NO_PLACE: 0.02,
    Kind.GRABBED: 0.01,
}
"""Of all leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One row on its way in: created by ``user``. Rows carry ``attributes.type``.

    ``taken_by``: the person (user id) who makes herself the owner the moment it is there. ``mail``: the
    e-mail that it came by.
    """

    kind: Kind
    user: str
    row: Mapping[str, Any]
    taken_by: str | None = None
    mail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Door:
    """One way in: who creates the lead, its source, and its share of the traffic."""

    user: str
    source: str
    weight: int


_DOORS = (
    _Door(WEB_FORMS, "Web", 35),
    _Door(WEB_FORMS, "Configurator", 25),
    _Door(MARKETPLACE, "Marketplace", 25),
    _Door(CALL_CENTRE, "Phone Inquiry", 15),
)
_PHONE = _DOORS[-1]
_REQUESTS = ("test_drive", "quote", "quote", "brochure", "trade_in", "finance", "callback")
_TIMEFRAMES = ("within a week", "within a month", "1-3 months", "just looking")
_FIRMS = ("Logistics", "Taxi", "Bau", "Services", "Transports", "Pflegedienst", "Energía")


def lead_arrivals(
    count: int,
    *,
    dealers: Sequence[Mapping[str, Any]],
    near: Neighbourhoods,
    advisers: Sequence[str],
    dice: Random,
) -> list[Arrival]:
    """``count`` leads in the order of their arrival. ``advisers`` are ids of users who may take one."""
    kinds = kinds_of(count)
    dice.shuffle(kinds)
    maker = _Maker(dealers, near, advisers, dice)
    return [maker.make(kind) for kind in kinds]


def kinds_of(count: int) -> list[Kind]:
    """As many of each kind as its share asks for, one at least; plain ones make up the number."""
    special = [
        kind
        for kind, share in SHARES.items()
        if kind is not Kind.PLAIN
        for _ in range(max(1, round(share * count)))
    ]
    return [*special, *[Kind.PLAIN] * (count - len(special))][:count]


class _Maker:
    """Makes one lead after the other; remembers who asked, for those who ask again."""

    def __init__(
        self,
        dealers: Sequence[Mapping[str, Any]],
        near: Neighbourhoods,
        advisers: Sequence[str],
        dice: Random,
    ) -> None:
        self._dealers = [dealer for dealer in dealers if dealer["Status__c"] == "Active"]
        self._near = near
        self._advisers = advisers
        self._dice = dice
        self._asked: list[tuple[Customer, Mapping[str, Any]]] = []

    def make(self, kind: Kind) -> Arrival:
        """A lead of that kind; the very first can't be somebody's second and is plain instead."""
        if kind is Kind.DUPLICATE and not self._asked:
            kind = Kind.PLAIN
        door = _PHONE if kind is Kind.GRABBED else self._door()
        row = self._second_row() if kind is Kind.DUPLICATE else self._first_row(kind)
        row = row | {"attributes": {"type": "Lead"}, "LeadSource": door.source}
        if door.source == "Marketplace":
            row |= {"Utm_Source__c": "marketplace", "Utm_Campaign__c": "launch-day"}
        taken_by = self._dice.choice(self._advisers) if kind is Kind.GRABBED else None
        return Arrival(kind=kind, user=door.user, row=row, taken_by=taken_by)

    def _door(self) -> _Door:
        return self._dice.choices(_DOORS, weights=[door.weight for door in _DOORS])[0]

    def _first_row(self, kind: Kind) -> dict[str, Any]:
        dice = self._dice
        dealer = dice.choice(self._dealers)
        customer = invent(dealer["BillingCountryCode"], dice)
        row = _person(customer) | self._place(dealer) | self._wish()
        row |= self._car(kind, dealer) | self._special(kind, dealer, customer)
        if kind in (Kind.PLAIN, Kind.ELECTRIC):
            self._asked.append((customer, row))
        return row

    def _second_row(self) -> dict[str, Any]:
        customer, row = self._dice.choice(self._asked)
        return {**row, **_person(again(customer, self._dice)), **self._wish()}

    def _place(self, dealer: Mapping[str, Any]) -> dict[str, Any]:
        found = self._near.address(dealer, self._dice)
        return {"PostalCode": found.postal_code, "City": found.city, "Country": found.country}

    def _wish(self) -> dict[str, Any]:
        return {
            "Request__c": self._dice.choice(_REQUESTS),
            "Timeframe__c": self._dice.choice(_TIMEFRAMES),
        }

    def _car(self, kind: Kind, dealer: Mapping[str, Any]) -> dict[str, Any]:
        """Mostly a brand of the dealer nearby, now and then another one."""
        dice = self._dice
        if kind is Kind.STRANGE_BRAND:
            written, model = dice.choice(STRANGE_BRANDS)
            return {"Brand_Asked__c": written, "Model__c": model or None}
        name = dice.choice(dealer["Brands__c"] if dice.random() < 0.9 else tuple(BRANDS))
        brand = BRANDS[name]
        if kind is Kind.ELECTRIC:
            return {"Model__c": dice.choice(brand.electric)}
        if kind is Kind.MODEL_ONLY:
            return {"Model__c": dice.choice(brand.models)}
        asked = {"Brand_Asked__c": dice.choice((name, *brand.written))}
        known = asked if dice.random() < 0.6 else {"Brand__c": name}
        return known | {"Model__c": dice.choice((None, *brand.models))}

    def _special(self, kind: Kind, dealer: Mapping[str, Any], customer: Customer) -> dict[str, Any]:
        dice = self._dice
        match kind:
            case Kind.FLEET:
                firm = f"{customer.last_name.strip().title()} {dice.choice(_FIRMS)}"
                size = dice.choice((None, 12, 25, 60, 140))
                wish = {"Request__c": "fleet"} if size is None else {"FleetSize__c": size}
                return {"Company": firm} | wish
            case Kind.CHOSEN_DEALER:
                return {"Preferred_Dealer__c": dealer["Id"]}
            case Kind.NO_CONTACT:
                return {"Email": None, "MobilePhone": None}
            case Kind.NO_PLACE:
                return {"PostalCode": None, "City": None}
        return {}


def _person(customer: Customer) -> dict[str, Any]:
    return {
        "FirstName": customer.first_name,
        "LastName": customer.last_name,
        "Company": "Private",
        "Email": customer.email,
        "MobilePhone": customer.phone,
        "Language__c": customer.language,
    }
