"""The admin's day of docs/policies.md, word for word: each command is run, and what is shown is what comes.

In what is shown ``…`` stands for anything within a line; lines that are left out are not shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.command import pointing_at
from tests.docs.pages import ROOT, Block, blocks, page
from tests.processes import DaemonProcess, SandboxProcess, wait_until

NAME = "docs/policies.md"
HEADING = "## An admin's day"
TERMINAL = "terminal"
DAEMONS = {
    "ortoo-daemon run": (),
    "ortoo-daemon run --candidate candidate": ("--candidate", "candidate"),
}

_DONE = "== that is all =="

pytestmark = [
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here"),
    pytest.mark.timeout(300),  # some twenty commands, each a process of its own
]


def steps() -> list[Block]:
    text = page(NAME)
    first = text.count("\n", 0, text.index(f"\n{HEADING}\n")) + 2
    after = re.search(r"^## ", text[text.index(f"\n{HEADING}\n") + 5 :], re.M)
    assert after is not None
    last = text.count("\n", 0, text.index(f"\n{HEADING}\n") + 5 + after.start())
    found = [*blocks(NAME, "sh"), *blocks(NAME, "text")]
    return sorted((b for b in found if first < b.line < last), key=lambda each: each.line)


class Day:
    """Two terminals: one in which the daemon runs, one in which commands are typed."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, stack: ExitStack) -> None:
        shutil.copytree(ROOT / "config", folder / "config")
        self.folder, self.sandbox, self.stack = folder, sandbox, stack
        environment = pointing_at(sandbox, folder / "state.db")
        self.environment = environment | {"ORTOO_WATCH__LISTEN": str(folder / "watch.sock")}
        self.daemon: DaemonProcess | None = None
        self.shell = stack.enter_context(self._shell())

    def start(self, command: str) -> None:
        """The daemon of the other terminal; one that runs there already was ended by Ctrl-C."""
        if self.daemon is not None:
            assert self.daemon.terminate() == 0
        arguments = [
            str(self.folder / each) if each == "candidate" else each for each in DAEMONS[command]
        ]
        config = self.folder / "config" / "ortoo.yaml"
        daemon = DaemonProcess(config, *arguments, environment=self.environment)
        self.daemon = self.stack.enter_context(daemon).until_ready()
        if arguments:
            daemon.until_logged("candidate.compares")

    def type(self, commands: str) -> str:
        """What the shell shows for them, once everything has come of them."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{commands}\nprintf '\\n{_DONE}\\n'\n")
        self.shell.stdin.flush()
        shown = "".join(iter(self.shell.stdout.readline, f"{_DONE}\n"))
        self._settle(commands)
        return shown

    def _settle(self, commands: str) -> None:
        """What a reader's few seconds are for: leads are routed, an edit is taken up."""
        assert self.daemon is not None
        if commands.rstrip().endswith("config/"):
            self.daemon.until_logged("policies.reloaded")
        undecided = "SELECT COUNT(Id) n FROM Lead WHERE Ortoo_Decided_At__c = null AND Company = 'Garage Roy'"
        proven = "SELECT COUNT(Id) n FROM Ortoo_Decision__c WHERE Object__c = 'Lead'"
        made = "SELECT COUNT(Id) n FROM Lead WHERE Company = 'Garage Roy'"

        def number(query: str) -> int:
            return int(self.sandbox.query(query)[0]["n"])

        wait_until(lambda: not number(undecided), 30, "leads decided")
        wait_until(lambda: number(proven) >= number(made), 30, "decisions recorded")

    def _shell(self) -> subprocess.Popen[str]:
        command = self.folder / "bin" / "ortoo-daemon"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ortoo_daemon "$@"\n')
        command.chmod(0o755)
        path = f"{command.parent}:{os.environ['PATH']}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ORTOO_")}
        return subprocess.Popen(
            ["sh"],
            cwd=self.folder,
            env={
                **clean,
                **self.environment,
                "PATH": path,
                "PYTHONPATH": str(ROOT),
                "COLUMNS": "300",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with SandboxProcess(tmp_path / "sandbox.log") as sandbox, ExitStack() as stack:
        yield Day(tmp_path, sandbox, stack)


def pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.strip().split("…"))


def test_the_day_goes_as_it_is_written(day: Day) -> None:
    typed = ""
    for step in steps():
        if step.language == "sh" and step.about == TERMINAL:
            command = step.text.strip()
            if command in DAEMONS:
                day.start(command)
        elif step.language == "sh":
            typed = day.type(step.text)
        else:
            came = [" ".join(line.split()) for line in typed.splitlines()]
            for line in step.text.splitlines():
                wanted = re.compile(pattern(" ".join(line.split())))
                assert any(wanted.fullmatch(each) for each in came), f"{line!r} in\n{typed}"
