"""Which calls did the org get, and what did each of them write?

Read by tests and demos through the control endpoint. A composite's subrequests are told apart,
because they inherit no `Sforce-Auto-Assign`: each carries its own header or none.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

AUTO_ASSIGN = "sforce-auto-assign"
MOST_KEPT = 100_000
_DATA = re.compile(r"^/services/data/v\d+\.\d+/")
WRITING = frozenset({"POST", "PATCH", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWrite:
    """One row of a write: its id (None when the row failed before it got one)."""

    entity: str
    id: str | None
    fields: tuple[str, ...]
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write: a row call, a collections call, or one subrequest of a composite.

    `auto_assign` is the value of Sforce-Auto-Assign that applied to it, None when absent (which
    the platform takes as TRUE).
    """

    method: str
    path: str
    status: int
    auto_assign: str | None
    rows: tuple[RowWrite, ...]

    @property
    def guarded(self) -> bool:
        """Whether assignment rules were switched off for this write."""
        return (self.auto_assign or "").upper() == "FALSE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call as the org saw it. `status` is 0 when the answer was withheld."""

    index: int
    at: datetime
    method: str
    path: str
    status: int
    user_id: str | None
    client: str | None
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer, or one subrequest and its part of the answer."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int
    reply: Any


class CallLog:
    """The latest calls, in order. Indexes go on after `clear`."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._calls: deque[Call] = deque(maxlen=most)
        self._next = 0

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def add(
        self, exchange: Exchange, *, at: datetime, user_id: str | None, client: str | None
    ) -> None:
        """Take one call in."""
        call = Call(
            index=self._next,
            at=at,
            method=exchange.method,
            path=exchange.path,
            status=exchange.status,
            user_id=user_id,
            client=client,
            writes=tuple(writes_of(exchange)),
        )
        self._next += 1
        self._calls.append(call)

    def clear(self) -> None:
        """Forget the calls so far."""
        self._calls.clear()


def parsed(raw: bytes | str | None) -> Any:
    """A JSON body, or None when it is empty or no JSON."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return None


def writes_of(exchange: Exchange) -> Iterator[Write]:
    """Every write within one exchange."""
    if exchange.method not in WRITING or not _DATA.match(exchange.path):
        return
    url = urlsplit(exchange.path)
    parts = _DATA.sub("", url.path).strip("/").split("/")
    if parts[0] == "sobjects" and len(parts) >= 2:
        yield _write(exchange, (_single_row(exchange, parts),))
    elif parts == ["composite"]:
        for part in _subrequests(exchange):
            yield from writes_of(part)
    elif parts[:2] == ["composite", "sobjects"]:
        yield _write(exchange, tuple(_collection_rows(exchange, url.query)))


def _write(exchange: Exchange, rows: tuple[RowWrite, ...]) -> Write:
    lowered = {name.lower(): value for name, value in exchange.headers.items()}
    return Write(
        method=exchange.method,
        path=exchange.path,
        status=exchange.status,
        auto_assign=lowered.get(AUTO_ASSIGN),
        rows=rows,
    )


def _single_row(exchange: Exchange, parts: Sequence[str]) -> RowWrite:
    reply = exchange.reply if isinstance(exchange.reply, Mapping) else {}
    in_path = parts[2] if len(parts) == 3 else None
    return RowWrite(
        entity=parts[1],
        id=reply.get("id") or in_path,
        fields=_field_names(exchange.body),
        ok=200 <= exchange.status < 300,
    )


def _collection_rows(exchange: Exchange, query: str) -> Iterator[RowWrite]:
    replies = exchange.reply if isinstance(exchange.reply, list) else []
    if exchange.method == "DELETE":
        ids = ",".join(parse_qs(query).get("ids", [])).split(",")
        rows: Sequence[Any] = [{"id": each} for each in ids if each]
    else:
        rows = exchange.body.get("records", []) if isinstance(exchange.body, Mapping) else []
    for position, row in enumerate(rows):
        reply = replies[position] if position < len(replies) else {}
        if not isinstance(row, Mapping) or not isinstance(reply, Mapping):
            continue
        yield RowWrite(
            entity=str((row.get("attributes") or {}).get("type", "")),
            id=reply.get("id") or row.get("id") or row.get("Id"),
            fields=_field_names(row),
            ok=bool(reply.get("success")),
        )


def _subrequests(exchange: Exchange) -> Iterator[Exchange]:
    asked = exchange.body.get("compositeRequest") if isinstance(exchange.body, Mapping) else None
    told = exchange.reply.get("compositeResponse") if isinstance(exchange.reply, Mapping) else None
    for position, part in enumerate(asked or []):
        reply = told[position] if told and position < len(told) else {}
        if not isinstance(part, Mapping):
            continue
        yield Exchange(
            method=str(part.get("method", "")).upper(),
            path=str(part.get("url", "")),
            headers=part.get("httpHeaders") or {},
            body=part.get("body"),
            status=int(reply.get("httpStatusCode", exchange.status)),
            reply=reply.get("body"),
        )


def _field_names(row: Any) -> tuple[str, ...]:
    if not isinstance(row, Mapping):
        return ()
    return tuple(name for name in row if name not in ("attributes", "id", "Id"))
