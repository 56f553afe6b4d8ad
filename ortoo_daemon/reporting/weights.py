"""Which performance does each rooftop get in the table that routing heeds? A stated formula. Pure.

``figure = 100 × (met + k × p) ÷ (ended + k)``, kept between floor and ceiling, rounded to a tenth. ``met``
of ``ended`` clocks were answered in time, ``p`` is the network's share of these, ``k`` how many clocks of the
network's average are mixed in: few of one's own prove little.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import unified_diff

from ortoo_daemon.policy.performance import COLUMNS, PerformanceRow
from ortoo_daemon.policy.values import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """``floor`` and ``ceiling`` in percent; ``prior`` is k; ``least``: fewer clocks give no figure."""

    floor: float = 50.0
    ceiling: float = 99.0
    prior: float = 20.0
    least: int = 1

    def formula(self) -> str:
        return (
            f"100 × (met + {self.prior:g} × network share) ÷ (ended + {self.prior:g}), "
            f"at least {self.floor:g}, at most {self.ceiling:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Clocks of one rooftop that ended or ran late, and how many were met. ``names`` it may be written by in
    a table: id, code, name; the first is how a new row names it."""

    names: tuple[str, ...]
    title: str
    met: int
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A rooftop's figure; ``plain`` is its share without what the formula does to it (percent)."""

    rooftop: Answered
    figure: float
    plain: float


def weights(rooftops: Iterable[Answered], rules: Rules) -> list[Weight]:
    """Figures of those with enough clocks, best first; none where the network has no clocks at all."""
    found = list(rooftops)
    ended = sum(each.ended for each in found)
    if not ended:
        return []
    network = sum(each.met for each in found) / ended
    counted = [each for each in found if each.ended >= max(rules.least, 1)]
    made = [_weight(each, network, rules) for each in counted]
    return sorted(made, key=lambda each: (-each.figure, each.rooftop.title))


def _weight(rooftop: Answered, network: float, rules: Rules) -> Weight:
    mixed = 100 * (rooftop.met + rules.prior * network) / (rooftop.ended + rules.prior)
    return Weight(
        rooftop=rooftop,
        figure=round(min(max(mixed, rules.floor), rules.ceiling), 1),
        plain=100 * rooftop.met / rooftop.ended,
    )


def new_table(
    old: Sequence[PerformanceRow],
    found: Iterable[Weight],
    *,
    valid_from: date,
    source: str,
    sources: Mapping[int, str],
) -> list[tuple[str, ...]]:
    """Rows of the new table. What held before stays, and ends the day before; a figure that does not change
    leaves its row as it is. ``sources`` are the old rows' own, by line.

    An old row that would begin on the day or later gives way.
    """
    by_name = {fold(name): each for each in found for name in each.rooftop.names}
    rows: list[tuple[str, ...]] = []
    unchanged: set[str] = set()
    for row in old:
        weight = by_name.get(fold(row.rooftop))
        if weight is None or (row.valid_to is not None and row.valid_to < valid_from):
            rows.append(_written(row, row.valid_to, sources))
        elif row.valid_from is not None and row.valid_from >= valid_from:
            continue
        elif row.figure == weight.figure and row.valid_to is None:
            unchanged.add(weight.rooftop.names[0])
            rows.append(_written(row, None, sources))
        else:
            rows.append(_written(row, valid_from - timedelta(days=1), sources))
    for weight in sorted(by_name.values(), key=lambda each: each.rooftop.names[0]):
        name = weight.rooftop.names[0]
        if name not in unchanged:
            unchanged.add(name)
            rows.append((name, f"{weight.figure:g}", valid_from.isoformat(), "", source))
    return sorted(rows, key=lambda row: (fold(row[0]), row[2]))


def _written(
    row: PerformanceRow, valid_to: date | None, sources: Mapping[int, str]
) -> tuple[str, ...]:
    begin = row.valid_from.isoformat() if row.valid_from else ""
    end = valid_to.isoformat() if valid_to else ""
    return row.rooftop, f"{row.figure:g}", begin, end, sources.get(row.place.line, "")


def difference(old: str, new: str, name: str) -> list[str]:
    """A unified diff of the two texts; empty where they are the same."""
    lines = unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (now)", f"{name} (new)", lineterm="", n=1
    )
    return list(lines)


__all__ = ["COLUMNS", "Answered", "Rules", "Weight", "difference", "new_table", "weights"]
