"""What would another card change? Both score the same records, and what became of these judges them."""

from collections import Counter
from dataclasses import dataclass

from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.simulation.scorecards.quality import Quality, quality
from ortoo_daemon.simulation.scorecards.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class BandFigures:
    """Records of a band, and how many of them came to a good end."""

    band: str
    records: int
    good: int

    @property
    def share(self) -> float | None:
        return self.good / self.records if self.records else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFigures:
    """One card on the sample; ``bands`` from the highest down, empty where the card has none."""

    card: Scorecard
    quality: Quality
    bands: tuple[BandFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two cards on the same ``records``. ``moves`` counts records by (old band, new band) where both have
    bands; ``moved`` is the mean of how far scores moved, up or down."""

    records: int
    good: int
    old: CardFigures
    new: CardFigures
    moves: Counter[tuple[str, str]]
    moved: float


def compare(old: Scorecard, new: Scorecard, sample: Sample) -> Comparison:
    """Both cards over the whole sample."""
    before, after = sample.scores(old), sample.scores(new)
    moves: Counter[tuple[str, str]] = Counter()
    if old.bands and new.bands:
        moves.update(
            (str(old.band(was)), str(new.band(now))) for was, now in zip(before, after, strict=True)
        )
    apart = [abs(now - was) for was, now in zip(before, after, strict=True)]
    return Comparison(
        records=len(apart),
        good=sample.good,
        old=_figures(old, before, sample),
        new=_figures(new, after, sample),
        moves=moves,
        moved=sum(apart) / len(apart) if apart else 0.0,
    )


def _figures(card: Scorecard, scores: list[int], sample: Sample) -> CardFigures:
    good = [each.good for each in sample.outcomes]
    groups = [each.group for each in sample.outcomes]
    names = [card.band(score) for score in scores]
    bands = tuple(
        BandFigures(
            band=band.name,
            records=names.count(band.name),
            good=sum(end for name, end in zip(names, good, strict=True) if name == band.name),
        )
        for band in card.bands
    )
    return CardFigures(card=card, quality=quality(scores, good, groups), bands=bands)
