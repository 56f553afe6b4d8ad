"""REST calls to a live sandbox."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox import seed
from tests.sandbox.live import Live

DATA = "/services/data/v66.0"


class Rest:
    """REST calls of one user, the daemon's when no other is named."""

    def __init__(self, org: Live, user_id: str = seed.DAEMON_USER_ID) -> None:
        self.org = org
        self.headers = {"Authorization": f"Bearer {org.token(user_id)}"}

    async def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.org.url + path
        async with self.org.http.request(
            method, url, json=body, headers=self.headers | named
        ) as response:
            text = await response.text()
            return response.status, await response.json() if text else None

    async def count(self, condition: str) -> int:
        query = f"SELECT COUNT() FROM Lead WHERE {condition}"
        _, body = await self.call("GET", f"{DATA}/query?q={query.replace(' ', '+')}")
        return int(body["totalSize"])
