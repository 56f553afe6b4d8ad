"""How does a process that lives for months keep the memory it holds small?"""

import ctypes
import gc

_M_ARENA_MAX = -8
"""The parameter's number in glibc's malloc.h."""

_COLLECT_EVERY = (200_000, 20, 20)
"""Thousands of records in hand are no garbage, and nothing that is made for each of them lies in a cycle:
looking through them every 700 new objects cost a tenth, every 50,000 a twentieth."""


def share_one_arena() -> None:
    """Let all threads take memory from one place; does nothing where the C library is not glibc.

    An arena of its own for each thread keeps what the thread once used, and others can't have it: fifty
    megabytes after some edits of the policies. Threads of one interpreter hardly ever ask at once.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def spare_what_is_loaded() -> None:
    """What is there by now lives as long as the process: the collector need not look at it again."""
    gc.freeze()
    gc.set_threshold(*_COLLECT_EVERY)
