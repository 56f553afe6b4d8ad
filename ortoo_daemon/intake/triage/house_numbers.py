"""Of two rooftops in one street, which is meant by the number? *At 310 … and at 308 …*

Told only of rooftops of the writer's group that share a street: elsewhere a number is only a number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.dealer_names import street_name
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.site_words import SiteWords, parted
from ortoo_daemon.intake.triage.sites import SiteMention

_FIGURES = re.compile(r"\d+")
_NEAR = 4
_AT_THE_START = 3
_BEFORE = frozenset(
    ["al", "am", "at", "au", "civico", "n", "no", "nr", "num", "numero", "number", "nummer"]
)
_CONFIDENCE = 0.9


def with_house_numbers(
    sites: Sequence[SiteMention], said: SiteWords, index: DealerIndex, pool: frozenset[str] | None
) -> list[SiteMention]:
    """The mentions, a street that several rooftops share as the one whose number is said."""
    numbers = neighbours(index, pool) if pool is not None else {}
    if not numbers:
        return list(sites)
    found = [_numbered(site, said, numbers) for site in sites]
    told = frozenset().union(*(site.accounts for site in found))
    alone = (one for one in _alone(said, numbers) if not one.accounts & told)
    return sorted([*found, *alone], key=lambda site: site.first)


@lru_cache(maxsize=512)
def neighbours(index: DealerIndex, pool: frozenset[str]) -> Mapping[str, str]:
    """Account id by house number, of the rooftops of ``pool`` that share a street."""
    streets: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for account in sorted(pool):
        dealer = index.dealers[account]
        number = _FIGURES.search(dealer.street)
        if number:
            key = (*street_name(dealer.street), dealer.city)
            streets.setdefault(key, []).append((number[0], account))
    shared = [one for several in streets.values() if len(several) > 1 for one in several]
    return {
        number: account for number, account in shared if [n for n, _ in shared].count(number) == 1
    }


def _numbered(site: SiteMention, said: SiteWords, numbers: Mapping[str, str]) -> SiteMention:
    if site.kind != "street" or len(site.accounts) < 2:
        return site
    near = range(max(0, site.first - _NEAR), min(len(said.words), site.last + _NEAR + 1))
    meant = {numbers[said.words[at].text] for at in near if said.words[at].text in numbers}
    accounts = site.accounts & meant
    return replace(site, accounts=accounts) if len(accounts) == 1 else site


def _alone(said: SiteWords, numbers: Mapping[str, str]) -> Iterator[SiteMention]:
    """``No. 310: …``, ``At 308 …``: a number that begins what is said of it."""
    for at, word in enumerate(said.words[:_AT_THE_START]):
        account = numbers.get(word.text)
        if account is None:
            continue
        announced = at > 0 and said.words[at - 1].text in _BEFORE
        label = at == 0 and len(word.text) > 1 and len(said.words) > 1 and parted(said.words, 0, 1)
        if announced or label:
            yield SiteMention(
                accounts=frozenset({account}),
                kind="street",
                basis=Basis.ADDRESS,
                confidence=_CONFIDENCE,
                first=at,
                last=at,
                labels=label,
            )
