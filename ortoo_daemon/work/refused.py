"""What has the store refused to do, and not done since?

A full or read-only disk still lets everything be read, so that a store answers well while nothing is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

_HOLDS_FOR = 150.0
"""Seconds without another refusal: what the daemon lives by is tried again within a minute, and work that is
seldom asked for must not be believed for longer."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    at: float
    why: str


@dataclass(slots=True)
class Refused:
    """By kind of work; written by the store's thread, read by any."""

    clock: Callable[[], float] = monotonic
    _refusals: dict[object, _Refusal] = field(default_factory=dict)

    def note(self, work: object, error: SQLAlchemyError) -> None:
        """The store itself failed, as a disk or a server does: not over what it was given."""
        if isinstance(error, OperationalError | InterfaceError):
            self._refusals[work] = _Refusal(self.clock(), str(error.orig or error))

    def done(self, work: object) -> None:
        """The store does this work (again)."""
        if self._refusals:
            self._refusals.pop(work, None)

    @property
    def why(self) -> str:
        """The store's words of its latest refusal that still stands; empty where none does."""
        oldest = self.clock() - _HOLDS_FOR
        standing = [each for each in self._refusals.copy().values() if each.at >= oldest]
        return max(standing, key=lambda each: each.at).why if standing else ""
