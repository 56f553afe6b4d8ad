"""`sandbox`: a local Salesforce org as a server, for trials and tests."""

import asyncio
import errno
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ortoo_daemon.cli.options import AsJson

if TYPE_CHECKING:
    from ortoo_daemon.sandbox.server import Options


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8080,
    metadata: Annotated[
        Path | None,
        typer.Option(
            help="Folder in Salesforce DX format; the shipped one if left out.",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    state: Annotated[str, typer.Option(help="SQLite file that keeps the rows.")] = ":memory:",
    seed: Annotated[bool, typer.Option(help="Load the example dealer network.")] = True,
    latency_ms: Annotated[float, typer.Option(min=0, help="Delay before each call.")] = 0.0,
    certificate: Annotated[
        Path | None,
        typer.Option(help="PEM file that verifies JWT log-ins.", exists=True, dir_okay=False),
    ] = None,
    private_key_out: Annotated[
        Path | None,
        typer.Option(help="Make a key pair for JWT log-ins and write the private key here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a local Salesforce org until it is interrupted.

    It listens on this machine only. --json prints one line with its address and log-in.
    """
    if certificate is not None and private_key_out is not None:
        raise typer.BadParameter("--certificate and --private-key-out exclude each other")
    from ortoo_daemon.sandbox.__main__ import METADATA, new_certificate
    from ortoo_daemon.sandbox.server import Options

    folder = metadata or METADATA
    if not folder.is_dir():
        raise typer.BadParameter(f"no metadata folder {folder}; name one with --metadata")
    verifies = certificate.read_bytes() if certificate else None
    if private_key_out is not None:
        try:
            verifies = new_certificate(private_key_out)
        except OSError as error:
            raise typer.BadParameter(f"{private_key_out}: {error.strerror}") from None
    options = Options(
        metadata=folder,
        port=port,
        state=state,
        seeded=seed,
        latency_for=latency_ms / 1000,
        certificate=verifies,
    )
    _serve(options, private_key_out, as_json=as_json)


def _serve(options: "Options", key: Path | None, *, as_json: bool) -> None:
    from ortoo_daemon.sandbox.__main__ import print_line, serve

    announce = print_line if as_json else _welcome
    try:
        asyncio.run(serve(options, private_key_file=key, announce=announce))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        message = f"port {options.port}: {os.strerror(error.errno)}; name another with --port"
        raise typer.BadParameter(message) from None
    except sqlite3.Error as error:
        raise typer.BadParameter(f"{options.state}: {error}") from None


def _welcome(about: Mapping[str, Any]) -> None:
    """Where the org is, and how a daemon is pointed at it."""
    from ortoo_daemon.cli.terminal import say

    say(f"A Salesforce org at {about['url']}, for this machine only. Ctrl-C ends it.", "bold green")
    say()
    say(f"  user       {about['username']}")
    say(f"  channels   {', '.join(about['channels'])}")
    if "private_key_file" in about:
        say(f"  key        {about['private_key_file']} (flow jwt_bearer)")
    say()
    say("To point the daemon at it, in another terminal:", "bold")
    say()
    for name, value in _environment(about).items():
        say(f"  export {name}={value}")
    say()
    say("  ortoo-daemon doctor")
    say("  ortoo-daemon run")


def _environment(about: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "ORTOO_ORG__LOGIN_URL": about["url"],
        "ORTOO_ORG__AUTH__CLIENT_ID": about["client_id"],
        "ORTOO_STATE": "sqlite:////tmp/ortoo-sandbox.db",
    }
    if "private_key_file" in about:
        return {
            **found,
            "ORTOO_ORG__AUTH__FLOW": "jwt_bearer",
            "ORTOO_ORG__AUTH__USERNAME": about["username"],
            "ORTOO_ORG__AUTH__PRIVATE_KEY_FILE": str(Path(about["private_key_file"]).resolve()),
        }
    return {
        **found,
        "ORTOO_ORG__AUTH__FLOW": "client_credentials",
        "ORTOO_ORG__AUTH__CLIENT_SECRET": about["client_secret"],
    }
