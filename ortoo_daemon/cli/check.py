"""`check`: is everything that admins edit fit to run?"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, Config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ortoo_daemon.cli.check_report import Checked
    from ortoo_daemon.daemon.loading.checking import Parsed
    from ortoo_daemon.daemon.loading.config_files import ConfigFiles
    from ortoo_daemon.daemon.loading.saved_org import KnownOrg
    from ortoo_daemon.simulation.running_clocks import ClocksMoved


class Format(StrEnum):
    """``github`` is what GitHub Actions shows at the lines of a pull request."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class Schema(StrEnum):
    POLICY = "policy"
    TESTS = "tests"
    SETTINGS = "settings"
    DIRECTORY = "directory"
    MODELS = "models"


def check(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with an ortoo.yaml, or one of policies; with --rules the name of a rule.",
            show_default=False,
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    format: Annotated[
        Format | None, typer.Option(help="How everything is printed.", show_default="text")
    ] = None,
    org: Annotated[
        bool, typer.Option("--org", help="Ask the org for its fields, queues, people and sites.")
    ] = False,
    save_org: Annotated[
        Path | None,
        typer.Option(
            help="Write what the org says to this file and one beside it, for checks without a login."
        ),
    ] = None,
    coverage: Annotated[
        bool,
        typer.Option("--coverage", help="List the records that no rule routes, with examples."),
    ] = False,
    roster: Annotated[
        bool,
        typer.Option("--roster", help="List where and when nobody is there in the coming days."),
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Print what is looked for and leave; one at length.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of policy files and leave.")
    ] = False,
    schema_of: Annotated[
        Schema, typer.Option(help="Which files --schema is about.")
    ] = Schema.POLICY,
    save_schemas: Annotated[
        Path | None,
        typer.Option(help="Write the JSON schemas of all files into this folder and leave."),
    ] = None,
) -> None:
    """Find every problem of settings, directory, policies and tables, and run the policies' tests.

    Fields, queues and people are looked up in the saved org (org.json), or in the org with --org.
    """
    from ortoo_daemon.cli import check_report
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.loading.config_files import config_files

    face = _face(format, as_json=as_json)
    if schema:
        show_json(_schema(schema_of))
        return
    if save_schemas is not None:
        _save_schemas(save_schemas)
        return
    if rules:
        _show_rules(path.as_posix() if path else None, face)
        return
    if save_org is not None and not org:
        raise typer.BadParameter("--save-org needs --org, as it writes what the org says")
    files = config_files(path, config)
    asked = _Asked(org=org, save_org=save_org, coverage=coverage, roster=roster)
    found = _checked(files, config, asked)
    match face:
        case Format.JSON:
            show_json(check_report.as_json(found))
        case Format.GITHUB:
            check_report.show_for_github(found.checkup)
        case Format.TEXT:
            check_report.show(found)
    if not found.checkup.passed:
        raise typer.Exit(1)


def _face(format: Format | None, *, as_json: bool) -> Format:
    if as_json and format not in (None, Format.JSON):
        raise typer.BadParameter(f"--json and --format {format} ask for two things")
    return Format.JSON if as_json else format or Format.TEXT


def _show_rules(name: str | None, face: Format) -> None:
    from ortoo_daemon.cli import check_rules
    from ortoo_daemon.cli.terminal import show_json

    if face is Format.JSON:
        show_json(check_rules.as_json(name))
    else:
        check_rules.show(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    org: bool
    save_org: Path | None
    coverage: bool
    roster: bool


def _checked(files: "ConfigFiles", config: Path, asked: _Asked) -> "Checked":
    """What a check finds, and the proofs that were asked for."""
    from ortoo_daemon.cli.check_report import Checked
    from ortoo_daemon.daemon.loading.checking import Beside, parse
    from ortoo_daemon.daemon.loading.checking import check as checkup
    from ortoo_daemon.daemon.loading.postal_file import load_postal_index
    from ortoo_daemon.daemon.loading.proving import proven, shortages
    from ortoo_daemon.daemon.loading.saved_org import save_org
    from ortoo_daemon.daemon.wiring import utc_now

    parsed = parse(files)
    known, clocks = _ask(files, parsed, config) if asked.org else (None, None)
    now = utc_now()
    beside = Beside(today=now.date(), postal=load_postal_index())
    found = checkup(files, parsed, known, beside=beside)
    if asked.save_org is not None and known is not None:
        save_org(known, asked.save_org)
    if asked.roster and found.known is None:
        raise typer.BadParameter("--roster needs to know people: a saved org, or --org")
    return Checked(
        checkup=found,
        proofs=proven(found, beside) if asked.coverage else None,
        shortages=shortages(found, now) if asked.roster else None,
        clocks=clocks,
    )


def _schema(kind: Schema) -> dict[str, Any]:
    from ortoo_daemon.daemon.loading.file_schemas import FileKind, schema_of

    return schema_of(FileKind(kind.value))


def _save_schemas(folder: Path) -> None:
    from ortoo_daemon.cli.terminal import say
    from ortoo_daemon.daemon.loading.file_schemas import write_schemas

    for path in write_schemas(folder):
        say(f"written: {path}")


def _ask(
    files: "ConfigFiles", parsed: "Parsed", config: Path
) -> tuple["KnownOrg", "Sequence[ClocksMoved] | None"]:
    """What the org says, and what becomes of its clocks. The login is that of the settings at hand."""
    import asyncio

    from ortoo_daemon.daemon.asking.login import logged_in
    from ortoo_daemon.daemon.loading.running_clocks import clocks_moved_by
    from ortoo_daemon.daemon.loading.saved_org import ask_org
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.errors import ConfigError

    if parsed.mapping is None:
        raise ConfigError(parsed.problems)
    mapping = parsed.mapping
    settings = parsed.settings or load_settings(files.settings or config)

    async def ask() -> tuple["KnownOrg", "Sequence[ClocksMoved] | None"]:
        async with logged_in(settings) as org:
            known = await ask_org(org, parsed.policies, mapping)
            return known, await clocks_moved_by(org, parsed.policies) if parsed.policies else None

    return asyncio.run(ask())
