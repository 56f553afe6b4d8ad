"""Where do the rows live?  One SQLite table per object, one column per field.

Values are stored in API form (see `values`); only booleans differ in SQLite. No rule of the org
lives here. Not thread-safe: the org and its handlers run on one thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ortoo_daemon.sandbox.ids import make_id
from ortoo_daemon.sandbox.schema import IDS, NUMBERS, TEXTS, Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.values import fold

Row = dict[str, Any]

# SQLite binds at most 32,766 values in one statement; stay well below.
_CHUNK = 5_000


class Storage:
    """Tables, ids and autonumbers of one org."""

    def __init__(self, schema: Schema, path: Path | str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute("PRAGMA cache_size=-65536")
        self.db.create_function("fold", 1, fold, deterministic=True)
        self.db.create_collation("folded", _compare_folded)
        self._tables = {each.name: _Table(each) for each in schema}
        for table in self._tables.values():
            table.prepare(self.db)
        self.db.execute("CREATE TABLE IF NOT EXISTS _number (name TEXT PRIMARY KEY, last INTEGER)")
        self._numbers: dict[str, int] = dict(self.db.execute("SELECT name, last FROM _number"))
        self._dirty: set[str] = set()

    def close(self) -> None:
        self.db.close()

    def next_number(self, name: str, *, first: int = 1) -> int:
        """The next number of a sequence. A rolled-back number is not given again."""
        number = self._numbers.get(name, first - 1) + 1
        self._numbers[name] = number
        self._dirty.add(name)
        return number

    def next_id(self, prefix: str) -> str:
        return make_id(prefix, self.next_number(f"id:{prefix}"))

    def begin(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        rows = [(name, self._numbers[name]) for name in self._dirty]
        self.db.executemany("INSERT OR REPLACE INTO _number VALUES (?, ?)", rows)
        self._dirty.clear()
        self.db.execute("COMMIT")

    def rollback(self) -> None:
        self.db.execute("ROLLBACK")

    def savepoint(self) -> None:
        self.db.execute("SAVEPOINT part")

    def release(self, *, undo: bool) -> None:
        if undo:
            self.db.execute("ROLLBACK TO part")
        self.db.execute("RELEASE part")

    def insert(self, entity: str, row: Mapping[str, Any]) -> None:
        table = self._tables[entity]
        self.db.execute(table.insert_sql, [row.get(name) for name in table.names])

    def update(self, entity: str, record_id: str, changes: Mapping[str, Any]) -> None:
        sets = ", ".join(f'"{name}" = ?' for name in changes)
        sql = f'UPDATE "{entity}" SET {sets} WHERE Id = ?'
        self.db.execute(sql, [*changes.values(), record_id])

    def delete(self, entity: str, record_id: str) -> None:
        """Remove for good; the org itself mostly marks rows as deleted."""
        self.db.execute(f'DELETE FROM "{entity}" WHERE Id = ?', [record_id])

    def get(self, entity: str, record_id: str) -> Row | None:
        table = self._tables[entity]
        found = self.db.execute(f"{table.select_sql} WHERE Id = ?", [record_id]).fetchone()
        return None if found is None else table.row(found)

    def get_many(self, entity: str, record_ids: Sequence[str]) -> dict[str, Row]:
        """Rows by id; ids without a row are left out."""
        table = self._tables[entity]
        found: dict[str, Row] = {}
        for start in range(0, len(record_ids), _CHUNK):
            part = record_ids[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            for values in self.db.execute(f"{table.select_sql} WHERE Id IN ({marks})", part):
                row = table.row(values)
                found[row["Id"]] = row
        return found

    def ids_by_value(self, entity: str, field: Field, value: Any) -> list[str]:
        """Ids of the undeleted rows with that value, oldest first, compared as the field asks."""
        sql, bound = _equal(field, value)
        query = f'SELECT Id FROM "{entity}" WHERE {sql} AND IsDeleted = 0 ORDER BY Id'
        return [each[0] for each in self.db.execute(query, [bound])]

    def find(self, entity: str, **equal: Any) -> list[Row]:
        """Undeleted rows whose columns equal the values given, exactly."""
        table = self._tables[entity]
        where = " AND ".join((*(f'"{name}" = ?' for name in equal), "IsDeleted = 0"))
        query = f"{table.select_sql} WHERE {where} ORDER BY Id"
        return [table.row(each) for each in self.db.execute(query, list(equal.values()))]

    def query(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self.db.execute(sql, parameters).fetchall()


def _compare_folded(left: str, right: str) -> int:
    a, b = left.lower(), right.lower()
    return (a > b) - (a < b)


def folds(field: Field) -> bool:
    """Whether comparisons of the field's values go without case."""
    return field.type in TEXTS and not field.case_sensitive


def _equal(field: Field, value: Any) -> tuple[str, Any]:
    if folds(field) and isinstance(value, str):
        return f'fold("{field.name}") = ?', value.lower()
    return f'"{field.name}" = ?', value


class _Table:
    """Statements of one object's table."""

    def __init__(self, kind: ObjectType) -> None:
        self.kind = kind
        self.names = [f.name for f in kind.stored]
        self.booleans = [f.name for f in kind.stored if f.type is FieldType.BOOLEAN]
        columns = ", ".join(f'"{name}"' for name in self.names)
        marks = ", ".join("?" * len(self.names))
        self.insert_sql = f'INSERT INTO "{kind.name}" ({columns}) VALUES ({marks})'
        self.select_sql = f'SELECT {columns} FROM "{kind.name}"'

    def row(self, values: Iterable[Any]) -> Row:
        row = dict(zip(self.names, values, strict=True))
        for name in self.booleans:
            row[name] = bool(row[name])
        return row

    def prepare(self, db: sqlite3.Connection) -> None:
        """Create the table, or add the columns that the metadata has gained since."""
        columns = ", ".join(_column(f) for f in self.kind.stored)
        db.execute(f'CREATE TABLE IF NOT EXISTS "{self.kind.name}" ({columns})')
        present = {each[1] for each in db.execute(f'PRAGMA table_info("{self.kind.name}")')}
        for f in self.kind.stored:
            if f.name not in present:
                db.execute(f'ALTER TABLE "{self.kind.name}" ADD COLUMN {_column(f)}')
        for f in self.kind.stored:
            if _indexed(f):
                what = f'fold("{f.name}")' if folds(f) else f'"{f.name}"'
                index = f'"ix_{self.kind.name}_{f.name}"'
                db.execute(f'CREATE INDEX IF NOT EXISTS {index} ON "{self.kind.name}" ({what})')


def _column(field: Field) -> str:
    if field.type is FieldType.ID:
        return f'"{field.name}" TEXT PRIMARY KEY NOT NULL'
    if field.type is FieldType.BOOLEAN:
        return f'"{field.name}" INTEGER NOT NULL DEFAULT 0'
    if field.type is FieldType.INT:
        return f'"{field.name}" INTEGER'
    return f'"{field.name}" {"REAL" if field.type in NUMBERS else "TEXT"}'


def _indexed(field: Field) -> bool:
    if field.type is FieldType.ID or field.name in ("CreatedById", "LastModifiedById"):
        return False
    if field.type is FieldType.DATETIME:
        swept = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
        return field.name in swept or field.custom
    return field.type in IDS or field.unique or field.external_id or field.id_lookup
