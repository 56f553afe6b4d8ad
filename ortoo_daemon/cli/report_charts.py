"""Where do the parts of a report's charts lie? Bars over time, bars of groups; the page draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.cli.report_words import of_text, value_text
from ortoo_daemon.reporting.catalogue import BY_KEY
from ortoo_daemon.reporting.figures import Figure
from ortoo_daemon.reporting.measure import Measure, Unit
from ortoo_daemon.reporting.report import Group, Report, Section
from ortoo_daemon.reporting.standing_out import standing

WIDTH, HEIGHT = 360.0, 110.0
"""Units of a chart over time; the page scales it."""

_GAP = 0.18
"""The share of a bar's room that stays empty."""

_OVER_TIME = (
    "volume", "routing_median", "unrouted", "open_response_median", "response_median", "sla",
    "misroutes", "contacted", "won",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    title: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A measure over time. ``top`` is what the full height means; ``level`` where the period compared with
    lies (None: nowhere), ``level_title`` what it is."""

    measure: Measure
    value: str
    top: str
    bars: Sequence[Bar]
    first: str
    last: str
    level: float | None
    level_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A group's lift as a bar from the middle; ``x`` and ``width`` in percent. ``look``: good, bad, or none
    where it may be chance."""

    group: Group
    text: str
    of: str
    x: float
    width: float
    look: str


def charts(found: Report) -> list[Chart]:
    """One for each measure that has a value in at least two stretches, and is not nought in all of them."""
    if len(found.stretches) < 2:
        return []
    shown = []
    for key in _OVER_TIME:
        values = [_value(each.figures.get(key)) for each in found.stretches]
        if sum(value is not None for value in values) > 1 and any(values):
            shown.append(_chart(found, BY_KEY[key]))
    return shown


def _chart(found: Report, measure: Measure) -> Chart:
    figures = [each.figures.get(measure.key) for each in found.stretches]
    before = None
    if found.whole.before is not None and measure.unit is not Unit.COUNT:
        before = found.whole.before.get(measure.key)
    norm = _value(before)
    top = _top(measure, [value for each in figures if (value := _value(each)) is not None], norm)
    room = WIDTH / len(figures)
    bars = []
    for number, (stretch, figure) in enumerate(zip(found.stretches, figures, strict=True)):
        value = _value(figure)
        if value is None:
            continue
        height = HEIGHT * value / top
        of = of_text(measure, figure)
        title = f"{stretch.name}: {value_text(measure, figure)}{f' ({of})' if of else ''}"
        title += "" if stretch.whole else f", part of a {found.trend}"
        look = "bar" if stretch.whole else "part"
        x = number * room + room * _GAP / 2
        bars.append(Bar(x, HEIGHT - height, room * (1 - _GAP), height, title, look))
    return Chart(
        measure=measure,
        value=value_text(measure, found.whole.figures.get(measure.key)),
        top=value_text(measure, Figure(top)),
        bars=bars,
        first=found.stretches[0].name,
        last=found.stretches[-1].name,
        level=None if norm is None else HEIGHT - HEIGHT * norm / top,
        level_title=f"period compared with: {value_text(measure, before)}",
    )


def _top(measure: Measure, values: Sequence[float], norm: float | None) -> float:
    """What the full height means: shares of more than half go up to the whole."""
    top = max([*values, norm or 0.0])
    if measure.unit is Unit.SHARE:
        return 1.0 if top > 0.5 else max(top, 0.01)
    return top or 1.0


def lifted(found: Report, section: Section, at_most: int) -> list[Lifted]:
    """The groups with a lift, the best first; the longest bar fills its side."""
    groups = [each for each in section.groups if each.key and _lift(each) is not None]
    groups = sorted(groups, key=lambda each: -each.records)[:at_most]
    most = max((abs(_lift(each) or 0.0) for each in groups), default=0.0) or 1.0
    shown = []
    for each in sorted(groups, key=lambda group: -(_lift(group) or 0.0)):
        value, won = _lift(each) or 0.0, each.figures.get("won")
        width = 50 * abs(value) / most
        shown.append(
            Lifted(
                group=each,
                text=value_text(BY_KEY["lift"], each.figures["lift"]),
                of=f"{value_text(BY_KEY['won'], won)}, {of_text(BY_KEY['won'], won)}",
                x=50 if value >= 0 else 50 - width,
                width=width,
                look=_look(won, value, found.few),
            )
        )
    return shown


def _look(won: Figure | None, lift: float, few: int) -> str:
    """How the close rate stands against the baseline's."""
    if won is None or won.value is None or lift <= -1:
        return "bad" if lift <= -1 and won and (won.whole or 0) >= few else "none"
    return standing(BY_KEY["won"], won, Figure(won.value / (1 + lift)), few) or "none"


def _lift(group: Group) -> float | None:
    return _value(group.figures.get("lift"))


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.value
