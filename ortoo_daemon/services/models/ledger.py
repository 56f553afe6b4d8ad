"""What was spent on models today, and on each record? The port, and one that forgets with the process.

Money is reserved before a request, at the most it can cost, and what it did cost is settled afterwards. A
crash in between leaves the reservation, as nobody knows whether the provider counts the request.
"""

from collections import defaultdict
from typing import Protocol


class SpendingLedger(Protocol):
    """Amounts are whole millionths of the catalogue's currency."""

    async def spent(self, task: str, day: str) -> int:
        """By a task on a day."""
        ...

    async def reserve(
        self, task: str, day: str, record: str, *, amount: int, most: tuple[int, int]
    ) -> str:
        """Take the amount. ``most``: of the day, of the record. Returns "", or "day" or "record" where it is
        more than that allows; then nothing is taken."""
        ...

    async def settle(self, task: str, day: str, record: str, *, reserved: int, cost: int) -> None:
        """Give back what was reserved and not spent."""
        ...


class MemoryLedger:
    """For trials that have no store: budgets hold for one run."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], int] = defaultdict(int)
        self._records: dict[tuple[str, str], int] = defaultdict(int)

    async def spent(self, task: str, day: str) -> int:
        return self._days[task, day]

    async def reserve(
        self, task: str, day: str, record: str, *, amount: int, most: tuple[int, int]
    ) -> str:
        if self._days[task, day] + amount > most[0]:
            return "day"
        before = self._records[task, record] if record else 0
        if before + amount > most[1]:
            return "record"
        self._add(task, day, record, amount)
        return ""

    async def settle(self, task: str, day: str, record: str, *, reserved: int, cost: int) -> None:
        self._add(task, day, record, cost - reserved)

    def _add(self, task: str, day: str, record: str, amount: int) -> None:
        self._days[task, day] += amount
        if record:
            self._records[task, record] += amount
