"""Which rooftops bear names that people take for one another? ``Jansen`` and ``Janssen``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ortoo_daemon.intake.triage.dealers import Dealer
from ortoo_daemon.intake.triage.ordinary_words import GENERIC, LEGAL_FORMS, PLACE_WORDS
from ortoo_daemon.intake.triage.words import plain_words

_SHORTEST = 5
"""Words of so many letters are alike with one letter wrong."""


def alike(dealers: Iterable[Dealer]) -> Mapping[str, frozenset[str]]:
    """By account id, every rooftop whose name is the same, or has one letter another; itself too."""
    keys = {dealer.account_id: frozenset(_keys(dealer)) for dealer in dealers}
    bearing: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for account, own in keys.items():
        for key in own:
            bearing[key].add(account)
    return {
        account: frozenset({account}).union(*(bearing[key] for key in own))
        for account, own in keys.items()
    }


def _keys(dealer: Dealer) -> Iterator[tuple[str, ...]]:
    """What its name tells, whole and with each letter left out: names one letter apart have one in common."""
    words = plain_words(dealer.name)
    told = tuple(w for w in words if w not in GENERIC | LEGAL_FORMS | PLACE_WORDS and len(w) > 1)
    if not told:
        return
    yield told
    for at, word in enumerate(told):
        if len(word) >= _SHORTEST:
            for left_out in range(len(word)):
                shorter = word[:left_out] + word[left_out + 1 :]
                yield (*told[:at], shorter, *told[at + 1 :])
