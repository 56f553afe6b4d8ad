"""What does the daemon's own store hold, column by column?

A journal and a cache, nothing more: every row can be rebuilt from the org. The same tables serve
SQLite and PostgreSQL; moments are whole microseconds since 1970 so that both compare them alike. Each change
of these tables is a step in `work.schema`, and leaves alone what programs of the release before do.
"""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    literal_column,
)
from sqlalchemy.engine import Dialect

from ortoo_daemon.records import RecordId, WorkItem, WorkReason

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class State(StrEnum):
    """Where an item stands. ``leased`` rows are live until their lease expires, then up for take-over."""

    READY = "ready"
    LEASED = "leased"
    FINISHED = "finished"
    PARKED = "parked"


class NoticeState(StrEnum):
    """Where a notice stands. ``held``: nobody knows yet whether its decision stands in the org."""

    HELD = "held"
    READY = "ready"
    TOLD = "told"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - LONG_AGO) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else LONG_AGO + value * _MICROSECOND


class FieldNames(TypeDecorator[frozenset[str]]):
    """A set of API names, kept as a sorted JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str:
        return json.dumps(sorted(value)) if value else "[]"

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str]:
        return frozenset(json.loads(value)) if value and value != "[]" else frozenset()


metadata = MetaData()

work_item = Table(
    "work_item",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("object", String(255), nullable=False),
    Column("record_id", String(18), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("entry", String(64), nullable=False),
    Column("heard_at", Moment, nullable=False),
    Column("committed_at", Moment),
    Column("changed_fields", FieldNames, nullable=False),
    Column("state", String(16), nullable=False),
    Column("available_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("takeovers", Integer, nullable=False, default=0),
    Column("holder", Text, nullable=False, default=""),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("leased_until", Moment),
    Column("settled_at", Moment),
    Column("outcome", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    # Ids are never used twice: (id, epoch) is what fences off a holder that lost its lease.
    sqlite_autoincrement=True,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("channel", String(255), primary_key=True),
    Column("replay_id", Text, nullable=False),
    Column("event_at", Moment),
)

leadership = Table(
    "leadership",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("held_until", Moment, nullable=False),  # by the database's clock
)

reservation_head = Table(
    "reservation_head",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

reservation = Table(
    "reservation",
    metadata,
    # Given out under the lock of the head: what is visible has no gaps and comes in order.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("change", String(16), nullable=False),
    Column("counters", Text, nullable=False),  # JSON list of names
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),  # by the database's clock
)

rotation = Table(
    "rotation",
    metadata,
    Column("pool", String(255), primary_key=True),
    Column("clock", Float(53), nullable=False),
    Column("at", Text, nullable=False),  # JSON object: person's id -> virtual time
)

notice = Table(
    "notice",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("decision_key", String(160), nullable=False),
    Column("object", String(255), nullable=False),
    Column("record_id", String(18), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("owner", String(18), nullable=False, default=""),
    Column("told_to", String(16), nullable=False),
    Column("way", String(64), nullable=False),
    Column("template", String(64), nullable=False),
    Column("clock", String(64), nullable=False, default=""),
    Column(
        "about", Text, nullable=False, default="", server_default=""
    ),  # JSON of figures, of no record
    Column("recipient", String(18), nullable=False, default=""),
    Column("urgent", Integer, nullable=False, default=0),
    Column("together", Integer, nullable=False, default=0),
    Column("state", String(16), nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("settled_at", Moment),
    Column("note", Text, nullable=False, default=""),
)

handoff_try = Table(
    "handoff_try",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("handoff", String(200), nullable=False),
    Column("record_id", String(18), nullable=False),
    Column("way", String(64), nullable=False),
    Column("recipient", String(18), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("times", Integer, nullable=False),
)

model_spending = Table(
    "model_spending",
    metadata,
    Column("task", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-11-23, UTC
    Column("record", String(200), primary_key=True),  # "" for all records of the day together
    Column("spent", BigInteger, nullable=False),  # millionths of the catalogue's currency
)

schema_revision = Table(
    "schema_revision",  # as alembic keeps it
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="schema_revision_pkc"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("value", Text, nullable=False),
)


def in_state(state: State, rows: FromClause = work_item) -> ColumnElement[bool]:
    """The condition that a row is in a state, in the very words of the partial indexes below.

    The state is part of the statement's text: for a bound value no planner would use those indexes.
    """
    column: ColumnElement[str] = rows.c.state
    return column == literal_column(f"'{state.value}'", String)


_PARTIAL: dict[Index, ColumnElement[bool]] = {}


def _partial(name: str, *columns: Column[Any], state: State, unique: bool = False) -> None:
    where = in_state(state)
    _PARTIAL[Index(name, *columns, unique=unique, sqlite_where=where)] = where


@event.listens_for(metadata, "before_create")
def _limit_in_postgresql(_metadata: MetaData, connection: Connection, **_: Any) -> None:
    """The same condition as an option of PostgreSQL's: named before, it would bring the dialect with it, two
    megabytes that a daemon on SQLite keeps for as long as it lives."""
    if connection.dialect.name == "postgresql":
        for index, where in _PARTIAL.items():
            index.dialect_kwargs["postgresql_where"] = where


_c = work_item.c
_partial("work_item_one_ready", _c.record_id, _c.entry, state=State.READY, unique=True)
# Serial per record, held by the database itself: whatever two daemons race for, one lease wins.
_partial("work_item_one_leased", _c.record_id, state=State.LEASED, unique=True)
_partial("work_item_oldest", _c.heard_at, _c.id, state=State.READY)
_partial("work_item_finished", _c.settled_at, state=State.FINISHED)
_partial("work_item_parked", _c.settled_at, state=State.PARKED)
Index("work_item_record", _c.record_id)
Index("reservation_at", reservation.c.at)
Index("notice_of_decision", notice.c.decision_key)
Index("notice_due", notice.c.state, notice.c.due_at)
Index("handoff_try_of", handoff_try.c.handoff)
Index("handoff_try_of_record", handoff_try.c.record_id)
Index("model_spending_on", model_spending.c.record, model_spending.c.task)


def item_of(row: Any) -> WorkItem:
    """The work item that a row of ``work_item`` stands for."""
    return WorkItem(
        object=row.object,
        record_id=RecordId(row.record_id),
        reason=WorkReason(row.reason),
        entry=row.entry,
        heard_at=row.heard_at,
        committed_at=row.committed_at,
        changed_fields=row.changed_fields,
        attempts=row.attempts,
    )
