"""How does a program read a report? As JSON, or as CSV with a line for each figure; formulas with both."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ortoo_daemon.cli.controls import csv_cell
from ortoo_daemon.instants import instant_text
from ortoo_daemon.reporting.catalogue import BY_KEY, MEASURES
from ortoo_daemon.reporting.figures import Figure, Figures, change_between
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.reporting.report import Group, Report
from ortoo_daemon.reporting.uncovered import HOW_COUNTED, HOW_OWNED

HEADER = (
    "period", "begin", "end", "dimension", "key", "name",
    "measure", "value", "unit", "part", "whole", "formula",
)  # fmt: skip

_DIGITS = 6


def json_text(found: Report) -> str:
    """Lengths are seconds, shares parts of one; what can't be said is null."""
    return json.dumps(as_json(found), indent=2, ensure_ascii=False) + "\n"


def as_json(found: Report) -> dict[str, Any]:
    return {
        "object": found.object,
        "zone": found.zone,
        "made_at": instant_text(found.made_at),
        "period": _period(found.period),
        "compared": _period(found.compared) if found.compared else None,
        "baseline": found.baseline,
        "measures": {
            each.key: {
                "title": each.title,
                "unit": each.unit.value,
                "better": each.better.value,
                "formula": each.formula,
            }
            for each in MEASURES
            if each.key in found.whole.figures
        },
        "everything": _group(found.whole),
        "by": {
            section.dimension.value: [
                {"key": each.key, "name": each.name, **_group(each)} for each in section.groups
            ]
            for section in found.sections
        },
        "trend": {
            "by": found.trend.value if found.trend else None,
            "stretches": [
                {"name": each.name, **_period(each.period), "figures": _figures(each.figures)}
                for each in found.stretches
            ],
        },
        "uncovered": _uncovered(found),
        "unknown": dict(found.unknown),
        "unknown_in_compared": dict(found.unknown_before),
        "notes": list(found.notes),
        "reading": {
            "calls": found.reading.calls,
            "groups": found.reading.groups,
            "rows": found.reading.rows,
        },
    }


def _uncovered(found: Report) -> dict[str, Any] | None:
    """Postal areas that nobody serves; null where no rule goes by territories."""
    uncovered = found.uncovered
    if uncovered is None:
        return None
    return {
        "formula": HOW_COUNTED,
        "formula_unowned": HOW_OWNED,
        "gap": uncovered.gap or None,
        "areas": [
            {
                "country": each.country,
                "area": each.area,
                "records": each.records,
                "unowned": each.unowned,
                "codes": dict(each.codes),
            }
            for each in uncovered.areas
        ],
        "ownerless": [
            {
                "owner": each.owner,
                "rows": each.rows,
                "places": list(each.places),
                "first_at": str(each.first_at),
            }
            for each in uncovered.ownerless
        ],
    }


def csv_text(found: Report) -> str:
    """One line a figure; what can't be said has no value."""
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([csv_cell(each) for each in line] for line in _lines(found))
    return into.getvalue()


def _lines(found: Report) -> Iterator[tuple[object, ...]]:
    groups = [("everything", found.whole)]
    groups += [(each.dimension.value, group) for each in found.sections for group in each.groups]
    for dimension, group in groups:
        yield from _of("period", found.period, dimension, group.key, group.name, group.figures)
        if group.before is not None and found.compared is not None:
            yield from _of(
                "compared", found.compared, dimension, group.key, group.name, group.before
            )
    for area in found.uncovered.areas if found.uncovered else ():
        span = instant_text(found.period.begin), instant_text(found.period.end)
        name = safe_cell(area.name)
        for measure, number, formula in (
            ("without_rooftop", area.records, HOW_COUNTED),
            ("unowned", area.unowned, HOW_OWNED),
        ):
            yield (
                "period", *span, "postal_area", name, name, measure, number, "records", None,
                area.records, formula,
            )  # fmt: skip
    if found.trend is not None:
        for each in found.stretches:
            yield from _of("period", each.period, found.trend.value, "", each.name, each.figures)


def _of(
    which: str, period: Period, dimension: str, key: str, name: str, figures: Figures
) -> Iterator[tuple[object, ...]]:
    span = instant_text(period.begin), instant_text(period.end)
    for measure, figure in figures.items():
        told = BY_KEY[measure]
        yield (
            which, *span, dimension, key, safe_cell(name), measure, _rounded(figure.value), told.unit.value,
            _rounded(figure.part), figure.whole, told.formula,
        )  # fmt: skip


def safe_cell(text: str) -> str:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _group(group: Group) -> dict[str, Any]:
    told: dict[str, Any] = {"figures": _figures(group.figures)}
    if group.before is not None:
        told["compared"] = _figures(group.before)
        told["change"] = {
            key: _rounded(change_between(figure, group.before.get(key)))
            for key, figure in group.figures.items()
        }
    return told


def _figures(figures: Figures) -> dict[str, Mapping[str, Any]]:
    return {key: _figure(figure) for key, figure in figures.items()}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": _rounded(figure.value), "part": _rounded(figure.part), "whole": figure.whole,
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.is_integer() else round(value, _DIGITS)


def _period(period: Period) -> dict[str, str]:
    return {"begin": instant_text(period.begin), "end": instant_text(period.end)}
