"""Which orders, listings, invoices, claims and cases does a text name by number?

A number is told by the word in front of it, in six languages; a digit has to be in it.
"""

import re
from collections.abc import Iterator

from ortoo_daemon.intake.mail.model import IdentifierKind

_WORDS = {
    IdentifierKind.INVOICE: (
        r"factures?|avoir|rechnung(?:en|snummer|s-?nr)?|gutschrift|facturas?|abono|fattur[ae]|nota di credito"
        r"|invoices?|inv|fact?|ft|credit note|factuur(?:nummer)?|facturen|creditnota"
    ),
    IdentifierKind.ORDER: (
        r"commandes?|cde|bon de livraison|BL|auftrag(?:snummer|s-?nr)?|bestell(?:ung|nummer)|lieferschein"
        r"|pedidos?|albar[áa]n|ordin[ei]|DDT|bolla|orders?|purchase order|P\.?O\.?|ordernummer|bestelling"
        r"|pakbon"
    ),
    IdentifierKind.LISTING: (
        r"annonces?|inserat(?:s-?nr)?|anzeigen?(?:-?nr|nummer)?|anuncios?|annuncio?|listings?|adverts?|ads?"
        r"|advertenties?|stock(?: no| number)|lager(?:nummer|-?nr)|voorraadnummer|fahrzeug-?nr"
    ),
    IdentifierKind.CLAIM: (
        r"(?:demande|dossier) (?:de )?garantie|dossier|garantieantrag|kulanzantrag|garant[íi]a|expediente"
        r"|pratica|claims?|garantieclaim|garantieaanvraag|dossiernummer"
    ),
    IdentifierKind.CASE: (
        r"tickets?|cases?|vorgang(?:s-?nr)?|incidencias?|segnalazione|melding|demande|r[ée]f(?:[ée]rence)?"
        r"|lead(?: id)?"
    ),
}
_LINK = (
    r"(?:-(?=\d)|[ \t\u00a0]{0,2}(?:\(|:)?)[ \t\u00a0]{0,2}"
    r"(?:(?:n[°ºo]\.?|nr\.?|no\.?|num(?:ber|[ée]ro|ero)?\.?"
    r"|n[úu]m(?:ero)?\.?|nummer|id|ref\.?|rif\.?|#)[ \t\u00a0:.#]{0,3})?#?"
)
_NUMBER = (
    r"(?=[A-Za-z/_.-]{0,12}\d)"
    r"([A-Za-z0-9]{1,14}(?:[-/._ ](?=[A-Za-z]{0,3}-?\d)[A-Za-z0-9-]{1,12}){0,4})"
)
_PATTERNS = tuple(
    (kind, re.compile(rf"(?<!\w)(?i:{words})(?!\w){_LINK}{_NUMBER}"))
    for kind, words in _WORDS.items()
)
_MONTH_DAY = re.compile(r"^\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?$|^(?:19|20)\d\d$")
_FEWEST_DIGITS = 3


def find_numbers(text: str) -> Iterator[tuple[IdentifierKind, int, int, str]]:
    """Kind, start, end, and the number as it is written."""
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(1)
            number = match.group(1).rstrip(".,-/_ ")
            end = start + len(number)
            if sum(letter.isdigit() for letter in number) < _FEWEST_DIGITS or _MONTH_DAY.match(
                number
            ):
                continue
            if any(start < stop and first < end for first, stop in taken):
                continue
            taken.append((start, end))
            yield kind, start, end, number
