"""What goes wrong on demand?  Faults that tests and trials set through the control endpoint.

| kind          | what happens to a matching call                                            |
| ------------- | -------------------------------------------------------------------------- |
| error         | it is answered with `status`, `body` and `headers`, and not carried out    |
| lost_response | it is carried out and committed, then the connection closes unanswered     |
| hold          | it waits until the fault is removed, then goes on                          |
| row           | a row of `object` that a client writes is refused with `code`, `message`   |
|               | and `names` (of fields); of `ids` only, where given; with `above`: 25 only |
|               | where more than 25 rows are sent together, as triggers run out of limits;  |
|               | with `written` (fields): only where one of them is written                 |
| bayeux        | a CometD message on `channel` is refused with `error`, `advice` and `ext`; |
|               | of subscribe messages only those to `subscription`, when it is given       |
| silent        | connected clients get no events of `channel` (of any when it is empty)     |
| dropped       | an event of `channel` (of any …) is lost on its way; a replay brings it    |
| duplicated    | an event of `channel` (of any …) arrives twice                             |
| reordered     | several events that arrive together, one of `channel` (of any …) among     |
|               | them, come last first                                                      |

A fault matches by `method` (any when None), by `path`, a regular expression searched in the path with
its query, and by `holding`, another one that is searched in the body. `times` counts its uses; None
means until it is removed. A silent fault has no uses: it stays until it is removed, and with
`"until": "handshake"` only those clients are deaf that were connected when it was set. What a deaf
client missed waits for it, and can be replayed.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from ortoo_daemon.sandbox.bayeux.clients import Client
from ortoo_daemon.sandbox.bayeux.replies import Message, refusal
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.schema import ObjectType
from ortoo_daemon.sandbox.storage import Row
from ortoo_daemon.sandbox.unit import Unit

Delivered = tuple[str, str]
"""One event on its way to a client: its channel and its body."""


class FaultKind(StrEnum):
    """What a fault does."""

    ERROR = "error"
    LOST_RESPONSE = "lost_response"
    HOLD = "hold"
    ROW = "row"
    BAYEUX = "bayeux"
    SILENT = "silent"
    DROPPED = "dropped"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"


class Until(StrEnum):
    """What ends a silence for a client."""

    REMOVED = "removed"
    HANDSHAKE = "handshake"


_ON_HTTP = frozenset({FaultKind.ERROR, FaultKind.LOST_RESPONSE, FaultKind.HOLD})
_ON_EVENTS = frozenset({FaultKind.DROPPED, FaultKind.DUPLICATED})
_OWN = frozenset({"id", "used", "removed", "set_at"})


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault; the module's table says which members each kind reads."""

    kind: FaultKind
    path: str = ""
    method: str | None = None
    holding: str = ""
    times: int | None = 1
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    object: str = ""
    ids: Sequence[str] = ()
    above: int = 0
    code: str = "UNABLE_TO_LOCK_ROW"
    message: str = "unable to obtain exclusive access to this record"
    names: Sequence[str] = ()
    written: Sequence[str] = ()
    channel: str = ""
    subscription: str = ""
    until: str = Until.REMOVED
    error: str = ""
    advice: Mapping[str, Any] | None = None
    ext: Mapping[str, Any] | None = None
    id: int = 0
    used: int = 0
    removed: asyncio.Event = field(default_factory=asyncio.Event)
    set_at: float = 0.0

    def matches(self, method: str, path: str, body: str) -> bool:
        """Whether an HTTP call is met by this fault."""
        if self.kind not in _ON_HTTP or self.method not in (None, method):
            return False
        return bool(re.search(self.path, path) and re.search(self.holding, body))

    def refuses_row(self, object_name: str, row_id: str, given: Collection[str]) -> bool:
        """Whether a row that is written is met by this fault. ``given``: names of the written fields."""
        if self.kind is not FaultKind.ROW or self.object.lower() != object_name.lower():
            return False
        if self.written and not set(self.written) & set(given):
            return False
        return not self.ids or row_id in self.ids

    def refuses(self, message: Message) -> bool:
        """Whether a CometD message is met by this fault."""
        if self.kind is not FaultKind.BAYEUX or message.get("channel") != self.channel:
            return False
        return self.subscription in ("", message.get("subscription"))

    def concerns(self, channel: str) -> bool:
        """Whether events of a channel are met by this fault, if it is one that meets events."""
        return self.channel in ("", channel)

    def deafens(self, channel: str, opened_at: float) -> bool:
        """Whether a client that shook hands at that time hears nothing of a channel."""
        if self.kind is not FaultKind.SILENT or not self.concerns(channel):
            return False
        return self.until == Until.REMOVED or opened_at < self.set_at

    def as_json(self) -> dict[str, Any]:
        """The fault as the control endpoint shows it."""
        hidden = ("removed", "set_at")
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in hidden}


def fault_from(body: Mapping[str, Any]) -> Fault:
    """A fault from its JSON. Raises ValueError that says what is wrong."""
    settable = {f.name for f in fields(Fault)} - _OWN
    unknown = set(body) - settable
    if unknown:
        raise ValueError(f"no such member of a fault: {', '.join(sorted(unknown))}")
    try:
        kind = FaultKind(body.get("kind", ""))
        for name in ("path", "holding"):
            re.compile(str(body.get(name, "")))
    except re.error as error:
        raise ValueError(f"{name} is no regular expression: {error}") from error
    except ValueError as error:
        raise ValueError(f"kind must be one of {', '.join(FaultKind)}") from error
    if kind is FaultKind.ROW and not body.get("object"):
        raise ValueError("a fault of rows needs the name of their object")
    if body.get("until", Until.REMOVED) not in tuple(Until):
        raise ValueError(f"until must be one of {', '.join(Until)}")
    return Fault(**{**body, "kind": kind})


class Faults:
    """The faults set now. `on_remove` is called after some were removed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._faults: dict[int, Fault] = {}
        self._last = 0
        self._monotonic = monotonic
        self.on_remove: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults.values()))

    def add(self, fault: Fault) -> Fault:
        """Set a fault; it gets its id."""
        self._last += 1
        fault.id = self._last
        fault.set_at = self._monotonic()
        self._faults[fault.id] = fault
        return fault

    def remove(self, ids: Iterable[int] | None = None) -> int:
        """Remove faults by id, or all of them; calls held by them go on. Returns how many."""
        doomed = [self._faults[i] for i in ids or tuple(self._faults) if i in self._faults]
        for fault in doomed:
            del self._faults[fault.id]
            fault.removed.set()
        self.on_remove()
        return len(doomed)

    def deaf(self, client: Client, channel: str) -> bool:
        """Whether a client hears nothing of a channel now."""
        return any(each.deafens(channel, client.opened_at) for each in self._faults.values())

    @property
    def read_bodies(self) -> bool:
        """Whether it takes the body of a call to know what meets it."""
        return any(each.holding for each in self._faults.values())

    def take(self, method: str, path: str, body: str = "") -> Fault | None:
        """The first fault that meets an HTTP call, counted as used."""
        return self._use(each for each in self if each.matches(method, path, body))

    def refuse_row(self, unit: Unit, kind: ObjectType, row: Row, given: Collection[str]) -> None:
        """Raises OrgError where a row that comes from a client is to be refused."""
        if not self._faults or unit.caller.api != "rest":
            return
        fault = self._use(
            each
            for each in self
            if unit.together > each.above and each.refuses_row(kind.name, row["Id"], given)
        )
        if fault is not None:
            raise OrgError(fault.code, fault.message, tuple(fault.names))

    def bayeux_refusal(self, message: Message) -> Message | None:
        """The refusal that a CometD message gets instead of its answer, if any."""
        fault = self._use(each for each in self if each.refuses(message))
        if fault is None:
            return None
        return refusal(message, fault.error, advice=fault.advice, ext=fault.ext)

    def spoil(self, events: Sequence[Delivered]) -> Sequence[Delivered]:
        """What arrives of the events that are delivered together."""
        if not self._faults:
            return events
        arriving: list[Delivered] = []
        for event in events:
            fault = self._use(
                each for each in self if each.kind in _ON_EVENTS and each.concerns(event[0])
            )
            copies = 1 if fault is None else 2 if fault.kind is FaultKind.DUPLICATED else 0
            arriving += [event] * copies
        return arriving[::-1] if self._reorders(arriving) else arriving

    def _reorders(self, events: Sequence[Delivered]) -> bool:
        if len(events) < 2:
            return False
        return None is not self._use(
            fault
            for fault in self
            if fault.kind is FaultKind.REORDERED
            and any(fault.concerns(channel) for channel, _ in events)
        )

    def _use(self, matching: Iterable[Fault]) -> Fault | None:
        for fault in matching:
            if fault.times is not None and fault.used >= fault.times:
                continue
            fault.used += 1
            if fault.used == fault.times and fault.kind is not FaultKind.HOLD:
                del self._faults[fault.id]
            return fault
        return None
