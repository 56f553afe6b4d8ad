"""How is a directory kept in a file, so that policies can be tried without an org?

Layout of version 1: ``v``, ``rooftops``, ``people``, ``queues``, ``hours``; each a list of objects with
the names of `directory`, in id order, what is empty left out. Written by the command line, read by
policy tests and by explaining a saved record. Pure: text in, text out.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.directory import Directory, Point, Queue, Rooftop, person_of
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.instants import instant_text

_Json = dict[str, Any]
_Value = TypeVar("_Value")
_ID, _NAME, _KEY = attrgetter("id"), attrgetter("name"), itemgetter(0)


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours stand in the directory under several keys: record id, name, and with closed days."""

    key: str
    week: BusinessHours


def directory_to_json(directory: Directory) -> str:
    """The directory as JSON, one line per entry, the same text for the same directory."""
    parts: dict[str, Iterable[object]] = {
        "rooftops": sorted(directory.rooftops.values(), key=_ID),
        "people": sorted(directory.people.values(), key=_ID),
        "queues": sorted(directory.queues.values(), key=_NAME),
        "hours": [
            _Hours(key=key, week=week) for key, week in sorted(directory.hours.items(), key=_KEY)
        ],
    }
    lines = [f'"{name}": [\n{_lines(entries)}\n]' for name, entries in parts.items()]
    return '{"v": 1,\n' + ",\n".join(lines) + "\n}\n"


def directory_from_json(text: str, *, file: str = "directory.json") -> Directory:
    """The directory that was kept. Raises ConfigError saying what of the file can't be read."""
    try:
        saved = json.loads(text)
        if saved["v"] != 1:
            raise ValueError(f"version {saved['v']}, known is 1")
        return Directory.of(
            rooftops=[_rooftop(entry) for entry in saved.get("rooftops", ())],
            people=[person_of(entry) for entry in saved.get("people", ())],
            queues=[_made(Queue, entry, sets=("objects",)) for entry in saved.get("queues", ())],
            hours={entry["key"]: _hours(entry["week"]) for entry in saved.get("hours", ())},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            [
                Problem(
                    place=Place(file),
                    rule="directory-file",
                    message=f"not a saved directory: {type(error).__name__}: {error}",
                    mend="write it anew from the org",
                )
            ]
        ) from error


def _lines(entries: Iterable[object]) -> str:
    return ",\n".join(json.dumps(_plain(entry), ensure_ascii=False) for entry in entries)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {
            name: _plain(part) for name, part in named if part not in (None, "", ()) and part != {}
        }
    if isinstance(value, frozenset):
        return sorted(_plain(part) for part in value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in sorted(value.items())}
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _made(kind: type[_Value], entry: _Json, *, sets: tuple[str, ...], **given: Any) -> _Value:
    known = {name: frozenset(part) if name in sets else part for name, part in entry.items()}
    return kind(**(known | given))


def _rooftop(entry: _Json) -> Rooftop:
    point = Point(**entry["point"]) if "point" in entry else None
    return _made(Rooftop, entry, sets=("brands",), point=point)


def _hours(entry: _Json) -> BusinessHours:
    windows = tuple(tuple((start, end) for start, end in day) for day in entry["windows"])
    closed = frozenset(date.fromisoformat(day) for day in entry.get("closed", ()))
    parts = ((date.fromisoformat(day), a, b) for day, a, b in entry.get("closed_parts", ()))
    return BusinessHours(
        name=entry["name"],
        zone=entry["zone"],
        windows=windows,
        closed=closed,
        closed_parts=frozenset(parts),
    )
