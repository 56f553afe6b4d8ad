"""Who is a contact, and how are they reached? Names come whole or in parts, in any order."""

from ortoo_daemon.intake.adf.model import Address, Contact, Odd, Phone
from ortoo_daemon.intake.adf.names import TYPES_OF_PHONES
from ortoo_daemon.intake.adf.tree import Element, Oddities

_PARTS = ("surname", "first", "middle", "last", "full")
_TIMES = ("morning", "afternoon", "evening", "day", "nopreference")
_WITHIN_ADDRESS = ("street", "city", "postalcode", "country", "regioncode", "apartment")
_TRUE = ("1", "true", "yes", "y")


def contact(holder: Element, odd: Oddities, *, needed: bool = True) -> Contact:
    """Of an element that holds a contact, or its parts themselves."""
    element = holder.first("contact")
    if element is None:
        if needed:
            odd.tell(Odd.MISSING, holder.at, f"{holder.name} has no contact")
        element = holder
    parts = _name_parts(element, odd)
    first, middle = parts.get("first", ""), parts.get("middle", "")
    last = parts.get("last", "") or parts.get("surname", "")
    full = parts.get("full", "")
    email = next((each for each in element.all("email") if each.text), None)
    business = any(
        each.attributes.get("type", "").casefold() == "business" for each in element.all("name")
    )
    if full and not first and not last and not business:
        first, last = _split(full)
    return Contact(
        full=full or " ".join(filter(None, (first, middle, last))),
        first=first,
        middle=middle,
        last=last,
        business=business,
        email="" if email is None else "".join(email.text.split()).removeprefix("mailto:"),
        email_preferred=email is not None and _is_preferred(email),
        phones=_phones(element, odd),
        address=_address(element),
    )


def _name_parts(element: Element, odd: Oddities) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in element.all("name"):
        part = each.attributes.get("part", "full").casefold() or "full"
        text = " ".join(each.text.split())
        if part not in _PARTS:
            odd.tell(Odd.WRONG_VALUE, each.at, f"part is {part!r}; read as a whole name")
            part = "full"
        if not text:
            odd.tell(Odd.EMPTY, each.at, f"the {part} name is empty")
        elif part in found and found[part] != text:
            found[part] = f"{found[part]} {text}"
        else:
            found[part] = text
    return found


def _split(full: str) -> tuple[str, str]:
    """First and last name of a whole one: ``Last, First``, else the last word is the last name."""
    last, comma, first = full.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    first, _, last = full.rpartition(" ")
    return first, last


def _phones(element: Element, odd: Oddities) -> tuple[Phone, ...]:
    found = []
    for each in element.all("phone"):
        number = " ".join(each.text.split())
        if not number:
            odd.tell(Odd.EMPTY, each.at, "a phone without a number")
            continue
        said = each.attributes.get("type", "voice").casefold() or "voice"
        time = each.attributes.get("time", "").casefold()
        kind = TYPES_OF_PHONES.get(said, "voice")
        if kind != said:
            odd.tell(Odd.WRONG_VALUE, each.at, f"the phone's type is {said!r}; read as {kind}")
        if time and time not in _TIMES:
            odd.tell(Odd.WRONG_VALUE, each.at, f"the phone's time is {time!r}")
            time = ""
        found.append(Phone(number=number, type=kind, time=time, preferred=_is_preferred(each)))
    return tuple(found)


def _address(element: Element) -> Address | None:
    """Its address, or parts of one that stand in the contact itself."""
    inner = max(element.all("address"), key=lambda each: len(each.children), default=None)
    if inner is None:
        if not any(element.first(name) for name in _WITHIN_ADDRESS):
            return None
        inner = element
    streets = sorted(inner.all("street"), key=_line)
    lines = [line for each in streets for line in each.text.splitlines() if line]
    if not inner.children and inner.text:
        lines = inner.text.splitlines()
    read = Address(
        streets=tuple(dict.fromkeys(lines)),
        apartment=_text(inner, "apartment"),
        city=_text(inner, "city"),
        region=_text(inner, "regioncode"),
        postal_code=_text(inner, "postalcode"),
        country=_text(inner, "country"),
        type=inner.attributes.get("type", "").casefold() if inner is not element else "",
    )
    return None if read == Address(type=read.type) else read


def _line(street: Element) -> int:
    line = street.attributes.get("line", "1").strip()
    return int(line) if line.isascii() and line.isdigit() else 1


def _text(element: Element, name: str) -> str:
    found = next((each.text for each in element.all(name) if each.text), "")
    return " ".join(found.split())


def _is_preferred(element: Element) -> bool:
    return element.attributes.get("preferredcontact", "0").casefold() in _TRUE
