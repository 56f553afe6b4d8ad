"""What was asked, and what is answered?  REST calls as values, without HTTP machinery.

A composite's subrequests are calls like any other: that is why resources take a `Call` and give
an `Answer` instead of touching the server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from multidict import CIMultiDict, CIMultiDictProxy

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.soql.query import PAGE_SIZES

Headers = CIMultiDict[str] | CIMultiDictProxy[str]
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_ALLOW_SAVE = re.compile(r"allowSave\s*=\s*true", re.IGNORECASE)


class Usage(Protocol):
    """The org's allocations."""

    def limits(self) -> Mapping[str, tuple[int, int]]:
        """(max, remaining) of each limit that `/limits` names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One REST call below `/services/data/vX`. `path` are its decoded segments."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    headers: Headers
    body: Any
    user_id: str
    client: str | None
    version: str
    usage: Usage | None = None

    @property
    def base(self) -> str:
        return f"/services/data/v{self.version}"

    def record_body(self) -> dict[str, Any]:
        """The body as a JSON object. Raises JSON_PARSER_ERROR."""
        if not isinstance(self.body, dict):
            raise OrgError("JSON_PARSER_ERROR", "The HTTP entity body is required to be an object")
        return self.body

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    def page_size(self) -> int | None:
        """The batch size asked for, brought into the platform's bounds; None: not asked."""
        match = _BATCH_SIZE.search(self.headers.get("Sforce-Query-Options", ""))
        if match is None:
            return None
        least, most = PAGE_SIZES
        return max(least, min(most, int(match[1])))

    def write_options(self) -> WriteOptions:
        """What the headers ask of a write. Raises 400 for an unreadable date."""
        return WriteOptions(
            auto_assign=self._auto_assign(),
            allow_duplicates=bool(
                _ALLOW_SAVE.search(self.headers.get("Sforce-Duplicate-Rule-Header", ""))
            ),
            if_unmodified_since=self.date("If-Unmodified-Since"),
        )

    def date(self, header: str) -> datetime | None:
        """A date header's moment. An unreadable one is ignored on GET and refused otherwise."""
        text = self.headers.get(header)
        if text is None:
            return None
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            if self.method == "GET":
                return None
            raise OrgError("INVALID_HEADER_VALUE", f"Invalid value for header {header}: {text}")
        return moment

    def _auto_assign(self) -> bool | str:
        """Absent means TRUE: forgetting the header lets the assignment rule take the record."""
        text = self.headers.get("Sforce-Auto-Assign", "TRUE").strip()
        return {"true": True, "false": False}.get(text.lower(), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(error: OrgError) -> Answer:
    """An error as the answer of a whole call: a JSON array of one."""
    return Answer(status=error.status, body=[error.as_body()])
