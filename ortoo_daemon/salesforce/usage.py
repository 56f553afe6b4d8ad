"""How many API calls did one record cost, when most calls are shared with others?

Whoever wants to know measures a stretch of code; a call that several waited for is divided among them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Spent:
    """API calls so far; fractions are shares of calls made together with others."""

    calls: float = 0.0


_measuring: ContextVar[Spent | None] = ContextVar("ortoo_api_calls", default=None)


@contextmanager
def measured() -> Iterator[Spent]:
    """What is spent inside; an outer measurement does not see it."""
    spent = Spent()
    token = _measuring.set(spent)
    try:
        yield spent
    finally:
        _measuring.reset(token)


def measuring() -> Spent | None:
    """The innermost measurement that is going on here."""
    return _measuring.get()


def spend(calls: float) -> None:
    """A call was made, or a share of one."""
    spent = _measuring.get()
    if spent is not None:
        spent.calls += calls
