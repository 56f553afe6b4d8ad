"""What does the daemon's own process do from its first argument to its exit code?

Exit codes: 0 stopped on request, 1 problems (shown on standard error), 2 wrong use, 78 files that an admin
must mend (shown likewise), so that a service manager need not try again.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ortoo_daemon.daemon.memory import share_one_arena
from ortoo_daemon.daemon.service import Service
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.daemon.watching.logs import configure_logs
from ortoo_daemon.errors import ConfigError, OrtooError

UNUSABLE_FILES = 78
"""EX_CONFIG of sysexits.h: starting again mends nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code."""
    asked = _parser().parse_args(arguments)
    share_one_arena()
    configure_logs(level=asked.log_level)
    code = 0
    try:
        asyncio.run(_run(asked.config, shadow=asked.shadow, candidate=_absolute(asked.candidate)))
    except* OrtooError as group:
        # Anything else is a defect: it ends the process with its traceback, to be started anew.
        errors = list(_leaves(group))
        for error in errors:
            sys.stderr.write(f"{error}\n")
        code = UNUSABLE_FILES if any(isinstance(e, ConfigError) for e in errors) else 1
    return code


async def _run(config: Path, *, shadow: bool, candidate: Path | None) -> None:
    settings = load_settings(config)
    if candidate is not None:
        settings = settings.model_copy(update={"candidate": candidate})
    service = Service(settings, shadow=shadow)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, service.stop)
    loop.add_signal_handler(signal.SIGHUP, service.reload)
    await service.run()


def _absolute(path: Path | None) -> Path | None:
    """Paths of the command line count from where one stands, those of settings from their file."""
    return path.absolute() if path is not None else None


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ortoo_daemon.daemon")
    parser.add_argument("--config", type=Path, default=Path("config/ortoo.yaml"))
    parser.add_argument("--shadow", action="store_true", help="decide and log, write nothing")
    parser.add_argument("--candidate", type=Path, help="compare these policies with the live ones")
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING"])
    return parser
