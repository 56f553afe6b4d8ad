from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import pointing_at, shipped_daemon
from tests.processes import DaemonProcess, SandboxProcess


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One seeded org for all tests of verbs; each test uses records of its own."""
    with SandboxProcess(tmp_path_factory.mktemp("sandbox") / "sandbox.log") as process:
        yield process


@pytest.fixture
def env(sandbox: SandboxProcess, tmp_path: Path) -> dict[str, str]:
    return pointing_at(sandbox, tmp_path / "state.db")


@pytest.fixture
def daemon(env: dict[str, str], tmp_path: Path) -> Iterator[DaemonProcess]:
    """A daemon that is ready."""
    with shipped_daemon(env, tmp_path) as process:
        yield process.until_ready()
