"""Which records in the org should have been decided and were not?

The safety net under the event stream, and the only source that needs no memory: it asks the org for
every record since a policy's ``take_from`` that carries neither a decision nor a park reason, oldest
first, and puts it on the queue like any event would. Asking for more than is needed is harmless, as
the queue joins what already waits and a decided record is left alone.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.writable import writable

Clock = Callable[[], datetime]


class OrgQuery(Protocol):
    """Runs one SOQL query and returns all its rows, fields by API name. Raises OrgError."""

    def __call__(self, soql: str, /) -> Awaitable[Sequence[Mapping[str, FieldValue]]]: ...


class QueuePut(Protocol):
    """Makes items durable and returns how many were new; waits while the queue is full."""

    def __call__(self, items: Sequence[WorkItem], /) -> Awaitable[int]: ...


class NeedNotBeRead(Protocol):
    """Whether a record, as it was last changed at ``modified_at``, is known to be taken by no policy."""

    def __call__(self, id: RecordId, /, *, modified_at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a reconciliation found: undecided records, and how many of them nobody had heard of."""

    found: int = 0
    put: int = 0
    pages: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            found=self.found + other.found,
            put=self.put + other.put,
            pages=self.pages + other.pages,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of the past is asked about.

    ``since``: only records created from then on (a light sweep, or a gap); None asks back to each
    policy's ``take_from``, which alone is sure to miss nothing. ``settle_for`` leaves out records so
    young that their event is still on its way.
    """

    since: datetime | None = None
    settle_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFields:
    """The fields that say a record was dealt with, as they are named in this org."""

    decided_at: str = "Ortoo_Decided_At__c"
    parked: str = "Ortoo_Parked__c"


EVERYTHING = Window()
SHIPPED_FIELDS = StampFields()
PAGE = 2000

_CLOCKS_AGREE_TO = timedelta(seconds=5)
"""Ours may be a little behind the org's, and a record made this moment must not wait for the next sweep."""


async def reconcile(
    org_query: OrgQuery,
    queue_put: QueuePut,
    policies: Iterable[Policy],
    *,
    clock: Clock,
    window: Window = EVERYTHING,
    fields: StampFields = SHIPPED_FIELDS,
    need_not_be_read: NeedNotBeRead | None = None,
) -> Figures:
    """Put every undecided record in scope on the queue, page by page; raises what the ports raise.

    What ``need_not_be_read`` knows is counted and not put. Interrupted at any point it has done part of the
    work and nothing wrong: run it again.
    """
    figures = Figures()
    until = clock() + _CLOCKS_AGREE_TO - window.settle_for
    for name, take_from in _scopes(policies).items():
        since = take_from if window.since is None else max(take_from, window.since)
        pages = _Pages(object=name, since=since, until=until, fields=fields)
        after: tuple[datetime, RecordId] | None = None
        while True:
            rows = await org_query(pages.soql(after))
            unknown = [row for row in rows if not _is_known(row, need_not_be_read)]
            items = [_item(name, row, clock()) for row in unknown]
            put = await queue_put(items) if items else 0
            figures += Figures(found=len(rows), put=put, pages=1)
            if len(rows) < PAGE:
                break
            after = (_moment(rows[-1]["CreatedDate"]), record_id(str(rows[-1]["Id"])))
    return figures


def _is_known(row: Mapping[str, FieldValue], need_not_be_read: NeedNotBeRead | None) -> bool:
    modified_at = instant(row.get("LastModifiedDate"))
    if need_not_be_read is None or modified_at is None:
        return False
    return need_not_be_read(record_id(str(row["Id"])), modified_at=modified_at)


def _scopes(policies: Iterable[Policy]) -> dict[str, datetime]:
    """For each object, the earliest moment from which some policy takes records."""
    scopes: dict[str, datetime] = {}
    for policy in policies:
        scopes[policy.object] = min(policy.take_from, scopes.get(policy.object, policy.take_from))
    return scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """The query for one object. Pages follow (CreatedDate, Id): no cursor that could expire, and a
    record decided meanwhile shifts nothing."""

    object: str
    since: datetime
    until: datetime
    fields: StampFields

    def soql(self, after: tuple[datetime, RecordId] | None) -> str:
        conditions = [
            f"CreatedDate >= {instant_text(self.since)}",
            f"CreatedDate <= {instant_text(self.until)}",
            f"{self.fields.decided_at} = null",
            f"{self.fields.parked} = null",
            *writable(self.object),
        ]
        if after is not None:
            conditions.append(behind("CreatedDate", after))
        return (
            f"SELECT Id, CreatedDate, LastModifiedDate FROM {self.object} WHERE {' AND '.join(conditions)}"
            f" ORDER BY CreatedDate, Id LIMIT {PAGE}"
        )


def _item(name: str, row: Mapping[str, FieldValue], heard_at: datetime) -> WorkItem:
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.RECONCILED,
        heard_at=heard_at,
    )


def _moment(text: FieldValue) -> datetime:
    """A datetime as the REST API writes it (``2026-11-21T10:00:00.000+0000``)."""
    return datetime.strptime(str(text).replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z")
