"""What did watched fields hold when a record was decided, and which of them differ now? Pure.

Kept in the decision record, so that a change which nobody named can be told from none: an event may say
that a record changed and not what.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from ortoo_daemon.handling import same_value
from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, Record

_KEPT_WHOLE = 200


def watched_values(
    record: Record, written: Mapping[str, FieldValue], names: Iterable[str]
) -> dict[str, FieldValue]:
    """Watched fields as the decision leaves them: as they were read, with what was written over it.

    Long texts are kept as a hash.
    """
    values = {**record.fields, **written}
    return {name: _kept(values[name]) for name in sorted(names) if name in values}


def differing(kept: Mapping[str, Any], record: Record) -> frozenset[str]:
    """The kept fields that hold something else now."""
    return frozenset(
        name for name, value in kept.items() if not _same(value, _kept(record.get(name)))
    )


def _kept(value: FieldValue) -> FieldValue:
    if isinstance(value, str) and len(value.strip()) > _KEPT_WHOLE:
        return "sha256:" + hashlib.sha256(value.strip().encode()).hexdigest()
    return value.strip() if isinstance(value, str) else value


def _same(left: FieldValue, right: FieldValue) -> bool:
    """One to the org: it writes the same moment in more than one way."""
    moment = instant(left)
    return same_value(left, right) or (moment is not None and moment == instant(right))
