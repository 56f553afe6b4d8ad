"""What does a record id look like?  Key prefixes, the 18-character checksum, increasing ids."""

from __future__ import annotations

import re
import string

_CHECK = string.ascii_uppercase + "012345"
# Digits, capitals, small letters: in this order ids sort by age, byte by byte.
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_POD = "7Q0"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Za-z0-5]{3})?", re.ASCII)


def checksum(id15: str) -> str:
    """The three letters that make a case-sensitive 15-character id safe without case."""
    letters = []
    for start in (0, 5, 10):
        bits = sum(1 << k for k in range(5) if "A" <= id15[start + k] <= "Z")
        letters.append(_CHECK[bits])
    return "".join(letters)


def to_18(value: str) -> str | None:
    """`value` as an 18-character id, or None when it is no id.

    A 15-character id gets its checksum. Of an 18-character id the checksum restores the letter
    case, as the platform does for ids that went through a case-folding spreadsheet.
    """
    if not isinstance(value, str) or not _SHAPE.fullmatch(value):
        return None
    if len(value) == 15:
        return value + checksum(value)
    if checksum(value[:15]) == value[15:]:
        return value
    return _restore_case(value)


def _restore_case(value: str) -> str | None:
    check = value[15:].upper()
    restored = []
    for group, letter in enumerate(check):
        bits = _CHECK.find(letter)
        if bits < 0:
            return None
        for k, char in enumerate(value[group * 5 : group * 5 + 5]):
            restored.append(char.upper() if bits >> k & 1 else char.lower())
    id15 = "".join(restored)
    return id15 + check if checksum(id15) == check else None


def make_id(prefix: str, number: int) -> str:
    """The `number`-th id of a key prefix; ids of one prefix sort in the order of their numbers."""
    digits = []
    for _ in range(9):
        number, rest = divmod(number, 62)
        digits.append(_DIGITS[rest])
    id15 = prefix + _POD + "".join(reversed(digits))
    return id15 + checksum(id15)
