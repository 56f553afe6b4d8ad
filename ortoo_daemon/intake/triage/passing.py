"""Is a rooftop only spoken of in passing, or does the writer say that the matter is its own?

By the words that stand right beside its name: where customers live, what is compared, where somebody
worked or a car came from, whose court or motor show it is.
"""

from collections.abc import Sequence
from dataclasses import replace

from ortoo_daemon.intake.triage.ordinary_words import (
    ARTICLES,
    PLACE_WORDS,
    SMALL_WORDS,
    WHERE_IT_HAPPENS,
)
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.requests import HINTS, SPEAKS
from ortoo_daemon.intake.triage.rivals import PUT_THERE
from ortoo_daemon.intake.triage.site_words import SiteWords, parted
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.whose import THEIRS, is_whose, speaks_of_ours
from ortoo_daemon.intake.triage.words import Word

_WORKS_THERE = "works_there"
_STANDS_THERE = "stands_there"
_AUTHORITY = "authority"
_COLLEAGUE = "colleague"
"""Only in a sentence that asks for nothing: whoever asks for a colleague's password means the rooftop."""
PEOPLE = frozenset({_WORKS_THERE, _COLLEAGUE})
"""Word groups of somebody who works at a rooftop."""

_BEFORE = {
    "lives_there": 4,
    "compared_with": 2,
    "worked_there": 4,
    "comes_from": 4,
    "authority": 3,
    "stands_there": 3,
    PUT_THERE: 3,
}
_BEHIND = {"authority": 2}
_OWN = 4
_INTRODUCES = 4
_SHORT = 4
_US = frozenset({"went_there", "with_us"})
_FROM = frozenset({"aus", "uit", "van", "von"})
_SAYS_BEHIND = 3
_HEDGE = 6
_POSSESSIVES = frozenset(
    {
        "ma",
        "mein",
        "meine",
        "meinen",
        "meiner",
        "mes",
        "mi",
        "mia",
        "miei",
        "mijn",
        "mio",
        "mis",
        "mon",
        "my",
        "nos",
    }
)
_LEADING = ARTICLES | PLACE_WORDS | SMALL_WORDS


def judged(mention: SiteMention, said: SiteWords, *, stranger: bool, at_home: bool) -> SiteMention:
    """The mention with why it is only in passing, and whether it is said to be what the writer means.

    From where a ``stranger`` has a car, a customer perhaps, is whom the matter concerns. ``at_home``: the
    writer has a rooftop of their own, so that where a car stands need not be the one.
    """
    if is_whose(mention.first, said.groups):
        return replace(mention, passing=THEIRS)
    passing = ""
    own = False
    for group in said.groups:
        if stranger and group.name == "comes_from":
            continue
        if group.name == "lives_there" and _is_no_home(mention, group, said):
            continue
        if group.name == _STANDS_THERE and not at_home:
            continue
        before = mention.first - group.last
        behind = group.first - mention.last
        near = 0 < before <= _BEFORE.get(group.name, 0) or 0 < behind <= _BEHIND.get(group.name, 0)
        if near and not (group.name == _AUTHORITY and _is_parted(group, mention, said)):
            passing = group.name
        if group.name == "our_own" and 0 < before <= _OWN:
            own = own or _reaches(group, mention, said)
    if _is_taken_over(mention, said) and not stranger:
        passing = "comes_from"
    if _writes_from(mention, said):
        return replace(mention, passing="", own=True)
    return replace(mention, passing=passing, own=own)


def _is_no_home(mention: SiteMention, group: Hit, said: SiteWords) -> bool:
    """Nobody lives in a dealer's shop, nor in its street; a call *from* there is another matter."""
    if mention.kind in {"address", "street"}:
        return said.words[group.last].text not in _FROM | {"from"}
    return mention.kind == "name"


def _is_taken_over(mention: SiteMention, said: SiteWords) -> bool:
    """``von Celle übernommen``, ``van Delft gekocht``: from there a car came, told behind the name."""
    at = mention.first - 1
    if at < 0 or said.words[at].text not in _FROM:
        return False
    return any(
        group.name == "taken_over" and 0 < group.first - mention.last <= 2 for group in said.groups
    )


def _writes_from(mention: SiteMention, said: SiteWords) -> bool:
    """``Rhys from Leeds here``, ``this is Ana at Leeds``: whether the writer says where they work."""
    return any(
        (0 < mention.first - group.last <= _INTRODUCES or 0 < group.first - mention.last <= 1)
        and not _is_parted(group, mention, said)
        for group in said.groups
        if group.name == ("introduces" if group.last < mention.first else "introduced")
    )


def _is_parted(group: Hit, mention: SiteMention, said: SiteWords) -> bool:
    return parted(said.words, min(group.last, mention.last), max(group.first, mention.first))


def is_hedged(mention: SiteMention, said: SiteWords) -> bool:
    """``BS4512, I think``: whether words beside a code say that the writer is not sure of it."""
    return any(
        0 < mention.first - group.last <= _HEDGE or 0 < group.first - mention.last <= _HEDGE
        for group in said.groups
        if group.name == "unsure"
    )


def _reaches(group: Hit, mention: SiteMention, said: SiteWords) -> bool:
    """``our Leeds store``, ``concerns the adverts of Leeds``; not ``our friend once drove to Leeds``."""
    if parted(said.words, group.last, mention.first):
        return False
    known = {at for g in said.groups if g.name == "site" for at in range(g.first, g.last + 1)}
    known |= {at for brand in said.brands for at in range(brand.first, brand.last + 1)}
    between = range(group.last + 1, mention.first)
    if any(g.name in PEOPLE and g.first in between for g in said.groups):
        return False
    others = [at for at in between if at not in known and said.words[at].text not in _LEADING]
    return len(others) <= 1


def _works_there(mention: SiteMention, said: SiteWords) -> bool:
    """``the manager of Leeds``: somebody is spoken of."""
    return any(
        group.name in PEOPLE
        and 0 < mention.first - group.last <= _BEFORE["compared_with"] + 1
        and not (group.name == _COLLEAGUE and _is_done_for(group, said.words))
        and not parted(said.words, group.last, mention.first)
        for group in said.groups
    )


def weighed(
    sites: Sequence[SiteMention], said: SiteWords, points: float, *, facts: bool
) -> tuple[SiteMention, ...]:
    """In a sentence that asks for nothing, who is only spoken of; and what is not said to be the matter.

    ``facts``: whether the writer set the sentence apart, or states in it which car, bill or sum it is.
    """
    sites = [_beside_us(site, said) for site in _where_it_stands(sites)]
    if points >= SPEAKS:
        return tuple(_of_a_colleague(site, said) for site in sites)
    said_so = facts or points >= HINTS
    return tuple(_quiet(site, said, said_so=said_so) for site in sites)


def _quiet(site: SiteMention, said: SiteWords, *, said_so: bool) -> SiteMention:
    if site.passing or site.own or site.kind == "number":
        return site
    if _works_there(site, said):
        return replace(site, passing=_WORKS_THERE)
    if _only_says(site, said):
        return replace(site, weak=True)
    short = len(said.words) - (site.last - site.first + 1) < _SHORT
    at_a_site = any(
        group.name == "site" and -2 <= site.first - group.last <= 3 for group in said.groups
    )
    return replace(site, weak=not (said_so or short or at_a_site or site.labels))


def _of_a_colleague(site: SiteMention, said: SiteWords) -> SiteMention:
    """``our colleague in Leeds asked me``: whether it concerns Leeds, nobody knows."""
    if _only_says(site, said):
        return replace(site, weak=True)
    near = any(
        g.name == _COLLEAGUE and 0 < site.first - g.last <= 3 and not _is_done_for(g, said.words)
        for g in said.groups
    )
    return replace(site, weak=True) if near and not site.own else site


def _beside_us(site: SiteMention, said: SiteWords) -> SiteMention:
    """``Leeds sold it to us``: beside *to us* nobody knows who of the two is meant."""
    us = any(
        0 < site.first - g.last <= 2 if g.name == "went_there" else not 0 < site.first - g.last <= 2
        for g in said.groups
        if g.name in _US
    )
    us = us or (not site.labels and speaks_of_ours(site.first, said))
    return replace(site, us=True) if us and not site.own and site.kind != "number" else site


def _only_says(site: SiteMention, said: SiteWords) -> bool:
    """``Leeds says that it works``: Leeds speaks, and need not be spoken of."""
    return not site.own and any(
        group.name == "says_so"
        and 0 < group.first - site.last <= _SAYS_BEHIND
        and not parted(said.words, site.last, group.first)
        for group in said.groups
    )


def _is_done_for(colleague: Hit, words: Sequence[Word]) -> bool:
    """``for our colleague in Leeds``, ``with the colleagues at Leeds``: there it happens."""
    at = colleague.first - 1
    while at >= 0 and words[at].text in ARTICLES | _POSSESSIVES:
        at -= 1
    return at >= 0 and words[at].text in WHERE_IT_HAPPENS


def _where_it_stands(sites: Sequence[SiteMention]) -> Sequence[SiteMention]:
    """``the car is in Leeds``: in passing beside another rooftop; else nobody knows whether it is meant."""
    if any(not site.passing for site in sites):
        return sites
    return [
        replace(site, passing="", weak=True) if site.passing in {_STANDS_THERE, PUT_THERE} else site
        for site in sites
    ]
