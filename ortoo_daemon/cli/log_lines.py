"""What does one line of the log say, is it asked for, and how does a person read it?

Lines are data from elsewhere: control characters never reach the terminal.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ortoo_daemon.audit.line import EVENT
from ortoo_daemon.cli.controls import without_controls

Line = Mapping[str, Any]

_LEVELS = ("debug", "info", "warning", "error", "critical")
_LOOKS = {"debug": "dim", "warning": "yellow", "error": "bold red", "critical": "bold red"}
_FRAME = ("timestamp", "level", "event", "logger", "exception")
_RECORD = ("record", "record_id")
_REASONS = ("reason", "code", "parked_for")
_SAID = (
    "object",
    "record",
    "outcome",
    "reason",
    "parked_for",
    "rule",
    "policy",
    "owner",
    "rooftop",
)
"""Members of the canonical line that its sentence holds, wherever they stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which lines are asked for; None asks for nothing. Ids have 18 characters."""

    record: str | None = None
    rooftop: str | None = None
    reason: str | None = None
    level: str = "debug"

    def takes(self, line: Line | None) -> bool:
        """Whether to show a line; one that is no JSON passes only where nothing is filtered."""
        if line is None:
            return self == Filter()
        return (
            _LEVELS.index(self.level) <= _level(line)
            and self._matches(line, self.record, _RECORD)
            and self._matches(line, self.rooftop, ("rooftop",))
            and self._matches(line, self.reason, _REASONS)
        )

    @staticmethod
    def _matches(line: Line, wanted: str | None, members: tuple[str, ...]) -> bool:
        return wanted is None or any(line.get(member) == wanted for member in members)


def parsed(text: str) -> Line | None:
    """The line's members; None for text that is no log line (a traceback, a start message)."""
    if not text.startswith("{"):
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "event" in line else None


def rendered(line: Line) -> Text:
    """Moment, level, event, and what it says; the cause of a failure below it."""
    level = str(line.get("level", ""))
    look = _LOOKS.get(level, "")
    moment = str(line.get("timestamp", "")).replace("T", " ").rstrip("Z")[:23]
    text = Text(no_wrap=True, overflow="ignore")
    text.append(without_controls(f"{moment:23} "), "dim")
    text.append(without_controls(f"{level:8}"), look)
    if line.get("event") == EVENT:
        text.append(without_controls(_sentence(line)), look)
    else:
        text.append(without_controls(f"{line['event']}  "), look or "bold")
        text.append(without_controls(_pairs(line, _FRAME)), look)
    for cause in _causes(line.get("exception")):
        text.append(without_controls(f"\n    {cause}", keep="\n"), "red")
    return text


def _sentence(line: Line) -> str:
    why = line.get("reason", "")
    if line.get("parked_for"):
        why = f"{why}: {line['parked_for']}"
    text = f"{line.get('object', '')} {line.get('record', '')} {line.get('outcome', '')} ({why})"
    if line.get("owner"):
        text += f" → {line['owner']}"
    if line.get("rooftop"):
        text += f" at {line['rooftop']}"
    if line.get("policy"):
        rule = f" / {line['rule']}" if line.get("rule") else ""
        text += f", {line['policy']}{rule}"
    return f"{text}  {_pairs(line, (*_FRAME, *_SAID))}".rstrip()


def _pairs(line: Line, but: tuple[str, ...]) -> str:
    return " ".join(
        f"{name}={_value(value)}"
        for name, value in line.items()
        if name not in but and value is not None
    )


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value if value and " " not in value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def _causes(exception: Any) -> Iterator[str]:
    """Each exception of a chain with the place that raised it; variables are left out."""
    if isinstance(exception, str):
        yield from exception.rstrip().splitlines()[-1:]
        return
    for each in exception if isinstance(exception, list) else ():
        if not isinstance(each, Mapping):
            continue
        frames = each.get("frames") or [{}]
        last = frames[-1] if isinstance(frames[-1], Mapping) else {}
        place = f"{last.get('filename', '?')}:{last.get('lineno', '?')}"
        yield f"{each.get('exc_type')}: {each.get('exc_value')}  ({place})"


def _level(line: Line) -> int:
    level = str(line.get("level", "info"))
    return _LEVELS.index(level) if level in _LEVELS else _LEVELS.index("info")
