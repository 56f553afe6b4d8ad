"""Where the system has no PostgreSQL, the one of a wheel does: no test is left out for want of a server."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from ortoo_daemon.work.store import Store
from tests.work import postgres
from tests.work.postgres import installed_binaries, running_postgres, wheel_binaries

OLDEST = 150000
"""As `server_version_num` has it; what docs/operations.md says."""


@pytest.fixture
def without_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "system_binaries", lambda: None)


def test_a_machine_without_postgresql_uses_the_wheels(without_the_systems: None) -> None:
    assert installed_binaries() == wheel_binaries()
    with running_postgres(installed_binaries()) as server:
        Store.open(server.url, exclusive=True).close()
        server.stop()
        server.start()
        with psycopg.connect(server.conninfo) as connection:
            (version,) = connection.execute("SHOW server_version_num").fetchone() or ("0",)
            (tables,) = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE tablename = 'work_item'"
            ).fetchone() or (0,)
    assert int(version) >= OLDEST
    assert tables == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="as somebody who may go anywhere, unlike the server")
def test_binaries_in_a_folder_of_roots_alone_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = wheel_binaries().parents[1]
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (shut / name).symlink_to(package.with_name(name))
    (shut / package.name / "pginstall").resolve(strict=True)
    assert not postgres._may_run(shut / package.name / "pginstall" / "bin")
    with running_postgres(postgres._copied(shut / package.name)) as server:
        psycopg.connect(server.conninfo).close()
