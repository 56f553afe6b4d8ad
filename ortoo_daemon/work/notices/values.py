"""What is known of a notice, of what came of it, and of those that wait?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ortoo_daemon.records import RecordId
from ortoo_daemon.work.tables import NoticeState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """One notice to one recipient (none where a channel is told).

    ``outcome`` and ``owner`` are those of the decision, by which it is known again in the org. ``together``:
    may be told with others that wait for the same recipient. ``about`` is JSON of figures, where it tells of
    no record: then ``object`` is empty. ``instead_of`` is the name of somebody who can't be told and for whom
    the recipient stands in; it is found when it is told, and not kept.
    """

    key: str
    decision_key: str
    object: str
    record_id: RecordId
    outcome: str
    owner: str = ""
    told_to: str
    way: str
    template: str
    clock: str = ""
    recipient: str = ""
    urgent: bool = False
    together: bool = False
    held_at: datetime
    due_at: datetime
    attempts: int = 0
    about: str = ""
    note: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of a notice: told, dropped or given up; ``ready`` is another try at ``due_at``. One that
    ``counts`` is a try."""

    key: str
    state: NoticeState
    at: datetime
    due_at: datetime | None = None
    note: str = ""
    counts: bool = True


HANDING = "handoff:"
"""How the ways of handoffs begin; what comes behind is smtp, http or file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayWaiting:
    """Handoffs by one way: so many wait, so many of these were tried in vain, the oldest since then; so many
    were given up lately."""

    waiting: int = 0
    failing: int = 0
    given_up: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many notices wait, since when the oldest does, and when the next one is due. ``handoffs``, by way
    (``smtp``), are counted by themselves."""

    ready: int = 0
    held: int = 0
    oldest_at: datetime | None = None
    next_at: datetime | None = None
    handoffs: Mapping[str, WayWaiting] = field(default_factory=dict)
