"""What does a service say to a question, within all that bounds it? Never more than a record may wait.

Answers that are kept, places, rates, pauses after failures and repeated requests are settled here. Whatever
becomes of it is one CallAnswer: a record goes on with it, or without.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from time import monotonic

import orjson
import structlog

from ortoo_daemon.callouts import CallAnswer, CallOutcome, CallQuestion
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.callouts.catalogue import Service
from ortoo_daemon.policy.callouts.request import NotSendableError, Rendered, rendered
from ortoo_daemon.policy.callouts.shaping import shaped
from ortoo_daemon.services.breaker import Breaker
from ortoo_daemon.services.callouts.credentials import Credentials
from ortoo_daemon.services.callouts.kept import KeptAnswers
from ortoo_daemon.services.callouts.line import CallFailedError, Line, Reply, with_headers
from ortoo_daemon.services.callouts.pace import Pace

_log = structlog.get_logger(__name__)

_FIRST_WAIT = 0.1
_BLAMED = frozenset({CallOutcome.TIMED_OUT, CallOutcome.UNREACHABLE, CallOutcome.FAILED})
"""What tells that a service is not well; a wrong question or key tells nothing of that."""

_MAY_PASS = frozenset({CallOutcome.UNREACHABLE, CallOutcome.FAILED, CallOutcome.RATE_LIMITED})
_KEPT = frozenset({CallOutcome.ANSWERED, CallOutcome.NOT_FOUND})


class ServiceDesk:
    """Asks one service. ``clock`` gives seconds that only go up."""

    def __init__(
        self,
        service: Service,
        line: Line,
        credentials: Credentials,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.service = service
        self._line = line
        self._credentials = credentials
        self._clock = clock
        self._places = asyncio.Semaphore(service.parallel)
        self._breaker = Breaker(
            failures=service.pause_after,
            pause_for=service.pause_for.total_seconds(),
            clock=clock,
        )
        rate, cache = service.rate_limit, service.cache
        self._pace = (
            None
            if rate is None
            else Pace(at_most=rate.at_most, per=rate.per.total_seconds(), clock=clock)
        )
        self._kept = (
            None
            if cache is None
            else KeptAnswers(
                keep_for=cache.keep_for.total_seconds(), at_most=cache.at_most, clock=clock
            )
        )
        self._under_way: dict[bytes, asyncio.Task[CallAnswer]] = {}

    @property
    def paused(self) -> bool:
        """Whether it is left alone after failures."""
        return self._breaker.paused

    async def ask(self, question: CallQuestion) -> CallAnswer:
        """What came of it, after ``question.at_most`` seconds at the latest. Raises nothing."""
        began = self._clock()
        try:
            async with asyncio.timeout(question.at_most):
                found = await self._answered(question, began + question.at_most)
        except TimeoutError:
            detail = f"no answer within {question.at_most:g} s"
            found = CallAnswer(outcome=CallOutcome.TIMED_OUT, detail=detail)
        return found if found.kept else replace(found, took_for=self._since(began))

    async def close(self) -> None:
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._line.close()

    async def _answered(self, question: CallQuestion, until: float) -> CallAnswer:
        service = self.service
        try:
            request = rendered(
                service.method,
                service.url,
                dict(question.sent),
                query=service.query,
                headers=service.headers,
                body=service.body,
            )
        except NotSendableError as error:
            return CallAnswer(outcome=CallOutcome.NOT_ASKED, detail=str(error))
        if self._kept is None:
            return await self._fetched(self._repeatable(request, question), until)
        return await self._shared(self._kept, request)

    async def _shared(self, kept: KeptAnswers, request: Rendered) -> CallAnswer:
        """An answer that is kept, else one that all who ask the same at once wait for.

        A record that waits no longer does not end it: the answer is kept for the next one.
        """
        key = _key(request)
        known = kept.find(key)
        if known is not None:
            return known
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._kept_in(kept, key, request))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def _kept_in(self, kept: KeptAnswers, key: bytes, request: Rendered) -> CallAnswer:
        limit = self.service.time_limit.total_seconds()
        try:
            async with asyncio.timeout(limit):
                found = await self._fetched(request, self._clock() + limit)
        except TimeoutError:
            detail = f"no answer within {limit:g} s"
            return CallAnswer(outcome=CallOutcome.TIMED_OUT, detail=detail)
        if found.outcome in _KEPT:
            kept.keep(key, found)
        return found

    async def _fetched(self, request: Rendered, until: float) -> CallAnswer:
        """Requests until one tells something, or no other may be sent."""
        until = min(until, self._clock() + self.service.time_limit.total_seconds())
        for number in range(1, self.service.tries + 1):
            found, again, wait = await self._once(request, until)
            found = replace(found, requests=number if found.requests else number - 1)
            if not again or number == self.service.tries:
                return found
            if wait is None:
                wait = _FIRST_WAIT * 2 ** (number - 1) * random.uniform(0.5, 1.0)
            if self._clock() + wait >= until:
                return found
            await asyncio.sleep(wait)
        return found

    async def _once(self, request: Rendered, until: float) -> tuple[CallAnswer, bool, float | None]:
        """One request; whether another may be sent; how long the service asks to wait before."""
        if not self._breaker.admits():
            detail = "left alone after failures"
            return CallAnswer(outcome=CallOutcome.PAUSED, detail=detail), False, None
        try:
            async with self._places, asyncio.timeout(until - self._clock()):
                if (wait := self._take_turn(until)) is None:
                    detail = "more than its rate limit"
                    return CallAnswer(outcome=CallOutcome.RATE_LIMITED, detail=detail), False, None
                await asyncio.sleep(wait)
                reply = await self._sent(request)
        except CallFailedError as error:
            again = error.outcome in _MAY_PASS and (error.unsent or self.service.may_repeat)
            return self._judged(_failed(error.outcome, str(error))), again, None
        except TimeoutError:
            limit = self.service.time_limit.total_seconds()
            found = _failed(CallOutcome.TIMED_OUT, f"no answer within {limit:g} s")
            return self._judged(found), False, None
        except asyncio.CancelledError:
            self._note(CallOutcome.TIMED_OUT)  # a record waits no longer
            raise
        finally:
            self._breaker.let_go()
        found = self._judged(self._read(reply))
        seen = found.outcome is CallOutcome.RATE_LIMITED or self.service.may_repeat
        return found, found.outcome in _MAY_PASS and seen, reply.retry_after

    def _take_turn(self, until: float) -> float | None:
        return 0.0 if self._pace is None else self._pace.take(before=until)

    async def _sent(self, request: Rendered) -> Reply:
        """With what shows who we are; where a token is refused, once more with another."""
        try:
            headers = await self._credentials.headers()
        except ConfigError as error:
            message = error.problems[0].message
            raise CallFailedError(CallOutcome.NOT_ASKED, message, unsent=True) from None
        reply = await self._line.send(with_headers(request, headers))
        if reply.status == 401 and self._credentials.may_renew:
            self._credentials.forget()
            headers = await self._credentials.headers()
            reply = await self._line.send(with_headers(request, headers))
        return reply

    def _read(self, reply: Reply) -> CallAnswer:
        if reply.status in (404, 410):
            return _failed(CallOutcome.NOT_FOUND, f"HTTP {reply.status}")
        if not 200 <= reply.status < 300:
            return _failed(_outcome_of(reply.status), f"HTTP {reply.status}")
        try:
            answer = orjson.loads(reply.body) if reply.body.strip() else None
        except orjson.JSONDecodeError:
            return _failed(CallOutcome.MALFORMED, f"no JSON but {reply.kind}")
        found = shaped(self.service, answer)
        if found.trouble:
            return _failed(CallOutcome.TOO_LARGE, found.trouble)
        return CallAnswer(
            outcome=CallOutcome.ANSWERED, value=found.value, misfits=found.misfits, requests=1
        )

    def _judged(self, found: CallAnswer) -> CallAnswer:
        self._note(found.outcome)
        return found

    def _note(self, outcome: CallOutcome) -> None:
        """Whether the service is well, by how a request went."""
        if outcome not in _BLAMED:
            self._breaker.succeeded()
        elif self._breaker.failed():
            _log.warning(
                "callout.paused",
                service=self.service.name,
                outcome=outcome.value,
                seconds=self.service.pause_for.total_seconds(),
            )

    def _repeatable(self, request: Rendered, question: CallQuestion) -> Rendered:
        """With the header by which the service knows a request that comes again, after a crash, too."""
        header = self.service.idempotency_key
        if header is None:
            return request
        made = f"{question.key}|{question.step}|{_key(request).hex()}"
        return with_headers(request, {header: sha256(made.encode()).hexdigest()[:32]})

    def _since(self, began: float) -> int:
        return round(1000 * (self._clock() - began))


def _failed(outcome: CallOutcome, detail: str) -> CallAnswer:
    return CallAnswer(outcome=outcome, detail=detail, requests=1)


def _outcome_of(status: int) -> CallOutcome:
    if status == 429:
        return CallOutcome.RATE_LIMITED
    return CallOutcome.FAILED if status >= 500 or status == 408 else CallOutcome.REFUSED


def _key(request: Rendered) -> bytes:
    """Of everything that is sent, less what says who we are."""
    parts = (request.method, request.url, repr(sorted(request.headers.items())))
    return sha256("\n".join(parts).encode() + b"\n" + (request.body or b"")).digest()
