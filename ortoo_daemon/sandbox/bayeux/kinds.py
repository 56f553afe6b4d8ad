"""What kind of channel is this?  Told by how its name begins."""

from __future__ import annotations

CHANGES = "/data/"
EVENTS = "/event/"
TOPICS = "/topic/"


def is_legacy(channel: str) -> bool:
    """PushTopics: retained for a day, and with an allocation of their own."""
    return channel.startswith(TOPICS)
