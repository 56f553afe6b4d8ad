"""When do words that stand in the directory name something here, and when are they only words?"""

from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.intake.triage.brands import BrandMention
from ortoo_daemon.intake.triage.ordinary_words import (
    DETERMINERS,
    DIRECTIONS,
    GENERIC,
    ORDINARY_TOWNS,
    PLACE_WORDS,
    STREETS_BEFORE,
    STREETS_BEHIND,
)
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.words import Word

_SHORTEST_LOWER = 5
_BESIDE = {"group": {"place"}, "place": {"group", "mark", "name", "old"}, "mark": {"place"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """What is known of a sentence before rooftops are looked for: words, word groups, brands."""

    words: Sequence[Word]
    groups: Sequence[Hit]
    brands: Sequence[BrandMention]
    lower: bool
    language: str = ""


def parted(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether a comma, a bracket or the like stands somewhere between the two words."""
    pairs = zip(words[first:last], words[first + 1 : last + 1], strict=True)
    return any(after.start - before.end > 1 for before, after in pairs)


def is_name(said: SiteWords, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Names of one word begin with a capital, unless the whole mail has none."""
    words = said.words[hit.first : hit.last + 1]
    kind = hit.name.partition(":")[0]
    short = len(words) == 1 and (len(words[0].text) < 4 or words[0].text in DIRECTIONS)
    if short and _is_beside(hit, hits):
        return True
    if short and (not words[0].capital or _next_to_figure(said.words, hit)):
        return False
    if len(words) > 1 or kind in {"street", "address"}:
        return True
    if words[0].text in ORDINARY_TOWNS and _goes_on(said.words, hit):
        return False
    if said.lower or words[0].capital or _is_beside(hit, hits):
        return True
    return kind == "place" and _is_placed(said, hit)


def _is_beside(hit: Hit, hits: Sequence[Hit]) -> bool:
    """``valmont dole``, ``chaumont nord``: group, town and quarter beside one another need no capitals."""
    others = _BESIDE.get(hit.name.partition(":")[0], ())
    return any(
        other.name.partition(":")[0] in others
        and (other.last == hit.first - 1 or other.first == hit.last + 1)
        for other in hits
    )


def _goes_on(words: Sequence[Word], hit: Hit) -> bool:
    """``Reading your reply`` is no town: it begins a sentence, and an article or the like follows."""
    after = hit.last + 1
    return (
        hit.first == 0
        and after < len(words)
        and words[after].text in DETERMINERS
        and not parted(words, hit.last, after)
    )


def _is_placed(said: SiteWords, hit: Hit) -> bool:
    """Whether a town without its capital stands where a town may: behind *in*, *the store of*."""
    word, before = said.words[hit.first].text, hit.first - 1
    if len(word) < _SHORTEST_LOWER or word in ORDINARY_TOWNS or before < 0:
        return False
    return said.words[before].text in PLACE_WORDS or any(
        group.name == "site" and group.last == before for group in said.groups
    )


def _next_to_figure(words: Sequence[Word], hit: Hit) -> bool:
    around = (hit.first - 1, hit.last + 1)
    return any(0 <= at < len(words) and words[at].text.isdigit() for at in around)


def is_a_person(said: SiteWords, hit: Hit) -> bool:
    """``Herr Huber`` is not the group of that name."""
    if hit.first == 0 or hit.name.partition(":")[0] in {"name", "address", "street"}:
        return False
    return any(g.name == "title" and g.last == hit.first - 1 for g in said.groups)


def covers(hit: Hit) -> bool:
    """Names within which no town is meant: people's, and those of groups (``Paris Ouest Motors``)."""
    kind = hit.name.partition(":")[0]
    return kind == "person" or (kind == "group" and hit.last > hit.first)


def inside(hit: Hit, other: Hit) -> bool:
    if other.name.startswith("group:"):
        place = hit.name.partition(":")[0] in {"place", "old_word"}
        return place and other.first <= hit.first and hit.last <= other.last
    return other.first <= hit.first and hit.last <= other.last


def is_of_a_street(said: SiteWords, hit: Hit) -> bool:
    """``Oxford Road``, ``rue de Vannes``: streets bear the names of other towns."""
    if hit.name.partition(":")[0] != "place":
        return False
    before, after = hit.first - 1, hit.last + 1
    if after < len(said.words) and said.words[after].text in STREETS_BEHIND:
        return not parted(said.words, hit.last, after)
    while before >= 0 and said.words[before].text in {"d", "de", "del", "della", "di", "du"}:
        before -= 1
    return before >= 0 and said.words[before].text in STREETS_BEFORE


def is_somebody(said: SiteWords, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a group's name of one word is a surname: ``Marta Ortega``, behind a name that nobody knows.

    Not told in German, where every noun has a capital, nor where a town follows.
    """
    before = hit.first - 1
    if before < 0 or hit.last > hit.first or said.language == "de":
        return False
    word = said.words[before]
    known = any(g.first <= before <= g.last for g in (*said.groups, *hits))
    known = known or any(b.first <= before <= b.last for b in said.brands)
    if not word.capital or known or word.text in GENERIC | PLACE_WORDS or len(word.text) < 3:
        return False
    if before == 0 or parted(said.words, before, hit.first):
        return False
    after = hit.last + 1
    return not any(
        other.first == after and not parted(said.words, hit.last, after) for other in hits
    )
