"""How do rows with an external id get into the org exactly once? By upsert, repeated until they stand."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ortoo_daemon.errors import ApiLimitError, OrgError, TemporaryOrgError
from ortoo_daemon.json_text import compact_bytes
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.queries import query
from ortoo_daemon.salesforce.responses import row_error, understood
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.row_bodies import RowsBody

ROWS_IN_A_CALL = 200
_FILL_FOR = 2.0
"""Seconds. Nobody waits for a row but its own record, which has its owner by then."""

_CALLS_AT_ONCE = 2
"""Each holds megabytes until it is answered."""

_TRIES = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """``json`` is what is sent, written at once: hundreds of rows wait in a burst, and their values, texts of
    many kilobytes among them, need not be kept beside it."""

    object: str
    external_field: str
    key: str
    json: bytes

    @classmethod
    def of(cls, object_name: str, external_field: str, values: Mapping[str, FieldValue]) -> Self:
        return cls(
            soql.name(object_name),
            soql.name(external_field),
            str(values[external_field]),
            compact_bytes({**values, "attributes": {"type": object_name}}),
        )


class Upserts:
    """Upserts rows, many callers to a call."""

    def __init__(
        self, rest: RestClient, *, collect_for: float, pause: Callable[[int], Awaitable[None]]
    ) -> None:
        self._rest = rest
        self._pause = pause
        self._batcher: Batcher[_Row, None] = Batcher(
            self._send,
            at_most=ROWS_IN_A_CALL,
            collect_for=collect_for,
            fill_for=_FILL_FOR,
            in_flight=_CALLS_AT_ONCE,
        )

    def upsert(
        self, object_name: str, external_field: str, rows: Sequence[Mapping[str, FieldValue]]
    ) -> Coroutine[Any, Any, None]:
        """See `writer.RecordWriter.upsert`. Raises KeyError for a row without its external id.

        Keeps no hold of ``rows`` while they wait to be sent.
        """
        asks = [_Row.of(object_name, external_field, row) for row in rows]
        return self._settle(asks[0]) if len(asks) == 1 else self._settle_all(asks)

    async def _settle_all(self, asks: Sequence[_Row]) -> None:
        results = await asyncio.gather(*map(self._settle, asks), return_exceptions=True)
        for result in results:
            if result is not None:
                raise result

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """As `Batcher.follow`."""
        return self._batcher.follow(before)

    async def close(self) -> None:
        await self._batcher.close()

    async def _settle(self, row: _Row) -> None:
        """Repeat what may pass later; a key that another request just created counts as done."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._batcher.ask(row)
            except ApiLimitError:
                raise
            except TemporaryOrgError:
                if attempt == _TRIES:
                    raise
            except OrgError as error:
                if error.code != "DUPLICATE_VALUE" or attempt == _TRIES:
                    raise
                if await self._stands(row):
                    return None
            await self._pause(attempt)
        return None

    async def _stands(self, row: _Row) -> bool:
        text = soql.select(
            row.object, ["Id"], where=[soql.equals(row.external_field, row.key)], limit=1
        )
        return bool(await query(self._rest, text))

    async def _send(self, rows: Sequence[_Row]) -> list[Exception | None]:
        groups: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        for row in rows:
            groups[row.object, row.external_field].append(row)
        outcomes: dict[tuple[str, str, str], OrgError | None] = {}
        for (object_name, external_field), group in groups.items():
            # the org refuses a call that holds a key twice; the last one said is what counts
            unique = {row.key: row for row in group}
            for key, outcome in (await self._one_call(list(unique.values()))).items():
                outcomes[object_name, external_field, key] = outcome
        return [outcomes[row.object, row.external_field, row.key] for row in rows]

    async def _one_call(self, rows: Sequence[_Row]) -> dict[str, OrgError | None]:
        first = rows[0]
        try:
            answer = await self._rest.call(
                "PATCH",
                f"composite/sobjects/{first.object}/{first.external_field}",
                body=RowsBody([row.json for row in rows]),
                idempotent=True,
            )
            with understood(writing=True):
                return {
                    row.key: None if result["success"] else row_error(result["errors"])
                    for row, result in zip(rows, answer, strict=True)
                }
        except OrgError as error:
            return {row.key: error for row in rows}
