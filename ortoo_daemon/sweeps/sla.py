"""Which records have a clock that asks for a step now?

One query for each object on the earliest step due, oldest first, all of them in one call; nothing due costs
nothing more. What is found goes on the queue like anything else: what the step is, and whether it is still
due, is decided on the record as it then stands. Pure but for its ports.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.put_before import PutBefore
from ortoo_daemon.sweeps.reconcile import QueuePut
from ortoo_daemon.sweeps.writable import writable

PAGE = 2000
MOST_PAGES = 25
"""So many pages in one run: what is left is older than anything new and comes first in the next."""

SOON_WITHIN = timedelta(minutes=15)
OVERDUE_AFTER = timedelta(minutes=2)
"""A step that is due is taken by the sweep that finds it; one that is still there so late is not."""

_NEXT_AT = "Ortoo_SLA_Next_At__c"


class OrgQueries(Protocol):
    """Runs SOQL queries, five to a call: the rows of each, fields by API name. Raises OrgError."""

    def __call__(
        self, texts: Sequence[str], /
    ) -> Awaitable[Sequence[Sequence[Mapping[str, FieldValue]]]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFigures:
    """What one look found due and put, and how much of it is overdue. ``again``: put once more, as nothing
    came of it before. ``stopped``: more was due than may be put."""

    found: int = 0
    put: int = 0
    again: int = 0
    pages: int = 0
    overdue: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How many records wait overdue for their step, and of how many one is due within SOON_WITHIN."""

    at: datetime
    overdue: int
    soon: int


async def find_due_steps(
    ask: OrgQueries,
    queue_put: QueuePut,
    objects: Iterable[str],
    *,
    clock: Callable[[], datetime],
    before: PutBefore,
    at_most: int | None = None,
) -> DueFigures:
    """Put every record whose next step is due on the queue, up to so many; raises what the ports raise.

    A step has an entry of its own, so the same step found again joins what waits. What was put ``before`` and
    is still due counts no more.
    """
    now, names = clock(), sorted(objects)
    figures = DueFigures()
    firsts = await ask([_due(name, now, None) for name in names])
    for name, first in zip(names, firsts, strict=True):
        rows = first
        for page in range(MOST_PAGES):
            if page:
                (rows,) = await ask([_due(name, now, _place(rows[-1]))])
            new, again = before.sorted([_item(name, row, now) for row in rows], now)
            stopped = figures.stopped
            if at_most is not None and figures.put + len(new) > at_most:
                new, stopped = new[: at_most - figures.put], True
            put = await queue_put(new) if new else 0
            put_again = await queue_put(again) if again else 0
            before.note((*new, *again), now)
            figures = DueFigures(
                found=figures.found + len(rows),
                put=figures.put + put,
                again=figures.again + put_again,
                pages=figures.pages + 1,
                overdue=figures.overdue + sum(now - _next_at(row) > OVERDUE_AFTER for row in rows),
                stopped=stopped,
            )
            if len(rows) < PAGE or stopped:
                break
    return figures


async def count_due(ask: OrgQueries, objects: Iterable[str], *, now: datetime) -> int:
    """Of how many records a step is due."""
    window = f"{_NEXT_AT} <= {instant_text(now)}"
    return sum(map(_number, await _over("COUNT(Id)", ask, objects, window)))


async def oldest_due(ask: OrgQueries, objects: Iterable[str], *, now: datetime) -> datetime | None:
    """Since when the step is due that is due for longest."""
    window = f"{_NEXT_AT} <= {instant_text(now)}"
    found = await _over(f"MIN({_NEXT_AT})", ask, objects, window)
    return min(filter(None, map(instant, found)), default=None)


async def count_due_soon(ask: OrgQueries, objects: Iterable[str], *, now: datetime) -> int:
    """Of how many records a step is due within SOON_WITHIN from now."""
    until = instant_text(now + SOON_WITHIN)
    window = f"{_NEXT_AT} > {instant_text(now)} AND {_NEXT_AT} <= {until}"
    return sum(map(_number, await _over("COUNT(Id)", ask, objects, window)))


async def _over(
    figure: str, ask: OrgQueries, objects: Iterable[str], window: str
) -> list[FieldValue]:
    """An aggregate of each object's records in a window of the next step."""
    texts = [
        f"SELECT {figure} FROM {name} WHERE {' AND '.join([window, *_waiting(name)])}"
        for name in sorted(objects)
    ]
    return [row.get("expr0") for rows in await ask(texts) for row in rows]


def _number(value: FieldValue) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _place(row: Mapping[str, FieldValue]) -> tuple[datetime, RecordId]:
    """Where the next page begins: behind this row."""
    return _next_at(row), record_id(str(row["Id"]))


def _waiting(name: str) -> list[str]:
    """What the record must be for its clocks to count. Parked records wait for a person."""
    return ["Ortoo_Parked__c = null", *writable(name)]


def _due(name: str, now: datetime, after: tuple[datetime, RecordId] | None) -> str:
    """Pages follow the last row, so what moves on shifts nothing."""
    conditions = [f"{_NEXT_AT} <= {instant_text(now)}", *_waiting(name)]
    if after is not None:
        conditions.append(behind(_NEXT_AT, after))
    return (
        f"SELECT Id, {_NEXT_AT} FROM {name} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {_NEXT_AT}, Id LIMIT {PAGE}"
    )


def _item(name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.SLA,
        entry=f"sla:{_next_at(row):%Y%m%dT%H%M%S.%fZ}",
        heard_at=now,
    )


def _next_at(row: Mapping[str, FieldValue]) -> datetime:
    found = instant(row[_NEXT_AT])
    if found is None:
        raise ValueError(f"{row['Id']}: {_NEXT_AT} is no datetime")
    return found
