"""How does a test that awaits run? On an event loop of its own."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.processes import slowness


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Decorates a coroutine test; fixtures and parameters reach it as usual."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 60))

    return run


async def until(holds: Callable[[], Awaitable[bool] | bool], *, within: float = 10.0) -> None:
    """Wait for a condition, failing once ``within`` seconds of a quiet machine have passed."""
    began = time.monotonic()
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() - began < within * slowness(), "waited in vain"
        await asyncio.sleep(0.005)
