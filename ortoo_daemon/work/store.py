"""Where is the daemon's own state kept, and can this program use it?

Synchronous SQLAlchemy Core on SQLite (a file on a local disk) or PostgreSQL; only opening differs.
Used from one thread at a time (`work.thread`). Business data has no place here.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from ortoo_daemon.errors import StateError, StoreAwayError
from ortoo_daemon.work.lock import InstanceLock
from ortoo_daemon.work.schema.revisions import make_usable

_IDLE_FOR = 2000  # milliseconds; less than a term of leadership
_NOTICE_DEAD_HOSTS = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SQLITE_BUSY_FOR = 10.0  # seconds that a verb of the command line waits for the daemon, and back


class Store:
    """An open store. ``exclusive``: nobody else can hold leases in it (SQLite, lock held)."""

    def __init__(self, engine: Engine, lock: InstanceLock | None) -> None:
        self._engine = engine
        self._lock = lock

    @classmethod
    def open(cls, url: str, *, exclusive: bool) -> "Store":
        """Open the store, creating its tables if it is new.

        ``exclusive`` is for the daemon: on SQLite it takes the instance lock. Command line verbs pass
        False and work beside it. Raises StateError, which says what is wrong and how to mend it;
        StoreAwayError where a server is not there at the moment.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StateError(f"state: {url!r} is no database URL ({error})") from None
        lock = _lock(parsed) if exclusive else None
        engine = _engine(parsed)
        store = cls(engine, lock)
        try:
            with store.transaction() as connection:
                make_usable(connection, _shown(parsed))
        except (SQLAlchemyError, StateError) as error:
            store.close()
            if isinstance(error, StateError):
                raise
            raise store.failure(error)(_unusable(parsed, error)) from error
        return store

    @property
    def exclusive(self) -> bool:
        return self._lock is not None

    @property
    def shared(self) -> bool:
        """Whether several daemons may use it at the same time."""
        return self._engine.dialect.name != "sqlite"

    def failure(self, error: SQLAlchemyError) -> type[StateError]:
        """What an error means: StoreAwayError where a server refused no statement, but the connection, or
        lost it. Wrong passwords count: what is mended in the server needs nobody to start the daemon."""
        lost = isinstance(error, OperationalError) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        )
        return StoreAwayError if self.shared and lost else StateError

    def transaction(self) -> AbstractContextManager[Connection]:
        """A write transaction, committed at the end of the block, rolled back on any exception."""
        return self._engine.begin()

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def state_file(url: str) -> Path | None:
    """The SQLite file that a URL names, whether it is there or not; None for any other URL."""
    try:
        return _sqlite_file(make_url(url))
    except ArgumentError:
        return None


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _unusable(url: URL, error: SQLAlchemyError) -> str:
    reason = str(getattr(error, "orig", None) or error).strip()
    mend = (
        "it must be a database of this program on a local disk, writable by its user; it holds only"
        " a journal, so it may be moved away while the daemon is down"
        if _sqlite_file(url)
        else "check that the server runs and that the user may create tables"
    )
    return f"{_shown(url)}: can't use this store: {reason} ({mend})"


def _sqlite_file(url: URL) -> Path | None:
    named = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if named else None


def _lock(url: URL) -> InstanceLock | None:
    file = _sqlite_file(url)
    if file is None:
        return None
    try:
        return InstanceLock(file)
    except OSError as error:
        raise StateError(
            f"{file}: can't use this store: {error.strerror} (its folder must exist and be writable"
            " by the daemon's user)"
        ) from error


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    # One connection for the one thread; QueuePool replaces it by itself once it is found broken.
    arguments: dict[str, Any]
    options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
    if backend == "sqlite":
        arguments = {"check_same_thread": False, "timeout": _SQLITE_BUSY_FOR}
        engine = create_engine(url.set(drivername="sqlite"), connect_args=arguments, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if backend == "postgresql":
        arguments = {
            "application_name": "ortoo-daemon",
            "connect_timeout": 10,
            # Statistics lag behind a burst: a plan made while the queue was empty would read all of
            # it for each batch, for as long as the connection lives. Every query here has its index.
            # A daemon that is stopped in the middle of a transaction holds up the others no longer.
            "options": "-c enable_seqscan=off -c jit=off"
            f" -c idle_in_transaction_session_timeout={_IDLE_FOR}",
            **_NOTICE_DEAD_HOSTS,
        }
        return create_engine(
            url.set(drivername="postgresql+psycopg"), connect_args=arguments, **options
        )
    raise StateError(
        f"state: {_shown(url)}: only sqlite:/// and postgresql+psycopg:// are supported"
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself, see _begin_immediate
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_immediate(connection: Connection) -> None:
    # A read that becomes a write later can fail half-way; taking the write lock at once can't.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
