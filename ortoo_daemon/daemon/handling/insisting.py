"""How long does a handling insist on a call of its own before the whole record waits for another try?

For calls that may be made again: what they make is known by a key, so that a lost answer costs nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from ortoo_daemon.errors import ApiLimitError, TemporaryOrgError

Answer = TypeVar("Answer")

_TRIES = 3
_PAUSE_S = 0.5


async def insist(call: Callable[[], Awaitable[Answer]], *, final: Collection[str] = ()) -> Answer:
    """What the call answers, three tries at most with growing pauses.

    Raises what it raises last; at once what no pause of a second mends: the limit of calls, errors whose code
    is among ``final``, and all that is not temporary.
    """
    for attempt in range(1, _TRIES):
        try:
            return await call()
        except ApiLimitError:
            raise
        except TemporaryOrgError as error:
            if error.code in final:
                raise
            await asyncio.sleep(_PAUSE_S * attempt)
    return await call()
