"""How far has each event channel been read, such that nothing before it can be lost?

A checkpoint is written in the transaction of the items it stands behind (`work.waiting.put`).
Batch functions for `work.thread`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ortoo_daemon.work.tables import checkpoint, meta

_NOTE = "note:"  # keeps the daemon's notes apart from the store's own keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The last event of a channel whose work is durable.

    ``replay_id`` is opaque: ids are neither contiguous nor unique for ever, so they are compared for
    equality only and the last one written wins. ``event_at`` is when that event was created.
    """

    channel: str
    replay_id: str
    event_at: datetime | None = None


def save_checkpoints(connection: Connection, saved: Sequence[Checkpoint]) -> None:
    """Write the last one of each channel."""
    last = {each.channel: each for each in saved}
    if not last:
        return
    connection.execute(delete(checkpoint).where(checkpoint.c.channel.in_(last)))
    rows = [
        {"channel": each.channel, "replay_id": each.replay_id, "event_at": each.event_at}
        for each in last.values()
    ]
    connection.execute(insert(checkpoint), rows)


def load_checkpoints(connection: Connection, asked: Sequence[None]) -> list[dict[str, Checkpoint]]:
    rows = connection.execute(select(checkpoint).order_by(checkpoint.c.channel))
    found = {
        row.channel: Checkpoint(channel=row.channel, replay_id=row.replay_id, event_at=row.event_at)
        for row in rows
    }
    return [found for _ in asked]


def forget_checkpoints(connection: Connection, channels: Sequence[str]) -> list[None]:
    connection.execute(delete(checkpoint).where(checkpoint.c.channel.in_(channels)))
    return [None for _ in channels]


def save_notes(connection: Connection, notes: Sequence[tuple[str, str]]) -> list[None]:
    last = {_NOTE + key: value for key, value in notes}
    connection.execute(delete(meta).where(meta.c.key.in_(last)))
    connection.execute(insert(meta), [{"key": key, "value": last[key]} for key in last])
    return [None for _ in notes]


def load_notes(connection: Connection, keys: Sequence[str]) -> list[str | None]:
    query = select(meta.c.key, meta.c.value).where(meta.c.key.in_([_NOTE + key for key in keys]))
    found = {row.key: row.value for row in connection.execute(query)}
    return [found.get(_NOTE + key) for key in keys]
