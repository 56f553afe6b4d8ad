"""Which rooftop does an outsider mean who says but one word of its name, and its town? *Janssen in Venlo*

Told only where one rooftop alone has both; who lives or works there bears the name, perhaps, and no more.
"""

from collections.abc import Iterator, Sequence

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.ordinary_words import ARTICLES, PLACE_WORDS, SMALL_WORDS
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.site_words import SiteWords, is_a_person, is_somebody, parted

_BETWEEN = 2
_BEFORE = 3
_SMALL = ARTICLES | PLACE_WORDS | SMALL_WORDS
_PLACES = frozenset({"place", "street"})
_PASSING = frozenset(
    {"authority", "comes_from", "customer", "lives_there", "title", "worked_there"}
)


def named_in_part(
    said: SiteWords, hits: Sequence[Hit], index: DealerIndex
) -> Iterator[tuple[int, int, str]]:
    """First and last word, and the account id, of each rooftop of which a word and the town are said."""
    places = [hit for hit in hits if hit.name.partition(":")[0] in _PLACES]
    for part in hits:
        if not part.name.startswith("part:") or _is_somebody(said, part, hits):
            continue
        for place in places:
            first, last = min(part.first, place.first), max(part.last, place.last)
            meant = index.meanings[part.name] & index.meanings[place.name]
            if len(meant) == 1 and _are_one(part, place, said):
                yield first, last, next(iter(meant))


def _is_somebody(said: SiteWords, part: Hit, hits: Sequence[Hit]) -> bool:
    passing = any(
        group.name in _PASSING and 0 < part.first - group.last <= _BEFORE for group in said.groups
    )
    return passing or is_a_person(said, part) or is_somebody(said, part, hits)


def _are_one(part: Hit, place: Hit, said: SiteWords) -> bool:
    """Whether but small words stand between the two, and no comma."""
    before, after = sorted((part, place), key=lambda hit: hit.first)
    between = said.words[before.last + 1 : after.first]
    if before.last >= after.first or len(between) > _BETWEEN:
        return False
    small = all(word.text in _SMALL for word in between)
    return small and not parted(said.words, before.last, after.first)
