"""Which rooftops does a sentence name by number: dealer codes and phone numbers?"""

import re
from collections.abc import Iterator, Sequence

from ortoo_daemon.intake.triage.dealer_index import DealerIndex, code_key, phone_key
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.ordinary_words import CODE_WORDS
from ortoo_daemon.intake.triage.site_words import SiteWords
from ortoo_daemon.intake.triage.sites import SiteMention

_CODE = re.compile(r"(?<![\w-])[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w-])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w])\+?\(?\d[\d\s()./\u00a0-]{6,17}\d(?!\w)")
_SHORTEST_CODE = 4

Pool = frozenset[str] | None


def numbers_in(
    text: str,
    stretch: tuple[int, int],
    said: SiteWords,
    index: DealerIndex,
    pool: Pool,
    codes: Sequence[tuple[int, int, str]],
) -> Iterator[SiteMention]:
    """The rooftops of ``pool`` whose numbers stand in the stretch; ``codes`` are those that reading found."""
    for found in _CODE.finditer(text, *stretch):
        long = len(found[0]) >= _SHORTEST_CODE
        account = index.by_code.get(code_key(found[0])) if long else None
        in_pool = account is not None and (pool is None or account in pool)
        if account and in_pool and _is_a_code(found, said, text, known=pool is not None):
            yield _number(said, found.start(), frozenset({account}), Basis.CODE, 0.99)
    for start, end, code in codes:
        whole = text[start:end].isalnum()
        account = index.by_code.get(code_key(code))
        if whole or account is None or not stretch[0] <= start < stretch[1]:
            continue
        if pool is None or account in pool:
            yield _number(said, start, frozenset({account}), Basis.CODE, 0.97)
    for found in _PHONE.finditer(text, *stretch):
        accounts = index.by_phone.get(phone_key(found[0]), frozenset())
        accounts = accounts if pool is None else accounts & pool
        if len(accounts) == 1:
            yield _number(said, found.start(), accounts, Basis.PHONE, 0.97)


def _is_a_code(found: re.Match[str], said: SiteWords, text: str, *, known: bool) -> bool:
    """Figures alone may be a postal code, a price, a ticket: then something must say it's a code.

    ``known``: whether the writer's group is, so that few numbers can be meant.
    """
    at = next((n for n, word in enumerate(said.words) if word.end > found.start()), 0)
    after = said.words[at + 1] if at + 1 < len(said.words) else None
    if not found[0].isdigit():
        return any(char.isdigit() for char in found[0])
    if any(word.text in CODE_WORDS for word in said.words[max(0, at - 3) : at]):
        return True
    town = after and after.capital and not text[said.words[at].end : after.start].strip()
    return known and not town


def _number(
    said: SiteWords, start: int, accounts: frozenset[str], basis: Basis, confidence: float
) -> SiteMention:
    at = next((n for n, word in enumerate(said.words) if word.end > start), 0)
    return SiteMention(
        accounts=accounts, kind="number", basis=basis, confidence=confidence, first=at, last=at
    )
