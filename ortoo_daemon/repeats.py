"""What does the earlier record of a customer hold, and what does it get when they ask again? Shared values.

A `KnownQuestion` asks for the earlier record; `action.repeats` says what it gets (`KnownUpdate`), which the
daemon writes together with the line that says so: what stands in that line has been done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ortoo_daemon.records import FieldValue, RecordId

REPEATS = "Ortoo_Repeats__c"
"""Who asked again, a line for each enquiry, on the earlier record: when, the enquiry's id, its source."""

REPEATS_LENGTH = 32_768

ASKED_AGAIN_AT = "Ortoo_Asked_Again_At__c"
"""When the customer of the earlier record asked last, by another enquiry."""

OWN_FIELDS = frozenset({REPEATS, ASKED_AGAIN_AT})


class KnownQuestion(NamedTuple):
    """What do these fields of an earlier record hold?

    Answer: a Record; None where it is gone, NotAsked where nobody was asked.
    """

    object: str
    id: RecordId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The enquiry as a task on the earlier record. ``owner`` is a user; None: whoever writes it."""

    subject: str
    text: str
    owner: RecordId | None = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUpdate:
    """What an earlier record gets. ``fields`` are the policy's, ``own`` the daemon's and what counts repeats;
    ``before`` is what was read, by which the write is guarded, ``modified_at`` when that was modified.

    ``attached`` is made in the same transaction.
    """

    object: str
    record_id: RecordId
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    own: Mapping[str, FieldValue]
    before: Mapping[str, FieldValue]
    modified_at: str
    attached: Attached | None = None
