"""Which rooftop does an outsider mean who knows but brand and town? ``the Ford dealer in Manchester``

Told only where the directory has one such rooftop; a town where customers live, a court's, says nothing.
"""

from collections.abc import Iterator

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.site_words import SiteWords, is_name, is_of_a_street

_BESIDE = 2
_BEHIND = 8
_BEFORE = 3
_PLACES = frozenset({"place", "street", "address", "state"})
_SITES = frozenset({"site", "sells_cars"})
_PASSING = frozenset({"lives_there", "worked_there", "authority", "compared_with"})


def rooftop_of_brand(said: SiteWords, index: DealerIndex) -> str | None:
    """The only rooftop that sells the brand in a town or street beside it, of all that a text names."""
    found = {account for accounts in _meant(said, index) for account in accounts}
    return found.pop() if len(found) == 1 else None


def _meant(said: SiteWords, index: DealerIndex) -> Iterator[frozenset[str]]:
    sites = [group for group in said.groups if group.name in _SITES]
    hits = index.book.find(said.words)
    places = [hit for hit in hits if _is_a_place(hit, hits, said)]
    for brand in said.brands:
        at_a_site = any(
            0 < site.first - brand.last <= _BESIDE or 0 < brand.first - site.last <= _BESIDE
            for site in sites
        )
        named = any(place.first == brand.last + 1 for place in places)
        if brand.kind.endswith("model") or brand.kind == "other" or not (at_a_site or named):
            continue
        beside = [
            place.name
            for place in places
            if 0 < place.first - brand.last <= _BEHIND or 0 < brand.first - place.last <= _BEFORE
        ]
        for accounts in _of_one_town(beside, index):
            yield frozenset(a for a in accounts if brand.brand in index.dealers[a].brands)


def _of_one_town(beside: list[str], index: DealerIndex) -> Iterator[frozenset[str]]:
    """What each town or street means; of towns of one name only what a state or street agrees with."""
    for name in beside:
        accounts = index.meanings[name]
        dealers = [index.dealers[account] for account in accounts]
        if name.startswith("state:"):
            continue
        if len({(dealer.country, dealer.state) for dealer in dealers}) < 2:
            yield accounts
            continue
        closer = (accounts & index.meanings[other] for other in beside)
        yield from (agreed for agreed in closer if agreed and agreed < accounts)


def _is_a_place(hit: Hit, hits: list[Hit], said: SiteWords) -> bool:
    if hit.name.partition(":")[0] not in _PLACES:
        return False
    if not is_name(said, hit, hits) or is_of_a_street(said, hit):
        return False
    return not any(
        group.name in _PASSING and 0 < hit.first - group.last <= 2 for group in said.groups
    )
