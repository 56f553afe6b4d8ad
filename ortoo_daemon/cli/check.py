"""`check`: is everything that admins edit fit to run?"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ortoo_daemon.daemon.checking import Parsed
    from ortoo_daemon.daemon.config_files import ConfigFiles
    from ortoo_daemon.daemon.saved_org import KnownOrg


class Format(StrEnum):
    """``github`` is what GitHub Actions shows at the lines of a pull request."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class Schema(StrEnum):
    POLICY = "policy"
    TESTS = "tests"


def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder with an ortoo.yaml, or one of policies.", show_default=False),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
    format: Annotated[Format, typer.Option(help="How problems are printed.")] = Format.TEXT,
    org: Annotated[
        bool, typer.Option("--org", help="Ask the org for its fields, queues, people and sites.")
    ] = False,
    save_org: Annotated[
        Path | None,
        typer.Option(
            help="Write what the org says to this file and one beside it, for checks without a login."
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of policy files and leave.")
    ] = False,
    schema_of: Annotated[
        Schema, typer.Option(help="Which files --schema is about.")
    ] = Schema.POLICY,
) -> None:
    """Find every problem of settings, directory, policies and tables, and run the policies' tests.

    Fields, queues and people are looked up in the saved org (org.json), or in the org with --org.
    """
    from ortoo_daemon.cli import check_report
    from ortoo_daemon.cli.terminal import show_json
    from ortoo_daemon.daemon.checking import check as checkup
    from ortoo_daemon.daemon.checking import parse
    from ortoo_daemon.daemon.config_files import config_files
    from ortoo_daemon.daemon.saved_org import save_org as write_org

    if schema:
        show_json(_schema(schema_of))
        return
    if save_org is not None and not org:
        raise typer.BadParameter("--save-org needs --org, as it writes what the org says")
    files = config_files(path, config)
    parsed = parse(files)
    known = _ask(files, parsed, config) if org else None
    found = checkup(files, parsed, known)
    if save_org is not None and known is not None:
        write_org(known, save_org)
    match Format.JSON if as_json else format:
        case Format.JSON:
            show_json(check_report.as_json(found))
        case Format.GITHUB:
            check_report.show_for_github(found)
        case _:
            check_report.show(found)
    if not found.passed:
        raise typer.Exit(1)


def _schema(kind: Schema) -> dict[str, Any]:
    from ortoo_daemon.policy.schema import policy_schema
    from ortoo_daemon.policy.schema_cases import tests_schema

    return policy_schema() if kind is Schema.POLICY else tests_schema()


def _ask(files: "ConfigFiles", parsed: "Parsed", config: Path) -> "KnownOrg":
    """What the org says. The login is that of the settings at hand."""
    import asyncio

    from ortoo_daemon.daemon.asking import logged_in
    from ortoo_daemon.daemon.saved_org import ask_org
    from ortoo_daemon.daemon.settings import load_settings
    from ortoo_daemon.errors import ConfigError

    if parsed.mapping is None:
        raise ConfigError(parsed.problems)
    mapping = parsed.mapping
    settings = parsed.settings or load_settings(files.settings or config)

    async def ask() -> "KnownOrg":
        async with logged_in(settings) as org:
            return await ask_org(org, parsed.policies, mapping)

    return asyncio.run(ask())
