from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.work.postgres import installed_binaries, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running_postgres(installed_binaries()) as server:
        yield server.conninfo


@pytest.fixture
def postgres_url(postgres: str) -> str:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    host = postgres.split()[0].removeprefix("host=")
    return f"postgresql+psycopg://ortoo@/postgres?host={host}"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty store: each test that asks for it runs on both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(name)
