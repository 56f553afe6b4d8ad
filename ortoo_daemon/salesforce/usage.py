"""How many API calls did one record cost, when most calls are shared with others?

Whoever wants to know measures a stretch of code; a call that several waited for is divided among them.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Spent:
    """API calls so far; fractions are shares of calls made together with others."""

    calls: float = 0.0


_measuring: ContextVar[Spent | None] = ContextVar("ortoo_api_calls", default=None)


class measured:  # used as a verb; every record's handling is within one
    """What is spent inside; an outer measurement does not see it."""

    __slots__ = ("_token",)

    def __enter__(self) -> Spent:
        spent = Spent()
        self._token = _measuring.set(spent)
        return spent

    def __exit__(self, *_: object) -> None:
        _measuring.reset(self._token)


def measuring() -> Spent | None:
    """The innermost measurement that is going on here."""
    return _measuring.get()


def spend(calls: float) -> None:
    """A call was made, or a share of one."""
    spent = _measuring.get()
    if spent is not None:
        spent.calls += calls
