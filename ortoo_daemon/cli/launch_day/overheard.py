"""What does the daemon say while it works? Its log, followed line by line."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

HANDLED = "record_handled"
SPLIT = "record_split"
REFUSED, RELOADED = "policies.refused", "policies.reloaded"
SUBSCRIBED, READY = "stream.subscribed", "service.ready"
LISTENING = "watch.listening"


class DaemonLog:
    """Reads what was added since the last look. ``troubles`` gathers errors and what is no JSON.

    The word that an edit was refused is none: the demo makes a wrong one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self.troubles: list[str] = []

    def new_lines(self) -> Iterator[Mapping[str, Any]]:
        """Whole lines only; one that is still being written waits for the next look."""
        with self._path.open("rb") as stream:
            stream.seek(self._read)
            fresh = stream.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        for text in whole.decode("utf-8", "replace").splitlines():
            line = _parsed(text)
            if line is None or (
                line.get("level") in ("error", "critical") and line.get("event") != REFUSED
            ):
                self.troubles.append(text)
            if line is not None:
                yield line


def said_at(line: Mapping[str, Any]) -> float:
    """When a line was logged, in seconds since 1970."""
    return datetime.fromisoformat(str(line["timestamp"])).timestamp()


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
