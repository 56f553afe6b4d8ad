"""Which characters of a text could steer a terminal, or mean more than they show?

What comes from the org, from mails and from files is data of somebody else: escape sequences that move the
cursor, colour or rename the window, line ends that forge a line, marks that turn the direction of writing.
"""

import re
import unicodedata

_IN_JSON = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def without_controls(text: str, *, keep: str = "") -> str:
    """The text with every character that could steer a terminal shown as a dot."""
    if text.isprintable():
        return text
    return "".join(each if _is_shown(each) or each in keep else "·" for each in text)


def _is_shown(character: str) -> bool:
    """Blanks of any width are; Python counts all but one among what can't be printed."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def escaped_json(text: str) -> str:
    """JSON with such characters as it escapes by itself, and the ones that it leaves as they are."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


def csv_cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with the quote that says that it is text."""
    if not isinstance(value, str) or not value.startswith(_FORMULA) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"
