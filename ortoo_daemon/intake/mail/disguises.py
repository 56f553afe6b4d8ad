"""What does a text say that is written so that rules don't read it: spaced letters, look-alikes, base64?

Nothing here decides that a text is an order: it gives the readings of a text that are to be looked at beside
its own.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from ortoo_daemon.intake.mail.characters import folded

_SPACED = re.compile(r"(?<!\w)(?:\w[ \t\u00a0._*|·-]{1,3}){5,}\w(?!\w)")
_WIDE = re.compile(r"[ \t\u00a0]{2,}|[ \t\u00a0]?[|/][ \t\u00a0]?")
_GAPS = re.compile(r"[ \t\u00a0._*|·-]+")
_CODED = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{24,}={0,2}(?![\w/+])")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏкмнтвгпꞵαεοριτυνκ", "aeopcyxijsdhlkmhtbrnbaeopituvk")
_FIGURES = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"(?<![\w@$])(?=\w{0,30}[a-z@$])(?=\w{0,30}[0-9@$])[\w@$]{4,30}")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile(r"[a-z]")


def readings_of(text: str) -> Iterator[str]:
    """The folded text, and whatever else it says to one who looks closer."""
    key = folded(text).strip()
    yield key
    if _SPACED.search(text):
        yield folded(_SPACED.sub(_closed_up, text)).strip()
    if _FOREIGN.search(key) and _LATIN.search(key):
        yield key.translate(_LOOKALIKES)
    if _MIXED.search(key):
        yield _MIXED.sub(lambda word: word[0].translate(_FIGURES), key)
    for coded in _CODED.finditer(text):
        if decoded := _decoded(coded[0]):
            yield folded(decoded).strip()


def _closed_up(spaced: re.Match[str]) -> str:
    """Letters moved together; where gaps are of two widths, the wide ones part words."""
    words = _WIDE.split(spaced[0])
    return " ".join(_GAPS.sub("", word) for word in words)


def _decoded(coded: str) -> str:
    """The text behind base64, "" where it is none."""
    try:
        plain = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain if plain.isprintable() else ""
