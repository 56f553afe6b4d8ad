"""Which rooftops does a sentence speak of, and which of them only in passing?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.name_parts import named_in_part
from ortoo_daemon.intake.triage.ordinary_words import (
    ARTICLES,
    LEGAL_FORMS,
    PLACE_WORDS,
    SMALL_WORDS,
)
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.site_words import (
    SiteWords,
    covers,
    inside,
    is_a_person,
    is_name,
    is_of_a_street,
    is_somebody,
)
from ortoo_daemon.intake.triage.words import Word

_ORDER = ("address", "name", "old", "street", "mark", "old_word", "place", "state", "brand")
_BASES = {
    "name": Basis.NAME,
    "old": Basis.OLD_NAME,
    "old_word": Basis.OLD_NAME,
    "address": Basis.ADDRESS,
    "street": Basis.ADDRESS,
    "mark": Basis.NAME,
    "place": Basis.CITY,
    "state": Basis.ADDRESS,
    "brand": Basis.BRAND_IN_CITY,
}
_CONFIDENCES = {
    "name": 0.97,
    "old": 0.96,
    "old_word": 0.93,
    "address": 0.97,
    "street": 0.94,
    "mark": 0.94,
    "place": 0.95,
    "state": 0.9,
    "brand": 0.9,
}
_IN_PART = 0.9
_NEAR = 2
_UNCOUNTED = ARTICLES | PLACE_WORDS
_ELSEWHERE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMention:
    """Some words that mean a rooftop, or one of several (``accounts``).

    ``passing`` names why it is only spoken of in passing, else "". ``own`` tells that the writer says
    the matter is theirs, ``labels`` that it stands before a colon, above or before what is said of it,
    ``after`` that it stands behind the request, in a sentence that asks for nothing; ``weak`` that it stands
    in such a sentence, before or behind, which does not say that this is what the matter concerns;
    ``rivals`` are others of the same sentence that may be meant as well; ``hedged`` tells of a code that
    the writer is not sure of it; ``us`` that the sentence speaks of the writer's own rooftop, too (*to us*).
    """

    accounts: frozenset[str]
    kind: str
    basis: Basis
    confidence: float
    first: int
    last: int
    passing: str = ""
    own: bool = False
    labels: bool = False
    after: bool = False
    weak: bool = False
    rivals: frozenset[str] = frozenset()
    hedged: bool = False
    us: bool = False


def sites_in(
    said: SiteWords, index: DealerIndex, pool: frozenset[str] | None
) -> tuple[SiteMention, ...]:
    """Rooftops spoken of. With a ``pool`` only they can be meant, and a town or a mark is enough."""
    hits = index.book.find(said.words)
    found = _longest(
        chain(_plain_mentions(said, hits, index, pool), _parts(said, hits, index, pool))
    )
    found = _joined(found, said.words)
    if pool is not None:
        groups = [h for h in hits if h.name.startswith("group:") and index.meanings[h.name] & pool]
        found = [_narrowed(mention, said, index) for mention in found]
        found = [mention for mention in found if not _is_a_car(mention, said, index)]
        found += list(_by_brand(said, index, pool, found, groups))
        found = [_with_group(mention, groups, said.words) for mention in found]
    found = [_elsewhere(mention, said, index) for mention in found]
    return tuple(sorted(found, key=lambda mention: mention.first))


def groups_in(said: SiteWords, index: DealerIndex) -> frozenset[str]:
    """Account ids of every group that the words name."""
    names: set[str] = set()
    hits = index.book.find(said.words)
    for hit in hits:
        kind = hit.name.partition(":")[0]
        if kind != "group" or not is_name(said, hit, hits) or is_a_person(said, hit):
            continue
        if not is_somebody(said, hit, hits):
            names |= index.meanings[hit.name]
    return frozenset(names)


def _plain_mentions(
    said: SiteWords, hits: Sequence[Hit], index: DealerIndex, pool: frozenset[str] | None
) -> Iterator[SiteMention]:
    covering = [hit for hit in hits if covers(hit)]
    for hit in hits:
        kind = hit.name.partition(":")[0]
        accounts = index.meanings[hit.name]
        if pool is not None:
            accounts &= pool
        elif kind not in {"name", "old", "address"}:
            continue
        if kind not in _BASES or not accounts or not is_name(said, hit, hits):
            continue
        if (
            is_of_a_street(said, hit)
            or is_a_person(said, hit)
            or any(inside(hit, other) for other in covering)
        ):
            continue
        yield SiteMention(
            accounts=accounts,
            kind=kind,
            basis=_BASES[kind],
            confidence=_CONFIDENCES[kind],
            first=hit.first,
            last=hit.last,
        )


def _parts(
    said: SiteWords, hits: Sequence[Hit], index: DealerIndex, pool: frozenset[str] | None
) -> Iterator[SiteMention]:
    """Where nobody knows who writes, a word of a name beside its town is enough."""
    if pool is not None:
        return
    for first, last, account in named_in_part(said, hits, index):
        yield SiteMention(
            accounts=frozenset({account}),
            kind="name",
            basis=Basis.NAME,
            confidence=_IN_PART,
            first=first,
            last=last,
        )


def _longest(mentions: Iterator[SiteMention]) -> list[SiteMention]:
    """Of mentions that lie in one another the longest; of equal ones the most telling."""
    kept: list[SiteMention] = []
    ordered = sorted(mentions, key=lambda m: (m.first - m.last, _ORDER.index(m.kind)))
    for mention in ordered:
        if not any(o.first <= mention.first and mention.last <= o.last for o in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.first)


def _joined(mentions: Sequence[SiteMention], words: Sequence[Word]) -> list[SiteMention]:
    """``Köln-Ehrenfeld`` is one rooftop, not two: neighbours with a rooftop in common are one mention."""
    joined: list[SiteMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        if (
            before
            and _are_neighbours(before, mention, words)
            and before.accounts & mention.accounts
        ):
            better = min(before, mention, key=lambda m: _ORDER.index(m.kind))
            joined[-1] = replace(
                better,
                accounts=before.accounts & mention.accounts,
                first=before.first,
                last=mention.last,
            )
        else:
            joined.append(mention)
    return joined


def _are_neighbours(before: SiteMention, after: SiteMention, words: Sequence[Word]) -> bool:
    between = words[before.last + 1 : after.first]
    return len(between) <= _NEAR and all(
        word.text in SMALL_WORDS or word.text in LEGAL_FORMS or word.text.isdigit()
        for word in between
    )


def _narrowed(mention: SiteMention, said: SiteWords, index: DealerIndex) -> SiteMention:
    """Among several sites of a town, the one whose brand stands beside the town's name."""
    if len(mention.accounts) == 1:
        return mention
    reach = _reach(mention, said)
    beside = {
        brand.brand
        for brand in said.brands
        if not brand.kind.endswith("model")
        and (
            -_NEAR <= brand.first - mention.last <= _NEAR + 1
            or reach <= brand.last <= mention.first
        )
    }
    fitting = frozenset(a for a in mention.accounts if beside & set(index.dealers[a].brands))
    if not fitting or fitting == mention.accounts:
        return mention
    return replace(mention, accounts=fitting, basis=Basis.BRAND_IN_CITY, confidence=0.93)


def _reach(mention: SiteMention, said: SiteWords) -> int:
    """The first word that is near before the mention; small words (*the Toyota of the*) do not count."""
    at, between = mention.first, 0
    while at > 0 and between < _NEAR:
        at -= 1
        between += said.words[at].text not in _UNCOUNTED
    return at


def _is_a_car(mention: SiteMention, said: SiteWords, index: DealerIndex) -> bool:
    """``a SEAT Córdoba``: the name of a brand right before the town, which no rooftop there sells."""
    if mention.kind != "place":
        return False
    sold = {brand for account in mention.accounts for brand in index.dealers[account].brands}
    before = [
        brand
        for brand in said.brands
        if brand.first < mention.first <= brand.last
        or (brand.last == mention.first - 1 and not brand.kind.endswith("model"))
    ]
    return bool(before) and not any(brand.brand in sold for brand in before)


def _with_group(mention: SiteMention, groups: Sequence[Hit], words: Sequence[Word]) -> SiteMention:
    """``Kervran Vannes``, ``Kervran in Vannes`` are one mention, and more than a town."""
    before = mention.first - 1
    if mention.kind == "place" and before > 0 and words[before].text in PLACE_WORDS:
        before -= 1
    first = min([g.first for g in groups if g.last == before], default=mention.first)
    last = max([g.last for g in groups if g.first == mention.last + 1], default=mention.last)
    if (first, last) == (mention.first, mention.last):
        return mention
    kind = "name" if mention.kind == "place" else mention.kind
    return replace(mention, first=first, last=last, kind=kind)


def _by_brand(
    said: SiteWords,
    index: DealerIndex,
    pool: frozenset[str],
    found: Sequence[SiteMention],
    groups: Sequence[Hit],
) -> Iterator[SiteMention]:
    """``the Ford store``, ``Audi-vestiging``, ``Lone Mesa Ford``: a brand beside a word for a site or the
    group's name, and one site has it."""
    sites = [hit for hit in said.groups if hit.name == "site"]
    for brand in said.brands:
        if brand.kind.endswith("model") or brand.kind == "other":
            continue
        having = frozenset(a for a in pool if brand.brand in index.dealers[a].brands)
        beside = any(
            0 < site.first - brand.last <= 1 or 0 < brand.first - site.last <= 1 for site in sites
        )
        named = any(brand.first - g.last == 1 or g.first - brand.last == 1 for g in groups)
        beside = beside or (named and len(having) == 1)
        covered = any(m.first <= brand.last + 3 and brand.first - 3 <= m.last for m in found)
        if beside and having and len(having) < len(pool) and not covered:
            yield SiteMention(
                accounts=having,
                kind="brand",
                basis=_BASES["brand"],
                confidence=_CONFIDENCES["brand"],
                first=brand.first,
                last=brand.last,
            )


def _elsewhere(mention: SiteMention, said: SiteWords, index: DealerIndex) -> SiteMention:
    """A name that says no town, with a town behind it that is not the rooftop's: perhaps a namesake."""
    at = mention.last + 1
    if mention.kind != "name" or len(mention.accounts) > 1 or at + 1 >= len(said.words):
        return mention
    dealer = index.dealers[next(iter(mention.accounts))]
    if dealer.group or said.words[at].text not in PLACE_WORDS:
        return mention
    town = said.words[at + 1]
    if not town.capital or town.text in index.words_of(dealer.account_id):
        return mention
    return replace(mention, confidence=_ELSEWHERE)
