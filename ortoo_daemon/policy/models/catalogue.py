"""Which models may be asked for which task, with which data, how long and for how much?

The nouns of ``models.yaml``. Prices are per million tokens, in the catalogue's currency; costs are whole
millionths of it, so that sums of many small ones are exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import ceil
from urllib.parse import urlsplit

MILLION = 1_000_000


class TaskName(StrEnum):
    """What a model may be asked for."""

    TRIAGE = "triage"
    LEAD_PROFILE = "lead_profile"
    SUMMARY = "summary"
    REPLY_DRAFT = "reply_draft"


class Dialect(StrEnum):
    """How a provider is spoken to."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"


class Otherwise(StrEnum):
    """What stands when no model of the task gave an answer that counts."""

    RULES = "rules"
    PERSON = "person"


class Disagreement(StrEnum):
    """What stands where rules and model say different things."""

    PREFER_RULES = "prefer_rules"
    PREFER_MODEL = "prefer_model"
    BOTH_OR_PERSON = "both_or_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """What a task could send at most; ``clear`` are kinds of personal data that need not be replaced."""

    fields: tuple[str, ...]
    parts: tuple[str, ...]
    rooftop: tuple[str, ...]
    clear: tuple[str, ...]


_IN_TEXTS = (
    "dealer_code",
    "vin",
    "phone",
    "email",
    "plate",
    "order",
    "listing",
    "invoice",
    "claim",
    "case",
    "name",
    "account_number",
    "link",
)

_OF_MAIL = Sendable(
    fields=("subject", "language", "sender_domain", "received_at", "attachments"),
    parts=("greeting", "new", "header", "quoted", "forwarded", "signature", "disclaimer"),
    rooftop=("name", "code", "group", "brands", "town", "country", "closed"),
    clear=_IN_TEXTS,
)
_OF_TEXT = Sendable(
    fields=("subject", "language", "source", "brand", "model", "request"),
    parts=("description", "comments", "transcript", "new"),
    rooftop=(),
    clear=_IN_TEXTS,
)

SENDABLE: Mapping[TaskName, Sendable] = {
    TaskName.TRIAGE: _OF_MAIL,
    TaskName.REPLY_DRAFT: _OF_TEXT,
    TaskName.LEAD_PROFILE: _OF_TEXT,
    TaskName.SUMMARY: _OF_TEXT,
}

PROMPTS: Mapping[TaskName, tuple[str, ...]] = {
    TaskName.TRIAGE: ("triage/1",),
    TaskName.LEAD_PROFILE: ("lead_profile/1",),
    TaskName.SUMMARY: ("summary/1",),
    TaskName.REPLY_DRAFT: ("reply_draft/1",),
}
"""Versions of the instructions, the latest last."""

ANSWERS: Mapping[TaskName, tuple[str, ...]] = {
    TaskName.TRIAGE: ("triage/1",),
    TaskName.LEAD_PROFILE: ("values/1",),
    TaskName.SUMMARY: ("values/1",),
    TaskName.REPLY_DRAFT: ("values/1",),
}
"""Versions of the form of answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody who answers. ``url`` names the only host that is contacted for it.

    After ``pause_after`` failures in a row it is left alone for ``pause_for``. ``needs_key`` is False for
    those that ask for none, on the same machine or behind an own gateway.
    """

    name: str
    dialect: Dialect
    url: str
    parallel: int = 4
    pause_after: int = 5
    pause_for: timedelta = timedelta(minutes=1)
    needs_key: bool = True
    key_file: str | None = None
    proxy: str | None = None

    @property
    def host(self) -> str:
        """Host and port, in small letters."""
        return urlsplit(self.url).netloc.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """For a million tokens each. What is read from a cache, or written into it, may cost differently."""

    input: float
    output: float
    cache_read: float
    cache_write: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How many tokens went in and out. ``input`` leaves out what a cache gave or took."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model by the catalogue's name for it; ``called`` is the provider's."""

    name: str
    provider: str
    called: str
    price: Price
    takes_temperature: bool = True

    def cost(self, used: Tokens) -> int:
        """What so many tokens cost, in millionths of the currency, rounded up."""
        price = self.price
        exact = (
            used.input * price.input
            + used.output * price.output
            + used.cache_read * price.cache_read
            + used.cache_write * price.cache_write
        )
        return ceil(round(exact, 6))

    def most_cost(self, *, input: int, output: int) -> int:
        """What a call can cost at most, whatever the cache does."""
        dearest = max(self.price.input, self.price.cache_write)
        return ceil(round(input * dearest + output * self.price.output, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What leaves the machine, by allow-list; all else is left out, or replaced by tokens."""

    fields: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    rooftop: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where all of its conditions hold, ``models`` are asked, in this order.

    ``languages`` are ISO 639-1; ``longer_than`` counts characters; ``value_above`` is in the record's own
    currency; ``budget_left_below`` is in percent of the day's. None and empty conditions always hold.
    """

    models: tuple[str, ...]
    languages: frozenset[str] = frozenset()
    longer_than: int | None = None
    value_above: float | None = None
    budget_left_below: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What may be spent, in millionths of the currency: each day (UTC), and on one record in all."""

    day: int
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """Short texts that come within ``window`` share a request: ``most`` of them, each of at most ``text``
    tokens, with ``answer`` tokens for what is said of it."""

    window: timedelta = timedelta(milliseconds=300)
    most: int = 8
    text: int = 400
    answer: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Everything that bounds one task. ``tries`` counts requests to each model."""

    name: TaskName
    enabled: bool
    models: tuple[str, ...]
    sending: Sending
    prompt: str
    answer: str
    budget: Spending
    choices: tuple[Choice, ...] = ()
    temperature: float = 0.0
    most_input: int = 6_000
    most_output: int = 1_500
    time_limit: timedelta = timedelta(seconds=20)
    tries: int = 2
    confidence: float = 0.8
    disagreement: Disagreement = Disagreement.BOTH_OR_PERSON
    otherwise: Otherwise = Otherwise.RULES
    batch: Batching | None = None


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The file, read. Nothing is asked while ``enabled`` is False, whatever the tasks say."""

    enabled: bool
    currency: str
    providers: Mapping[str, Provider] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    tasks: Mapping[TaskName, Task] = field(default_factory=dict)

    def task(self, name: TaskName) -> Task | None:
        """The task where it may be asked for; None while it, or everything, is off."""
        found = self.tasks.get(name)
        return found if self.enabled and found is not None and found.enabled else None

    @property
    def in_use(self) -> Mapping[str, Provider]:
        """Providers that some enabled task may ask."""
        tasks = [task for name in self.tasks if (task := self.task(name)) is not None]
        models = {
            model
            for task in tasks
            for model in (*task.models, *(m for choice in task.choices for m in choice.models))
        }
        names = {self.models[model].provider for model in models}
        return {name: self.providers[name] for name in sorted(names)}


def money(text: float) -> int:
    """An amount of the currency in millionths."""
    return round(text * MILLION)
