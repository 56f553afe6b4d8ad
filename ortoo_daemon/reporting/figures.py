"""Which numbers does a group get, out of its counts and lengths? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ortoo_daemon.reporting.catalogue import BY_KEY, MEASURES
from ortoo_daemon.reporting.measure import Measure, Quantile
from ortoo_daemon.reporting.statistics import TeamShare
from ortoo_daemon.reporting.stories import Length
from ortoo_daemon.reporting.tallies import Count, Tally


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` None: it can't be said, as of a share of nothing. ``whole`` is how many records it is of,
    ``part`` how many of these count."""

    value: float | None
    part: float | None = None
    whole: int | None = None


NOTHING = Figure(None)

Figures = Mapping[str, Figure]
"""By the key of the measure; what is not known at all is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Lengths of time of so many records, in seconds."""

    number: int
    median: float
    p90: float


@dataclass(slots=True, kw_only=True)
class Material:
    """All that the figures of one group are made of. ``cost`` in the org's currency."""

    tally: Tally
    spreads: Mapping[Length, Spread] = field(default_factory=dict)
    team: TeamShare | None = None
    cost: float = 0.0


def figures_of(
    material: Material, *, unknown: Iterable[str] = (), baseline: float | None = None
) -> dict[str, Figure]:
    """``unknown`` are measures nothing is known of; ``baseline`` is the close rate that lift is held to."""
    left_out = frozenset(unknown)
    found = {
        measure.key: _figure(measure, material)
        for measure in MEASURES
        if measure.key not in left_out
    }
    if "lift" in found:
        found["lift"] = _lift(found.get("won", NOTHING), baseline)
    return found


def share(part: float, whole: float) -> float | None:
    """None of nothing: a share of no records is not nought."""
    return part / whole if whole else None


def _figure(measure: Measure, material: Material) -> Figure:
    tally = material.tally
    if measure.share is not None:
        part, whole = tally[measure.share[0]], tally[measure.share[1]]
        return Figure(share(part, whole), part, whole)
    if measure.length is not None:
        length, quantile = measure.length
        spread = material.spreads.get(length)
        if spread is None:
            return Figure(None, whole=0)
        value = spread.median if quantile is Quantile.MEDIAN else spread.p90
        return Figure(value, whole=spread.number)
    return _SPECIAL[measure.key](material)


def _volume(material: Material) -> Figure:
    records = material.tally[Count.RECORDS]
    return Figure(float(records), records, records)


def _cost_per_lead(material: Material) -> Figure:
    return _cost(material, Count.RECORDS)


def _cost_per_won(material: Material) -> Figure:
    return _cost(material, Count.WON)


def _cost(material: Material, of: Count) -> Figure:
    whole = material.tally[of]
    return Figure(share(material.cost, whole), material.cost, whole)


def _gini(material: Material) -> Figure:
    team = material.team
    return Figure(team.gini, whole=team.given) if team else Figure(None, whole=0)


def _most_loaded(material: Material) -> Figure:
    team = material.team
    return Figure(team.most_to_mean, whole=team.given) if team else Figure(None, whole=0)


_SPECIAL = {
    "volume": _volume,
    "lift": lambda _: NOTHING,
    "cost_per_lead": _cost_per_lead,
    "cost_per_won": _cost_per_won,
    "gini": _gini,
    "most_loaded": _most_loaded,
}


def _lift(won: Figure, baseline: float | None) -> Figure:
    """None where either rate is not known, or nothing was ever won in the baseline."""
    if won.value is None or not baseline:
        return Figure(None, whole=won.whole)
    return Figure(won.value / baseline - 1, whole=won.whole)


def change_between(now: Figure | None, before: Figure | None) -> float | None:
    """How much more it is now, in the measure's own unit; None where one of them is not known."""
    if now is None or before is None or now.value is None or before.value is None:
        return None
    return now.value - before.value


def measure(key: str) -> Measure:
    return BY_KEY[key]
