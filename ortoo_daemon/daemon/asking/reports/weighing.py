"""Which table of rooftops' performance follows from what they answered in time? Read from the org, counted
there; nothing is put in force here."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ortoo_daemon.action.stamps import ROOFTOP, SLA_STATUS
from ortoo_daemon.daemon.asking.login import logged_in
from ortoo_daemon.daemon.asking.reports.counting import Counting, Question
from ortoo_daemon.daemon.asking.reports.subject import CREATED
from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.performance import COLUMNS, PerformanceRow, read_performances
from ortoo_daemon.records import RecordId
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.reporting.tallies import SLA_ENDS
from ortoo_daemon.reporting.weights import Answered, Rules, Weight, new_table, weights
from ortoo_daemon.salesforce.directory import DirectoryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """``text`` is the new table, ``old`` the text of the one before (empty where there was none); ``idle``
    are rooftops of the directory without a clock that ended."""

    weights: Sequence[Weight]
    idle: int
    text: str
    old: str
    calls: int


async def weigh(
    settings: Settings,
    object_name: str,
    period_at: Callable[[datetime], Period],
    rules: Rules,
    *,
    table: Path | None,
    valid_from: Callable[[datetime], date],
) -> Weighing:
    """``table`` is the one that holds now; the period and the first day are those seen from the org's now.

    Raises OrtooError.
    """
    mapping = read_directory_mapping(settings.path(settings.directory))
    data = (
        b"" if table is None else bytes_of(table, rule="report", mend="name a table that is there")
    )
    rows, sources = _read(table, data)
    async with logged_in(settings) as org:
        directory = await DirectoryReader(org, mapping).read()
        now = await org.now()
        period = period_at(now)
        question = Question(
            object=object_name,
            at=CREATED,
            period=period,
            columns=("COUNT(Id)",),
            group_by=(ROOFTOP, SLA_STATUS),
        )
        met: dict[str, int] = defaultdict(int)
        ended: dict[str, int] = defaultdict(int)
        async for each in Counting(org).ask([question]):
            in_time = SLA_ENDS.get(str(each.values[SLA_STATUS]))
            if in_time is not None:
                ended[str(each.values[ROOFTOP])] += each.numbers[0]
                met[str(each.values[ROOFTOP])] += each.numbers[0] if in_time else 0
        calls = org.rest.calls_made
    found = weights(_answered(directory, met, ended), rules)
    made = new_table(
        rows,
        found,
        valid_from=valid_from(now),
        source=f"share of {object_name}s answered in time, {_days(period, settings.report.zone)}",
        sources=sources,
    )
    return Weighing(
        weights=found,
        idle=sum(1 for id in directory.rooftops if not ended.get(id)),
        text=_text(made),
        old=data.decode("utf-8-sig", "replace"),
        calls=calls,
    )


def _days(period: Period, zone: str) -> str:
    """Both days included."""
    local, second = ZoneInfo(zone), timedelta(seconds=1)
    first, last = period.begin.astimezone(local), (period.end - second).astimezone(local)
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _answered(
    directory: Directory, met: Mapping[str, int], ended: Mapping[str, int]
) -> list[Answered]:
    """Rooftops that are still there: a row for one that closed would say nothing."""
    found = []
    for id, number in ended.items():
        site = directory.rooftops.get(RecordId(id))
        if site is not None:
            found.append(
                Answered(names=_names(directory, site), title=site.name, met=met[id], ended=number)
            )
    return found


def _names(directory: Directory, site: Rooftop) -> tuple[str, ...]:
    """By what a table may name it; a name that two sites share names neither."""
    names = [site.code, site.id, site.name if directory.rooftop_named(site.name) is site else None]
    return tuple(str(name) for name in names if name)


def _read(table: Path | None, data: bytes) -> tuple[Sequence[PerformanceRow], dict[int, str]]:
    """The rows that hold now, and their sources by line. Raises ConfigError."""
    if table is None:
        return (), {}
    problems = Problems()
    read = read_performances(data, path=str(table), file=str(table), problems=problems)
    if read is None or problems.found:
        raise ConfigError(problems.found)
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    sources = dict((lines.line_num, (row.get("source") or "").strip()) for row in lines)  # noqa: C402
    return read.rows, sources


def _text(rows: Sequence[tuple[str, ...]]) -> str:
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return into.getvalue()
