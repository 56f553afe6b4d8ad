"""The sandbox org as a benchmark sees it: a process of its own, steered and read over HTTP."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from benchmarks.processes import Process, running

ROOT = "/services/data/v66.0/"
LEADS_COME_FROM = "web-forms@ortoo.example"
_ROWS_AT_ONCE = 500


class Org:
    """A running sandbox. ``about`` is what it told when it was ready."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.about: dict[str, Any] = json.loads(process.line())
        self.url = str(self.about["url"])
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self.token()}"

    def token(self) -> str:
        """A new session of the daemon's user."""
        answer = requests.post(
            f"{self.url}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self.about["client_id"],
                "client_secret": self.about["client_secret"],
            },
            timeout=30,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def set_latency(self, seconds: float) -> None:
        """The delay before each REST call."""
        self._control("POST", "latency", {"ms": seconds * 1000})

    def create(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Rows as web forms make them; their ids."""
        ids: list[str] = []
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            told = self._control("POST", "act", {"user": LEADS_COME_FROM, "create": part})
            refused = [row["errors"] for row in told["create"] if not row["success"]]
            if refused:
                raise RuntimeError(f"the sandbox refused a row: {refused[0]}")
            ids += [row["id"] for row in told["create"]]
        return ids

    def rows(self, soql: str) -> Iterator[dict[str, Any]]:
        """What a query finds, page by page."""
        answer = self._get(f"{ROOT}query", {"q": soql})
        while True:
            yield from answer["records"]
            if answer["done"]:
                return
            answer = self._get(answer["nextRecordsUrl"], None)

    def count(self, soql: str) -> int:
        return int(self._get(f"{ROOT}query", {"q": soql})["totalSize"])

    def forget_calls(self) -> None:
        self._control("DELETE", "calls")

    def calls(self, client: str) -> list[dict[str, Any]]:
        """The calls that a client (of Sforce-Call-Options) made since they were last forgotten."""
        found = self._control("GET", "calls")["calls"]
        return [
            call | {"at": datetime.fromisoformat(call["at"])}
            for call in found
            if call["client"] == client
        ]

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.url}/sandbox/{path}"
        answer = requests.request(method, url, json=body, timeout=300)
        answer.raise_for_status()
        return answer.json()

    def _get(self, path: str, params: Mapping[str, str] | None) -> Any:
        answer = self._session.get(f"{self.url}{path}", params=params, timeout=300)
        answer.raise_for_status()
        return answer.json()


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[Org]:
    """A seeded sandbox on a free port, its files in ``folder``."""
    with running(["ortoo_daemon.sandbox", "--port", "0"], log=folder / "sandbox.log") as process:
        yield Org(process)


def rows_written(calls: Sequence[Mapping[str, Any]], entity: str) -> dict[str, datetime]:
    """When each row of an object was first written successfully, as the org answered."""
    written: dict[str, datetime] = {}
    for call in calls:
        for write in call["writes"]:
            for row in write["rows"]:
                if row["ok"] and row["entity"] == entity:
                    written.setdefault(row["id"], call["at"])
    return written
