"""Whose people does a mail name? Somebody who works at one rooftop speaks for it, where others don't."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.ordinary_words import PLACE_WORDS
from ortoo_daemon.intake.triage.words import Word, plain, plain_words

_SHORTEST = 4
_SHORTEST_WHOLE = 8
_TO_OR_WITH = frozenset(
    ["an", "avec", "cc", "con", "met", "mit", "naar", "to", "via", "with", "zu"]
)
"""Behind one of these somebody gets a copy, or was spoken to: the matter need not be theirs."""
_THERE = PLACE_WORDS | {"dalla", "desde", "te", "uit"}
_NO_LETTER = re.compile(r"[^a-z]")


def rooftops_of_people(
    sentences: Iterable[Sequence[Word]], index: DealerIndex, pool: frozenset[str], writer: str
) -> frozenset[str]:
    """The rooftops of ``pool`` whose people are named, by a name that nobody else of them bears.

    ``writer`` is how the writer is called: whoever signs is not spoken of,
    nor is who only gets a copy.
    """
    names = _names(index, pool)
    own = set(plain_words(writer))
    said = {
        word.text
        for words in sentences
        for before, word in zip((None, *words), words, strict=False)
        if word.capital and word.text not in own and not (before and before.text in _TO_OR_WITH)
    }
    return frozenset(names[name] for name in said if name in names)


def works_at(
    first: int,
    words: Sequence[Word],
    accounts: frozenset[str],
    index: DealerIndex,
    pool: frozenset[str] | None,
) -> bool:
    """``Sven from Leeds``: whether before the place that begins at ``first`` one of its people is named."""
    if pool is None or first < 2 or words[first - 1].text not in _THERE:
        return False
    person = words[first - 2]
    return person.capital and _names(index, pool).get(person.text) in accounts


def person_of_address(
    address: str, name: str, index: DealerIndex, pool: frozenset[str] | None
) -> str | None:
    """The one rooftop where somebody of the sender's whole name works, by name or private address."""
    local = _NO_LETTER.sub("", plain(address.partition("@")[0]))
    people = _whole_names(index)
    ends = range(_SHORTEST_WHOLE, len(local) + 1)
    parts = (local[at:end] for end in ends for at in range(end - _SHORTEST_WHOLE + 1))
    called = plain_words(name)
    pairs = (f"{one}{other}" for one in called for other in called if one != other)
    found = frozenset().union(*(people.get(part, frozenset()) for part in (*parts, *pairs)))
    found = found if pool is None else found & pool
    return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=8)
def _whole_names(index: DealerIndex) -> Mapping[str, frozenset[str]]:
    """Account ids by first and last name of their people in one word, and the other way round."""
    found: dict[str, set[str]] = defaultdict(set)
    for account, dealer in index.dealers.items():
        for contact in dealer.contacts:
            words = plain_words(contact.name)
            if len(words) > 1 and len(words[0] + words[-1]) >= _SHORTEST_WHOLE:
                found[words[0] + words[-1]].add(account)
                found[words[-1] + words[0]].add(account)
    return {name: frozenset(accounts) for name, accounts in found.items()}


@lru_cache(maxsize=512)
def _names(index: DealerIndex, pool: frozenset[str]) -> Mapping[str, str]:
    """Account id by a first or last name that people of one rooftop alone bear, and no town or group."""
    bearing: dict[str, set[str]] = defaultdict(set)
    for account in pool:
        for contact in index.dealers[account].contacts:
            for word in plain_words(contact.name):
                bearing[word].add(account)
    known = {word for account in pool for word in plain_words(index.group_of(account))}
    known |= {word for account in pool for word in index.words_of(account)}
    return {
        word: next(iter(accounts))
        for word, accounts in bearing.items()
        if len(accounts) == 1 and len(word) >= _SHORTEST and word not in known
    }
