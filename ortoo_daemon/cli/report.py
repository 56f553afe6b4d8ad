"""`report`: how fast, how well and how fairly are dealers served? Looks only."""

import asyncio
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config
from ortoo_daemon.cli.report_weights import weights
from ortoo_daemon.reporting.asked import Dimension, Trend

if TYPE_CHECKING:
    from collections.abc import Callable

    from ortoo_daemon.daemon.asking.reports.making import Asked
    from ortoo_daemon.daemon.settings import Settings
    from ortoo_daemon.reporting.periods import Period
    from ortoo_daemon.reporting.report import Report

report = typer.Typer(name="report", invoke_without_command=True)
report.command()(weights)


class Format(StrEnum):
    """How the report is written."""

    text = "text"
    html = "html"
    csv = "csv"
    json = "json"


@report.callback()
def make(
    context: typer.Context,
    since: Annotated[
        str,
        typer.Option(
            help="From when on: 30d (from midnight, so many days ago), 2026-11-01, or a moment."
        ),
    ] = "30d",
    until: Annotated[
        str | None,
        typer.Option(help="Until when, written alike (a day: up to its beginning); else now."),
    ] = None,
    by: Annotated[
        list[Dimension] | None, typer.Option(help="Only by these; else by all of them.")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            help="previous, year, before-daemon, or 2026-10-01..2026-10-31 (both included)."
        ),
    ] = None,
    baseline: Annotated[
        str,
        typer.Option(help="What lift is held to: network, compared, or a group's name."),
    ] = "network",
    object_name: Annotated[
        str, typer.Option("--object", help="Whose records are looked at.")
    ] = "Lead",
    trend: Annotated[
        Trend | None, typer.Option(help="Else by the length of the time looked at.")
    ] = None,
    traces: Annotated[
        bool | None,
        typer.Option(
            "--traces/--no-traces",
            help="Read every trace, for what intake flagged; else only where there are few.",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.text,
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file instead of standard output.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Volume, quality, speed, SLA, selling, fairness and cost, by place, source and person, over time.

    Each figure stands with the formula it is worked out by. Looks only; `report weights` derives the table
    of rooftops' performance that routing may heed.
    """
    if context.invoked_subcommand is not None:
        return
    from ortoo_daemon.daemon.asking.reports.making import Asked
    from ortoo_daemon.daemon.settings import load_settings

    settings = load_settings(config)
    asked = Asked(
        object=object_name,
        period_at=period_of(settings, since, until),
        dimensions=tuple(dict.fromkeys(by)) if by else tuple(Dimension),
        compare=compare,
        baseline=baseline,
        trend=trend,
        traces=traces,
    )
    _write(_made(settings, asked), Format.json if as_json else format_, out)


def period_of(
    settings: "Settings", since: str, until: str | None
) -> "Callable[[datetime], Period]":
    """The period as it is seen from a moment: the org's clock is not this machine's.

    Wrong use when one of them is not to be understood, or nothing lies between them.
    """
    from ortoo_daemon.reporting.periods import Period

    zone = settings.report.zone

    def at(now: datetime) -> Period:
        begin = _moment("--since", since, now, zone)
        end = now if until is None else _moment("--until", until, now, zone)
        if begin >= end:
            raise typer.BadParameter("--since is not before --until")
        return Period(begin=begin, end=end)

    _moment("--since", since, datetime.now(UTC), zone)
    if until is not None:
        _moment("--until", until, datetime.now(UTC), zone)
    return at


def _moment(option: str, text: str, now: datetime, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    from ortoo_daemon.policy.literals import HOW_TO_WRITE_A_DURATION, duration
    from ortoo_daemon.reporting.periods import instant_of, midnight

    length: timedelta | None = duration(text)
    if length is not None and length % timedelta(days=1):
        return now - length
    if length is not None:
        return midnight(now.astimezone(ZoneInfo(zone)).date() - length, zone)
    found = instant_of(text, zone)
    if found is None:
        message = f"{option} {text!r}: {HOW_TO_WRITE_A_DURATION}, or 2026-11-01, or a moment"
        raise typer.BadParameter(message)
    return found.astimezone(UTC)


def _made(settings: "Settings", asked: "Asked") -> "Report":
    from ortoo_daemon.cli.progress import progress_bar
    from ortoo_daemon.daemon.asking.reports.making import make_report

    with progress_bar() as progress:
        return asyncio.run(make_report(settings, asked, progress=progress))


def _write(found: "Report", format_: Format, out: Path | None) -> None:
    from ortoo_daemon.cli import report_data, report_html, report_view
    from ortoo_daemon.cli.report_words import written_to

    if format_ is Format.text and out is None:
        report_view.show(found)
        return
    text = {
        Format.text: report_view.plain,
        Format.html: report_html.rendered,
        Format.csv: report_data.csv_text,
        Format.json: report_data.json_text,
    }[format_](found)
    if out is None:
        typer.echo(text, nl=False)
    else:
        written_to(out, text)
        typer.echo(f"written to {out}", err=True)
