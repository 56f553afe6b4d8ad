"""How is a figure written for people? Units, changes, and whether a change is good."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ortoo_daemon.cli.simulate_view import length
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.reporting.catalogue import MEASURES
from ortoo_daemon.reporting.figures import Figure, Figures, change_between
from ortoo_daemon.reporting.measure import Measure, Unit
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.reporting.report import Group, Report

DASH = "–"

_SMALL_CHANGE = 0.0005


def value_text(measure: Measure, figure: Figure | None) -> str:
    """``87.3 %``, ``2h 5min``, ``1.4 ×``; a dash where it can't be said."""
    value = None if figure is None else figure.value
    if value is None:
        return DASH
    match measure.unit:
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.SHARE:
            return f"{value:.1%}".replace("%", " %")
        case Unit.SECONDS:
            return length(timedelta(seconds=value))
        case Unit.INDEX:
            return f"{value:.2f}"
        case Unit.TIMES:
            return f"{value:.2f} ×"
        case Unit.CHANGE:
            return f"{value:+.0%}".replace("%", " %")
        case Unit.MONEY:
            return f"{value:,.2f}"


def of_text(measure: Measure, figure: Figure | None) -> str:
    """Of how many records a figure is: ``131 of 150``, ``150``; empty for the number of records itself."""
    if figure is None or figure.whole is None or measure.unit is Unit.COUNT:
        return ""
    if measure.share is not None and figure.part is not None:
        return f"{figure.part:,.0f} of {figure.whole:,}"
    return f"{figure.whole:,}"


def change_text(measure: Measure, now: Figure | None, before: Figure | None) -> str:
    """``+3.1 points``, ``−12 %``; a dash where one of the two is not known."""
    change = change_between(now, before)
    if change is None or before is None:
        return DASH
    if abs(change) < _SMALL_CHANGE:
        return "±0"
    if measure.unit in (Unit.SHARE, Unit.CHANGE):
        return _signed(f"{change * 100:+.1f} points")
    if not before.value:
        return DASH
    return _signed(f"{change / abs(before.value):+.0%}".replace("%", " %"))


def known(figures: Figures) -> list[Measure]:
    """The measures that the figures have, in the order of the catalogue."""
    return [each for each in MEASURES if each.key in figures]


def is_few(found: Report, figure: Figure | None) -> bool:
    """Whether a figure is of so few records that it says little."""
    return figure is not None and figure.whole is not None and 0 < figure.whole < found.few


def columns_of(found: Report, groups: list[Group]) -> list[Measure]:
    """The measures that at least one of the groups has a value of."""
    return [
        each
        for each in known(found.whole.figures)
        if any(
            (figure := group.figures.get(each.key)) and figure.value is not None for group in groups
        )
    ]


def period_text(period: Period, zone: str) -> str:
    """``2026-10-23 to 2026-11-22 10:14``: days where it begins or ends at midnight."""
    return f"{_moment(period.begin, zone)} to {_moment(period.end, zone)}"


def _moment(at: datetime, zone: str) -> str:
    wall = at.astimezone(ZoneInfo(zone))
    return f"{wall:%Y-%m-%d}" if f"{wall:%H:%M:%S}" == "00:00:00" else f"{wall:%Y-%m-%d %H:%M}"


def _signed(text: str) -> str:
    return text.replace("-", "−")


def written_to(file: Path, text: str) -> None:
    """Raises ConfigError when the file can't be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"can't be written: {error.strerror}"
        problem = Problem(place=Place(file.as_posix()), rule="report", message=message)
        raise ConfigError([problem]) from error
