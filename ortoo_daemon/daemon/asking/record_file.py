"""What does a file say of a record that no org has? What `explain FILE` decides about."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.records import FieldValue, RecordId, record_id

_MOST_NAMED = 4


class RecordFile(BaseModel):
    """A record in a file: ``{"object": "Lead", "fields": {...}, "now": "2026-11-23T10:15:00+01:00"}``."""

    model_config = ConfigDict(extra="forbid")

    object: str
    fields: dict[str, FieldValue]
    now: AwareDatetime | None = None
    id: str | None = None


def read_record_file(path: Path) -> tuple[RecordFile, RecordId]:
    """The record and its id, which is made up where the file has none. Raises ConfigError."""
    try:
        given = RecordFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _problem(path, f"can't be read: {error.strerror}") from error
    except ValidationError as error:
        raise _problem(path, "; ".join(_wrong_with(error))) from error
    try:
        return given, record_id(given.id or "000000000000000")
    except ValueError as error:
        raise _problem(path, str(error)) from error


def _wrong_with(error: ValidationError) -> Iterator[str]:
    """Keys that are missing, keys that do not belong there, then whatever else is wrong with a value."""
    at: dict[str, list[str]] = defaultdict(list)
    for each in error.errors():
        key = ".".join(map(str, each["loc"]))
        if each["type"] in ("missing", "extra_forbidden"):
            at[each["type"]].append(key)
        else:
            yield f"{key}: {each['msg']}" if key else str(each["msg"])
    if missing := at["missing"]:
        yield f"lacks {_named(missing)}"
    if odd := at["extra_forbidden"]:
        yield f"{_named(odd)}: what the record holds stands under 'fields'"


def _named(keys: list[str]) -> str:
    more = len(keys) - _MOST_NAMED
    return ", ".join(keys[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _problem(path: Path, message: str) -> ConfigError:
    mend = 'write {"object": "Lead", "fields": {...}, "now": "2026-11-23T10:15:00+01:00"}'
    place = Place(path.as_posix())
    return ConfigError([Problem(place=place, rule="record-file", message=message, mend=mend)])
