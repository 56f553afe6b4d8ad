"""`doctor`: is everything there that the daemon needs?"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.asking.findings import Finding
    from ortoo_daemon.daemon.asking.permissions_compared import Compared


def doctor(
    config: Config = DEFAULT_CONFIG,
    permissions: Annotated[
        bool,
        typer.Option(
            "--permissions", help="Compare what the login may do with what the files in use need."
        ),
    ] = False,
    permission_set: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a permission set with just that, as metadata; - to print."
        ),
    ] = None,
    services: Annotated[
        bool,
        typer.Option("--services", help="Try the services of services.yaml, and nothing else."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try the login, access, channels, budgets, clock, queues and store; tell how to mend each.

    Routes nothing and changes nothing in the org.
    """
    if permissions or permission_set is not None:
        _permissions(config, permission_set, as_json=as_json)
        return
    from ortoo_daemon.cli.terminal import show_json

    found = asyncio.run(_findings(config, services=services, show=not as_json))
    if as_json:
        show_json([_json(finding) for finding in found])
    _end(found, say_so=not as_json)


def _permissions(config: Path, file: Path | None, *, as_json: bool) -> None:
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.asking.diagnosis_permissions import (
        diagnose_permissions,
        least_permission_set,
    )

    compared = asyncio.run(diagnose_permissions(config))
    if file is not None:
        text = least_permission_set(compared)
        if str(file) == "-":
            print(text, end="")
            return
        file.write_text(text, encoding="utf-8")
    if as_json:
        show_json(_compared_json(compared))
    else:
        for finding in compared.findings:
            _show(finding)
    _end(compared.findings, say_so=not as_json)


def _compared_json(compared: "Compared") -> dict[str, Any]:
    needed = compared.needed
    return {
        "findings": [_json(finding) for finding in compared.findings],
        "needed": [
            {"of": of, "right": right, "why": list(whys)}
            for (of, right), whys in sorted(needed.reasons.items())
        ],
        "has": None
        if compared.has is None
        else {label: list(each.rights()) for label, each in sorted(compared.has.items())},
    }


def _end(found: "Sequence[Finding]", *, say_so: bool) -> None:
    """The last line, and exit code 1 where something failed."""
    from ortoo_daemon.cli.terminal import say

    failures = sum(not finding.passed for finding in found)
    if say_so and failures:
        say(f"{failures} of {len(found)} checks failed", "bold red")
    elif say_so:
        say(f"all {len(found)} checks passed", "bold green")
    if failures:
        raise typer.Exit(1)


async def _findings(config: Path, *, services: bool, show: bool) -> "list[Finding]":
    from ortoo_daemon.daemon.asking.diagnosis import diagnose
    from ortoo_daemon.daemon.asking.diagnosis_services import diagnose_services

    found = []
    async for finding in diagnose_services(config) if services else diagnose(config):
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
    line.append(f"  {finding.check:<17} ", style="bold").append(finding.text, style="default")
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
