"""Dealers' own systems on this machine, beside a daemon: each in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from threading import Event, Thread

from tests.services.handoff.receivers import Receiver, mail_server

Server = Callable[[Receiver], AbstractAsyncContextManager[Receiver]]


@contextmanager
def dealer(server: Server = mail_server) -> Iterator[Receiver]:
    """A mail server, or a web server, for as long as the block lasts."""
    found, ready, loop = Receiver(), Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with server(found):
            ready.set()
            await stop.wait()

    thread = Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
