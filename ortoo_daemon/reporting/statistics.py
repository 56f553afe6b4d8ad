"""How are many values summed up in one: median, nearest rank, unevenness? Exact, on sorted values. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


def median(values: Sequence[float]) -> float | None:
    """The middle one of sorted values, of an even number the mean of the two in the middle; None of none."""
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return (values[middle - 1] + values[middle]) / 2


def nearest_rank(values: Sequence[float], percent: int) -> float | None:
    """The smallest of sorted values that at least so many percent of them do not exceed; None of none."""
    if not values:
        return None
    rank = max(math.ceil(percent * len(values) / 100), 1)
    return values[rank - 1]


def gini(shares: Iterable[float]) -> float | None:
    """0 where all are alike, towards 1 where one has everything; None of fewer than two, or of nothing."""
    values = sorted(shares)
    total = math.fsum(values)
    if len(values) < 2 or not total:
        return None
    ranked = math.fsum((2 * rank - len(values) - 1) * x for rank, x in enumerate(values, start=1))
    return ranked / (len(values) * total)


def most_to_mean(shares: Iterable[float]) -> float | None:
    """The greatest over the mean; None of fewer than two, or of nothing."""
    values = list(shares)
    total = math.fsum(values)
    if len(values) < 2 or not total:
        return None
    return max(values) * len(values) / total


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamShare:
    """How evenly one team's work was spread. ``given`` is how much there was."""

    given: int
    gini: float
    most_to_mean: float


def team_share(counts: Mapping[str, int], weights: Mapping[str, float]) -> TeamShare | None:
    """``counts`` of each member, those with none included; ``weights`` are shares of a full turn.

    None for a team of one, or one that got nothing. Who has no weight at all, and got nothing, is no member.
    """
    shares = [
        number / weight
        for member, number in counts.items()
        if (weight := weights.get(member, 1.0) or (1.0 if number else 0.0))
    ]
    uneven, most = gini(shares), most_to_mean(shares)
    if uneven is None or most is None:
        return None
    return TeamShare(given=sum(counts.values()), gini=uneven, most_to_mean=most)


def mean_share(teams: Iterable[TeamShare]) -> TeamShare | None:
    """The mean of teams, weighted by how much each was given; None of no team."""
    found = list(teams)
    given = sum(each.given for each in found)
    if not given:
        return None
    return TeamShare(
        given=given,
        gini=math.fsum(each.gini * each.given for each in found) / given,
        most_to_mean=math.fsum(each.most_to_mean * each.given for each in found) / given,
    )
