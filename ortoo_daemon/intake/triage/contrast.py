"""Of two rooftops, which is said not to be meant? *Not Lyon but Dijon*, *Dijon and not Lyon*.

Told only where little more than the two stands there: "it does not work in Lyon, but Dijon sells well"
sets nothing apart. What a sentence says of its rooftops otherwise is decided elsewhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ortoo_daemon.intake.triage.ordinary_words import BETWEEN_SITES, BUT, INSTEAD, IS, NEVER, OURS
from ortoo_daemon.intake.triage.site_words import SiteWords, parted
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.words import Word

DENIED = "denied"

_INSTEAD_OF = frozenset(
    {
        ("lieu", "de"),
        ("lieu", "d"),
        ("plutot", "que"),
        ("plutot", "qu"),
        ("lieu", "du"),
        ("lugar", "de"),
        ("lugar", "del"),
        ("vez", "de"),
        ("vez", "del"),
        ("invece", "del"),
        ("invece", "della"),
        ("invece", "di"),
        ("invece", "che"),
        ("rather", "than"),
        ("instead", "of"),
        ("posto", "della"),
        ("posto", "del"),
        ("posto", "di"),
        ("place", "of"),
        ("plaats", "van"),
    }
)
_STATT = frozenset({"anstatt", "statt"})
_BEHIND = 6
"""So many words behind the rooftop *instead of ours* may stand."""
_BEFORE = 3
"""So many words may stand between *not* and the rooftop."""


def set_apart(sites: Sequence[SiteMention], said: SiteWords) -> tuple[SiteMention, ...]:
    """The sites, with those that are said not to be meant in passing, and those meant instead as ``own``."""
    found = list(sites)
    places = [n for n, site in enumerate(found) if site.kind != "number"]
    for before, after in pairwise(places):
        first, second = found[before], found[after]
        if first.accounts & second.accounts or not _ends_there(second, said.words):
            continue
        between = _between(first.last + 1, second.first, said)
        if between is None:
            between = _last_clause(first, second, said) - BUT
        if not between:
            continue
        denies = _denied_before(first, said.words)
        if not denies and (between & NEVER or _says_instead(first, second, said.words)):
            found[before] = replace(first, passing="", own=True)
            found[after] = replace(second, passing=DENIED, own=False)
        elif denies and between & (BUT | IS) and not between & NEVER:
            found[before] = replace(first, passing=DENIED, own=False)
            found[after] = replace(second, passing="", own=True)
    return tuple(_of_ours(site, said.words) for site in found)


def _of_ours(site: SiteMention, words: Sequence[Word]) -> SiteMention:
    """``It shows Leeds's number instead of ours``: what is wrong there is ours."""
    behind = [word.text for word in words[site.last + 1 : site.last + 1 + _BEHIND]]
    ours = next((at for at, text in enumerate(behind) if text in OURS), 0)
    instead = any(pair in _INSTEAD_OF or pair[0] in _STATT for pair in pairwise(behind[: ours + 1]))
    return replace(site, passing=DENIED, own=False) if instead else site


def _last_clause(first: SiteMention, second: SiteMention, said: SiteWords) -> frozenset[str]:
    """``It is the Lyon booking, not Dijon``: the words behind the last comma, if they say but that."""
    at = second.first
    while at > first.last and not parted(said.words, at - 1, at):
        at -= 1
    return _between(at, second.first, said) or frozenset() if at > first.last else frozenset()


def _between(start: int, end: int, said: SiteWords) -> frozenset[str] | None:
    """The words from one rooftop to another, if none of them says anything of its own."""
    places = range(start, end)
    known = {at for g in said.groups if g.name == "site" for at in range(g.first, g.last + 1)}
    known |= {at for brand in said.brands for at in range(brand.first, brand.last + 1)}
    telling = (said.words[at].text for at in places if at not in known)
    if any(word not in BETWEEN_SITES | NEVER | BUT | INSTEAD | IS for word in telling):
        return None
    return frozenset(said.words[at].text for at in places)


def _says_instead(first: SiteMention, second: SiteMention, words: Sequence[Word]) -> bool:
    said = [word.text for word in words[first.last + 1 : second.first]]
    return bool(INSTEAD & set(said)) or any(pair in _INSTEAD_OF for pair in pairwise(said))


def _denied_before(site: SiteMention, words: Sequence[Word]) -> bool:
    start = max(0, site.first - _BEFORE - 1)
    near = words[start : site.first]
    return any(
        word.text in NEVER and not parted(words, start + at, site.first)
        for at, word in enumerate(near)
    )


def _ends_there(site: SiteMention, words: Sequence[Word]) -> bool:
    """Whether nothing more is said of the rooftop: the sentence or its clause is over."""
    after = site.last + 1
    return (
        after >= len(words)
        or parted(words, site.last, after)
        or words[after].text in {"che", "dat", "die", "qui", "que", "that", "which"}
    )
