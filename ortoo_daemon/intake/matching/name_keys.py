"""By which key are people of one name at one place found, though the name was typed in another way?

The key is what of a name survives most slips of the finger, and the postal code: the first letter and the
consonants that follow, like ones as one. It finds candidates; whether they are the same person is judged
by the whole names.
"""

from functools import lru_cache

from ortoo_daemon.intake.matching.written_names import company_words, surname_words

_ALIKE = str.maketrans("cqzwyjdbgnx", "kksviitpkms")
_SILENT = frozenset("aeiouyh")
_LONGEST = 4


def person_key(last_name: str, postal_code: str) -> str | None:
    """``mrtm:69003`` for Martin and Martín of 69003; None where one of the two is missing.

    >>> person_key("de Müller", "75011") == person_key("MULLER", "75 011")
    True
    """
    words = surname_words(last_name)
    return _key(words[0], postal_code) if words else None


def company_key(company: str, postal_code: str) -> str | None:
    """As `person_key`, by the first word that is no legal form."""
    words = company_words(company)
    return _key("".join(words[:2]), postal_code) if words else None


@lru_cache(maxsize=16_384)
def _key(word: str, postal_code: str) -> str | None:
    place = "".join(char for char in postal_code.casefold() if char.isalnum())
    return f"{_skeleton(word)}:{place}" if place and len(word) > 1 else None


def _skeleton(word: str) -> str:
    bare = word.replace("ph", "f").translate(_ALIKE)
    found = [bare[0]]
    for char in bare[1:]:
        if char not in _SILENT and char != found[-1]:
            found.append(char)
    return "".join(found[:_LONGEST])
