"""Which word groups do the figures and names of a sentence make: amounts, numbers, models, campaign codes?"""

import re
from collections.abc import Iterable, Sequence

from ortoo_daemon.intake.mail.model import IdentifierKind, MailReading
from ortoo_daemon.intake.triage.amounts import amounts_in
from ortoo_daemon.intake.triage.brands import NO_BRAND_OF_OURS, BrandMention
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.sentences import Sentence
from ortoo_daemon.intake.triage.words import Word

_NUMBERS = {
    IdentifierKind.INVOICE: "invoice_number",
    IdentifierKind.ORDER: "order_number",
    IdentifierKind.LISTING: "listing_number",
    IdentifierKind.CLAIM: "claim_number",
}
_CODE = re.compile(r"(?=\w*[A-Z])(?:[A-Z]{3,6}|(?=\w*\d)[0-9A-Z]{3,11})")
_NUMBER_WORDS = frozenset({"n", "no", "nr", "num", "numero", "nummer", "code", "codice", "codigo"})
_CAMPAIGNS = frozenset({"campaign", "recall"})


def numbers_of(reading: MailReading, *, in_subject: bool) -> tuple[tuple[int, str], ...]:
    """Where numbers of invoices, orders, listings and claims stand, and the group that each makes."""
    return tuple(
        (found.start, _NUMBERS[found.kind])
        for found in reading.identifiers
        if found.kind in _NUMBERS and (found.part is None) is in_subject
    )


def number_groups(
    numbers: Iterable[tuple[int, str]], sentence: Sentence, out: Sequence[tuple[int, int]]
) -> set[str]:
    """The groups of the numbers in a sentence, clauses that are ``out`` of the request left out."""
    return {
        group
        for at, group in numbers
        if sentence.start <= at < sentence.end and not any(a <= at < b for a, b in out)
    }


def brand_groups(brands: Iterable[BrandMention]) -> set[str]:
    """``model`` and ``brand``, where a brand of ours is plainly spoken of."""
    return {
        "model" if brand.kind.endswith("model") else "brand"
        for brand in brands
        if brand.brand != NO_BRAND_OF_OURS and not brand.loose
    }


def amount_groups(text: str, sentence: Sentence, out: Sequence[tuple[int, int]]) -> set[str]:
    """``amount``, and ``two_amounts`` where there are more than one."""
    amounts = [
        at
        for at, _ in amounts_in(text[sentence.start : sentence.end])
        if not any(a <= at + sentence.start < b for a, b in out)
    ]
    return {"amount", "two_amounts"} if len(amounts) > 1 else {"amount"} if amounts else set()


def names_a_campaign(text: str, words: Sequence[Word], hits: Iterable[Hit]) -> bool:
    """Whether a code stands behind a word for a campaign: ``campaña 93M8``, ``Campaign KTX``."""
    for hit in hits:
        if hit.name not in _CAMPAIGNS:
            continue
        at = hit.last + 1
        if at < len(words) and words[at].text in _NUMBER_WORDS:
            at += 1
        if at < len(words) and _CODE.fullmatch(text[words[at].start : words[at].end]):
            return True
    return False
