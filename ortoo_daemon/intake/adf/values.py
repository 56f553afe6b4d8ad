"""Which values do the names behind ``$adf.`` have for one prospect? What is not said has none."""

from collections.abc import Iterable

from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.adf.lines import prospect_lines
from ortoo_daemon.intake.adf.model import (
    AdfReading,
    Contact,
    Moment,
    Money,
    Provider,
    Vehicle,
    Vendor,
)
from ortoo_daemon.records import FieldValue

Values = dict[str, FieldValue]

_LONGEST_PROBLEM = 250


def refused_values(reading: AdfReading) -> Values:
    """Of a document that was not read."""
    reason = reading.refusal.value if reading.refusal else ""
    return {
        "found": True,
        "unreadable": True,
        "refusal": reason,
        "problem": reading.message[:_LONGEST_PROBLEM],
        "oddities": len(reading.oddities) + reading.left_out,
        "prospects": 0,
    }


def prospect_values(reading: AdfReading, number: int) -> Values:
    """Of one prospect, counted from 0."""
    prospect = reading.prospects[number]
    customer = prospect.customer
    frame = customer.timeframe
    wanted = next(iter(prospect.wanted), None)
    found: Values = {
        "found": True,
        "unreadable": False,
        "oddities": len(reading.oddities) + reading.left_out,
        "prospects": len(reading.prospects),
        "split": len(reading.prospects) > 1,
        "number": number + 1,
        "resend": prospect.resend,
        "vehicles": len(prospect.vehicles),
        "trade_in": bool(prospect.offered),
        "requested_at": _moment(prospect.requested),
        "summary": "\n".join(f"{name}: {text}" for name, text in prospect_lines(prospect)),
        "other_models": "; ".join(_named(prospect.wanted[1:])),
        "customer_id": customer.ids[0].value if customer.ids else None,
        "comments": customer.comments,
    }
    if prospect.ids:
        found |= {"id": prospect.ids[0].value, "id_source": prospect.ids[0].source}
    if frame is not None:
        found |= {
            "timeframe": frame.description,
            "earliest": _day(frame.earliest),
            "latest": _day(frame.latest),
        }
    if wanted is not None:
        found |= _wanted(wanted)
    for offered in prospect.offered[:1]:
        found |= _offered(offered)
    found |= _person(customer.contact) | _vendor(prospect.vendor) | _provider(prospect.provider)
    return {name: value for name, value in found.items() if value not in (None, "")}


def _wanted(vehicle: Vehicle) -> Values:
    colors = vehicle.colors[0] if vehicle.colors else None
    finance = vehicle.finance
    return {
        "interest": vehicle.interest.value,
        "vehicle_status": vehicle.status,
        "year": vehicle.year,
        "make": vehicle.make,
        "model": vehicle.model,
        "trim": vehicle.trim,
        "vin": vehicle.vin,
        "stock": vehicle.stock,
        "doors": vehicle.doors,
        "body_style": vehicle.body_style,
        "transmission": vehicle.transmission,
        "odometer": vehicle.odometer,
        "odometer_unit": vehicle.units,
        "exterior_color": colors.exterior if colors else None,
        "interior_color": colors.interior if colors else None,
        "price": vehicle.price.figure if vehicle.price else None,
        "price_currency": vehicle.price.currency if vehicle.price else None,
        "price_type": vehicle.price.word("type") if vehicle.price else None,
        "price_comments": vehicle.price_comments,
        "options": "; ".join(each.name for each in vehicle.options if each.name),
        "finance_method": finance.method if finance else None,
        "down_payment": _amount(finance.amounts if finance else (), "downpayment"),
        "monthly": _amount(finance.amounts if finance else (), "monthly"),
        "vehicle_comments": vehicle.comments,
    }


def _offered(vehicle: Vehicle) -> Values:
    return {
        "trade_interest": vehicle.interest.value,
        "trade_year": vehicle.year,
        "trade_make": vehicle.make,
        "trade_model": vehicle.model,
        "trade_trim": vehicle.trim,
        "trade_vin": vehicle.vin,
        "trade_odometer": vehicle.odometer,
        "trade_odometer_unit": vehicle.units,
        "trade_comments": vehicle.comments,
    }


def _person(contact: Contact) -> Values:
    address = contact.address
    preferred = next((each for each in contact.phones if each.preferred), None)
    best = preferred or next((each for each in contact.phones if each.time), None)
    found: Values = {
        "name": contact.full,
        "first_name": None if contact.business else contact.first,
        "middle_name": contact.middle,
        "last_name": None if contact.business else contact.last,
        "company": contact.full if contact.business else None,
        "email": contact.email,
        "phone": contact.phone("voice"),
        "mobile": contact.phone("cellphone"),
        "fax": contact.phone("fax"),
        "best_time": best.time if best else None,
        "prefers": "email" if contact.email_preferred else "phone" if preferred else None,
    }
    if address is not None:
        found |= {
            "street": "\n".join(address.streets),
            "apartment": address.apartment,
            "city": address.city,
            "region": address.region,
            "postal_code": address.postal_code,
            "country": address.country,
        }
    return found


def _vendor(vendor: Vendor) -> Values:
    contact = vendor.contact
    address = contact.address
    return {
        "vendor": vendor.name,
        "vendor_id": vendor.ids[0].value if vendor.ids else None,
        "vendor_url": vendor.url,
        "vendor_email": contact.email,
        "vendor_phone": contact.phone("voice", "cellphone"),
        "vendor_city": address.city if address else None,
        "vendor_postal_code": address.postal_code if address else None,
    }


def _provider(provider: Provider) -> Values:
    contact = provider.contact or Contact()
    return {
        "provider": provider.name,
        "provider_id": provider.ids[0].value if provider.ids else None,
        "service": provider.service,
        "provider_url": provider.url,
        "provider_email": provider.email or contact.email,
        "provider_phone": provider.phone or contact.phone("voice", "cellphone"),
    }


def _named(vehicles: Iterable[Vehicle]) -> Iterable[str]:
    for each in vehicles:
        yield " ".join(filter(None, (each.year, each.make, each.model)))


def _amount(amounts: Iterable[Money], kind: str) -> float | None:
    return next((each.figure for each in amounts if each.word("type") == kind), None)


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None or moment.at is None else instant_text(moment.at)


def _day(moment: Moment | None) -> str | None:
    return None if moment is None else moment.day
