"""How does a routing decision reach the org without overwriting anybody?

Few rows go through /composite, each under its own If-Unmodified-Since; bursts through collections after the
expected values were read again. What another writer did in between is an error to the caller, never lost.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from ortoo_daemon.errors import (
    CallRefusedError,
    OrgError,
    OutcomeUnknownError,
    PermanentOrgError,
    StaleRecordError,
)
from ortoo_daemon.records import FieldValue, Owner, OwnerKind, Record, record_id
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.reader import RecordReader
from ortoo_daemon.salesforce.responses import is_overload
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.upserts import Upserts
from ortoo_daemon.salesforce.values import differing, names_of
from ortoo_daemon.salesforce.writes import (
    Outcome,
    RecordWrite,
    gone,
    send_conditional,
    send_in_bulk,
    stale,
)

__all__ = ["RecordWrite", "RecordWriter"]

FEW = 25
"""Rows that one /composite call carries."""

_TRIES = 5
_TRIES_WHEN_MODIFIED = 3
_MODIFIED = "LastModifiedDate"


class RecordWriter:
    """Writes decisions, many callers to a call. ``pause`` is the first wait before a repetition, seconds."""

    def __init__(
        self,
        rest: RestClient,
        *,
        collect_for: float = 0.008,
        in_flight: int = 4,
        pause: float = 0.2,
        random: Random | None = None,
    ) -> None:
        self._rest = rest
        self._first_pause = pause
        self._random = random or Random()
        self._reader = RecordReader(rest, collect_for=collect_for)
        self._upserts = Upserts(rest, collect_for=collect_for, pause=self._pause)
        self._batcher: Batcher[RecordWrite, None] = Batcher(
            self._send, collect_for=collect_for, in_flight=in_flight, together=_in_the_way
        )

    async def write(self, write: RecordWrite) -> None:
        """Write one record; returns when it certainly stands in the org.

        Raises what befell this row: StaleRecordError (decide again), RecordGoneError, PermanentOrgError
        naming the field, TemporaryOrgError when the tries are used up.
        """
        whole_id = record_id(write.id)
        if whole_id != write.id:
            write = replace(write, id=whole_id)
        for attempt in range(1, _TRIES + 1):
            try:
                await self._batcher.ask(write)
            except OrgError as error:
                again = await self._after(error, write, attempt)
                if again is None:
                    return
                write = again
            else:
                return

    def upsert(
        self, object_name: str, external_field: str, rows: Sequence[Mapping[str, FieldValue]]
    ) -> Coroutine[Any, Any, None]:
        """Create or update rows by an external id each row carries; safe to repeat.

        Returns when all of them stand; raises the first row's error after every row has been tried.
        """
        return self._upserts.upsert(object_name, external_field, rows)

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """As `Batcher.follow`; upserts come from those whose write has landed."""
        return self._upserts.follow(self._batcher.follow(before))

    async def close(self) -> None:
        """Send what waits."""
        await self._batcher.close()
        await self._upserts.close()
        await self._reader.close()

    async def _after(self, error: OrgError, write: RecordWrite, attempt: int) -> RecordWrite | None:
        """What to send after a refusal, None when the values stand already; raises when neither."""
        if attempt == _TRIES:
            raise error
        if is_overload(error):
            await self._pause(attempt)
            return write
        if isinstance(error, OutcomeUnknownError):
            return await self._after_lost_answer(write)
        if isinstance(error, StaleRecordError) and error.code == "PRECONDITION_FAILED":
            if attempt >= _TRIES_WHEN_MODIFIED:
                raise error
            return _renewed(write, await self._current(write))
        if error.code == "INVALID_CROSS_REFERENCE_KEY" and not error.fields:
            await self._current(write)  # raises when it is the record itself that is unknown
        raise error

    async def _after_lost_answer(self, write: RecordWrite) -> RecordWrite | None:
        """Look before writing again: the lost answer may have been a yes."""
        record = await self._current(write)
        return _renewed(write, record) if differing(write.fields, record) else None

    async def _current(self, write: RecordWrite) -> Record:
        names = names_of(write.fields, write.expect, [_MODIFIED])
        record = await self._reader.read(write.object, write.id, names)
        if record is None:
            raise gone(write.object, write.id)
        return record

    async def _send(self, writes: Sequence[RecordWrite]) -> list[Exception | None]:
        outcomes: dict[int, Outcome] = {}
        few = len(writes) <= FEW
        for rows in _rounds(writes):
            guarded = [n for n in rows if few or writes[n].is_guarded]
            burst = [n for n in rows if not few and not writes[n].is_guarded]
            for start in range(0, len(guarded), FEW):
                part = guarded[start : start + FEW]
                outcomes |= await self._one_call(writes, part, bulk=False)
            for part in _by_object(writes, burst):
                outcomes |= await self._one_call(writes, part, bulk=True)
        return [outcomes[number] for number in range(len(writes))]

    async def _one_call(
        self, writes: Sequence[RecordWrite], part: list[int], *, bulk: bool
    ) -> dict[int, Outcome]:
        """One call's rows; a call that fails as a whole fails for its own rows only."""
        rows = [writes[number] for number in part]
        results: list[Outcome]
        try:
            if bulk:
                results = await send_in_bulk(self._rest, rows, self._pause)
            else:
                results = await send_conditional(self._rest, rows)
        except StaleRecordError as error:
            results = [error] * len(rows)
        except PermanentOrgError as error:
            if bulk:  # one value that the org can't parse fails all rows there
                return await self._one_by_one(writes, part)
            refusal = CallRefusedError(error.code, error.message, status=error.status)
            results = [refusal] * len(rows)
        except OrgError as error:
            results = [error] * len(rows)
        return dict(zip(part, results, strict=True))

    async def _one_by_one(
        self, writes: Sequence[RecordWrite], part: list[int]
    ) -> dict[int, Outcome]:
        """The rows of a refused call, each under its own precondition and with its own answer."""
        outcomes: dict[int, Outcome] = {}
        for start in range(0, len(part), FEW):
            outcomes |= await self._one_call(writes, part[start : start + FEW], bulk=False)
        return outcomes

    async def _pause(self, attempt: int = 1) -> None:
        longest = self._first_pause * 2.0**attempt
        await asyncio.sleep(self._random.uniform(self._first_pause / 2, longest))


def _renewed(write: RecordWrite, record: Record) -> RecordWrite:
    """The write under the record's present stamp; raises StaleRecordError when expected values changed."""
    changed = differing(write.expect, record)
    if changed:
        raise stale(changed, record)
    return replace(write, modified_at=record.text(_MODIFIED))


def _in_the_way(write: RecordWrite) -> Hashable | None:
    """Rows that lock the same thing: their parent account, else the user who becomes the owner."""
    account = write.fields.get("AccountId") or write.expect.get("AccountId")
    if account:
        return account
    owner = write.fields.get("OwnerId")
    if isinstance(owner, str) and Owner.kind_of(owner) is OwnerKind.USER:
        return owner
    return None


def _rounds(writes: Sequence[RecordWrite]) -> Iterator[list[int]]:
    """Numbers of the writes, cut so that no record comes twice in a round."""
    left = list(range(len(writes)))
    while left:
        seen: set[str] = set()
        later: list[int] = []
        now: list[int] = []
        for number in left:
            (later if writes[number].id in seen else now).append(number)
            seen.add(writes[number].id)
        yield now
        left = later


def _by_object(writes: Sequence[RecordWrite], numbers: Sequence[int]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(writes[number].object, []).append(number)
    return list(groups.values())
