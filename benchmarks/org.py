"""The sandbox org as a benchmark sees it: a process of its own, steered and read over HTTP."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import requests

from benchmarks.processes import Process, running

ROOT = "/services/data/v66.0/"
LEADS_COME_FROM = "web-forms@ortoo.example"
ADMIN = "admin@ortoo.example"
DISPATCHER = "dispatch@ortoo.example"
_ROWS_AT_ONCE = 500


class Org:
    """A running sandbox. ``about`` is what it told when it was ready."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.about: dict[str, Any] = json.loads(process.line())
        self.url = str(self.about["url"])
        self._ahead_for = timedelta(0)
        self._session = requests.Session()
        self._log_in()

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

    def set_clock(self, moment: datetime) -> None:
        """The org's clock goes on from this moment, and sessions end; a daemon follows its org's clock."""
        self._ahead_for = moment - datetime.now(UTC)
        self._control("POST", "clock", {"shift_seconds": self._ahead_for.total_seconds()})
        self._log_in()

    def now(self) -> datetime:
        """By the org's clock."""
        return datetime.now(UTC) + self._ahead_for

    def create(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        user: str = LEADS_COME_FROM,
        of_the_past: bool = False,
    ) -> list[str]:
        """Rows as web forms (or another user) make them; their ids. ``of_the_past``: rows say when they were
        created, as an import's do."""
        return self._act("create", rows, user, audit_fields=of_the_past)

    def update(self, rows: Iterable[Mapping[str, Any]], *, user: str) -> None:
        """Change rows, each named by its ``Id``."""
        self._act("update", rows, user)

    def _act(
        self, kind: str, rows: Iterable[Mapping[str, Any]], user: str, **members: bool
    ) -> list[str]:
        ids: list[str] = []
        left = iter(rows)
        while part := list(islice(left, _ROWS_AT_ONCE)):
            told = self._control("POST", "act", {"user": user, kind: part, **members})[kind]
            refused = [row["errors"] for row in told if not row["success"]]
            if refused:
                raise RuntimeError(f"the sandbox refused a row: {refused[0]}")
            ids += [row["id"] for row in told]
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

    def _log_in(self) -> None:
        self._session.headers["Authorization"] = f"Bearer {self.token()}"

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
def sandbox(folder: Path, *, state: Path | None = None) -> Iterator[Org]:
    """A seeded sandbox on a free port, its files in ``folder``, its rows in the file ``state``."""
    kept = [] if state is None else ["--state", str(state)]
    arguments = ["ortoo_daemon.sandbox", "--port", "0", *kept]
    with running(arguments, log=folder / "sandbox.log") as process:
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
