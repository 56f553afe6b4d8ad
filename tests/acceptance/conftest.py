from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.network import Network
from tests.processes import SandboxProcess
from tests.work.postgres import PostgresServer, installed_binaries, running_postgres


@pytest.fixture(scope="module")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox") / "sandbox.log") as process:
        yield process


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> Iterator[SandboxProcess]:
    """The module's org, with nothing wrong with it."""
    sandbox_process.heal()
    sandbox_process.shift_clock(0)
    yield sandbox_process
    sandbox_process.heal()


@pytest.fixture
def network(sandbox: SandboxProcess, tmp_path: Path) -> Network:
    return Network(sandbox, tmp_path)


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """An empty server of the test's own, which it may stop and start."""
    with running_postgres(installed_binaries()) as server:
        yield server
