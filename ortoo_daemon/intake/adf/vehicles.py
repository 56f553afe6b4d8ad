"""Which vehicle is it, and what is said of it? Figures and interests as the standard has them."""

import re
from collections.abc import Iterable

from ortoo_daemon.intake.adf.model import (
    AdfId,
    Colors,
    Finance,
    Interest,
    Money,
    Odd,
    Option,
    Vehicle,
)
from ortoo_daemon.intake.adf.tree import Element, Oddities

OTHER_INTERESTS = {
    "trade": Interest.TRADE_IN,
    "tradein": Interest.TRADE_IN,
    "trade_in": Interest.TRADE_IN,
    "trade in": Interest.TRADE_IN,
    "testdrive": Interest.TEST_DRIVE,
    "test_drive": Interest.TEST_DRIVE,
    "test drive": Interest.TEST_DRIVE,
    "purchase": Interest.BUY,
    "buying": Interest.BUY,
    "leasing": Interest.LEASE,
    "sale": Interest.SELL,
}
INTERESTS = {each.value: each for each in Interest}
_STATES = {"new": "new", "used": "used", "cpo": "used", "certified": "used", "preowned": "used"}
_UNITS = {
    "km": "km", "kms": "km", "kilometers": "km", "kilometres": "km",
    "mi": "mi", "miles": "mi", "mile": "mi",
}  # fmt: skip
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
_FIGURE = re.compile(r"\d[\d.,'\s]*", re.ASCII)


def vehicle(element: Element, ids: tuple[AdfId, ...], odd: Oddities) -> Vehicle:
    """``ids`` are its own."""
    distance, units = _odometer(element.first("odometer"), odd)
    model = _text(element, "model")
    return Vehicle(
        interest=_interest(element, odd),
        status=_state(element, odd),
        ids=ids,
        year=_text(element, "year"),
        make=_text(element, "make"),
        model=model,
        vin="".join(_text(element, "vin").split()).upper(),
        stock=_text(element, "stock"),
        trim=_text(element, "trim"),
        doors=_text(element, "doors"),
        body_style=_text(element, "bodystyle"),
        transmission=_text(element, "transmission"),
        odometer=distance,
        units=units,
        condition=_text(element, "condition"),
        colors=tuple(_colors(element)),
        image=_text(element, "imagetag"),
        price=_money(element.first("price"), odd),
        price_comments=_lines(element, "pricecomments"),
        options=tuple(_option(each, odd) for each in element.all("option")),
        finance=_finance(element.first("finance"), odd),
        comments=_lines(element, "comments"),
    )


def _interest(element: Element, odd: Oddities) -> Interest:
    said = element.attributes.get("interest", "").strip().casefold()
    if not said:
        return Interest.BUY
    if said in INTERESTS:
        return INTERESTS[said]
    known = OTHER_INTERESTS.get(said, Interest.BUY)
    odd.tell(Odd.WRONG_VALUE, element.at, f"interest is {said!r}; read as {known.value}")
    return known


def _state(element: Element, odd: Oddities) -> str:
    said = element.attributes.get("status", "new").strip().casefold() or "new"
    known = _STATES.get(said.replace("-", "").replace(" ", ""), "")
    if known != said:
        odd.tell(Odd.WRONG_VALUE, element.at, f"status is {said!r}; read as {known or 'new'}")
    return known or "new"


def _odometer(element: Element | None, odd: Oddities) -> tuple[float | None, str]:
    if element is None or not element.text:
        return None, ""
    said = element.attributes.get("units", "").casefold()
    word = re.search(r"[A-Za-z]+", element.text)
    units = _UNITS.get(said) or _UNITS.get(word[0].casefold() if word else "", "")
    found = figure(element.text)
    if found is None:
        odd.tell(Odd.WRONG_VALUE, element.at, f"the odometer is no number: {element.text[:40]!r}")
    return found, units


def _colors(element: Element) -> Iterable[Colors]:
    for each in element.all("colorcombination"):
        yield _color(each)
    if any(element.first(name) for name in ("exteriorcolor", "interiorcolor")):
        yield _color(element)


def _color(element: Element) -> Colors:
    return Colors(
        exterior=_text(element, "exteriorcolor"),
        interior=_text(element, "interiorcolor"),
        preference=_text(element, "preference"),
    )


def _option(element: Element, odd: Oddities) -> Option:
    return Option(
        name=_text(element, "optionname") or " ".join(element.text.split()),
        code=_text(element, "manufacturercode"),
        stock=_text(element, "stock"),
        weighting=_text(element, "weighting"),
        price=_money(element.first("price"), odd),
    )


def _finance(element: Element | None, odd: Oddities) -> Finance | None:
    if element is None:
        return None
    amounts = (_money(each, odd) for each in element.all("amount"))
    return Finance(
        method=_text(element, "method"),
        amounts=tuple(each for each in amounts if each is not None),
        balance=_money(element.first("balance"), odd),
    )


def _money(element: Element | None, odd: Oddities) -> Money | None:
    if element is None or not element.text:
        return None
    text = " ".join(element.text.split())
    found = figure(text)
    if found is None:
        odd.tell(Odd.WRONG_VALUE, element.at, f"{element.name} is no number: {text[:40]!r}")
    signed = next((code for sign, code in _SIGNS.items() if sign in text), "")
    about = {key: value for key, value in element.attributes.items() if key != "currency"}
    return Money(
        text=text,
        figure=found,
        currency=element.attributes.get("currency", "").upper() or signed,
        about=tuple(sorted(about.items())),
    )


def figure(text: str) -> float | None:
    """The number in a text: ``24,990``, ``24.990,00 €``, ``$1,234.50``, ``24 990``."""
    found = _FIGURE.search(text)
    if found is None:
        return None
    digits = re.sub(r"[\s']", "", found[0]).rstrip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        sign, behind = digits[last], len(digits) - last - 1
        alone = digits.count(sign) == 1
        fraction = alone and (behind != 3 or ("," in digits and "." in digits))
        whole = re.sub(r"[.,]", "", digits[:last])
        digits = f"{whole}.{digits[last + 1 :]}" if fraction else re.sub(r"[.,]", "", digits)
    value = float(digits)
    return -value if text.strip().startswith("-") else value


def _text(element: Element, name: str) -> str:
    found = next((each.text for each in element.all(name) if each.text), "")
    return " ".join(found.split())


def _lines(element: Element, name: str) -> str:
    return "\n".join(dict.fromkeys(each.text for each in element.all(name) if each.text))
