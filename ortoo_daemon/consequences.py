"""What follows from a decision beside owner and fields: who is told, what is made, shared and handed on?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.records import FieldValue, RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignJoin:
    """The Campaign whose field ``by`` holds ``value``, and the member's status there."""

    by: str
    value: str
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEvent:
    """A platform event for others, published with the proof of the decision: its API name and its fields."""

    name: str
    fields: Mapping[str, FieldValue]


class ShareState(StrEnum):
    """GIVEN: shared. HELD: not yet, for lack of consent. WITHDRAWN: no more, as consent was taken back."""

    GIVEN = "given"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShare:
    """Whom the record is shared with, beside its owner: ``name`` as the policy says it, ``to`` the id, None
    of a public group and of the members of a ``queue``, which are looked up. ``access`` is ``read`` or
    ``edit``, ``place`` where the policy says so."""

    name: str
    to: RecordId | None
    access: str
    queue: bool = False
    state: ShareState = ShareState.GIVEN
    place: Place | None = field(default=None, compare=False)


class NoticeTo(StrEnum):
    """Who is told.

    OWNER: who holds the record once it is decided; of a queue its members. MANAGER: the owner's manager,
    else the manager of the record's rooftop. ROOFTOP: the managers of the record's rooftop. QUEUE: the
    members of a queue. USER: somebody by name. ON_CALL: whoever reads the channel; no user of the org.
    ASSIGNER: who gave the record to its owner by hand.
    """

    OWNER = "owner"
    MANAGER = "manager"
    ROOFTOP = "rooftop"
    QUEUE = "queue"
    USER = "user"
    ON_CALL = "on_call"
    ASSIGNER = "assigner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody is to be told of a decision. Texts are made when it is sent, from ids alone.

    ``by`` is a way of the org's (``salesforce``, ``chatter``, ``task``, ``email_alert``) or the name of a
    channel in ``ortoo.yaml``; ``template`` the name of a template. ``recipients`` are ids of users (of a
    queue: its own), empty where a channel alone is told. An ``urgent`` one heeds neither quiet hours nor
    ``digest_for``, the time within which notices to the same recipient are told together. ``clock`` names
    the SLA clock that it is about.
    """

    to: NoticeTo
    by: str
    template: str
    recipients: tuple[RecordId, ...] = ()
    urgent: bool = False
    digest_for: timedelta | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """The record is handed to the system of a rooftop, ``by`` smtp, http or file, under the policy's rule.

    ``key`` is the same over all tries. ``held``: not before there is consent.
    """

    rooftop: RecordId
    by: str
    policy: str
    key: str
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record that is to be made, unless one with ``key`` in ``key_field`` stands already."""

    object: str
    key_field: str
    key: str
    fields: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """A closed record that an e-mail answers, and what it gets so that somebody sees to it again."""

    object: str
    record_id: RecordId
    fields: Mapping[str, FieldValue]
