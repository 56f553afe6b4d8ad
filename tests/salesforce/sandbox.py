"""A sandbox org in a process of its own, steered over its control endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials, JwtBearer

DISPATCHER = "dispatch@ortoo.example"
WEB_FORMS = "web-forms@ortoo.example"
DISPATCHER_ID = "005000000000003AAA"
DAEMON_ID = "005000000000000AAA"


class Sandbox:
    """Where the org is, how to log in, and what people do there."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.url: str = about["url"]
        self.credentials = ClientCredentials(
            client_id=about["client_id"], client_secret=about["client_secret"]
        )
        self.key = JwtBearer(
            client_id=about["client_id"],
            username=about["username"],
            private_key=Path(about["private_key_file"]).read_text(encoding="ascii"),
        )
        self.shift = 0.0

    def org(self) -> Org:
        return Org.of(auth=self.credentials, login_url=self.url)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, kind: str, **members: Any) -> int:
        return int(self.control("POST", "faults", {"kind": kind, **members})["id"])

    def later(self, seconds: float = 3) -> None:
        """Let the org's clock go on: its stamps are whole seconds."""
        self.shift += seconds
        self.control("POST", "clock", {"shift_seconds": self.shift})

    def leads(self, count: int, **values: Any) -> list[str]:
        """Leads as a web form creates them."""
        row = {"attributes": {"type": "Lead"}, "LastName": "Roy", "Company": "Private"}
        body = {"user": WEB_FORMS, "create": [row | values for _ in range(count)]}
        made = self.control("POST", "act", body)["create"]
        assert all(each["success"] for each in made), made
        self.later()
        return [each["id"] for each in made]

    def change(self, id: str, **values: Any) -> None:
        """A person edits one record."""
        self.later()
        body = {"user": DISPATCHER, "update": [{"Id": id, **values}]}
        (made,) = self.control("POST", "act", body)["update"]
        assert made["success"], made
        self.later()

    def delete(self, id: str) -> None:
        body = {"user": DISPATCHER, "delete": [id]}
        assert self.control("POST", "act", body)["delete"][0]["success"]

    def calls(self, **members: str) -> list[dict[str, Any]]:
        asked = "&".join(f"{name}={value}" for name, value in members.items())
        found: list[dict[str, Any]] = self.control("GET", f"calls?{asked}")["calls"]
        return found
