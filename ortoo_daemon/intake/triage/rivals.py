"""Of the rooftops that one sentence names, may another be meant than the one that is taken?"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ortoo_daemon.intake.triage.ordinary_words import LISTING_WORDS
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.words import Word

COMPARED = "compared"
PUT_THERE = "put_there"
"""What was booked for a rooftop need not be hers."""

_SUMS = frozenset({"chf", "eur", "euro", "euros", "gbp", "usd"})


def are_listed(before: SiteMention, after: SiteMention, words: Sequence[Word]) -> bool:
    """Whether nothing stands between two rooftops but words such as *and*, and sums."""
    between = words[before.last + 1 : after.first]
    telling = [word for word in between if word.text not in _SUMS and not word.text.isdigit()]
    return len(telling) <= 2 and all(word.text in LISTING_WORDS for word in telling)


def unsure(sites: Sequence[SiteMention], words: Sequence[Word]) -> tuple[SiteMention, ...]:
    """A rooftop beside another one that only stands there: which of them is meant, no grammar tells."""
    meant = [site for site in sites if not site.passing]
    own = [site for site in meant if site.own and site.kind != "number"]
    if len(own) > 1 and not any(are_listed(a, b, words) for a, b in pairwise(own)):
        every = frozenset().union(*(site.accounts for site in own))
        return tuple(
            replace(site, rivals=every - site.accounts) if site in own else site for site in sites
        )
    beside = [site for site in sites if site.passing in {COMPARED, PUT_THERE}]
    if len(meant) != 1 or not beside or meant[0].own or meant[0].labels:
        return tuple(sites)
    apart = (site.accounts for site in beside if not site.accounts & meant[0].accounts)
    others: frozenset[str] = frozenset().union(*apart)
    return tuple(
        replace(site, rivals=others) if site is meant[0] and others else site for site in sites
    )
