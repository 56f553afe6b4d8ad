"""Of rooftops whose names people take for one another, which does a sentence mean?

The exact spelling tells little, a town, a state or a street beside the name tells more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ortoo_daemon.intake.triage.site_words import SiteWords
from ortoo_daemon.intake.triage.sites import SiteMention

_BESIDE = 8
_PLACES = frozenset({"place", "street", "address", "state"})
_TOLD_APART = 0.92


def told_apart(
    sites: Sequence[SiteMention], namesakes: Mapping[str, frozenset[str]], said: SiteWords
) -> list[SiteMention]:
    """The mentions, each name with the place beside it as one mention of whom both together mean.

    Where places beside it mean different namesakes, it means all of them: a person decides.
    """
    found = list(sites)
    for name in sites:
        if name.kind not in {"name", "old"} or name.passing:
            continue
        family = frozenset().union(*(namesakes[account] for account in name.accounts))
        if len(family) < 2:
            continue
        beside = [
            site
            for site in found
            if _tells(site, name, family) and not _is_of_the_name(site, name, said)
        ]
        if not beside:
            continue
        every = frozenset.intersection(*(site.accounts for site in beside)) & family
        every = every or frozenset().union(*(site.accounts & family for site in beside))
        one = replace(name, accounts=every, basis=beside[0].basis, confidence=_TOLD_APART)
        found = [one if site is name else site for site in found if site not in beside]
    return found


def _is_of_the_name(site: SiteMention, name: SiteMention, said: SiteWords) -> bool:
    """Whether the place is but a word of the name (*Santiago*, of *Autos Santiago*), said once more."""
    own = {word.text for word in said.words[name.first : name.last + 1]}
    return all(word.text in own for word in said.words[site.first : site.last + 1])


def _tells(site: SiteMention, name: SiteMention, family: frozenset[str]) -> bool:
    gap = max(site.first - name.last, name.first - site.last)
    return (
        site.kind in _PLACES
        and not site.passing
        and 0 < gap <= _BESIDE
        and bool(site.accounts & family)
        and not family <= site.accounts
    )


def stands_for_a_site(state: SiteMention, said: SiteWords) -> bool:
    """``our Illinois store``, ``the store in Illinois``; not ``a customer in Illinois``."""
    return state.own or any(
        group.name == "site" and -2 <= state.first - group.last <= 2 for group in said.groups
    )
