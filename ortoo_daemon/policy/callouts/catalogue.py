"""What is a service that policies may call, once ``services.yaml`` has been read?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.callouts.paths import AnswerPath
from ortoo_daemon.policy.callouts.request import Body, Written


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


REPEATABLE = frozenset({Method.GET, Method.PUT, Method.DELETE})
"""Methods that may be sent twice without harm, by HTTP's own word."""


class AuthKind(StrEnum):
    """How a service knows us. NONE: it does not ask."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"
    HEADER = "header"
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """``user`` is that of BASIC, ``header`` the name of HEADER; the rest is of OAUTH (client credentials).

    The secret itself (token, password, key or client secret) stands in ``secret_file`` or elsewhere, never
    in the catalogue.
    """

    kind: AuthKind = AuthKind.NONE
    user: str = ""
    header: str = ""
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    audience: str = ""
    secret_file: str | None = None


class AnswerType(StrEnum):
    """What a part of an answer must be. ANY: whatever JSON it is."""

    ANY = "any"
    TEXT = "text"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPart:
    """``name`` in the answer as policies see it is what ``path`` picks out of what came."""

    name: str
    path: AnswerPath
    type: AnswerType = AnswerType.ANY
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRule:
    """Answers to the same request count for so long; the oldest go when there are more than ``at_most``."""

    keep_for: timedelta
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Requests to a service: so many in each stretch of time."""

    at_most: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. ``url`` is ready to be written with what is sent; no other host is contacted for it.

    ``internal``: it may be on this machine or in a private network. ``idempotency_key`` names the header by
    which the service knows a repeated request. ``reads``: calling it changes nothing there.
    """

    name: str
    enabled: bool = True
    url: Written
    method: Method = Method.GET
    query: Mapping[str, Written] = field(default_factory=dict)
    headers: Mapping[str, Written] = field(default_factory=dict)
    body: Body | None = None
    auth: Auth = field(default_factory=Auth)
    internal: bool = False
    ca_file: str | None = None
    time_limit: timedelta = timedelta(seconds=10)
    tries: int = 2
    idempotency_key: str | None = None
    reads: bool = True
    parallel: int = 8
    rate_limit: Rate | None = None
    cache: CacheRule | None = None
    most_bytes: int = 262_144
    pause_after: int = 5
    pause_for: timedelta = timedelta(minutes=1)
    answer: tuple[AnswerPart, ...] = ()
    place: Place

    @property
    def host(self) -> str:
        return urlsplit(self.url.text).hostname or ""

    @property
    def may_repeat(self) -> bool:
        """Whether a request of which nobody knows what became may be sent once more."""
        return self.method in REPEATABLE or self.idempotency_key is not None

    def takes(self) -> frozenset[str]:
        """The names of everything it can be sent."""
        found: set[str] = set(self.url.names())
        for each in (*self.query.values(), *self.headers.values()):
            found |= each.names()
        return frozenset(found | (self.body.names() if self.body else frozenset()))

    def needs(self) -> frozenset[str]:
        """Of these, what its URL can't do without."""
        return self.url.names()

    def part(self, name: str) -> AnswerPart | None:
        return next((part for part in self.answer if part.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The whole file, by name; ``digest`` tells two versions of it apart."""

    services: Mapping[str, Service] = field(default_factory=dict)
    digest: str = ""
