"""How much was spent on models, by task, day and record, so that a budget outlasts a restart?

Amounts are whole millionths of the catalogue's currency. What is reserved counts as spent until it is
settled. Batch functions for `work.thread`, and the ledger that puts them to use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ortoo_daemon.work.tables import model_spending
from ortoo_daemon.work.thread import StoreThread

KEPT_FOR = timedelta(days=90)
"""What a record cost is forgotten after so long: its budget then begins anew."""

_ALL = ""
_c = model_spending.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserving:
    """An amount to take, where no more than ``of_day`` and ``of_record`` is spent with it."""

    task: str
    day: str
    record: str
    amount: int
    of_day: int
    of_record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What is given back (negative), or was spent beyond what was reserved."""

    task: str
    day: str
    record: str
    amount: int


class StoredLedger:
    """Spending in the daemon's own store."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store

    async def spent(self, task: str, day: str) -> int:
        """By a task on a day. Raises StateError, as the others do."""
        return await self._store.call(spent_on, (task, day))

    async def reserve(
        self, task: str, day: str, record: str, *, amount: int, most: tuple[int, int]
    ) -> str:
        """ "", or which budget does not allow it: "day", "record"."""
        asked = Reserving(
            task=task, day=day, record=record, amount=amount, of_day=most[0], of_record=most[1]
        )
        return await self._store.call(reserve, asked)

    async def settle(self, task: str, day: str, record: str, *, reserved: int, cost: int) -> None:
        """Once the cost is known."""
        told = Settling(task=task, day=day, record=record, amount=cost - reserved)
        await self._store.call(settle, told)


def spent_on(connection: Connection, asked: Sequence[tuple[str, str]]) -> list[int]:
    """By tasks on days."""
    return [
        _sum(connection, _c.task == task, _c.day == day, _c.record == _ALL) for task, day in asked
    ]


def reserve(connection: Connection, asked: Sequence[Reserving]) -> list[str]:
    """One after the other, each seeing what those before it took."""
    return [_reserve(connection, each) for each in asked]


def settle(connection: Connection, told: Sequence[Settling]) -> list[None]:
    for each in told:
        _add(connection, each.task, each.day, each.record, each.amount)
    return [None for _ in told]


def _reserve(connection: Connection, asked: Reserving) -> str:
    # First, so that on PostgreSQL the day's row is locked before it is read: two daemons spend one budget.
    _add(connection, asked.task, asked.day, _ALL, asked.amount)
    day = _sum(connection, _c.task == asked.task, _c.day == asked.day, _c.record == _ALL)
    before = 0
    if asked.record:
        before = _sum(connection, _c.task == asked.task, _c.record == asked.record)
    refused = "day" if day > asked.of_day else ""
    if not refused and before + asked.amount > asked.of_record:
        refused = "record"
    if refused:
        _change(connection, asked.task, asked.day, _ALL, -asked.amount)
    elif asked.record:
        _add_row(connection, asked.task, asked.day, asked.record, asked.amount)
    return refused


def _add(connection: Connection, task: str, day: str, record: str, amount: int) -> None:
    _add_row(connection, task, day, _ALL, amount)
    if record:
        _add_row(connection, task, day, record, amount)


def _add_row(connection: Connection, task: str, day: str, record: str, amount: int) -> None:
    if _change(connection, task, day, record, amount):
        return
    if record == _ALL:
        before = (date.fromisoformat(day) - KEPT_FOR).isoformat()
        connection.execute(delete(model_spending).where(_c.day < before))
    row = {"task": task, "day": day, "record": record, "spent": amount}
    connection.execute(insert(model_spending), row)


def _change(connection: Connection, task: str, day: str, record: str, amount: int) -> bool:
    """Whether there was such a row."""
    at = (_c.task == task) & (_c.day == day) & (_c.record == record)
    changed = connection.execute(update(model_spending).where(at).values(spent=_c.spent + amount))
    return bool(changed.rowcount)


def _sum(connection: Connection, *where: ColumnElement[bool]) -> int:
    query = select(func.coalesce(func.sum(_c.spent), 0)).where(*where)
    return int(connection.execute(query).scalar_one())
