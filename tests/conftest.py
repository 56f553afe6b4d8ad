"""For every test: what the run emitted is compared with what the operations page names.

A whole run fails when a documented log event or metric was never emitted, or one is emitted that is not
documented. A part of the tests only tells how far it came (``-rA`` or ``-v`` shows it). Where the tests run
in several processes (pytest-xdist), each tells the first one what it has seen, which compares.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.emitted import EMITTED, compared, listen
from tests.processes import PATIENCE

_NOTE = "ortoo/emitted"


def pytest_configure() -> None:
    listen()
    _tell_errors_briefly()


def _tell_errors_briefly() -> None:
    """The default draws every variable of every step, which takes seconds of CPU for one error."""
    *before, _ = structlog.get_config()["processors"]
    brief = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, brief])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The folders with the longest files first, so that none of them is left to the end with one process."""
    for item in items if PATIENCE > 1 else ():
        marker = item.get_closest_marker("timeout")
        most = marker.args[0] if marker else float(item.config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(most * PATIENCE), append=False)
    items.sort(key=lambda item: not item.nodeid.startswith(("tests/acceptance", "tests/systemd")))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Of pytest-xdist: one of the processes has run its share. One that broke down tells nothing."""
    told = getattr(node, "workeroutput", {}).get(_NOTE)
    if told is not None:
        EMITTED.hear_of(told)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[_NOTE] = EMITTED.told()
        return
    found = compared(EMITTED)
    if getattr(session.config, "cache", None) is not None:  # absent under "-p no:cacheprovider"
        kept = {
            kind: {"silent": each.silent, "unnamed": each.unnamed} for kind, each in found.items()
        }
        session.config.cache.set(_NOTE, kept)
    whole = is_whole(session.config) and exitstatus == pytest.ExitCode.OK
    if whole and not all(each.holds for each in found.values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    whole = is_whole(config)
    for kind, found in compared(EMITTED).items():
        if whole or config.option.verbose > 0:
            terminalreporter.write_line(
                f"{kind}: {found.seen} of the {found.named} that are documented were emitted"
                + ("" if whole else " by this part of the tests")
            )
        for name in found.unnamed:
            terminalreporter.write_line(f"  {name} is emitted and not documented", red=True)
        for name in found.silent if whole else ():
            terminalreporter.write_line(f"  {name} is documented and no test emits it", red=True)


def is_whole(config: pytest.Config) -> bool:
    """Whether every test was asked for: all paths, no choice among them."""
    option = config.option
    choice = (
        option.keyword,
        option.markexpr,
        option.ignore,
        option.ignore_glob,
        option.deselect,
        getattr(option, "lf", False),
        option.collectonly,
    )
    asked = {Path(config.invocation_params.dir, each).resolve() for each in config.args}
    whole = {Path(config.rootpath, each).resolve() for each in config.getini("testpaths")}
    return not any(choice) and asked == whole
