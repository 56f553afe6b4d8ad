"""How much is this, and in which currency? Amounts as people type them in many countries."""

import re

from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed

_CURRENCIES = {
    "EUR": ("€", "euro", "euros", "eur"),
    "USD": ("$", "us$", "dollar", "dollars", "usd"),
    "GBP": ("£", "pound", "pounds", "gbp"),
    "CHF": ("chf", "sfr", "fr.", "franken", "francs suisses"),
    "PLN": ("zł", "zl", "zloty", "pln"),
    "CZK": ("kč", "czk"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "HUF": ("ft", "huf"),
    "JPY": ("¥", "yen", "jpy"),
}
_CODES = {word: code for code, words in _CURRENCIES.items() for word in words}
_NUMBER = re.compile(
    r"(\d[\d.,'’   ]*)"
    r"(k|tsd\.?|m|mio\.?|mln\.?|millions?|millionen|millones|milioni|miljoen)?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’   ]\d{3})+")
_DECIMALS = 2
_LOOSE = ".,'’"


def standard_currency(form: Form) -> str:
    """The ISO code, ``EUR``; raises ValueError for what is no currency known here."""
    text = outer_trimmed(form.text)
    code = _CODES.get(text.casefold())
    if code is None and re.fullmatch(r"[A-Za-z]{3}", text) and text.upper() in _CURRENCIES:
        code = text.upper()
    if code is None:
        raise ValueError("not a currency known here")
    return code


def standard_amount(form: Form) -> str:
    """``12500`` or ``12500.50``, the currency left out; raises ValueError for what is no one amount."""
    text = outer_trimmed(form.text)
    found = [match for match in _NUMBER.finditer(text) if match[1]]
    if len(found) != 1 or text.lstrip("€$£ ").startswith("-"):
        raise ValueError("not one amount")
    number, unit = found[0][1].rstrip().rstrip(_LOOSE).rstrip(), (found[0][2] or "").casefold()
    value = _plain(number)
    if not unit:
        return value
    return str(round(float(value) * (1_000 if unit[0] in "kt" else 1_000_000)))


def _plain(number: str) -> str:
    """The digits, with a point before cents."""
    if _GROUPED.fullmatch(number):
        return re.sub(r"\D", "", number)
    whole, mark, cents = _split(number)
    digits = re.sub(r"\D", "", whole)
    if mark and (len(cents) > _DECIMALS or not cents):
        raise ValueError("an amount that can't be read in one way alone")
    if mark and len(whole) > len(digits) and not _GROUPED.fullmatch(whole):
        raise ValueError("an amount that can't be read in one way alone")
    return f"{digits}.{cents}" if mark and int(cents) else digits


def _split(number: str) -> tuple[str, str, str]:
    """At the last point or comma."""
    at = max(number.rfind("."), number.rfind(","))
    return (number, "", "") if at < 0 else (number[:at], number[at], number[at + 1 :])
