"""Which small questions to one model go out in one request? Those that come within the task's window.

Each asker pays its own share and judges its own part; whoever gets none is told to ask alone. A request
goes out when it is full or when the one that came first has waited for the window, and takes no longer than
the time of whoever has least left.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.policy.models.catalogue import Batching, Model, Task
from ortoo_daemon.services.models.inquiry import Inquiry, tokens_at_most
from ortoo_daemon.services.models.ledger import SpendingLedger
from ortoo_daemon.services.models.lines import Lines
from ortoo_daemon.services.models.port import Prompt, ProviderError, Reply, Request
from ortoo_daemon.services.models.together import (
    SEVERAL,
    frame_of,
    one_prompt,
    parted,
    shared_cost,
    shared_tokens,
)

_NAME_BYTES = 4
_OF_THE_TIME = 4
"""The wait for others may take so small a part (one in so many) of the time that is left."""
_NO_ENTRY = "the shared answer has no entry of this text"
_SUSPECT = "a text of the request may give orders to machines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one asker got of a shared request, and what its share cost.

    ``refused`` names the budget that does not allow it, ``error`` why there was no reply; else ``reply``,
    whose answer is None where this part of it is not to be used. ``together``: how many shared it.
    """

    together: int = 1
    reply: Reply | None = None
    error: ProviderError | None = None
    refused: str = ""
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Under which terms an asker shares: ``until`` in seconds of the desk's clock."""

    task: Task
    model: Model
    day: str
    until: float


@dataclass(eq=False, slots=True, kw_only=True)
class _Asker:
    inquiry: Inquiry
    terms: Sharing
    length: int
    amount: int
    part: "asyncio.Future[Part | None]"
    name: str = ""


@dataclass(eq=False)
class _Batch:
    askers: list[_Asker] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def length(self) -> int:
        return sum(asker.length for asker in self.askers)


class Batches:
    """The requests that are still being filled, and those under way."""

    def __init__(self, lines: Lines, ledger: SpendingLedger, clock: Callable[[], float]) -> None:
        self._lines = lines
        self._ledger = ledger
        self._clock = clock
        self._open: dict[tuple[str, ...], _Batch] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, inquiry: Inquiry, terms: Sharing) -> Part | None:
        """None where the question is to be asked alone. Raises StateError, ConfigError."""
        batching = terms.task.batch
        if batching is None or inquiry.alone or text_tokens(inquiry.prompt) > batching.text:
            return None
        asker = self._asker(inquiry, terms, batching)
        key = (str(terms.task.name), terms.day, terms.model.name, frame_of(inquiry.prompt))
        batch = self._with_room(key, asker, batching)
        batch.askers.append(asker)
        if len(batch.askers) == batching.most:
            batch.full.set()
        return await asker.part

    async def close(self) -> None:
        """Nobody waits any more: what is under way is given up."""
        for running in tuple(self._running):
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _asker(self, inquiry: Inquiry, terms: Sharing, batching: Batching) -> _Asker:
        """It reserves as if it were alone: all of the frame is its own then."""
        length = tokens_at_most(inquiry.prompt) + tokens_at_most(_only(SEVERAL))
        return _Asker(
            inquiry=inquiry,
            terms=terms,
            length=text_tokens(inquiry.prompt),
            amount=terms.model.most_cost(input=length, output=batching.answer),
            part=asyncio.get_running_loop().create_future(),
        )

    def _with_room(self, key: tuple[str, ...], asker: _Asker, batching: Batching) -> _Batch:
        batch = self._open.get(key)
        room = asker.terms.task.most_input - tokens_at_most(asker.inquiry.prompt)
        if batch is not None and not batch.full.is_set() and batch.length <= room:
            return batch
        if batch is not None:
            batch.full.set()
        batch = self._open[key] = _Batch()
        left = asker.terms.until - self._clock()
        wait = min(batching.window.total_seconds(), max(0.0, left / _OF_THE_TIME))
        running = asyncio.create_task(self._run(key, batch, wait))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return batch

    async def _run(self, key: tuple[str, ...], batch: _Batch, wait: float) -> None:
        try:
            try:
                async with asyncio.timeout(wait):
                    await batch.full.wait()
            except TimeoutError:
                pass
            if self._open.get(key) is batch:
                del self._open[key]
            await self._send([asker for asker in batch.askers if not asker.part.done()])
        except Exception as error:
            for asker in batch.askers:
                if not asker.part.done():
                    asker.part.set_exception(error)
        finally:
            for asker in batch.askers:
                asker.part.cancel()

    async def _send(self, askers: list[_Asker]) -> None:
        if len(askers) > 1:
            askers = [asker for asker in askers if await self._reserved(asker)]
            if len(askers) == 1:
                await self._settle(askers[0], 0)
        if len(askers) < 2:
            for asker in askers:
                _give(asker, None)
            return
        for asker in askers:
            asker.name = secrets.token_hex(_NAME_BYTES)
        try:
            reply = await self._lines.send(askers[0].terms.model.provider, self._request(askers))
        except ProviderError as error:
            await self._failed(askers, error)
            return
        await self._share(askers, reply)

    async def _reserved(self, asker: _Asker) -> bool:
        asker_task = asker.terms.task
        most = (asker_task.budget.day, asker_task.budget.record)
        refused = await self._ledger.reserve(
            str(asker_task.name),
            asker.terms.day,
            asker.inquiry.record,
            amount=asker.amount,
            most=most,
        )
        if refused:
            asker.amount = 0
            _give(asker, Part(refused=refused))
        return not refused

    def _request(self, askers: list[_Asker]) -> Request:
        terms = askers[0].terms
        batching = terms.task.batch
        assert batching is not None  # nobody gets here without
        until = min(asker.terms.until for asker in askers)
        return Request(
            prompt=one_prompt({asker.name: asker.inquiry.prompt for asker in askers}),
            model=terms.model.called,
            most_output=batching.answer * len(askers),
            within=max(0.0, until - self._clock()),
            temperature=terms.task.temperature if terms.model.takes_temperature else None,
        )

    async def _failed(self, askers: list[_Asker], error: ProviderError) -> None:
        """Where nobody knows whether a request is charged, it counts as charged in full."""
        unknown = error.outcome in (ModelOutcome.TIMED_OUT, ModelOutcome.INVALID)
        for asker in askers:
            cost = asker.amount if unknown else 0
            await self._settle(asker, cost)
            _give(asker, Part(together=len(askers), error=error, cost=cost))

    async def _share(self, askers: list[_Asker], reply: Reply) -> None:
        parts = parted(reply.answer, [asker.name for asker in askers])
        said = [len(json_bytes(parts.get(asker.name, {}))) for asker in askers]
        frame = tokens_at_most(askers[0].inquiry.prompt) - askers[0].length
        lengths = [asker.length + frame // len(askers) for asker in askers]
        tokens = shared_tokens(reply.tokens, lengths, said)
        costs = shared_cost(askers[0].terms.model, reply.tokens, tokens)
        suspect = any(
            asker.inquiry.suspects(parts[asker.name]) for asker in askers if asker.name in parts
        )
        for asker, used, cost in zip(askers, tokens, costs, strict=True):
            own = None if suspect else parts.get(asker.name)
            detail = _SUSPECT if suspect else "" if own is not None else _NO_ENTRY
            await self._settle(asker, cost)
            told = Reply(answer=own, tokens=used, detail=detail or reply.detail)
            _give(asker, Part(together=len(askers), reply=told, cost=cost))

    async def _settle(self, asker: _Asker, cost: int) -> None:
        await self._ledger.settle(
            str(asker.terms.task.name),
            asker.terms.day,
            asker.inquiry.record,
            reserved=asker.amount,
            cost=cost,
        )


def text_tokens(prompt: Prompt) -> int:
    """Of what is a record's own in a prompt, rather too many."""
    return tokens_at_most(_only(prompt.text))


def _only(text: str) -> Prompt:
    return Prompt(instructions="", text=text, name="", schema={})


def _give(asker: _Asker, part: Part | None) -> None:
    """Whoever gave up waiting gets nothing."""
    if not asker.part.done():
        asker.part.set_result(part)
