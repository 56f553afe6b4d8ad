"""What did the org's refusal mean? Error bodies and codes become the errors every package shares.

Pure. Texts are cut and cleared of field values, because they end up in logs and decision records.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    OrgError,
    OutcomeUnknownError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    TemporaryOrgError,
)

STALE_OWNER_MARK = "Somebody changed the owner of this "
"""How the messages of the shipped validation rules (Ortoo_Owner_Unchanged) begin."""

_LONGEST_MESSAGE = 300
_MOST_MATCHED = 5

_GONE = frozenset({"ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD", "NOT_FOUND"})
_NO_SUCH_RESOURCE = frozenset({"NOT_FOUND", "ERROR_HTTP_404"})
_TEMPORARY = frozenset(
    {
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "API_CURRENTLY_DISABLED",
        "ERROR_HTTP_420",
        "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
        "LIMIT_EXCEEDED",
        "ORG_LOCKED",
        "PROCESSING_HALTED",
        "QUERY_TIMEOUT",
        "REQUEST_RUNNING_TOO_LONG",
        "SERVER_UNAVAILABLE",
        "UNABLE_TO_LOCK_ROW",
        "UNKNOWN_EXCEPTION",
    }
)
_LATER = frozenset({408, 420, 429})
"""Statuses that ask for patience, whatever code stands in the body."""

_WRAPPING = frozenset(
    {"APEX_ERROR", "CANNOT_EXECUTE_FLOW_TRIGGER", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"}
)
"""Codes of a failed trigger or flow; what really went wrong stands in the message."""

_OVERLOAD = re.compile(
    r"UNABLE_TO_LOCK_ROW|exclusive access|CPU time limit|LIMIT_EXCEPTION|Too many ", re.IGNORECASE
)

_VALUES = (
    (re.compile(r"(data value too large: ).*?(?=( \(max length|$))", re.DOTALL), r"\1…"),
    (re.compile(r"(restricted picklist field: ).*", re.DOTALL), r"\1…"),
    (re.compile(r"[^\s@<>'\"]+@[^\s@<>'\"]+"), "…@…"),
    (re.compile(r"(?<![A-Za-z0-9])\+?\d[\d ().-]{5,}\d(?![A-Za-z0-9])"), "…"),
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_NAMED_COLUMN = re.compile(
    r"(?:No such column|Didn't understand relationship|No such relation) '([^']+)'"
)


class ActionsRefusedError(PermanentOrgError):
    """Some inputs of an invocable action failed; ``results`` tells of each, those that were done included."""

    def __init__(self, results: Sequence[Mapping[str, Any]], *, status: int) -> None:
        failed = sum(not each["isSuccess"] for each in results)
        super().__init__(
            "ACTION_FAILED", f"{failed} of {len(results)} inputs failed", status=status
        )
        self.results = tuple(results)


def error_of(
    status: int,
    content: Any,
    *,
    resource: str | None = None,
    writing: bool = False,
    retry_after: float | None = None,
) -> OrgError:
    """The error for one refused call.

    ``content`` is the parsed JSON body, or text (HTML from a gateway, nothing). ``resource`` is what was
    called where that is no record: when it is not there, no record is gone. ``writing`` says that a
    5xx without a readable refusal leaves open whether the write was committed.
    """
    if _is_of_actions(content):
        return ActionsRefusedError(content, status=status)
    code, message, fields = _first(content)
    if status == 412:
        return StaleRecordError(
            "PRECONDITION_FAILED", "the record was modified since it was read", status=status
        )
    if code is None:
        error = _unreadable(status, content, writing=writing, retry_after=retry_after)
        return _not_there(error, resource, TemporaryOrgError) if resource else error
    if status == 401:
        return LoginError(code, cleared(message), status=status)
    if writing and status in (500, 502, 504):
        return OutcomeUnknownError(code, cleared(message), status=status)
    error = coded_error(code, message, fields=fields, status=status)
    error.matched = _matched(content)
    if isinstance(error, TemporaryOrgError):
        error.retry_after = retry_after
    return _not_there(error, resource, PermanentOrgError) if resource else error


def _not_there(error: OrgError, resource: str, kind: type[OrgError]) -> OrgError:
    """A call that names no record says nothing of one. A page that no org wrote may be another's soon."""
    if error.code not in _NO_SUCH_RESOURCE and not isinstance(error, RecordGoneError):
        return error
    return kind(error.code, f"{error.message} ({resource})", status=error.status)


def row_error(
    errors: Sequence[Mapping[str, Any]] | Mapping[str, Any], status: int | None = None
) -> OrgError:
    """The error for one refused row; rows name ``statusCode`` where whole calls name ``errorCode``."""
    content = errors if isinstance(errors, Mapping) else list(errors)
    code, message, fields = _first(content)
    error = coded_error(code or "UNKNOWN_ERROR", message, fields=fields, status=status)
    error.matched = _matched(content)
    return error


def coded_error(
    code: str, message: str, *, fields: Sequence[str] = (), status: int | None = None
) -> OrgError:
    """The error a Salesforce errorCode stands for; what is not known to pass by itself is permanent."""
    kind = _kind_of(code, message)
    if not fields and code == "INVALID_FIELD":
        fields = _NAMED_COLUMN.findall(message)
    passes = 500 <= (status or 0) < 600 or status in _LATER
    if passes and kind is PermanentOrgError:
        kind = TemporaryOrgError
    return kind(code, cleared(message), fields=fields, status=status)


@contextmanager
def understood(*, writing: bool = False) -> Iterator[None]:
    """Around the reading of an answer: one of another shape than the platform's (a gateway's page, half an
    answer) becomes an error that passes by itself. ``writing``: what was sent may have been carried out."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        text = f"the org's answer has a part that can't be read ({type(error).__name__})"
        if writing:
            raise OutcomeUnknownError("UNREADABLE_ANSWER", text) from error
        raise TemporaryOrgError("UNREADABLE_ANSWER", text) from error


def is_overload(error: BaseException) -> bool:
    """Whether a smaller batch may pass: a row lock, or Apex that ran out of its limits."""
    return isinstance(error, OrgError) and (
        error.code == "UNABLE_TO_LOCK_ROW"
        or (error.code in _WRAPPING and bool(_OVERLOAD.search(error.message)))
    )


def cleared(message: str) -> str:
    """The message without field values (addresses, numbers, quoted data), cut to 300 characters."""
    for pattern, instead in _VALUES:
        message = pattern.sub(instead, message)
    message = " ".join(message.split())
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"


def _kind_of(code: str, message: str) -> type[OrgError]:
    if code == "REQUEST_LIMIT_EXCEEDED":
        return TemporaryOrgError if "Concurrent" in message else ApiLimitError
    if code == "FIELD_CUSTOM_VALIDATION_EXCEPTION" and message.startswith(STALE_OWNER_MARK):
        return StaleRecordError
    if code in _GONE:
        return RecordGoneError
    if code == "INVALID_SESSION_ID":
        return LoginError
    if code in _TEMPORARY or (code in _WRAPPING and _OVERLOAD.search(message)):
        return TemporaryOrgError
    return PermanentOrgError


def _is_of_actions(content: Any) -> bool:
    entries = content if isinstance(content, list) else []
    return bool(entries) and all(isinstance(e, Mapping) and "isSuccess" in e for e in entries)


def _first(content: Any) -> tuple[str | None, str, tuple[str, ...]]:
    """Code, message and fields of the first error in a body; code None when there is none to read."""
    entry = content[0] if isinstance(content, list) and content else content
    if not isinstance(entry, Mapping):
        return None, "", ()
    code = entry.get("errorCode") or entry.get("statusCode") or entry.get("error")
    message = entry.get("message") or entry.get("error_description") or ""
    named = entry.get("fields")
    fields = named if isinstance(named, list | tuple) else ()
    return (str(code) if code else None), str(message), tuple(str(name) for name in fields)


def _matched(content: Any) -> tuple[str, ...]:
    """Ids in the result of a duplicate rule; what is of another shape has none. The platform's own examples
    write its name in two ways."""
    entry = content[0] if isinstance(content, list) and content else content
    if not isinstance(entry, Mapping):
        return ()
    result = entry.get("duplicateResult") or entry.get("duplicateResut")
    if not isinstance(result, Mapping):
        return ()
    found: dict[str, None] = {}
    for group in _mappings(result.get("matchResults")):
        for match in _mappings(group.get("matchRecords")):
            record = match.get("record")
            id_ = record.get("Id") if isinstance(record, Mapping) else None
            if isinstance(id_, str) and id_.isalnum():
                found[id_] = None
    return tuple(found)[:_MOST_MATCHED]


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _unreadable(status: int, content: Any, *, writing: bool, retry_after: float | None) -> OrgError:
    """What is not in the org's own words comes from something in between, and tells nothing for good."""
    title = _TITLE.search(content) if isinstance(content, str) else None
    text = cleared(title.group(1)) if title else "the answer holds no error that can be read"
    code = f"ERROR_HTTP_{status}"
    if status == 401 or 300 < status < 400:
        return LoginError(code, text, status=status)  # moved: the next token tells whereto
    if writing and status >= 500:
        return OutcomeUnknownError(code, text, status=status)
    error = TemporaryOrgError(code, text, status=status)
    error.retry_after = retry_after
    return error
