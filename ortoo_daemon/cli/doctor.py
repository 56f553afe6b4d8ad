"""`doctor`: is everything there that the daemon needs?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.findings import Finding


def doctor(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Try the login, access, channels, budgets, clock, queues and store; tell how to mend each.

    Routes nothing and changes nothing in the org.
    """
    from ortoo_daemon.cli.terminal import say, show_json

    found = asyncio.run(_findings(config, show=not as_json))
    failures = sum(not finding.passed for finding in found)
    if as_json:
        show_json([_json(finding) for finding in found])
    elif failures:
        say(f"{failures} of {len(found)} checks failed", "bold red")
    else:
        say(f"all {len(found)} checks passed", "bold green")
    if failures:
        raise typer.Exit(1)


async def _findings(config: Path, *, show: bool) -> "list[Finding]":
    from ortoo_daemon.daemon.asking.diagnosis import diagnose

    found = []
    async for finding in diagnose(config):
        found.append(finding)
        if show:
            _show(finding)
    return found


def _show(finding: "Finding") -> None:
    from rich.text import Text

    from ortoo_daemon.cli.terminal import console

    line = Text(
        "pass" if finding.passed else "FAIL", style="green" if finding.passed else "bold red"
    )
    line.append(f"  {finding.check:<18}", style="bold").append(finding.text, style="default")
    if finding.mend:
        line.append(f"\n      {'':<18}{finding.mend}", style="cyan")
    console().print(line)


def _json(finding: "Finding") -> dict[str, object]:
    return {
        "check": finding.check,
        "passed": finding.passed,
        "text": finding.text,
        "mend": finding.mend,
    }
