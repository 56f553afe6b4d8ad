"""`report weights`: a reviewed table of rooftops' performance, out of what they answered in time."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from ortoo_daemon.daemon.asking.reports.weighing import Weighing
    from ortoo_daemon.reporting.weights import Rules


def weights(
    out: Annotated[
        Path | None, typer.Option(help="Write the new table to this file; else it is shown alone.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="The table that holds now; else the file of --out, where it is there."),
    ] = None,
    by: Annotated[str, typer.Option(help="Tables of performance are by rooftop.")] = "rooftop",
    since: Annotated[str, typer.Option(help="As of `report`.")] = "90d",
    until: Annotated[str | None, typer.Option(help="As of `report`; else now.")] = None,
    object_name: Annotated[str, typer.Option("--object", help="Whose clocks count.")] = "Lead",
    floor: Annotated[float, typer.Option(min=0, max=100, help="No figure below, in percent.")] = 50,
    ceiling: Annotated[float, typer.Option(min=0, max=100, help="None above.")] = 99,
    prior: Annotated[
        float,
        typer.Option(min=0, help="So many clocks of the network's average are mixed into each."),
    ] = 20,
    least: Annotated[
        int, typer.Option(min=1, help="Rooftops with fewer clocks get no new figure.")
    ] = 5,
    valid_from: Annotated[
        str | None, typer.Option("--from", help="The first day of the new figures; else tomorrow.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a table is replaced.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Each rooftop's share of clocks met, drawn towards the network's where they are few, within bounds.

    Prints what changes against the table in force. Nothing is written without --out, and a table that is
    there is replaced only when somebody says so.
    """
    from ortoo_daemon.cli.report import period_of
    from ortoo_daemon.cli.report_words import written_to
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.reports.weighing import weigh
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.reporting.weights import Rules

    if by != "rooftop":
        raise typer.BadParameter("tables of performance are by rooftop", param_hint="--by")
    if floor > ceiling:
        raise typer.BadParameter("--floor is above --ceiling")
    settings = load_settings(config)
    period = period_of(settings, since, until)
    rules = Rules(floor=floor, ceiling=ceiling, prior=prior, least=least)
    old = table or (out if out is not None and out.is_file() else None)
    found = asyncio.run(
        weigh(
            settings,
            object_name,
            period,
            rules,
            table=old,
            valid_from=_first_day(valid_from, settings.report.zone),
        )
    )
    if as_json:
        show_json(_json(found, rules))
    else:
        _show(found, rules, str(old or out or "the table"))
    if out is not None and found.text != found.old:
        _confirm(out, yes=yes)
        written_to(out, found.text)
        typer.echo(f"written to {out}: review it and commit it like any other edit", err=True)


def _confirm(out: Path, *, yes: bool) -> None:
    """Whoever replaces a table of live policies says so: the daemon takes edits up as they are made."""
    if yes or not out.is_file():
        return
    if not typer.confirm(f"Replace {out}?", default=False, err=True):
        raise typer.Exit(1)


def _first_day(text: str | None, zone: str) -> "Callable[[datetime], date]":
    """The day that is named, else the day after that on which it is asked."""
    from zoneinfo import ZoneInfo

    from ortoo_daemon.policy.literals import day

    if text is None:
        return lambda now: now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    found = day(text)
    if found is None:
        raise typer.BadParameter(f"--from {text!r}: write a day such as 2026-12-01")
    return lambda _: found


def _show(found: "Weighing", rules: "Rules", name: str) -> None:
    from ortoo_daemon.cli.terminal import say, show_table
    from ortoo_daemon.reporting.weights import difference

    say(f"performance = {rules.formula()}", style="bold")
    rows = [
        (
            each.rooftop.title,
            each.rooftop.names[0],
            f"{each.figure:g}",
            f"{each.rooftop.met:,} of {each.rooftop.ended:,}",
            f"{each.plain:.1f} %",
        )
        for each in found.weights
    ]
    show_table(["rooftop", "code", "performance", "met", "plain share"], rows)
    if not rows:
        say("no rooftop has enough clocks that ended: nothing is changed")
    say(f"{found.idle:,} rooftops have no clock that ended; {found.calls:,} calls of the org")
    say()
    lines = difference(found.old, found.text, name)
    for line in lines:
        say(line, style={"+": "green", "-": "red"}.get(line[:1], "dim"))
    if not lines:
        say("the table stays as it is")


def _json(found: "Weighing", rules: "Rules") -> dict[str, object]:
    return {
        "formula": rules.formula(),
        "rooftops": [
            {
                "rooftop": each.rooftop.names[0],
                "name": each.rooftop.title,
                "performance": each.figure,
                "met": each.rooftop.met,
                "ended": each.rooftop.ended,
            }
            for each in found.weights
        ],
        "idle": found.idle,
        "table": found.text,
        "changed": found.text != found.old,
        "calls": found.calls,
    }
