"""How is an enquiry put into lines that a person reads? One line for each thing said."""

from collections.abc import Iterable, Iterator

from ortoo_daemon.intake.adf.model import AdfId, Contact, Money, Prospect, Vehicle


def prospect_lines(prospect: Prospect) -> Iterator[tuple[str, str]]:
    """Names and texts; what is not said has no line."""
    customer, vendor, provider = prospect.customer, prospect.vendor, prospect.provider
    requested, frame = prospect.requested, customer.timeframe
    lines = [
        ("id", _ids(prospect.ids)),
        ("requested", requested.text if requested else ""),
        *(_vehicle(each) for each in prospect.vehicles),
        ("customer", _contact(customer.contact)),
        ("customer id", _ids(customer.ids)),
        ("timeframe", frame.description if frame else ""),
        ("comments", customer.comments.replace("\n", " / ")),
        ("vendor", _joined(vendor.name, _ids(vendor.ids), _contact(vendor.contact))),
        ("provider", _joined(provider.name, provider.service, provider.email, provider.url)),
    ]
    return (line for line in lines if line[1])


def _vehicle(vehicle: Vehicle) -> tuple[str, str]:
    distance = (
        "" if vehicle.odometer is None else f"{vehicle.odometer:,.0f} {vehicle.units}".strip()
    )
    said = " ".join(filter(None, (vehicle.year, vehicle.make, vehicle.model, vehicle.trim)))
    return vehicle.interest.value, _joined(
        said,
        vehicle.status,
        f"VIN {vehicle.vin}" if vehicle.vin else "",
        f"stock {vehicle.stock}" if vehicle.stock else "",
        distance,
        _money(vehicle.price),
        vehicle.comments.replace("\n", " / "),
    )


def _contact(contact: Contact) -> str:
    phones = (f"{each.number} ({each.type})" for each in contact.phones)
    address = contact.address
    where: Iterable[str] = ()
    if address is not None:
        where = (*address.streets, address.postal_code, address.city, address.country)
    return _joined(contact.full, contact.email, *phones, " ".join(filter(None, where)))


def _ids(ids: Iterable[AdfId]) -> str:
    return ", ".join(f"{each.value} ({each.source})" if each.source else each.value for each in ids)


def _money(money: Money | None) -> str:
    if money is None:
        return ""
    figure = money.text if money.figure is None else f"{money.figure:,.2f}".removesuffix(".00")
    return " ".join(filter(None, (figure, money.currency, money.word("type"))))


def _joined(*texts: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, texts)))
