"""What can go wrong, in words every package shares.

::

    OrtooError
    ├── ConfigError            files that an admin can mend; carries every Problem found
    ├── OrgError               the org refused or could not answer
    │   ├── LoginError         no token to be had
    │   ├── TemporaryOrgError  may work later: lock, limit, time-out, 5xx
    │   │   ├── ApiLimitError      the 24 h budget of API calls is used up
    │   │   ├── OutcomeUnknownError  sent, but nobody knows whether it was committed
    │   │   └── TooLateError       not sent: by its end somebody else might do the same
    │   ├── CallRefusedError   a whole call was refused: that tells nothing of the records in it
    │   └── PermanentOrgError  will not work however often it is sent
    │       ├── RecordGoneError    deleted, converted or never there
    │       └── StaleRecordError   changed since it was read (HTTP 412, or our validation rule)
    └── StateError             the daemon's own store can't be used
        ├── StoreAwayError     its server does not answer: it may come back
        └── NotLeadingError    another daemon on the same store does this by now
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """Where in a file something stands. Lines and columns count from 1.

    A tuple: ten thousand rules make hundreds of thousands of them, which are compared, sorted and looked up.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return _place_text(self)


@lru_cache(maxsize=8192)  # each decision's trace names dozens, mostly the same ones
def _place_text(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


class Level(StrEnum):
    """An error keeps a policy from being used; a hint is worth a look and stops nothing."""

    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing an admin should mend: where, which rule found it, what is wrong, how to mend it."""

    place: Place
    rule: str
    message: str
    mend: str = ""
    level: Level = Level.ERROR

    def __str__(self) -> str:
        mend = f" ({self.mend})" if self.mend else ""
        return f"{self.place}: {self.message}{mend} [{self.rule}]"


class OrtooError(Exception):
    """Base of every error this program raises on purpose."""


class ConfigError(OrtooError):
    """Files that can't be used as they are; ``problems`` lists everything found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class OrgError(OrtooError):
    """The org refused or could not answer.

    ``code`` is Salesforce's errorCode (or an own one in capitals), ``fields`` the API names it blamed,
    ``status`` the HTTP status where there was one. ``matched`` are ids of records that a duplicate rule of
    the org takes for the same.
    """

    matched: tuple[str, ...] = ()

    def __init__(
        self, code: str, message: str, *, fields: Iterable[str] = (), status: int | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.status = status
        super().__init__(f"{code}: {message}")


class LoginError(OrgError):
    """The org gave no access token; ``code`` is OAuth's ``error``.

    ``retry_after`` in seconds: until then the login isn't tried again and callers get the same error.
    """

    retry_after: float | None = None


class TemporaryOrgError(OrgError):
    """May work later; ``retry_after`` in seconds where the org said so."""

    retry_after: float | None = None


class ApiLimitError(TemporaryOrgError):
    """REQUEST_LIMIT_EXCEEDED for the 24 h total: stop what is not essential, poll slowly."""


class OutcomeUnknownError(TemporaryOrgError):
    """A write was sent and the answer was lost: read the record again before repeating it."""


class TooLateError(TemporaryOrgError):
    """A write was not sent, as it might have outlasted the right to make it."""


class CallRefusedError(OrgError):
    """The org refused a whole call, not one of the records in it: none of them is at fault, or gone."""


class PermanentOrgError(OrgError):
    """Sending the same thing again can't work."""


class RecordGoneError(PermanentOrgError):
    """Deleted, converted, or never there: nothing is left to route."""


class StaleRecordError(PermanentOrgError):
    """The record changed between our read and our write: read again and decide again."""


class StateError(OrtooError):
    """The daemon's own store (work queue, checkpoints) can't be used."""


class StoreAwayError(StateError):
    """The store's server can't be reached, or is not ready yet; asking again may do."""


class NotLeadingError(StateError):
    """Only the leader of the daemons on a store may write this, and that is another one by now."""
