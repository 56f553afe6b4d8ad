"""Which groups are worth a look? Those whose figures differ from everything's by more than chance. Pure.

A share stands out where it lies more than two standard errors, and more than two records, from the share of
everything; a length of time where it is a quarter longer or a fifth shorter. Of fewer records than ``few``
nothing stands out.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.catalogue import BY_KEY
from ortoo_daemon.reporting.figures import Figure
from ortoo_daemon.reporting.measure import Better, Measure, Unit
from ortoo_daemon.reporting.report import Group, Report

_ERRORS, _RECORDS = 2.0, 2.0
_LONGER, _SHORTER = 1.25, 0.8

_LOOKED_AT = ("sla", "unrouted", "misroutes", "reroutes", "contacted", "won", "blank")
_PLACES = (Dimension.ROOFTOP, Dimension.REGION, Dimension.BRAND, Dimension.SOURCE, Dimension.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A group whose share of a measure is worse than everything's. ``excess``: so many records more are on
    the bad side than there would be at everything's share."""

    dimension: Dimension
    group: Group
    measure: Measure
    figure: Figure
    everything: Figure
    excess: float


def standing(measure: Measure, figure: Figure | None, everything: Figure | None, few: int) -> str:
    """``good``, ``bad``, or nothing where it does not stand out."""
    if figure is None or everything is None or measure.better is Better.NEITHER:
        return ""
    value, whole, norm = figure.value, figure.whole, everything.value
    if value is None or norm is None or not whole or whole < few:
        return ""
    if measure.unit is Unit.SHARE:
        higher = value - norm
        chance = max(_ERRORS * math.sqrt(norm * (1 - norm) / whole), _RECORDS / whole)
        if abs(higher) <= chance:
            return ""
    elif measure.unit is Unit.SECONDS:
        if _SHORTER * norm <= value <= _LONGER * norm:
            return ""
        higher = value - norm
    else:
        return ""
    return "good" if (higher > 0) is (measure.better is Better.MORE) else "bad"


def turn(measure: Measure, now: Figure | None, before: Figure | None, few: int) -> str:
    """``good`` or ``bad`` where a figure has changed by more than chance, else nothing.

    Two shares differ where they lie more than two standard errors of their difference apart.
    """
    if measure.unit is not Unit.SHARE:
        return standing(measure, now, before, few)
    if now is None or before is None or measure.better is Better.NEITHER:
        return ""
    if now.value is None or before.value is None or not now.whole or not before.whole:
        return ""
    if min(now.whole, before.whole) < few:
        return ""
    mean = (now.value * now.whole + before.value * before.whole) / (now.whole + before.whole)
    error = math.sqrt(mean * (1 - mean) * (1 / now.whole + 1 / before.whole))
    change = now.value - before.value
    if abs(change) <= _ERRORS * error:
        return ""
    return "good" if (change > 0) is (measure.better is Better.MORE) else "bad"


def concerns(found: Report, at_most: int) -> list[Concern]:
    """The gravest first, one for each group."""
    worst: dict[tuple[Dimension, str], Concern] = {}
    for each in _all(found):
        at = each.dimension, each.group.key
        if at not in worst or each.excess > worst[at].excess:
            worst[at] = each
    return sorted(worst.values(), key=lambda each: -each.excess)[:at_most]


def _all(found: Report) -> Iterable[Concern]:
    for section in found.sections:
        if section.dimension not in _PLACES:
            continue
        for group in section.groups:
            for key in _LOOKED_AT if group.key else ():
                measure, figure = BY_KEY[key], group.figures.get(key)
                norm = found.whole.figures.get(key)
                if standing(measure, figure, norm, found.few) != "bad":
                    continue
                assert figure is not None
                assert norm is not None
                excess = abs((figure.value or 0) - (norm.value or 0)) * (figure.whole or 0)
                yield Concern(
                    dimension=section.dimension,
                    group=group,
                    measure=measure,
                    figure=figure,
                    everything=norm,
                    excess=excess,
                )
