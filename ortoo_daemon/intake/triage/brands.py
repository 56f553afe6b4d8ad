"""Which brand's car or product does a stretch of text speak of?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ortoo_daemon.intake.triage.near_days import MONTHS
from ortoo_daemon.intake.triage.ordinary_words import ARTICLES, COUNTED
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.words import Word

NO_BRAND_OF_OURS = "other"

_WEIGHTS = {"brand": 2.5, "model": 3.0, "loose": 1.0, "loose_model": 1.2}
_WITH_ARTICLE = 2.2
_VIN_WEIGHT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandMention:
    """A brand spoken of in the words [first, last]; ``loose`` if it may be something else."""

    brand: str
    kind: str
    first: int
    last: int
    weight: float

    @property
    def loose(self) -> bool:
        return self.kind.startswith("loose")


def brands_in(words: Sequence[Word], taxonomy: Taxonomy) -> tuple[BrandMention, ...]:
    """Brands and models in the words; of overlapping ones the longest."""
    found = []
    for hit in taxonomy.brand_book.find(words):
        kind, _, brand = hit.name.partition(":")
        if kind.startswith("loose") and not _stands_alone(words, hit.first, hit.last, kind):
            continue
        if _is_a_day(words, hit.first) or _is_another_word(words, hit.first, hit.last, taxonomy):
            continue
        weight = _WEIGHTS.get(kind, 2.0)
        if kind == "loose_model" and hit.first and words[hit.first - 1].text in ARTICLES:
            weight = _WITH_ARTICLE
        found.append(
            BrandMention(
                brand=brand or NO_BRAND_OF_OURS,
                kind=kind,
                first=hit.first,
                last=hit.last,
                weight=weight,
            )
        )
    return tuple(one for one in found if not _inside_another(one, found))


def maker_brand(vin: str, taxonomy: Taxonomy) -> str | None:
    """The brand of a VIN's maker code."""
    return taxonomy.makers.get(vin[:3])


def brand_scores(
    mentions: Iterable[BrandMention],
    vins: Iterable[str],
    taxonomy: Taxonomy,
    likely: frozenset[str],
) -> Mapping[str, float]:
    """How much speaks for each brand. What is loosely said counts in full for ``likely`` brands."""
    scores: dict[str, float] = {}
    for mention in mentions:
        weight = 2.4 if mention.loose and mention.brand in likely else mention.weight
        scores[mention.brand] = max(scores.get(mention.brand, 0.0), weight) + 0.1
    for vin in vins:
        brand = maker_brand(vin, taxonomy)
        if brand:
            scores[brand] = scores.get(brand, 0.0) + _VIN_WEIGHT
    return scores


def _stands_alone(words: Sequence[Word], first: int, last: int, kind: str) -> bool:
    """Whether a word that means many things may be a brand here: capitals or figures, nothing counted."""
    word = words[first]
    after = words[last + 1].text if last + 1 < len(words) else ""
    if after in COUNTED:
        return False
    if word.text[0].isdigit():
        return kind == "loose_model" and not (after.isdigit() or _is_digit_before(words, first))
    return word.capital


def _is_a_day(words: Sequence[Word], first: int) -> bool:
    """``le 1er février`` is no car."""
    after = words[first + 1].text if first + 1 < len(words) else ""
    return words[first].text[0].isdigit() and after in MONTHS


def _is_another_word(words: Sequence[Word], first: int, last: int, taxonomy: Taxonomy) -> bool:
    """Small letters that are nearly those of a model are mostly a word: *tournée* is no Tourneo."""
    return any(
        not word.capital and not word.text[0].isdigit() and word.text not in taxonomy.brand_words
        for word in words[first : last + 1]
    )


def _is_digit_before(words: Sequence[Word], first: int) -> bool:
    return first > 0 and words[first - 1].text.isdigit()


def _inside_another(one: BrandMention, others: Iterable[BrandMention]) -> bool:
    return any(
        other.first <= one.first
        and one.last <= other.last
        and (other.last - other.first) > (one.last - one.first)
        for other in others
    )
