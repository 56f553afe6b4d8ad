"""What is a record worth by a scorecard, and which points made it so?

The points of a part are added up and held within the part's bounds, then all parts and the base within
the card's. Every point, and what a bound took or gave, is a line: their sum is the score before it is
rounded to a whole number (halves up).
"""

import math
from collections.abc import Iterable, Iterator

from ortoo_daemon.policy.evaluation import Scope
from ortoo_daemon.policy.score_model import DECIMALS, Fading, Part, Points, Scorecard
from ortoo_daemon.policy.values import instant, moment
from ortoo_daemon.trace import ScoreLine, ScoreStep


def scored(card: Scorecard, scope: Scope, *, field: str) -> ScoreStep:
    """The score for ``field``, with its lines in file order."""
    lines = [ScoreLine("base", card.base, "", card.place)] if card.base else []
    for part in card.parts:
        lines += _held(list(_earned(part, scope)), part)
    whole = _sum(lines)
    kept = min(max(whole, card.lowest), card.highest)
    if kept != whole:
        bound = f"at most {kept:g}" if kept < whole else f"at least {kept:g}"
        lines.append(ScoreLine(bound, round(kept - whole, DECIMALS), "", card.place))
    score = math.floor(kept + 0.5)
    return ScoreStep(card.name, field, score, card.band(score), tuple(lines))


def _earned(part: Part, scope: Scope) -> Iterator[ScoreLine]:
    for each, name, judge, line in part.tests:
        holds = each.when.holds(scope) if judge is None else judge(scope.value(name), scope)
        if not holds:
            continue
        earned = line or each.line(part.name, _left(each.fades, scope))
        if earned.points:
            yield earned


def _sum(lines: Iterable[ScoreLine]) -> float:
    return sum([line.points for line in lines])


def worth(points: Points, scope: Scope) -> float:
    """Which share of its points an entry gives: 0 where it does not hold, 1 where it does and nothing fades.

    Points that fade since an empty field, or one without a date, give nothing.
    """
    if not points.when.holds(scope):
        return 0.0
    return _left(points.fades, scope)


def _left(fades: Fading | None, scope: Scope) -> float:
    if fades is None:
        return 1.0
    since = moment(scope.value(fades.since))
    if since is None:
        return 0.0
    age = scope.now - instant(since, scope.zone)
    return float(0.5 ** max(0.0, age / fades.half_life))


def _held(lines: list[ScoreLine], part: Part) -> list[ScoreLine]:
    """The part's lines, and one more where its bounds took or gave something."""
    kept = whole = _sum(lines)
    if part.at_least is not None:
        kept = max(kept, part.at_least)
    if part.at_most is not None:
        kept = min(kept, part.at_most)
    if kept != whole:
        bound = (
            f"{part.name}: at most {kept:g}" if kept < whole else f"{part.name}: at least {kept:g}"
        )
        lines.append(ScoreLine(bound, round(kept - whole, DECIMALS), part.name, part.place))
    return lines
