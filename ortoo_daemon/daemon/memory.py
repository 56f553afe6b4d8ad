"""How does a process that lives for months keep the memory it holds small?"""

import asyncio
import ctypes
import gc
from collections.abc import Callable

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""The parameters' numbers in glibc's malloc.h."""

_A_PIECE_OF_ITS_OWN = 256 * 1024
"""Bytes. Left alone, glibc learns from the first large body to keep all later ones on the heap, where small
things that stay settle between them."""

_COLLECT_EVERY = (1_000_000, 20, 20)
"""Thousands of records in hand are no garbage, and nothing that is made for each of them lies in a cycle:
looking through them every 700 new objects cost a tenth, every 50,000 a twentieth, and each of the few times
at 200,000 held everybody up for a fifth of a second. What is garbage is looked for in quiet moments."""

_A_BURST = 200
_GIVE_BACK_EVERY = 1.0
_LOOK_EVERY = 30.0
_WORTH_A_LOOK = 20_000


def share_one_arena() -> None:
    """Let all threads take memory from one place, and give large pieces back as soon as they are free; does
    nothing where the C library is not glibc.

    An arena of its own for each thread keeps what the thread once used, and others can't have it: fifty
    megabytes after some edits of the policies. Threads of one interpreter hardly ever ask at once.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _A_PIECE_OF_ITS_OWN)


def spare_what_is_loaded() -> None:
    """What is there by now lives as long as the process: the collector need not look at it again."""
    gc.freeze()
    gc.set_threshold(*_COLLECT_EVERY)


def give_back() -> None:
    """Let glibc return to the system what is free between things that stay; costs some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def give_back_when_busy(
    in_hand: Callable[[], int], *, every: float = _GIVE_BACK_EVERY
) -> None:
    """Give memory back, for ever, while records are in hand and once after: a burst leaves as much free in
    between as it holds, and what comes next may need other sizes."""
    was_busy = False
    while True:
        await asyncio.sleep(every)
        busy = in_hand() >= _A_BURST
        if busy or was_busy:
            await asyncio.to_thread(give_back)
        was_busy = busy


async def collect_when_quiet(in_hand: Callable[[], int], *, every: float = _LOOK_EVERY) -> None:
    """Look for garbage, for ever, while no record is in hand: then there is little to look through."""
    while True:
        await asyncio.sleep(every)
        if not in_hand() and gc.get_count()[0] > _WORTH_A_LOOK:
            gc.collect(1)
