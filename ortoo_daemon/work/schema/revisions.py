"""Can this program use the store as it is, and if not, can it be brought there?

A new store gets its tables at once, an older one is upgraded step by step, by whoever starts first. A newer
one will do as long as its steps say so: programs of two releases run beside each other while hosts are
upgraded one after the other. Nothing of alembic is imported unless a step is due.
"""

from pathlib import Path

from sqlalchemy import Connection, delete, insert, inspect, select

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.tables import meta, metadata, schema_revision

HEAD = "0006"
"""The last step this program knows."""

USABLE_FROM = "0005"
"""The oldest program, by its last step, that may use a store of this one's making."""

TABLE = schema_revision.name
FOLDER = Path(__file__).parent
_LOCK = 0x6F72746F6F  # "ortoo": two daemons that start at once must not upgrade twice
_MAY_THINK = "20s"
"""Between two statements of an upgrade; elsewhere a transaction that stands still is ended much earlier."""
KNOWN = ("0004", "0005", "0006")
_BEFORE_STEPS = {"4": "0004", "5": "0004", "6": "0004"}
"""Versions of stores from before there were steps, by where their steps begin."""

_OLD_KEY, _USABLE_KEY = "schema_version", "usable_from"


def make_usable(connection: Connection, shown: str) -> None:
    """Create or upgrade the tables where that is due. Raises StateError; ``shown`` names the store."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        connection.exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = '{_MAY_THINK}'"
        )
    present = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if not present:
        metadata.create_all(connection, checkfirst=False)
        connection.execute(insert(schema_revision), {"version_num": HEAD})
        _note(connection)
        return
    found = _revision(connection, present)
    if found == HEAD:
        return
    if found in KNOWN:
        _upgrade(connection, stamp=None if TABLE in present else found)
        _note(connection)
        return
    stepped = {TABLE, meta.name} <= present
    usable_from = _meta(connection, _USABLE_KEY) if stepped else None
    if found is None or usable_from is None or usable_from > HEAD:
        raise StateError(
            f"{shown}: this store has schema version {found or 'unknown'}, this program knows"
            f" version {HEAD} (run the release that wrote it, or move the store away while"
            " the daemon is down: it is a journal, records are found again in the org)"
        )


def _revision(connection: Connection, present: set[str]) -> str | None:
    """The store's last step; None where nobody can tell."""
    if TABLE in present:
        return connection.execute(select(schema_revision.c.version_num)).scalar_one_or_none()
    version = _meta(connection, _OLD_KEY) if meta.name in present else None
    return _BEFORE_STEPS.get(version or "", version)


def _meta(connection: Connection, key: str) -> str | None:
    found = select(meta.c.value).where(meta.c.key == key)
    return connection.execute(found).scalar_one_or_none()


def _upgrade(connection: Connection, *, stamp: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    if stamp is not None:
        command.stamp(config, stamp)
    command.upgrade(config, "head")


def _note(connection: Connection) -> None:
    """Say who may use the store; programs from before the steps look at the older key, and leave it alone."""
    connection.execute(delete(meta).where(meta.c.key.in_([_OLD_KEY, _USABLE_KEY])))
    rows = [{"key": _OLD_KEY, "value": HEAD}, {"key": _USABLE_KEY, "value": USABLE_FROM}]
    connection.execute(insert(meta), rows)
