"""How does synchronous code get a sandbox?  The server on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from ortoo_daemon.sandbox.server import Options, Sandbox

_Result = TypeVar("_Result")
_START_WITHIN = 30.0


class Background:
    """A sandbox that runs on another thread. Its parts are touched through `call` only."""

    def __init__(self, sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> None:
        self._sandbox = sandbox
        self._loop = loop

    @property
    def url(self) -> str:
        """The org's address."""
        return self._sandbox.url

    def call(self, function: Callable[[Sandbox], _Result]) -> _Result:
        """Run `function(sandbox)` on the sandbox's thread and return its result."""

        async def run() -> _Result:
            return function(self._sandbox)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()


@contextmanager
def in_background(options: Options) -> Iterator[Background]:
    """A sandbox for the duration of a with block. Raises what its start raised."""
    started: Future[Background] = Future()
    ended = threading.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(stopping.set))
        async with Sandbox(options) as sandbox:
            started.set_result(Background(sandbox, loop))
            await stopping.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            else:
                raise
        finally:
            ended.set()

    stop: list[Callable[[], object]] = []
    thread = threading.Thread(target=run, name="sandbox", daemon=True)
    thread.start()
    try:
        yield started.result(timeout=_START_WITHIN)
    finally:
        if stop and not ended.is_set():
            stop[0]()
        thread.join(timeout=_START_WITHIN)
