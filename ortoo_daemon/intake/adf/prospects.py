"""What do the elements of a prospect say? Missing, empty and misplaced ones are told, never guessed."""

from ortoo_daemon.intake.adf.contacts import contact
from ortoo_daemon.intake.adf.dates import is_iso, moment
from ortoo_daemon.intake.adf.model import (
    AdfId,
    Customer,
    Moment,
    Odd,
    Prospect,
    Provider,
    Timeframe,
    Vehicle,
    Vendor,
)
from ortoo_daemon.intake.adf.tree import Element, Oddities
from ortoo_daemon.intake.adf.vehicles import vehicle

_STATUS = ("new", "resend")


class ProspectReader:
    """Reads prospects, and tells what is odd."""

    def __init__(self, oddities: Oddities) -> None:
        self._odd = oddities

    def prospect(self, element: Element, *, quiet: bool = False) -> Prospect:
        """``quiet``: what is missing is not told."""
        if not quiet:
            self._tell_missing(element)
        for name in ("requestdate", "customer", "vendor", "provider"):
            found = list(element.all(name))
            if len(found) > 1:
                self._odd.tell(Odd.TWICE, found[1].at, f"{name} stands {len(found)} times")
        return Prospect(
            resend=self._resend(element),
            ids=ids(element),
            requested=self._moment(element, "requestdate"),
            vehicles=self._vehicles(element),
            customer=self._customer(_fullest(element, "customer")),
            vendor=self._vendor(_fullest(element, "vendor")),
            provider=self._provider(_fullest(element, "provider")),
        )

    def _tell_missing(self, element: Element) -> None:
        for name in ("requestdate", "vehicle", "customer", "vendor"):
            if element.first(name) is None:
                self._odd.tell(Odd.MISSING, element.at, f"the prospect has no {name}")

    def _resend(self, element: Element) -> bool:
        status = element.attributes.get("status", "new").casefold()
        if status and status not in _STATUS:
            self._odd.tell(Odd.WRONG_VALUE, element.at, f"status is {status!r}, not new or resend")
        return status in ("resend", "resent", "re-send", "duplicate")

    def _vehicles(self, element: Element) -> tuple[Vehicle, ...]:
        found = []
        for each in element.all("vehicle"):
            read = vehicle(each, ids(each), self._odd)
            if read.is_blank:
                self._odd.tell(Odd.EMPTY, each.at, "a vehicle of which nothing is said")
            else:
                found.append(read)
        return tuple(found)

    def _customer(self, element: Element | None) -> Customer:
        if element is None:
            return Customer()
        return Customer(
            contact=contact(element, self._odd),
            ids=ids(element),
            timeframe=self._timeframe(element.first("timeframe")),
            comments=texts(element, "comments"),
        )

    def _timeframe(self, element: Element | None) -> Timeframe | None:
        if element is None:
            return None
        said = Timeframe(
            description=texts(element, "description") or element.text,
            earliest=self._moment(element, "earliestdate"),
            latest=self._moment(element, "latestdate"),
        )
        return said if said != Timeframe() else None

    def _vendor(self, element: Element | None) -> Vendor:
        if element is None:
            return Vendor()
        person = contact(element, self._odd, needed=False)
        return Vendor(
            ids=ids(element),
            name=texts(element, "vendorname") or texts(element, "name") or person.full,
            url=texts(element, "url"),
            contact=person,
        )

    def _provider(self, element: Element | None) -> Provider:
        if element is None:
            return Provider()
        inner = element.first("contact")
        person = None if inner is None else contact(element, self._odd, needed=False)
        return Provider(
            ids=ids(element),
            name=texts(element, "name"),
            service=texts(element, "service"),
            url=texts(element, "url"),
            email=texts(element, "email"),
            phone=texts(element, "phone"),
            contact=None if person is None or person.is_blank else person,
        )

    def _moment(self, element: Element, name: str) -> Moment | None:
        child = element.first(name)
        if child is None or not child.text:
            return None
        read = moment(child.text)
        if read.day is None:
            self._odd.tell(Odd.WRONG_DATE, child.at, f"{name} is no date: {read.text[:60]!r}")
        elif not is_iso(read.text):
            message = f"{name} is no ISO 8601 date, read as {read.at or read.day}: {read.text!r}"
            self._odd.tell(Odd.WRONG_DATE, child.at, message)
        return read


def ids(element: Element) -> tuple[AdfId, ...]:
    """Its ids in their sequence, empty ones left out."""
    found = [
        AdfId(
            value=" ".join(each.text.split()),
            source=each.attributes.get("source", ""),
            sequence=each.attributes.get("sequence", ""),
        )
        for each in element.all("id")
    ]
    return tuple(sorted(filter(lambda each: each.value, found), key=_sequence))


def texts(element: Element, name: str) -> str:
    """The texts of all elements of a name, each once, one below the other."""
    found = dict.fromkeys(each.text for each in element.all(name) if each.text)
    return "\n".join(found)


def _fullest(element: Element, name: str) -> Element | None:
    """Of several the one that says most, the first of equals."""
    return max(element.all(name), key=_size, default=None)


def _size(element: Element) -> int:
    return sum(_size(child) for child in element.children) + bool(element.text)


def _sequence(each: AdfId) -> int:
    return int(each.sequence) if each.sequence.isascii() and each.sequence.isdigit() else 1
