from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.salesforce.sandbox import Sandbox

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    key = tmp_path_factory.mktemp("key") / "daemon.pem"
    command = [sys.executable, "-m", "ortoo_daemon.sandbox", "--port", "0", "--private-key-out"]
    with subprocess.Popen(
        [*command, str(key)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Sandbox(json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """The org shared by all tests, with nothing wrong with it."""
    sandbox_process.control("DELETE", "faults")
    sandbox_process.control("DELETE", "calls")
    yield sandbox_process
    sandbox_process.control("DELETE", "faults")
