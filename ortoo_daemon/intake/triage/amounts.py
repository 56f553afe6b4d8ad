"""Which amounts of money, rates and other figures that can be wrong does a sentence name?"""

import re

_FIGURE = r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = r"(?:€|\$|£|%|euros?\b|eur\b|usd\b|gbp\b|chf\b|dollars?\b|pounds?\b|k\b)"
_AMOUNT = re.compile(
    rf"(?<![\w.,-])(?:(?:€|\$|£)\s?(?:{_FIGURE})|(?:{_FIGURE})\s?{_UNIT})", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<![\w.,/-])\d{1,3}(?:[.,\u00a0\u202f ]\d{3}){1,2}(?![\w/-]|[.,]\d)")


def amounts_in(text: str) -> list[tuple[int, int]]:
    """Where amounts stand: figures with a currency or per cent, and figures with thousands set apart."""
    found = [match.span() for match in _AMOUNT.finditer(text)]
    for match in _THOUSANDS.finditer(text):
        start, end = match.span()
        if not any(first < end and start < last for first, last in found):
            found.append((start, end))
    return sorted(found)
