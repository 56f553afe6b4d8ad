"""Which events could not be taken, and what did they look like? The last ones are kept in the store.

An event that can't be taken must cost itself only: it is kept here, its records are looked for in the org
itself, and the channel is read on. What is kept shows how the event was built, and no value that a person
may have written.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.salesforce.stream.messages import StreamEvent, UnreadEvent, outline
from ortoo_daemon.work.queue import WorkQueue

NOTE = "stream.set_aside"

_MOST_KEPT = 20
_LONGEST = 4_000


async def keep_aside(queue: WorkQueue, event: StreamEvent, reason: str, *, now: datetime) -> str:
    """Keep the event with the last ones; returns what it looked like. Raises StateError."""
    shape = shape_of(event)
    kept = {
        "at": instant_text(now),
        "channel": event.channel,
        "replay_id": str(event.replay_id),
        "reason": reason,
        "event": shape,
    }
    before = await kept_aside(queue)
    await queue.note(NOTE, json.dumps([kept, *before][:_MOST_KEPT]))
    return shape


async def kept_aside(queue: WorkQueue) -> list[dict[str, str]]:
    """The last events that were set aside, the newest first. Raises StateError."""
    text = await queue.noted(NOTE)
    try:
        return list(json.loads(text)) if text else []
    except ValueError:  # of another program's making: what is kept next takes its place
        return []


def shape_of(event: StreamEvent) -> str:
    """The event as JSON: ids, API names and times; of other values the type and length alone."""
    if isinstance(event, UnreadEvent):
        return event.shape[:_LONGEST]
    parts = asdict(event)
    if "payload" in parts:
        parts["payload"] = outline(parts["payload"])
    return json.dumps(parts, default=_plain, sort_keys=True)[:_LONGEST]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, datetime):
        return instant_text(value)
    return dict(value) if isinstance(value, Mapping) else str(value)
