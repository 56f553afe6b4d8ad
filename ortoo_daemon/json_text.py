"""How is a value written as compact JSON? One way for all that is sent to the org and kept there. Pure."""

import json
from typing import Any

import orjson


def json_text(value: Any) -> str:
    """Without blanks, all letters as they are. Raises TypeError for what has no form in JSON."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Half of a surrogate pair, as broken senders leave them; anything else fails here, too.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_unwritten)


def json_bytes(value: Any) -> bytes:
    """The same as the body of a request."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # half a pair has no UTF-8
        return json.dumps(value, separators=(",", ":"), default=_unwritten).encode()


def compact_bytes(value: Any) -> bytes:
    """The same, to be kept for a while: orjson leaves room behind what it writes, up to twice as much."""
    return _without_room(json_bytes(value))


def written_once(value: Any) -> Any:
    """The value as a part of others: its JSON stands there already, and is only copied into theirs."""
    try:
        return orjson.Fragment(_without_room(orjson.dumps(value)))
    except TypeError:
        return value  # half a pair: written anew each time


def _without_room(written: bytes) -> bytes:
    return memoryview(written).tobytes()


def _unwritten(part: object) -> Any:
    """What was `written_once`, as a value again."""
    if isinstance(part, orjson.Fragment):
        return orjson.loads(orjson.dumps(part))
    raise TypeError(f"{type(part).__name__} has no form in JSON")
