"""What does a decision depend on? Everything in here, and nothing else.

Facts are gathered by the daemon (or written by an admin in a policy test); `flow.decide` only reads them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ortoo_daemon.callouts import CallAnswer, CallQuestion, HoldQuestion
from ortoo_daemon.directory import Directory, Point
from ortoo_daemon.interpretation import InterpretQuestion, Said
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.matches import Found, MatchQuestion
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkItem
from ortoo_daemon.repeats import KnownQuestion
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Where a rotation stands: virtual time of the pool and of each person who had a turn in it."""

    clock: float = 0.0
    at: Mapping[RecordId, float] = field(default_factory=dict)


class Tally(NamedTuple):
    """By what a rate limit counts: what a policy gave to one ``subject`` of a ``level``.

    The subject is the id of a person or rooftop, or of a team ``rooftop/role``; ``tag`` names the
    condition that the records met, and is empty for all of them.
    """

    policy: str
    level: str
    subject: str
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A record that was given to somebody, as rate limits count it.

    ``key`` is the decision's; ``at`` the whole second (since 1970, UTC) of the decision. ``tags`` name the
    conditions of limits that the record met; None where no limit has one.
    """

    key: str
    at: int
    tallies: tuple[Tally, ...]
    tags: tuple[str, ...] | None = None


FUSE_LEVEL = "fuse"
"""The level of a tally by which a fuse counts, beside those of rate limits."""


class Moved(NamedTuple):
    """How many records were moved within a fuse's time; ``free_at`` is the second (since 1970, UTC) from
    which on the next one may be, None while there is room."""

    had: int
    free_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Counters as they stand: open work held by each person, and each pool's rotation.

    ``open_work`` counts what the org shows plus what is reserved and not yet visible there. ``given`` are
    the seconds (since 1970, UTC, ascending) at which records were given, as far back as a rate limit asks.
    ``load`` is the open work of each person by its weight, where a policy weighs it. ``moved`` is by the
    name of a fuse.
    """

    open_work: Mapping[RecordId, int] = field(default_factory=dict)
    turns: Mapping[str, Turns] = field(default_factory=dict)
    given: Mapping[Tally, Sequence[int]] = field(default_factory=dict)
    load: Mapping[RecordId, float] = field(default_factory=dict)
    moved: Mapping[str, Moved] = field(default_factory=dict)


class PastOwnerQuestion(NamedTuple):
    """Who was last given a record whose ``field`` equals ``value``, since ``since``?

    Asked for sticky owners. The record at hand, ``beside``, does not count: one that is requeued would
    find itself. Answer: a user's id, or None.
    """

    object: str
    field: str
    value: str
    since: datetime
    beside: RecordId | None = None


class MailQuestion(NamedTuple):
    """What does the first e-mail that came in for this case ask for?

    ``patient``: the case is so young that its e-mail may be under way; who answers then waits for it.
    ``task`` is that of the models' catalogue by which a model reads it, too. Answer: MailFindings, or None
    where no e-mail came in.
    """

    object: str
    record: RecordId
    patient: bool = False
    task: str | None = None


class EnquiryQuestion(NamedTuple):
    """Which document stands in the e-mails of this record, or in files attached to it or them?

    ``patient``: the record is so young that they may be under way. Answer: a mapping of ``text`` (the
    document), ``where`` it stands, and ``left`` (what was not looked at, and why); without ``text`` there is
    none. NotAsked.REFUSED where the org refuses to be asked.
    """

    object: str
    record: RecordId
    patient: bool = False


Unlisted = frozenset[tuple[str, str]]
"""Fields, each with a value that its restricted pick-list does not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlistedQuestion:
    """Which of these ``values`` (field, value) would the org refuse, as no active ones of its pick-lists?

    Of a multi-select each part counts. Answer: Unlisted; None where nobody was asked.
    """

    object: str
    record: RecordId
    values: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFieldsQuestion:
    """What does the record hold in ``fields``, which were not read with it?

    They are those that a step alone looks at which reads few records: ``label`` names it. Answer: a Record;
    None where nothing is known of them, NotAsked.REFUSED where the org refuses to be asked.
    """

    object: str
    record: RecordId
    label: str
    fields: tuple[str, ...] = field(default=(), compare=False, repr=False)


class ContactKind(StrEnum):
    """How somebody was in touch with a customer.

    CALL, EMAIL_OUT: from our side; a call is a completed Task. EVENT: an appointment. The others come from
    the customer. Automatic replies are no contact.
    """

    CALL = "call"
    EMAIL_OUT = "email_out"
    EVENT = "event"
    CALL_IN = "call_in"
    EMAIL_IN = "email_in"


class Contact(NamedTuple):
    """One activity of a record. ``both_ways``: the customer took part in it."""

    kind: ContactKind
    at: datetime
    both_ways: bool = False


class NotAsked(StrEnum):
    """Why a question that only refines a decision was not asked. It is an answer: decide without."""

    BUDGET = "not asked: the org's API calls are short"
    REFUSED = "not asked: the org refuses the search"


class ModelOutcome(StrEnum):
    """How it went to ask language models for something. All but ANSWERED leave the rules' word."""

    ANSWERED = "answered"
    OFF = "off"
    OVER_BUDGET = "over_budget"
    TOO_LONG = "too_long"
    TIMED_OUT = "timed_out"
    OVERLOADED = "overloaded"
    DOWN = "down"
    REFUSED = "refused"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAttempt:
    """One request, or why none was sent. ``cost`` in millionths of the catalogue's currency.

    ``took_for`` is in milliseconds. ``objections`` say why an answer did not count; none quotes the record.
    ``together``: so many records shared the request; tokens and cost are this one's share.
    """

    model: str
    outcome: ModelOutcome
    detail: str = ""
    objections: tuple[str, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: int = 0
    took_for: int = 0
    together: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """What models said about a record, kept so that what follows from it can be decided again without them.

    ``answer`` has the form that ``form`` names, was checked against what was asked, and is None unless one
    counted. ``model`` is the catalogue's name of the one that gave it. ``choice`` is the rule that picked
    the models, from 1, 0 for none. ``prompt_hash`` is of all that was sent.
    """

    task: str
    outcome: ModelOutcome
    asked_at: datetime
    prompt: str
    form: str
    prompt_hash: str
    choice: int = 0
    model: str | None = None
    answer: Mapping[str, Any] | None = None
    attempts: tuple[ModelAttempt, ...] = ()
    currency: str = "USD"

    @property
    def tokens(self) -> int:
        """Of all requests, in and out."""
        return sum(a.tokens_in + a.tokens_out + a.tokens_cached for a in self.attempts)

    @property
    def cost(self) -> int:
        """Of all requests, in millionths of the currency."""
        return sum(attempt.cost for attempt in self.attempts)

    @property
    def took_for(self) -> int:
        """Milliseconds of all requests."""
        return sum(attempt.took_for for attempt in self.attempts)


Question = (
    VehicleQuestion
    | PastOwnerQuestion
    | MailQuestion
    | EnquiryQuestion
    | MatchQuestion
    | InterpretQuestion
    | KnownQuestion
    | LateFieldsQuestion
    | UnlistedQuestion
    | CallQuestion
    | HoldQuestion
)
Answer = (
    FieldValue
    | NotAsked
    | MailFindings
    | Said
    | tuple[Found, ...]
    | Record
    | CallAnswer
    | Mapping[str, FieldValue]
    | Vehicles
    | Unlisted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may depend on. Same facts, same decision, byte for byte.

    ``intake_owners`` are the owners from whom a record may be taken without asking (queues always may).
    ``usernames`` are users named in policies, by folded username, who are not on the roster. ``watched``
    are the fields whose change re-opens a record of this object; ``changed_since`` those of them that hold
    something else than when the record was decided, None where the item tells enough. ``contacts`` are the
    record's activities since its clocks began, oldest first; None where nobody looked them up.
    """

    item: WorkItem
    record: Record
    now: datetime
    directory: Directory
    workload: Workload = field(default_factory=Workload)
    postal: PostalIndex = field(default_factory=PostalIndex.empty)
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    intake_owners: frozenset[RecordId] = frozenset()
    usernames: Mapping[str, RecordId] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()
    changed_since: frozenset[str] | None = None
    contacts: tuple[Contact, ...] | None = None

    def with_counters(self, workload: Workload) -> "Facts":
        """The same with other counters."""
        return Facts(
            item=self.item,
            record=self.record,
            now=self.now,
            directory=self.directory,
            workload=workload,
            postal=self.postal,
            answers=self.answers,
            intake_owners=self.intake_owners,
            usernames=self.usernames,
            watched=self.watched,
            changed_since=self.changed_since,
            contacts=self.contacts,
        )

    def point_of(self, country: str | None, postal_code: str | None) -> Point | None:
        """The centre of a postal code, None when unknown."""
        return self.postal.find(country, postal_code)
