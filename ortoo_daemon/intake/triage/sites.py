"""Which rooftops does a sentence speak of, and which of them only in passing?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ortoo_daemon.intake.triage.brands import BrandMention
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.model import Basis
from ortoo_daemon.intake.triage.ordinary_words import DIRECTIONS, SMALL_WORDS
from ortoo_daemon.intake.triage.phrases import Hit
from ortoo_daemon.intake.triage.words import Word

_ORDER = ("address", "name", "old", "street", "mark", "old_word", "place", "brand")
_BASES = {
    "name": Basis.NAME,
    "old": Basis.OLD_NAME,
    "old_word": Basis.OLD_NAME,
    "address": Basis.ADDRESS,
    "street": Basis.ADDRESS,
    "mark": Basis.NAME,
    "place": Basis.CITY,
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
    "brand": 0.9,
}
_NEAR = 2
_NEAR_HOME = 4
_IN_PASSING = ("lives_there", "compared_with")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMention:
    """Some words that mean a rooftop, or one of several (``accounts``).

    ``passing`` names why it is only spoken of in passing, else "". ``own`` tells that the writer says
    the matter is theirs, ``labels`` that it stands before a colon, above or before what is said of it,
    ``after`` that it stands behind the request, in a sentence that asks for nothing.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """What is known of a sentence before rooftops are looked for: words, word groups, brands."""

    words: Sequence[Word]
    groups: Sequence[Hit]
    brands: Sequence[BrandMention]
    lower: bool


def sites_in(
    said: SiteWords, index: DealerIndex, pool: frozenset[str] | None
) -> tuple[SiteMention, ...]:
    """Rooftops spoken of. With a ``pool`` only they can be meant, and a town or a mark is enough."""
    found = _longest(_plain_mentions(said, index, pool))
    found = _joined(found, said.words)
    if pool is not None:
        found = [_narrowed(mention, said, index) for mention in found]
        found += list(_by_brand(said, index, pool, found))
    marked = [_judged(mention, said) for mention in found]
    return tuple(sorted(marked, key=lambda mention: mention.first))


def groups_in(said: SiteWords, index: DealerIndex) -> frozenset[str]:
    """Account ids of every group that the words name."""
    names: set[str] = set()
    for hit in index.book.find(said.words):
        kind = hit.name.partition(":")[0]
        if kind == "group" and _is_name(said, hit) and not _is_a_person(said, hit):
            names |= index.meanings[hit.name]
    return frozenset(names)


def _plain_mentions(
    said: SiteWords, index: DealerIndex, pool: frozenset[str] | None
) -> Iterator[SiteMention]:
    people = [hit for hit in index.book.find(said.words) if hit.name.startswith("person:")]
    for hit in index.book.find(said.words):
        kind = hit.name.partition(":")[0]
        accounts = index.meanings[hit.name]
        if pool is not None:
            accounts &= pool
        elif kind not in {"name", "old", "address"}:
            continue
        if kind not in _BASES or not accounts or not _is_name(said, hit):
            continue
        if _is_a_person(said, hit) or any(_within(hit, person) for person in people):
            continue
        yield SiteMention(
            accounts=accounts,
            kind=kind,
            basis=_BASES[kind],
            confidence=_CONFIDENCES[kind],
            first=hit.first,
            last=hit.last,
        )


def _is_name(said: SiteWords, hit: Hit) -> bool:
    """Names of one word begin with a capital, unless the whole mail has none."""
    words = said.words[hit.first : hit.last + 1]
    kind = hit.name.partition(":")[0]
    short = len(words) == 1 and (len(words[0].text) < 4 or words[0].text in DIRECTIONS)
    if short and (not words[0].capital or _next_to_figure(said.words, hit)):
        return False
    telling = len(words) > 1 or kind in {"street", "address"}
    return said.lower or telling or any(word.capital for word in words)


def _next_to_figure(words: Sequence[Word], hit: Hit) -> bool:
    around = (hit.first - 1, hit.last + 1)
    return any(0 <= at < len(words) and words[at].text.isdigit() for at in around)


def _is_a_person(said: SiteWords, hit: Hit) -> bool:
    """``Herr Huber`` is not the group of that name."""
    if hit.first == 0 or hit.name.partition(":")[0] in {"name", "address", "street"}:
        return False
    return any(g.name == "title" and g.last == hit.first - 1 for g in said.groups)


def _within(hit: Hit, other: Hit) -> bool:
    return other.first <= hit.first and hit.last <= other.last


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
        word.text in SMALL_WORDS or word.text.isdigit() for word in between
    )


def _narrowed(mention: SiteMention, said: SiteWords, index: DealerIndex) -> SiteMention:
    """Among several sites of a town, the one whose brand stands beside the town's name."""
    if len(mention.accounts) == 1:
        return mention
    beside = {
        brand.brand
        for brand in said.brands
        if (not brand.kind.endswith("model") and -_NEAR <= brand.first - mention.last <= _NEAR + 1)
        or (not brand.kind.endswith("model") and 0 <= mention.first - brand.last <= _NEAR)
    }
    fitting = frozenset(a for a in mention.accounts if beside & set(index.dealers[a].brands))
    if not fitting or fitting == mention.accounts:
        return mention
    return replace(mention, accounts=fitting, basis=Basis.BRAND_IN_CITY, confidence=0.93)


def _by_brand(
    said: SiteWords, index: DealerIndex, pool: frozenset[str], found: Sequence[SiteMention]
) -> Iterator[SiteMention]:
    """``the Ford store``, ``Audi-vestiging``: a brand beside a word for a site, and one site has it."""
    sites = [hit for hit in said.groups if hit.name == "site"]
    for brand in said.brands:
        if brand.kind.endswith("model") or brand.kind == "other":
            continue
        having = frozenset(a for a in pool if brand.brand in index.dealers[a].brands)
        beside = any(
            0 < site.first - brand.last <= 1 or 0 < brand.first - site.last <= 1 for site in sites
        )
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


def _judged(mention: SiteMention, said: SiteWords) -> SiteMention:
    passing = own = ""
    for group in said.groups:
        distance = mention.first - group.last
        near = _NEAR_HOME if group.name == "lives_there" else _NEAR
        if 0 < distance <= near and group.name in _IN_PASSING:
            passing = group.name
        if 0 < distance <= _NEAR + 2 and group.name == "our_own":
            own = group.name
    return replace(mention, passing=passing, own=bool(own))
