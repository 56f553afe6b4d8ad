"""What belongs to one transaction?  Who acts, when, what it changed so far, what it has looked up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.sandbox.changes import Change, PlatformEvent, Transaction, merge
from ortoo_daemon.sandbox.storage import Storage
from ortoo_daemon.sandbox.values import format_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who writes, and through what: ends up in stamps and change events."""

    user_id: str
    client: str | None = None
    api: str = "rest"
    version: str = "66.0"


@dataclass(slots=True, kw_only=True)
class Unit:
    """An open transaction. One clock reading stamps all its rows.

    `events` go out when it commits, `events_at_once` whatever becomes of it. `together` is how many
    rows the caller sent in one piece: triggers run over all of them at once.
    """

    caller: Caller
    started_at: datetime
    storage: Storage
    changes: dict[str, Change] = field(default_factory=dict)
    events: list[PlatformEvent] = field(default_factory=list)
    events_at_once: list[PlatformEvent] = field(default_factory=list)
    # Answers of the reference rules, valid until a part is undone: see `references`.
    looked_up: dict[Any, Any] = field(default_factory=dict)
    stamp: str = ""
    together: int = 1

    def __post_init__(self) -> None:
        self.stamp = format_datetime(self.started_at)

    def record(self, change: Change) -> None:
        """Take a change in, merged with what the transaction did to the record before."""
        if change.entity in ("User", "Group", "QueueSobject"):
            self.looked_up.clear()
        earlier = self.changes.get(change.record_id)
        merged = change if earlier is None else merge(earlier, change)
        if merged is None:
            del self.changes[change.record_id]
        else:
            self.changes[change.record_id] = merged

    @contextmanager
    def part(self) -> Iterator[Part]:
        """A part of the transaction that can be undone alone."""
        part = Part()
        kept, published = dict(self.changes), len(self.events)
        self.storage.savepoint()
        try:
            yield part
        except BaseException:
            part.undone = True
            raise
        finally:
            self.storage.release(undo=part.undone)
            if part.undone:
                self.changes = kept
                del self.events[published:]
                self.looked_up.clear()

    def undone(self) -> None:
        """Nothing of it stands, but for the events that were published at once."""
        self.changes.clear()
        self.events.clear()

    def ended(self, key: str) -> Transaction | None:
        """What is told of it; None when nothing came of it."""
        if not (self.changes or self.events or self.events_at_once):
            return None
        return Transaction(
            key=key,
            user_id=self.caller.user_id,
            client=self.caller.client,
            api=self.caller.api,
            version=self.caller.version,
            committed_at=self.started_at,
            changes=tuple(self.changes.values()),
            events=(*self.events_at_once, *self.events),
        )


@dataclass(slots=True)
class Part:
    undone: bool = False

    def undo(self) -> None:
        self.undone = True


def transaction_key(number: int) -> str:
    """A unique key in the platform's shape, a UUID-like text that starts with 0."""
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
