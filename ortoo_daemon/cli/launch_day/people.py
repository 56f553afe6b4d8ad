"""What do people do in the sandbox org? Rows come in, leads are answered, an owner is changed by hand.

Goes through the sandbox's control endpoint, under the names of the people who act.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from ortoo_daemon.cli.launch_day.errors import DemoError

DISPATCHER = "dispatch@ortoo.example"
ANSWERED = {"Lead": "Contacted", "Case": "Working"}
"""The status that an answer gives a record."""

_TIMEOUT = 60.0
_ROWS_AT_ONCE = 100


class People:
    """Everybody in the org at ``url`` except the daemon. Raises DemoError when the org refuses."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/sandbox"
        self._http = requests.Session()

    def close(self) -> None:
        self._http.close()

    def create(self, user: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Save rows as ``user``; their ids in the same order."""
        ids: list[str] = []
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            made = self._act({"user": user, "create": part})["create"]
            ids += [_id_of(each, row) for each, row in zip(made, part, strict=True)]
        return ids

    def update(self, user: str, record: str, **values: Any) -> None:
        """Change one record as ``user``, named by user name or id."""
        (made,) = self._act({"user": user, "update": [{"Id": record, **values}]})["update"]
        _id_of(made, {"Id": record, **values})

    def change(self, user: str, statuses: Mapping[str, str]) -> list[str]:
        """Set the status of each record as ``user``; their ids."""
        rows = [{"Id": record, "Status": status} for record, status in statuses.items()]
        made = self._act({"user": user, "update": rows})["update"]
        return [_id_of(each, row) for each, row in zip(made, rows, strict=True)]

    def shift_clock(self, seconds: float) -> None:
        """Set the org's clock so far ahead of this machine's."""
        body = {"shift_seconds": seconds}
        _body(self._http.post(f"{self._url}/clock", json=body, timeout=_TIMEOUT))

    def calls(self, *, after: int = -1) -> list[dict[str, Any]]:
        """The org's log of calls with a higher index than ``after``."""
        answer = self._http.get(f"{self._url}/calls", params={"after": after}, timeout=_TIMEOUT)
        calls: list[dict[str, Any]] = _body(answer)["calls"]
        return calls

    def _act(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return _body(self._http.post(f"{self._url}/act", json=request, timeout=_TIMEOUT))


def _body(answer: requests.Response) -> dict[str, Any]:
    if not answer.ok:
        raise DemoError(f"the sandbox refused {answer.request.method} {answer.url}: {answer.text}")
    body: dict[str, Any] = answer.json()
    return body


def _id_of(made: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    if not made["success"]:
        raise DemoError(f"the sandbox refused a row of the demo: {made['errors']} {dict(row)}")
    return str(made["id"])
