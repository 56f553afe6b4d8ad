"""What does a query answer, page by page?  Runs compiled SOQL and keeps cursors open.

A cursor holds the rows as they were when the query ran. Each user keeps at most ten; opening
another closes the oldest, whose locator is then refused.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import make_id
from ortoo_daemon.sandbox.schema import Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.column_metadata import column_metadata
from ortoo_daemon.sandbox.soql.compile import Compiled, compile_query, compile_select
from ortoo_daemon.sandbox.soql.conditions import bind
from ortoo_daemon.sandbox.soql.periods import Moment
from ortoo_daemon.sandbox.storage import Storage

PAGE_SIZES = (200, 2_000)
_CURSORS_PER_USER = 10
_KEPT_STATEMENTS = 512


@dataclass(frozen=True, slots=True)
class _Cursor:
    """What a query found. `asked_by` and `version` serve the subqueries of its records."""

    compiled: Compiled
    rows: list[tuple[Any, ...]]
    page_size: int
    asked_by: str
    version: str


class Queries:
    """Answers SOQL for the org's users."""

    def __init__(self, schema: Schema, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._schema = schema
        self._storage = storage
        self._clock = clock
        self._statements: OrderedDict[tuple[str, bool], Compiled] = OrderedDict()
        self._cursors: dict[str, OrderedDict[str, _Cursor]] = {}
        self._opened = 0

    def query(
        self,
        soql: str,
        *,
        user_id: str,
        version: str = "66.0",
        page_size: int = PAGE_SIZES[1],
        deleted_too: bool = False,
    ) -> dict[str, Any]:
        """The first page in REST form. Raises OrgError."""
        compiled = self._compiled(soql, deleted_too)
        rows = self._rows(compiled, user_id)
        if compiled.counts:
            return {"totalSize": len(rows), "done": True, "records": []}
        cursor = _Cursor(compiled, rows, page_size, user_id, version)
        if len(rows) <= page_size:
            return self._page(cursor, 0, None)
        if compiled.aggregates:
            message = (
                "Aggregate query does not support queryMore(), "
                "use LIMIT to restrict the results to a single batch"
            )
            raise OrgError("EXCEEDED_ID_LIMIT", message)
        return self._page(cursor, 0, self._open(cursor))

    def columns(self, soql: str) -> dict[str, Any]:
        """What `columns=true` answers: the columns of the rows, without them. Raises OrgError."""
        return column_metadata(self._schema, soql)

    def more(
        self, locator: str, *, user_id: str, version: str = "66.0", page_size: int | None = None
    ) -> dict[str, Any]:
        """A further page by its locator. Raises INVALID_QUERY_LOCATOR."""
        key, dash, start = locator.partition("-")
        cursor = self._cursors.get(user_id, OrderedDict()).get(key)
        if cursor is None or not dash or not start.isdecimal() or int(start) > len(cursor.rows):
            raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
        cursor = replace(cursor, version=version, page_size=page_size or cursor.page_size)
        return self._page(cursor, int(start), key)

    def among(
        self, select: tree.Select, record_ids: Sequence[str], *, user_id: str
    ) -> list[dict[str, Any]]:
        """The records of a plain statement that are among these ids, deleted ones too."""
        ids = tuple(tree.Literal(tree.LiteralKind.STRING, each, 0) for each in record_ids)
        test: tree.Condition = tree.Comparison(tree.Path(("Id",), 0), "IN", ids)
        if select.where is not None:
            test = tree.Logical("AND", (select.where, test))
        narrowed = replace(select, where=test)
        compiled = compile_select(self._schema, narrowed, deleted_too=True)
        rows = self._rows(compiled, user_id)
        return [compiled.shape.record(each, "", self._entity_of_id) or {} for each in rows]

    def _page(self, cursor: _Cursor, start: int, key: str | None) -> dict[str, Any]:
        base = f"/services/data/v{cursor.version}"
        end = start + cursor.page_size
        record, entity_of_id = cursor.compiled.shape.record, self._entity_of_id
        shown = cursor.rows[start:end]
        records = [record(values, base, entity_of_id) or {} for values in shown]
        if cursor.compiled.children:
            for each in records:
                parent_id = each["attributes"]["url"].rpartition("/")[2]
                each.update(self._children(cursor, parent_id))
        page: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
        if not page["done"]:
            page["nextRecordsUrl"] = f"{base}/query/{key}-{end}"
        page["records"] = records
        return page

    def _children(self, above: _Cursor, parent_id: str) -> dict[str, Any]:
        """The subqueries' answers for one parent; null where it has no such child."""
        answers: dict[str, Any] = {}
        for name, compiled in above.compiled.children:
            rows = self._rows(compiled, above.asked_by, parent_id)
            cursor = replace(above, compiled=compiled, rows=rows)
            key = self._open(cursor) if len(rows) > above.page_size else None
            answers[name] = self._page(cursor, 0, key) if rows else None
        return answers

    def _open(self, cursor: _Cursor) -> str:
        self._opened += 1
        key = make_id("01g", self._opened)
        mine = self._cursors.setdefault(cursor.asked_by, OrderedDict())
        mine[key] = cursor
        while len(mine) > _CURSORS_PER_USER:
            mine.popitem(last=False)
        return key

    def _rows(self, compiled: Compiled, user_id: str, *before: Any) -> list[tuple[Any, ...]]:
        """`before`: values for the statement's first places."""
        parameters = [*before, *bind(compiled.parameters, self._moment(user_id))]
        try:
            return self._storage.query(compiled.sql, parameters)
        except sqlite3.OperationalError as error:
            # SQLite's bounds on values, joins and nesting: beyond what the org takes on.
            raise OrgError("QUERY_TOO_COMPLICATED", f"Query is too complicated: {error}") from error
        except UnicodeEncodeError as error:
            raise OrgError("MALFORMED_QUERY", f"Not valid Unicode: {error}") from error

    def _compiled(self, soql: str, deleted_too: bool) -> Compiled:
        key = (soql, deleted_too)
        found = self._statements.get(key)
        if found is None:
            try:
                found = compile_query(self._schema, soql, deleted_too=deleted_too)
            except RecursionError:
                message = "Query is too complicated: nested too deeply"
                raise OrgError("QUERY_TOO_COMPLICATED", message) from None
            self._statements[key] = found
            if len(self._statements) > _KEPT_STATEMENTS:
                self._statements.popitem(last=False)
        else:
            self._statements.move_to_end(key)
        return found

    def _moment(self, user_id: str) -> Moment:
        user = self._storage.query(
            'SELECT TimeZoneSidKey, LocaleSidKey FROM "User" WHERE Id = ?', [user_id]
        )
        zone, locale = user[0] if user else ("UTC", "en_US")
        try:
            info = ZoneInfo(zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            info = ZoneInfo("UTC")
        return Moment(now=self._clock(), zone=info, sunday_first=(locale or "").endswith("_US"))

    def _entity_of_id(self, record_id: str) -> str:
        kind = self._schema.of_id(record_id)
        return "Name" if kind is None else kind.name
