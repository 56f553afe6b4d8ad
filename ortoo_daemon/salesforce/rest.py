"""How is a REST call made so that it survives what happens to calls?

Tokens that expire, limits, gateways, lost answers. A write is repeated only when it certainly was not
carried out, or when the caller says that repeating does no harm.
"""

import asyncio
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import requests
import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    OutcomeUnknownError,
    TemporaryOrgError,
    TooLateError,
)
from ortoo_daemon.salesforce.org_date import ahead_of_org
from ortoo_daemon.salesforce.tokens import Token
from ortoo_daemon.salesforce.transport import MayGo, NotSentError, Request, Transport, guarded
from ortoo_daemon.salesforce.usage import spend

_log = structlog.get_logger(__name__)

_ATTEMPTS = 4
_LONGEST_WAIT = 30.0
RESERVE_FROM = 0.97
"""The share of the day's calls from which on only what routing needs is sent."""

_MOVED_AFTER = 12
"""So many calls in a row that reach nobody are worth a login."""

_CLOCK_LEAPS = timedelta(minutes=1)

_BUDGET_GOOD_FOR = timedelta(minutes=15)

_ROOT = re.compile(r"^(?:https?://[^/]*)?/+services/data/v\d+\.\d/")
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d{1,12})/(\d{1,12})", re.ASCII)
"""In Sforce-Limit-Info, where the calls of single apps (per-app-api-usage) may stand before it."""


class Tokens(Protocol):
    """Where tokens come from; `tokens.TokenManager` in the daemon."""

    async def get(self) -> Token: ...

    async def refresh(self, stale: Token) -> Token: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiBudget:
    """Calls of the last 24 hours against the org's allowance, as the org last told (Sforce-Limit-Info)."""

    used: int
    maximum: int
    noted_at: datetime

    @property
    def share(self) -> float:
        return self.used / self.maximum if self.maximum else 0.0


class RestClient:
    """Calls below ``/services/data/vX.0/``.

    ``calls_made`` counts every request sent, repetitions included. ``clock_skew`` is how far this machine's
    clock is ahead of the org's. ``limit_reached``: the org refuses calls for the day's limit. Calls that are
    not ``essential`` are refused (ApiLimitError) once ``reserve_from`` of the daily allowance is used, so
    that owner writes still pass.
    """

    def __init__(
        self,
        tokens: Tokens,
        api_version: str = "66.0",
        threads: int = 10,
        timeout: tuple[float, float] = (5, 30),
        *,
        reserve_from: float = RESERVE_FROM,
        wait: wait_random_exponential | None = None,
    ) -> None:
        self.api_version = api_version
        self.calls_made = 0
        self.budget: ApiBudget | None = None
        self.limit_reached = False
        self.clock_skew: timedelta | None = None
        self._tokens = tokens
        self._reserve_from = reserve_from
        self._wait = wait or wait_random_exponential(multiplier=0.3, max=10)
        self._unreached = 0
        self._counting = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="org")
        self._transport = Transport(api_version=api_version, timeout=timeout, heard=self._heard)

    @property
    def root(self) -> str:
        """The path every call starts with; composite subrequests need it whole."""
        return f"/services/data/v{self.api_version}/"

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        essential: bool = True,
        idempotent: bool = False,
        may_go: MayGo | None = None,
        raw: bool = False,
    ) -> Any:
        """The parsed JSON answer, None where the org sends none; with ``raw`` its bytes.

        ``path`` is below `root` (a whole one, as of nextRecordsUrl, is accepted, of any version and host:
        asked for are our own). Raises OrgError as
        `responses` tells; OutcomeUnknownError when a write's answer was lost and ``idempotent`` is not set;
        TooLateError when ``may_go`` forbids it.
        """
        if not essential:
            self._keep_reserve()
        request = guarded(
            Request(
                method=method.upper(),
                path=_ROOT.sub("", path),
                body=body,
                params=params,
                headers=headers or {},
                may_go=may_go,
                raw=raw,
            )
        )
        repeatable = idempotent or not request.writes
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: _may_repeat(error, repeatable)),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=self._pause,
            before_sleep=_log_repetition,
            reraise=True,
        )
        try:
            return await retrying(self._send, request)
        finally:
            retrying.iter_state.reset()  # else it would wait in a cycle for the collector

    async def versions(self) -> tuple[str, ...]:
        """Versions of the API that the org speaks, the oldest first. Raises OrgError."""
        token = await self._tokens.get()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._transport.versions, token)

    async def close(self) -> None:
        """Let running calls end and drop the connections."""
        await asyncio.to_thread(self._pool.shutdown)
        self._transport.close()

    async def _send(self, request: Request) -> Any:
        """Send once; a refused token is replaced and the same request sent once more. So is one whose host
        can't be reached call after call: the org may have moved, and only a login tells whereto."""
        token = await self._tokens.get()
        try:
            return await self._on_thread(token, request)
        except LoginError:
            token = await self._tokens.refresh(token)
        except NotSentError:
            self._unreached += 1
            if self._unreached < _MOVED_AFTER:
                raise
            self._unreached = 0
            token = await self._tokens.refresh(token)
        return await self._on_thread(token, request)

    async def _on_thread(self, token: Token, request: Request) -> Any:
        loop = asyncio.get_running_loop()
        with self._counting:
            self.calls_made += 1
        spend(1)
        try:
            answer = await loop.run_in_executor(self._pool, self._transport.send, token, request)
        except ApiLimitError:
            self.limit_reached = True
            raise
        self.limit_reached = False
        self._unreached = 0
        return answer

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TemporaryOrgError) else None
        return min(asked, _LONGEST_WAIT) if asked is not None else self._wait(state)

    def _keep_reserve(self) -> None:
        budget = self.budget
        if budget is None or datetime.now(UTC) - budget.noted_at > _BUDGET_GOOD_FOR:
            return
        if budget.share >= self._reserve_from:
            raise ApiLimitError(
                "API_BUDGET_RESERVED",
                f"{budget.used} of {budget.maximum} daily API calls are used; "
                "the rest is kept for routing",
            )

    def _heard(self, answer: requests.Response) -> None:
        """Note what the headers of a good answer tell (others may be a gateway's); called on the sending
        thread."""
        if not answer.ok:
            return
        now = datetime.now(UTC)
        usage = _USAGE.search(answer.headers.get("Sforce-Limit-Info", ""))
        if usage is not None:
            used, maximum = map(int, usage.groups())
            self.budget = ApiBudget(used=used, maximum=maximum, noted_at=now)
        ahead = ahead_of_org(answer.headers.get("Date"), now)
        if ahead is not None:
            self._note_skew(ahead)

    def _note_skew(self, ahead: timedelta) -> None:
        """The org's time is followed wherever it goes; that it leapt must be said, as clocks end by it."""
        before, self.clock_skew = self.clock_skew, ahead
        moved = timedelta(0) if before is None else before - ahead
        if abs(moved) >= _CLOCK_LEAPS:
            _log.warning("org.clock_leapt", seconds=round(moved.total_seconds()))


def _may_repeat(error: BaseException, repeatable: bool) -> bool:
    if isinstance(error, ApiLimitError | TooLateError):
        return False
    if isinstance(error, NotSentError):
        return True
    if isinstance(error, OutcomeUnknownError):
        return repeatable
    # row locks are the writer's to repeat, with fewer rows at a time
    return isinstance(error, TemporaryOrgError) and error.code != "UNABLE_TO_LOCK_ROW"


def _log_repetition(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    _log.warning(
        "org.call_repeated", code=getattr(error, "code", None), attempt=state.attempt_number
    )
