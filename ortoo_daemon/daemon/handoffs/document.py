"""What does a dealer's system get? The record as an enquiry in ADF 1.0, over that which it came with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.instants import instant
from ortoo_daemon.intake.adf.dates import moment
from ortoo_daemon.intake.adf.model import (
    Address,
    AdfId,
    Contact,
    Customer,
    Interest,
    Money,
    Phone,
    Prospect,
    Provider,
    Timeframe,
    Vehicle,
    Vendor,
)
from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.intake.adf.vehicles import INTERESTS, OTHER_INTERESTS
from ortoo_daemon.intake.adf.writing import write_adf
from ortoo_daemon.policy.handoff_model import HandoffRule
from ortoo_daemon.policy.values import number
from ortoo_daemon.records import Record

_OURS = "salesforce"


def document_of(
    record: Record,
    rule: HandoffRule,
    rooftop: Rooftop,
    *,
    provider: str,
    again: bool,
    now: datetime,
) -> str:
    """Valid by the document type of ADF. ``again``: the rooftop was sent it before."""
    came = Prospect()
    if rule.document and (text := record.text(rule.document)):
        came = next(iter(read_adf(text).prospects), came)
    said = {name: record.text(field) for name, field in rule.fields.items()}
    said = {name: text for name, text in said.items() if text}
    created = instant(record.get("CreatedDate"))
    ours = AdfId(value=record.id, source=_OURS, sequence="1")
    prospect = replace(
        came,
        resend=again,
        ids=(ours, *(replace(each, sequence="") for each in came.ids)),
        requested=came.requested or (moment(created.isoformat()) if created else None),
        vehicles=_vehicles(came, said),
        customer=_customer(came.customer, said),
        vendor=_vendor(rooftop),
        provider=_provider(came.provider, provider, said),
    )
    return write_adf([prospect], now=now)


def _vehicles(came: Prospect, said: Mapping[str, str]) -> tuple[Vehicle, ...]:
    """What the record says replaces what came, for the vehicle that is wanted."""
    wanted = came.wanted or (Vehicle(),)
    first = wanted[0]
    first = replace(
        first,
        year=said.get("year", first.year),
        make=said.get("make", first.make),
        model=said.get("model", first.model),
        trim=said.get("trim", first.trim),
        vin=said.get("vin", first.vin),
        stock=said.get("stock", first.stock),
        comments=said.get("vehicle_comments", first.comments),
    )
    if said.get("vehicle_status", "").casefold() in ("new", "used"):
        first = replace(first, status=said["vehicle_status"].casefold())
    if "interest" in said:
        first = replace(first, interest=_interest(said["interest"], first.interest))
    if "price" in said:
        price = Money(
            text=said["price"],
            figure=number(said["price"]),
            currency=said.get("price_currency", ""),
        )
        first = replace(first, price=price)
    return (first, *wanted[1:], *came.offered)


def _interest(word: str, usual: Interest) -> Interest:
    folded = word.strip().casefold()
    return INTERESTS.get(folded) or OTHER_INTERESTS.get(folded) or usual


def _customer(came: Customer, said: Mapping[str, str]) -> Customer:
    contact = came.contact
    first, last = said.get("first_name", contact.first), said.get("last_name", contact.last)
    business = contact.business and "last_name" not in said
    phones = [
        Phone(number=said[name], type=kind)
        for name, kind in (("phone", "voice"), ("mobile", "cellphone"))
        if name in said
    ]
    timeframe = Timeframe(description=said["timeframe"]) if "timeframe" in said else came.timeframe
    person = replace(
        contact,
        first="" if business else first,
        last="" if business else last,
        full=contact.full if business else f"{first} {last}".strip() or said.get("company", ""),
        business=business or not (first or last),
        email=said.get("email", contact.email),
        phones=tuple(phones) or contact.phones,
        address=_address(contact, said),
    )
    comments = said.get("comments", came.comments)
    return replace(came, contact=person, timeframe=timeframe, comments=comments)


def _address(contact: Contact, said: Mapping[str, str]) -> Address | None:
    names = ("city", "region", "postal_code", "country")
    if not any(name in said for name in ("street", *names)):
        return contact.address
    address = contact.address or Address()
    return replace(
        address,
        streets=tuple(said["street"].splitlines()) if "street" in said else address.streets,
        city=said.get("city", address.city),
        region=said.get("region", address.region),
        postal_code=said.get("postal_code", address.postal_code),
        country=said.get("country", address.country),
    )


def _vendor(rooftop: Rooftop) -> Vendor:
    number_of = rooftop.code or rooftop.id
    phone = str(rooftop.fields.get("Phone") or "")
    return Vendor(
        ids=(AdfId(value=number_of, source=_OURS),),
        name=rooftop.name,
        contact=Contact(
            full=rooftop.name,
            business=True,
            phones=(Phone(number=phone),) if phone else (),
        ),
    )


def _provider(came: Provider, name: str, said: Mapping[str, str]) -> Provider:
    """Who sends; from whom it came stands behind."""
    service = came.name or said.get("service", "")
    return Provider(name=name, service=service)
