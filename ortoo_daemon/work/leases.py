"""Who holds which item, until when, and what came of it?

Batch functions for `work.thread`. Every effect on a held item is conditional on (id, epoch): a holder
whose lease was taken over can neither finish nor return the item any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    delete,
    exists,
    select,
    update,
)

from ortoo_daemon.records import WorkReason
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.tables import LONG_AGO, State, in_state, item_of, work_item
from ortoo_daemon.work.waiting import merged, waiting_rows

_c = work_item.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    limit: int
    now: datetime
    leased_until: datetime
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a holder wants of an item: ``state`` FINISHED, PARKED, or READY for another try.

    ``text`` is the outcome or the reason; ``failed`` counts a try that raised.
    """

    claim: Claim
    state: State
    at: datetime
    available_at: datetime | None = None
    text: str = ""
    note: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    claims: Sequence[Claim]
    leased_until: datetime


@dataclass(slots=True)
class _Retries:
    """Items on their way back: alone, or into a row that already waits for the same handling."""

    back: list[dict[str, Any]] = field(default_factory=list)
    joined: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


# The columns to set are the other keys of each row of values.
_UPDATE = update(work_item).where(_c.id == bindparam("row_id"))
_FREE = {"leased_until": None, "holder": ""}

# Statements are made once: what SQLAlchemy makes of one costs more than asking it, and each new list of
# values lies in a cycle that stays until garbage is looked for.
_AMONG = _c.id.in_(bindparam("ids", expanding=True))
_HELD = (
    select(_c.id, _c.epoch).where(_AMONG, in_state(State.LEASED)).order_by(_c.id).with_for_update()
)
_LEASE = (  # items that nobody lost change alike, so that hundreds are one statement
    update(work_item)
    .where(_AMONG)
    .values(
        state=State.LEASED.value,
        holder=bindparam("new_holder"),
        epoch=_c.epoch + 1,
        leased_until=bindparam("new_end", type_=_c.leased_until.type),
    )
)
_RENEW = (
    update(work_item)
    .where(_AMONG)
    .values(leased_until=bindparam("new_end", type_=_c.leased_until.type))
)
_CLOSE = (
    update(work_item)
    .where(_AMONG)
    .values(
        state=bindparam("new_state"),
        settled_at=bindparam("new_settled_at", type_=_c.settled_at.type),
        outcome=bindparam("new_outcome"),
        note=bindparam("new_note"),
        **_FREE,
    )
)


def claim(connection: Connection, requests: Sequence[ClaimRequest]) -> list[list[Claim]]:
    """Oldest first: expired leases, then ready items of records that nobody holds."""
    return [_claim(connection, request) for request in requests]


def _claim(connection: Connection, request: ClaimRequest) -> list[Claim]:
    at = {"now": request.now}
    expired = connection.execute(_EXPIRED, {**at, "most": request.limit}).all()
    chosen = {row.record_id: row for row in expired}
    if len(chosen) < request.limit:
        most = request.limit - len(chosen)
        for row in connection.execute(_READY, {**at, "most": most}):
            chosen.setdefault(row.record_id, row)
    claims = [_leased(row, request) for row in chosen.values()]
    if fresh := [each.id for each in claims if not each.taken_over]:
        connection.execute(_LEASE, _new_lease(fresh, request))
    if lost := [each for each in claims if each.taken_over]:
        connection.execute(_UPDATE, [_lease_values(each, request) for each in lost])
    return _beside_tried(connection, claims)


def _beside_tried(connection: Connection, claims: list[Claim]) -> list[Claim]:
    """With whether another item of the record waits for its next try. A new record has one item alone."""
    asked = [claim.item.record_id for claim in claims if claim.item.reason not in _OF_NEW_RECORDS]
    if not asked:
        return claims
    tried = set(connection.execute(_TRIED, {"records": asked}).scalars())
    return [
        replace(claim, others_tried=True) if claim.item.record_id in tried else claim
        for claim in claims
    ]


def _expired() -> Select[Any]:
    return _locked(in_state(State.LEASED) & (_c.leased_until <= bindparam("now")))


def _ready() -> Select[Any]:
    other = work_item.alias("other")
    # An expired lease still bars its record: that row is taken over itself, before any newer one.
    held = exists().where(other.c.record_id == _c.record_id, in_state(State.LEASED, other))
    return _locked(in_state(State.READY) & (_c.available_at <= bindparam("now")) & ~held)


def _locked(found: ColumnElement[bool]) -> Select[Any]:
    most = bindparam("most", type_=Integer)
    query = select(work_item).where(found).order_by(_c.heard_at, _c.id).limit(most)
    return query.with_for_update(skip_locked=True)


_EXPIRED, _READY = _expired(), _ready()
_TRIED = select(_c.record_id).where(
    in_state(State.READY),
    _c.record_id.in_(bindparam("records", expanding=True)),
    _c.attempts > 0,
)
_OF_NEW_RECORDS = frozenset({WorkReason.CREATED, WorkReason.SPLIT, WorkReason.RECONCILED})


def _leased(row: Any, request: ClaimRequest) -> Claim:
    lost = row.state == State.LEASED
    item = item_of(row)
    return Claim(
        id=row.id,
        item=replace(item, attempts=item.attempts + 1) if lost else item,
        epoch=row.epoch + 1,
        leased_until=request.leased_until,
        taken_over=lost,
        failures=row.failures,
        takeovers=row.takeovers + 1 if lost else row.takeovers,
    )


def _new_lease(ids: Sequence[int], request: ClaimRequest) -> dict[str, Any]:
    return {"ids": ids, "new_holder": request.holder, "new_end": request.leased_until}


def _lease_values(claim: Claim, request: ClaimRequest) -> dict[str, Any]:
    return {
        "row_id": claim.id,
        "state": State.LEASED.value,
        "holder": request.holder,
        "epoch": claim.epoch,
        "leased_until": claim.leased_until,
        "attempts": claim.item.attempts,
        "takeovers": claim.takeovers,
    }


def _held(connection: Connection, claims: Iterable[Claim]) -> set[tuple[int, int]]:
    """(id, epoch) of the claims that are still theirs, locked until the transaction ends."""
    ids = sorted({claim.id for claim in claims})
    return {(row.id, row.epoch) for row in connection.execute(_HELD, {"ids": ids})}


def renew(connection: Connection, renewals: Sequence[Renewal]) -> list[list[Claim]]:
    """The claims that are still held, with their new lease."""
    held = _held(connection, (claim for each in renewals for claim in each.claims))
    kept = [
        [
            replace(claim, leased_until=each.leased_until)
            for claim in each.claims
            if (claim.id, claim.epoch) in held
        ]
        for each in renewals
    ]
    for each, some in zip(renewals, kept, strict=True):
        ids = [claim.id for claim in some]
        connection.execute(_RENEW, {"ids": ids, "new_end": each.leased_until})
    return kept


def settle(connection: Connection, settlements: Sequence[Settlement]) -> list[bool]:
    """Whether each settlement took effect (False: the lease was lost, nothing was changed)."""
    held = _held(connection, (each.claim for each in settlements))
    effective, taken = [], []
    for each in settlements:
        mine = (each.claim.id, each.claim.epoch) in held
        taken.append(mine)
        if mine:
            held.remove((each.claim.id, each.claim.epoch))  # a second word on one lease is void
            effective.append(each)
    _close(connection, [each for each in effective if each.state is not State.READY])
    _return(connection, [each for each in effective if each.state is State.READY])
    return taken


def _close(connection: Connection, settled: Sequence[Settlement]) -> None:
    parked = [each.claim.item.record_id for each in settled if each.state is State.PARKED]
    if parked:  # a record is listed once as parked, with its latest reason
        stale = in_state(State.PARKED) & _c.record_id.in_(parked)
        connection.execute(delete(work_item).where(stale))
    alike: dict[tuple[State, str, str], list[Settlement]] = defaultdict(list)
    for each in settled:
        alike[each.state, each.text, each.note].append(each)
    for (state, text, note), some in alike.items():
        closing = {
            "ids": [each.claim.id for each in some],
            "new_state": state.value,
            "new_settled_at": max(each.at for each in some),  # they become durable together
            "new_outcome": text,
            "new_note": note,
        }
        connection.execute(_CLOSE, closing)


def _return(connection: Connection, settled: Sequence[Settlement]) -> None:
    if not settled:
        return
    waiting = waiting_rows(connection, (each.claim.item.record_id for each in settled))
    retries = _Retries()
    for each in settled:
        item = each.claim.item
        _place(retries, each, waiting.get((item.record_id, item.entry)))
    if retries.gone:
        connection.execute(delete(work_item).where(_c.id.in_(retries.gone)))
    if retries.back:
        connection.execute(_UPDATE, retries.back)
    if retries.joined:
        connection.execute(_UPDATE, retries.joined)


def _place(retries: _Retries, settlement: Settlement, sibling: Any) -> None:
    claim = settlement.claim
    values = {
        "row_id": claim.id,
        "available_at": settlement.available_at,
        "attempts": claim.item.attempts + 1,
        "failures": claim.failures + settlement.failed,
        "takeovers": claim.takeovers,
        "note": settlement.note,
    }
    if sibling is None:
        retries.back.append(values | {"state": State.READY.value, **_FREE})
        return
    whole = merged(item_of(sibling), claim.item)
    retries.gone.append(claim.id)
    retries.joined.append(
        values
        | {
            "row_id": sibling.id,
            "reason": whole.reason.value,
            "heard_at": whole.heard_at,
            "committed_at": whole.committed_at,
            "changed_fields": whole.changed_fields,
        }
    )


def expire_all(connection: Connection, asked: Sequence[None]) -> list[int]:
    """End every lease; for a store that is known to have no other living holder."""
    # A moment that any clock has passed, whatever it was set to when the lease was given.
    ended = update(work_item).where(in_state(State.LEASED)).values(leased_until=LONG_AGO)
    count = connection.execute(ended).rowcount
    return [count for _ in asked]
