"""How well do scores tell good ends from others? Figures that an operations lead can check by counting.

AUC: of two records, one with a good end and one without, how often has the good one the higher score (0.5 is
chance, 1 is always). Lift of a tenth: its share of good ends over everybody's. Calibration of a tenth: the
share that was promised beside the share that came.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

PARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenth:
    """A tenth of all records, the highest scores first. Scores lie from ``lowest`` to ``highest``.

    ``promised`` is the mean of what was expected, None where scores promise nothing; ``lift`` None where
    nothing came to a good end at all.
    """

    records: int
    good: int
    lowest: float
    highest: float
    promised: float | None
    lift: float | None

    @property
    def share(self) -> float:
        return self.good / self.records


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupQuality:
    """How the scores serve one group (a region, say). ``auc`` None where all ended alike."""

    group: str
    records: int
    good: int
    mean_score: float
    auc: float | None
    promised: float | None

    @property
    def share(self) -> float:
        return self.good / self.records


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    auc: float | None
    tenths: tuple[Tenth, ...]
    groups: tuple[GroupQuality, ...]


def quality(
    scores: Sequence[float],
    good: Sequence[bool],
    groups: Sequence[str],
    promised: Sequence[float] | None = None,
) -> Quality:
    """All sequences are one entry for each record. ``promised`` are probabilities of a good end."""
    return Quality(
        auc=auc(scores, good),
        tenths=_tenths(scores, good, promised),
        groups=_groups(scores, good, groups, promised),
    )


def auc(scores: Sequence[float], good: Sequence[bool]) -> float | None:
    """By ranks (Mann-Whitney), equal scores counting half; None where all ended alike."""
    ended_well = sum(good)
    others = len(good) - ended_well
    if not ended_well or not others:
        return None
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, begin = 0.0, 0
    while begin < len(order):
        end = begin
        while end < len(order) and scores[order[end]] == scores[order[begin]]:
            end += 1
        middle = (begin + end + 1) / 2  # ranks count from 1, equal scores share theirs
        ranks += middle * sum(good[index] for index in order[begin:end])
        begin = end
    return (ranks - ended_well * (ended_well + 1) / 2) / (ended_well * others)


def _tenths(
    scores: Sequence[float], good: Sequence[bool], promised: Sequence[float] | None
) -> tuple[Tenth, ...]:
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    whole = sum(good) / len(good) if good else 0.0
    found = []
    for part in range(PARTS):
        inside = order[len(order) * part // PARTS : len(order) * (part + 1) // PARTS]
        if not inside:
            continue
        ended_well = sum(good[index] for index in inside)
        found.append(
            Tenth(
                records=len(inside),
                good=ended_well,
                lowest=scores[inside[-1]],
                highest=scores[inside[0]],
                promised=_mean(promised, inside),
                lift=ended_well / len(inside) / whole if whole else None,
            )
        )
    return tuple(found)


def _groups(
    scores: Sequence[float],
    good: Sequence[bool],
    groups: Sequence[str],
    promised: Sequence[float] | None,
) -> tuple[GroupQuality, ...]:
    """The largest first; one group alone says nothing that the whole does not."""
    members: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    if len(members) < 2:
        return ()
    found = [
        GroupQuality(
            group=group,
            records=len(inside),
            good=sum(good[index] for index in inside),
            mean_score=sum(scores[index] for index in inside) / len(inside),
            auc=auc([scores[index] for index in inside], [good[index] for index in inside]),
            promised=_mean(promised, inside),
        )
        for group, inside in members.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.records, each.group)))


def _mean(values: Sequence[float] | None, inside: Sequence[int]) -> float | None:
    return None if values is None else sum(values[index] for index in inside) / len(inside)
