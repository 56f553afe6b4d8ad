"""`run`: become the daemon.

The process is replaced by ``python -m ortoo_daemon.daemon``, so that what lives for months holds none of
the command line's packages.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ortoo_daemon.cli.options import DEFAULT_CONFIG, Config
from ortoo_daemon.errors import ConfigError


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"


def run(
    config: Config = DEFAULT_CONFIG,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Decide and log, write nothing.")
    ] = False,
    candidate: Annotated[
        Path | None,
        typer.Option(
            help="Decide by these policies, too, and tell where they differ; only the live ones write.",
            show_default=False,
        ),
    ] = None,
    log_level: Annotated[LogLevel, typer.Option(help="The least that is logged.")] = LogLevel.INFO,
) -> None:
    """Route records until SIGTERM or SIGINT. Logs go to standard error."""
    from ortoo_daemon.daemon.settings import load_settings

    try:
        load_settings(config)  # what is wrong with it is shown here, before anything starts
    except ConfigError as error:
        from ortoo_daemon.cli.terminal import show_error
        from ortoo_daemon.daemon.process import UNUSABLE_FILES

        show_error(error, as_json=False)
        raise typer.Exit(UNUSABLE_FILES) from None
    command = [sys.executable, "-m", "ortoo_daemon.daemon", "--config", str(config)]
    command += ["--log-level", log_level.value]
    if shadow:
        command.append("--shadow")
    if candidate is not None:
        command += ["--candidate", str(candidate)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command)
