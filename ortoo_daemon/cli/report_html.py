"""How is a report shown on a page of its own? One HTML file: nothing is loaded from elsewhere, no scripts.

Whatever comes from the org or from files is escaped by the template engine.
"""

from dataclasses import dataclass

from ortoo_daemon.cli.pages import page
from ortoo_daemon.cli.report_charts import HEIGHT, WIDTH, Lifted, charts, lifted
from ortoo_daemon.cli.report_view import codes_text, unknown_texts
from ortoo_daemon.cli.report_words import (
    change_text,
    columns_of,
    is_few,
    known,
    of_text,
    period_text,
    value_text,
)
from ortoo_daemon.instants import instant_text
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.catalogue import BY_KEY, HOW_SUMMED_UP
from ortoo_daemon.reporting.figures import Figures
from ortoo_daemon.reporting.measure import Better, Measure, Topic
from ortoo_daemon.reporting.report import Group, Report, Section
from ortoo_daemon.reporting.standing_out import Concern, concerns, standing, turn
from ortoo_daemon.reporting.uncovered import HOW_COUNTED, HOW_OWNED

TEMPLATE = "report_page.html.jinja"
GROUPS_SHOWN, MOST_GROUPS = 12, 300
MOST_AREAS = 60
_CONCERNS, _LIFTS = 8, 20

_NOT_IN_TABLES = frozenset(
    {"volume", "routing_p90", "answered", "placed", "most_loaded", "cost_per_won"}
)
"""What can be said in other words too, or of few groups: the page has all of it of everything."""

_TILES = (
    "volume", "routing_median", "open_response_median", "sla", "unrouted", "misroutes", "contacted",
    "appointments", "won", "cost_per_lead",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure as it stands on the page. ``look``: good, bad or nothing; ``few``: of few records."""

    measure: Measure
    value: str
    of: str
    look: str
    few: bool
    before: str = ""
    change: str = ""

    @property
    def told(self) -> str:
        """What is told where somebody points at it."""
        return f"{self.measure.title}: {self.of}" if self.of else self.measure.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    group: Group
    share: float
    cells: list[Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``rows`` are shown at once, ``rest`` on demand; ``more`` groups are not on the page."""

    section: Section
    columns: list[Measure]
    rows: list[Row]
    rest: list[Row]
    more: int


def rendered(found: Report) -> str:
    """The page."""
    figures, before = found.whole.figures, found.whole.before
    return page(
        TEMPLATE,
        found=found,
        title=f"{found.object} report",
        period=period_text(found.period, found.zone),
        compared=period_text(found.compared, found.zone) if found.compared else None,
        made_at=instant_text(found.made_at)[:16].replace("T", " "),
        tiles=[_compared(found, BY_KEY[key], figures, before) for key in _TILES if key in figures],
        topics=_topics(found),
        concerns=[_sentence(each) for each in concerns(found, _CONCERNS)],
        charts=charts(found),
        width=WIDTH,
        height=HEIGHT,
        lifts=_lifts(found),
        tables=[_table(found, each) for each in found.sections if each.groups],
        uncovered=found.uncovered,
        most_areas=MOST_AREAS,
        codes_text=codes_text,
        how_counted=HOW_COUNTED,
        how_owned=HOW_OWNED,
        unknown=unknown_texts(found),
        wants=_wants,
        how_summed_up=HOW_SUMMED_UP,
    )


def _topics(found: Report) -> list[tuple[str, list[Shown]]]:
    """Every figure of everything, under its heading."""
    figures, before = found.whole.figures, found.whole.before
    return [
        (topic.value, shown)
        for topic in Topic
        if (
            shown := [
                _compared(found, each, figures, before)
                for each in known(figures)
                if each.topic is topic
            ]
        )
    ]


def _compared(found: Report, measure: Measure, now: Figures, before: Figures | None) -> Shown:
    figure, then = now[measure.key], before.get(measure.key) if before else None
    return Shown(
        measure=measure,
        value=value_text(measure, figure),
        of=of_text(measure, figure),
        look=turn(measure, figure, then, found.few),
        few=is_few(found, figure),
        before=value_text(measure, then) if before is not None else "",
        change=change_text(measure, figure, then) if before is not None else "",
    )


def _table(found: Report, section: Section) -> Table:
    groups = list(section.groups)[:MOST_GROUPS]
    columns = [each for each in columns_of(found, groups) if each.key not in _NOT_IN_TABLES]
    most = max((each.records for each in groups), default=0) or 1
    rows = [
        Row(
            group=each,
            share=100 * each.records / most,
            cells=[_cell(found, measure, each) for measure in columns],
        )
        for each in groups
    ]
    return Table(
        section=section,
        columns=columns,
        rows=rows[:GROUPS_SHOWN],
        rest=rows[GROUPS_SHOWN:],
        more=len(section.groups) - len(groups),
    )


def _cell(found: Report, measure: Measure, group: Group) -> Shown:
    figure = group.figures.get(measure.key)
    return Shown(
        measure=measure,
        value=value_text(measure, figure),
        of=of_text(measure, figure),
        look=standing(measure, figure, found.whole.figures.get(measure.key), found.few),
        few=is_few(found, figure),
    )


def _lifts(found: Report) -> list[tuple[Dimension, list[Lifted]]]:
    """Regions, and else the first dimension that has a lift."""
    ordered = sorted(found.sections, key=lambda each: each.dimension is not Dimension.REGION)
    for section in ordered:
        if len(shown := lifted(found, section, _LIFTS)) > 1:
            return [(section.dimension, shown)]
    return []


def _sentence(concern: Concern) -> tuple[str, str, str]:
    """Who, what, and how much it comes to."""
    measure = concern.measure
    value, norm = value_text(measure, concern.figure), value_text(measure, concern.everything)
    number = round(concern.excess)
    records = "1 record" if number == 1 else f"{number:,} records"
    side = "fewer than" if measure.better is Better.MORE else "more than"
    return (
        f"{concern.group.name} ({concern.dimension})",
        f"{measure.title}: {value} ({of_text(measure, concern.figure)}), everything {norm}",
        f"{records} {side} at everything’s rate",
    )


def _wants(measure: Measure) -> str:
    return {Better.MORE: "higher is better", Better.LESS: "lower is better"}.get(measure.better, "")
