"""Which points would a card have if they were learned from what became of records?

Logistic regression over the card's own conditions: each entry is one feature, so that the result is a card
that a person can read, argue with and edit. Points stay a sum: `DOUBLES` points double the odds of a good
end. The quality that is told comes from records that the fit had not seen (five folds), the points from all.

scikit-learn is an optional extra (``score``) and imported when it is asked for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.errors import OrtooError
from ortoo_daemon.policy.score_model import Band, Scorecard
from ortoo_daemon.simulation.scorecards.quality import Quality, quality
from ortoo_daemon.simulation.scorecards.sample import Sample

DOUBLES = 20.0
"""So many points double the odds, as credit scorecards put it ("points to double the odds")."""

FEWEST = 30
"""An entry that holds for fewer records tells nothing and keeps no points; so many good ends are needed."""

_FOLDS = 5
_SEED = 20261123
_C = 10.0
"""Inverse of the regularisation's strength: weak, so that points come out as the records say."""


class ScoreFitError(OrtooError):
    """The records can't teach a card, or scikit-learn is missing; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPoints:
    """One entry. ``held`` records got at least a part of its points; shares are of good ends among those
    it holds for and among the others. ``after`` are the learned points; what holds for every record alike, as
    it was created, tells nothing and keeps its own."""

    because: str
    part: str
    before: float
    after: int
    held: int
    share_with: float | None
    share_without: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A card learned from ``records`` of which ``good`` came to a good end.

    A score of ``even_at`` stands for odds of one to one; each ``doubles`` points more double them.
    ``held_out`` is the quality on records that the fit had not seen, ``before`` that of the card as it was.
    """

    card: Scorecard
    records: int
    good: int
    base: int
    points: tuple[FittedPoints, ...]
    bands: tuple[Band, ...]
    doubles: float
    even_at: float
    held_out: Quality
    before: Quality

    def probability(self, score: float) -> float:
        """Of a good end, at a score."""
        return 1 / (1 + 2 ** ((self.even_at - score) / self.doubles))


def fit(card: Scorecard, sample: Sample, *, doubles: float = DOUBLES) -> Fit:
    """Learn the card's points. Raises ScoreFitError where there is too little to learn from."""
    good = [each.good for each in sample.outcomes]
    _enough(len(good), sum(good))
    worths = sample.worths(card)
    held = [sum(1 for row in worths if row[index]) for index in range(len(card.points()))]
    columns = list(zip(*worths, strict=True))
    always = [index for index, column in enumerate(columns) if min(column) == max(column) > 0]
    taught = [index for index, count in enumerate(held) if count >= FEWEST and index not in always]
    if not taught:
        raise ScoreFitError(f"no entry of {card.path} holds for {FEWEST} records or more")
    features = [[row[index] for index in taught] for row in worths]
    weights, intercept, unseen = _learned(features, good)
    per_unit = doubles / math.log(2)
    points = [0] * len(held)
    for index, weight in zip(taught, weights, strict=True):
        points[index] = _rounded(weight * per_unit)
    for index in always:
        points[index] = _rounded(card.points()[index].add)
    # The middle of the scale is where as many as usual come to a good end.
    usual = sum(good) / len(good)
    even_at = (card.lowest + card.highest) / 2 - per_unit * math.log(usual / (1 - usual))
    given = sum(columns[index][0] * points[index] for index in always)
    base = _rounded(even_at + per_unit * intercept - given)
    groups = [each.group for each in sample.outcomes]
    scores = [_total(row, points, base, card) for row in worths]
    before = sample.scores(card)
    return Fit(
        card=card,
        records=len(good),
        good=sum(good),
        base=base,
        points=_told(card, worths, good, held, points),
        bands=_bands(card, before, scores),
        doubles=doubles,
        even_at=even_at,
        held_out=quality(unseen, good, groups, promised=unseen),
        before=quality(before, good, groups),
    )


def _enough(records: int, good: int) -> None:
    if min(good, records - good) >= FEWEST:
        return
    raise ScoreFitError(
        f"{good:,} of {records:,} records came to a good end: at least {FEWEST} of each kind are needed"
        " (look further back with --since, or name the good end with --outcome)"
    )


def _learned(
    features: Sequence[Sequence[float]], good: Sequence[bool]
) -> tuple[list[float], float, list[float]]:
    """Weights in log odds, the intercept, and for each record what a fit without it promises."""
    try:
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
    except ImportError as error:
        message = "learning points needs scikit-learn: pip install 'ortoo-daemon[score]'"
        raise ScoreFitError(message) from error
    model = LogisticRegression(C=_C, max_iter=2_000)
    folds = StratifiedKFold(n_splits=_FOLDS, shuffle=True, random_state=_SEED)
    unseen = cross_val_predict(model, features, good, cv=folds, method="predict_proba")[:, 1]
    model.fit(features, good)
    return (
        [float(w) for w in model.coef_[0]],
        float(model.intercept_[0]),
        [float(p) for p in unseen],
    )


def _told(
    card: Scorecard,
    worths: Sequence[Sequence[float]],
    good: Sequence[bool],
    held: Sequence[int],
    points: Sequence[int],
) -> tuple[FittedPoints, ...]:
    found = []
    part_of = [part.name for part in card.parts for _ in part.points]
    for index, entry in enumerate(card.points()):
        with_it = sum(end for row, end in zip(worths, good, strict=True) if row[index])
        others = len(good) - held[index]
        found.append(
            FittedPoints(
                because=entry.because,
                part=part_of[index],
                before=entry.add,
                after=points[index],
                held=held[index],
                share_with=with_it / held[index] if held[index] else None,
                share_without=(sum(good) - with_it) / others if others else None,
            )
        )
    return tuple(found)


def _total(row: Sequence[float], points: Sequence[int], base: int, card: Scorecard) -> float:
    whole = base + sum(share * add for share, add in zip(row, points, strict=True))
    return min(max(whole, card.lowest), card.highest)


def _bands(card: Scorecard, before: Sequence[float], after: Sequence[float]) -> tuple[Band, ...]:
    """Cut so that about as many records are in each band as before; the lowest begins where scores do."""
    if not card.bands:
        return ()
    descending = sorted(after, reverse=True)
    found: list[Band] = []
    for band in card.bands[:-1]:
        count = sum(1 for score in before if score >= band.at_least)
        bound = math.floor(descending[count - 1]) if count else math.floor(card.highest)
        highest = found[-1].at_least - 1 if found else card.highest
        found.append(Band(name=band.name, at_least=max(min(bound, highest), card.lowest + 1)))
    return (*found, Band(name=card.bands[-1].name, at_least=card.lowest))


def _rounded(points: float) -> int:
    return math.floor(points + 0.5)
