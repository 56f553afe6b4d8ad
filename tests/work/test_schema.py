"""A store's tables through the releases: upgraded in place, shared with newer programs that allow it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.schema import revisions
from ortoo_daemon.work.store import Store
from ortoo_daemon.work.tables import checkpoint, meta, metadata
from tests.asynchronous import asynchronous
from tests.work.queues import item, opened

OF_OLD = ("work_item", "checkpoint", "rotation", "notice", "model_spending", "meta")


def make_store_of_old(url: str) -> None:
    """As the release before there were steps left it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[metadata.tables[name] for name in OF_OLD])
        connection.exec_driver_sql("ALTER TABLE notice DROP COLUMN about")
        connection.execute(insert(meta), {"key": "schema_version", "value": "4"})
        connection.execute(insert(checkpoint), {"channel": "/c", "replay_id": "7"})
    engine.dispose()


def change(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def open_and_close(url: str) -> None:
    Store.open(url, exclusive=False).close()


@asynchronous
async def test_an_older_store_is_upgraded_with_what_it_holds(url):
    make_store_of_old(url)
    async with opened(url) as queue:
        assert (await queue.checkpoints())["/c"].replay_id == "7"
        await queue.put([item(1)])
        assert len(await queue.claim(1)) == 1


def test_the_steps_lead_to_the_tables_that_a_new_store_has(url):
    make_store_of_old(url)
    open_and_close(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": revisions.TABLE})
        assert compare_metadata(context, metadata) == []
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    engine.dispose()


def test_the_last_step_is_the_one_the_program_knows():
    config = Config()
    config.set_main_option("script_location", str(revisions.FOLDER))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == revisions.HEAD
    assert {step.revision for step in script.walk_revisions()} == set(revisions.KNOWN)


def test_daemons_that_start_at_once_upgrade_once(postgres_url):
    make_store_of_old(postgres_url)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_and_close, [postgres_url] * 4)) == [None] * 4


NEWER = "UPDATE schema_revision SET version_num = '0099'"


def test_a_newer_store_is_used_as_long_as_it_allows_that(url):
    """Hosts are upgraded one after the other."""
    open_and_close(url)
    change(url, NEWER, "ALTER TABLE work_item ADD COLUMN lately INTEGER")
    open_and_close(url)


@pytest.mark.parametrize(
    "statements",
    [
        (NEWER, "UPDATE meta SET value = '0099' WHERE key = 'usable_from'"),
        (NEWER, "DELETE FROM meta"),
        ("DELETE FROM schema_revision",),
        ("DROP TABLE schema_revision", "UPDATE meta SET value = '3' WHERE key = 'schema_version'"),
    ],
)
def test_any_other_store_is_refused_and_left_alone(url, statements):
    open_and_close(url)
    change(url, *statements)
    for _ in range(2):
        with pytest.raises(StateError, match=r"schema version \S+, this program knows") as told:
            open_and_close(url)
        assert "move the store away" in str(told.value)


def test_a_step_that_fails_leaves_the_store_as_it_was(url, monkeypatch):
    make_store_of_old(url)
    # A table of that name with other columns: the step's index can't be made.
    change(url, "CREATE TABLE reservation (id INTEGER)")
    with pytest.raises(StateError, match="can't use this store"):
        open_and_close(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert "leadership" not in inspect(connection).get_table_names()
    engine.dispose()


def test_a_store_that_needs_no_step_costs_nothing_of_alembic(sqlite_url):
    code = (
        "import sys; from ortoo_daemon.work.store import Store\n"
        "for _ in range(2): Store.open(sys.argv[1], exclusive=False).close()\n"
        "print('alembic' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"


def test_an_index_of_one_state_holds_the_rows_of_no_other_in_either_database(url):
    store = Store.open(url, exclusive=False)
    try:
        with store.transaction() as connection:
            dialect = connection.dialect.name
            found = {each["name"]: each for each in inspect(connection).get_indexes("work_item")}
    finally:
        store.close()
    of_one_state = {
        "work_item_one_ready": "ready",
        "work_item_one_leased": "leased",
        "work_item_oldest": "ready",
        "work_item_finished": "finished",
        "work_item_parked": "parked",
    }
    for name, state in of_one_state.items():
        assert f"'{state}'" in str(found[name]["dialect_options"][f"{dialect}_where"]), name
