"""Which names and numbers stand in a mail's subject and text, and in which part of it?"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ortoo_daemon.intake.mail.codes import DealerCodes
from ortoo_daemon.intake.mail.model import Identifier, IdentifierKind, MailPart
from ortoo_daemon.intake.mail.numbers import find_numbers
from ortoo_daemon.intake.mail.phones import find_phones
from ortoo_daemon.intake.mail.plates import find_plates
from ortoo_daemon.intake.mail.vins import find_vins

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_LANGUAGE_COUNTRIES = {
    "fr": ("FR", "BE", "CH"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES",),
    "it": ("IT",),
    "en": ("GB", "US", "IE"),
    "nl": ("NL", "BE"),
}
_DOMAIN_COUNTRIES = {
    "fr": "FR",
    "de": "DE",
    "es": "ES",
    "it": "IT",
    "uk": "GB",
    "nl": "NL",
    "be": "BE",
    "at": "AT",
    "ch": "CH",
    "ie": "IE",
    "us": "US",
    "gal": "ES",
    "cat": "ES",
    "pt": "PT",
    "lu": "LU",
}


def find_identifiers(
    text: str,
    parts: Sequence[MailPart] | None,
    *,
    codes: DealerCodes,
    countries: Sequence[str],
    latest_year: int,
) -> tuple[Identifier, ...]:
    """Everything found in order of place; ``parts`` are None for a subject."""
    found: list[Identifier] = []  # in order of place, none over another
    for one in (
        *_vins(text, latest_year),
        *_addresses(text),
        *_codes(text, codes),
        *_numbers(text),
        *_phones(text, countries),
        *_plates(text),
    ):
        at = bisect_left(found, one.start, key=lambda other: other.end - 1)
        if at == len(found) or one.end <= found[at].start:
            found.insert(at, one)
    return tuple(found) if parts is None else tuple(_placed(found, parts))


def countries_of(language: str, sender: str) -> tuple[str, ...]:
    """The countries whose way of dialling a mail is likely to use, the likeliest first."""
    domain = _DOMAIN_COUNTRIES.get(sender.rpartition(".")[2].lower())
    usual = _LANGUAGE_COUNTRIES.get(language, ("FR", "DE", "GB", "IT", "ES", "NL", "US"))
    return tuple(dict.fromkeys([*([domain] if domain else []), *usual]))


def _placed(found: Sequence[Identifier], parts: Sequence[MailPart]) -> Iterator[Identifier]:
    number = 0
    for one in found:
        while number < len(parts) - 1 and parts[number].end <= one.start:
            number += 1
        yield Identifier(
            kind=one.kind,
            value=one.value,
            start=one.start,
            end=one.end,
            part=number,
            valid=one.valid,
            note=one.note,
        )


def _vins(text: str, latest_year: int) -> Iterator[Identifier]:
    for found in find_vins(text, latest_year=latest_year):
        yield Identifier(
            kind=IdentifierKind.VIN,
            value=found.vin.value,
            start=found.start,
            end=found.end,
            part=None,
            valid=not found.vin.problem,
            note=found.vin.note,
        )


def _addresses(text: str) -> Iterator[Identifier]:
    for match in _ADDRESS.finditer(text):
        yield Identifier(
            kind=IdentifierKind.EMAIL,
            value=match.group().lower(),
            start=match.start(),
            end=match.end(),
            part=None,
        )


def _codes(text: str, codes: DealerCodes) -> Iterator[Identifier]:
    for found in codes.find(text):
        notes = ["announced"] if found.announced else []
        notes += ["digits only"] if found.digits_only else []
        notes += [] if found.known else ["not in the directory"]
        yield Identifier(
            kind=IdentifierKind.DEALER_CODE,
            value=found.code,
            start=found.start,
            end=found.end,
            part=None,
            valid=found.known,
            note="; ".join(notes),
        )


def _numbers(text: str) -> Iterator[Identifier]:
    for kind, start, end, number in find_numbers(text):
        yield Identifier(kind=kind, value=number, start=start, end=end, part=None)


def _phones(text: str, countries: Sequence[str]) -> Iterator[Identifier]:
    for start, end, number, planned in find_phones(text, countries=countries):
        note = "" if planned else "not in use by the country's numbering plan"
        yield Identifier(
            kind=IdentifierKind.PHONE, value=number, start=start, end=end, part=None, note=note
        )


def _plates(text: str) -> Iterator[Identifier]:
    for start, end, plate, country in find_plates(text):
        yield Identifier(
            kind=IdentifierKind.PLATE, value=plate, start=start, end=end, part=None, note=country
        )
