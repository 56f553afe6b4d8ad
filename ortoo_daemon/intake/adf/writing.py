"""How is an enquiry written in ADF 1.0, so that it is valid by its document type?

Order, and what must stand, are the standard's. What is not known is left out where it may be, and stands
empty where it must be there.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree

from ortoo_daemon.intake.adf.dates import is_iso
from ortoo_daemon.intake.adf.model import (
    Address,
    AdfId,
    Contact,
    Customer,
    Finance,
    Moment,
    Money,
    Option,
    Prospect,
    Provider,
    Vehicle,
    Vendor,
)
from ortoo_daemon.intake.adf.tokens import clean

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n'

_Element = ElementTree.Element
_DELTAS = ("absolute", "relative", "percentage")
_PRICE_TYPES = ("quote", "offer", "msrp", "invoice", "call", "appraisal", "asking")
_ALLOWED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "price": {"type": _PRICE_TYPES, "delta": _DELTAS, "relativeto": ("msrp", "invoice"), "source": ()},
    "amount": {"type": ("downpayment", "monthly", "total"), "limit": ("maximum", "minimum", "exact")},
    "balance": {"type": ("finance", "residual")},
}  # fmt: skip
_TIMES = ("morning", "afternoon", "evening", "nopreference", "day")


def write_adf(prospects: Iterable[Prospect], *, now: datetime) -> str:
    """The document; ``now`` stands where a prospect has no date of request."""
    root = _Element("adf")
    for each in prospects:
        _prospect(root, each, now)
    ElementTree.indent(root)
    return HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _prospect(root: _Element, prospect: Prospect, now: datetime) -> None:
    status = "resend" if prospect.resend else "new"
    element = _child(root, "prospect", status=status)
    _ids(element, prospect.ids)
    _text(element, "requestdate", _moment_text(prospect.requested, now))
    for each in prospect.vehicles or (Vehicle(),):
        _vehicle(element, each)
    _customer(element, prospect.customer)
    _vendor(element, prospect.vendor)
    if prospect.provider != Provider():
        _provider(element, prospect.provider)


def _vehicle(parent: _Element, vehicle: Vehicle) -> None:
    element = _child(
        parent, "vehicle", interest=vehicle.interest.value, status=vehicle.status or "new"
    )
    _ids(element, vehicle.ids)
    for name, text in (("year", vehicle.year), ("make", vehicle.make), ("model", vehicle.model)):
        _text(element, name, text)
    _texts(
        element,
        vin=vehicle.vin,
        stock=vehicle.stock,
        trim=vehicle.trim,
        doors=vehicle.doors,
        bodystyle=vehicle.body_style,
        transmission=vehicle.transmission,
    )
    if vehicle.odometer is not None:
        _text(element, "odometer", _figure(vehicle.odometer), units=vehicle.units)
    for each in vehicle.colors:
        if not each.interior and not each.exterior:
            continue
        colors = _child(element, "colorcombination")
        _texts(colors, interiorcolor=each.interior, exteriorcolor=each.exterior)
        _text(colors, "preference", each.preference or "1")
    _texts(element, imagetag=vehicle.image)
    _money(element, "price", vehicle.price)
    _texts(element, pricecomments=vehicle.price_comments)
    for option in vehicle.options:
        _option(element, option)
    if vehicle.finance is not None:
        _finance(element, vehicle.finance)
    _texts(element, comments=vehicle.comments)


def _option(parent: _Element, option: Option) -> None:
    element = _child(parent, "option")
    _text(element, "optionname", option.name)
    _texts(element, manufacturercode=option.code, stock=option.stock, weighting=option.weighting)
    _money(element, "price", option.price)


def _finance(parent: _Element, finance: Finance) -> None:
    element = _child(parent, "finance")
    _text(element, "method", finance.method)
    for each in finance.amounts or (Money(text=""),):
        _money(element, "amount", each)
    _money(element, "balance", finance.balance)


def _customer(parent: _Element, customer: Customer) -> None:
    element = _child(parent, "customer")
    _contact(element, customer.contact)
    _ids(element, customer.ids)
    frame = customer.timeframe
    if frame is not None:
        times = _child(element, "timeframe")
        _texts(
            times,
            description=frame.description,
            earliestdate="" if frame.earliest is None else _moment_text(frame.earliest, None),
            latestdate="" if frame.latest is None else _moment_text(frame.latest, None),
        )
    _texts(element, comments=customer.comments)


def _vendor(parent: _Element, vendor: Vendor) -> None:
    element = _child(parent, "vendor")
    _ids(element, vendor.ids)
    _text(element, "vendorname", vendor.name)
    _texts(element, url=vendor.url)
    _contact(element, vendor.contact, name=vendor.name)


def _provider(parent: _Element, provider: Provider) -> None:
    element = _child(parent, "provider")
    _ids(element, provider.ids)
    _text(element, "name", provider.name)
    _texts(
        element,
        service=provider.service,
        url=provider.url,
        email=provider.email,
        phone=provider.phone,
    )
    if provider.contact is not None:
        _contact(element, provider.contact, name=provider.name)


def _contact(parent: _Element, contact: Contact, *, name: str = "") -> None:
    """``name`` stands where the contact has none."""
    element = _child(parent, "contact")
    kind = "business" if contact.business else ""
    parts = {"first": contact.first, "middle": contact.middle, "last": contact.last}
    if contact.business or not (contact.first or contact.last):
        parts = {"full": contact.full or name}
    for part, text in parts.items():
        if text or part == "full":
            _text(element, "name", text, part=part, type=kind)
    if contact.email or not contact.phones:
        preferred = "1" if contact.email_preferred else ""
        _text(element, "email", contact.email, preferredcontact=preferred)
    for phone in contact.phones:
        time = phone.time if phone.time in _TIMES else ""
        preferred = "1" if phone.preferred else ""
        _text(
            element, "phone", phone.number, type=phone.type, time=time, preferredcontact=preferred
        )
    if contact.address is not None:
        _address(element, contact.address)


def _address(parent: _Element, address: Address) -> None:
    kind = address.type if address.type in ("work", "home", "delivery") else ""
    element = _child(parent, "address", type=kind)
    for number, street in enumerate(address.streets or ("",), 1):
        _text(element, "street", street, line=str(number))
    _texts(
        element,
        apartment=address.apartment,
        city=address.city,
        regioncode=address.region,
        postalcode=address.postal_code,
        country=address.country,
    )


def _money(parent: _Element, name: str, money: Money | None) -> None:
    if money is None:
        return
    allowed = _ALLOWED[name]
    about = {
        key: value
        for key, value in money.about
        if key in allowed and (not allowed[key] or value in allowed[key])
    }
    text = money.text if money.figure is None else _figure(money.figure)
    _text(parent, name, text, currency=money.currency, **about)


def _ids(parent: _Element, ids: Iterable[AdfId]) -> None:
    for each in ids:
        _text(parent, "id", each.value, sequence=each.sequence, source=each.source)


def _moment_text(moment: Moment | None, now: datetime | None) -> str:
    if moment is not None and is_iso(moment.text):
        return moment.text
    if moment is not None and moment.at is not None:
        return moment.at.isoformat(timespec="seconds")
    if moment is not None:
        return moment.day or moment.text
    return "" if now is None else now.astimezone(UTC).isoformat(timespec="seconds")


def _figure(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.2f}"


def _child(parent: _Element, name: str, **attributes: str) -> _Element:
    kept = {key: clean(value) for key, value in attributes.items() if value}
    return ElementTree.SubElement(parent, name, kept)


def _text(parent: _Element, name: str, text: str, **attributes: str) -> None:
    _child(parent, name, **attributes).text = clean(text)


def _texts(parent: _Element, **texts: str) -> None:
    """One element for each text that is not empty, in this order."""
    for name, text in texts.items():
        if text:
            _text(parent, name, text)
