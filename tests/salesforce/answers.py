"""Canned answers of an org, for the edges that a real server can't be brought to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from tenacity import wait_none

from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.tokens import Token

T = TypeVar("T")
INSTANCE = "https://example.my.salesforce.com"
ROOT = f"{INSTANCE}/services/data/v66.0/"
LEAD = "00Q000000000001EAA"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


class KnownTokens:
    """Tokens without a login; counts refreshes."""

    def __init__(self, instance_url: str = INSTANCE) -> None:
        self.token = Token(access_token="t0", instance_url=instance_url)
        self.refreshed = 0

    async def get(self) -> Token:
        return self.token

    async def refresh(self, stale: Token) -> Token:
        if stale.access_token == self.token.access_token:
            self.refreshed += 1
            self.token = Token(
                access_token=f"t{self.refreshed}", instance_url=self.token.instance_url
            )
        return self.token


def client(tokens: KnownTokens | None = None) -> RestClient:
    return RestClient(tokens or KnownTokens(), threads=2, wait=wait_none())


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def problem(code: str, message: str = "no", *fields: str) -> list[dict[str, Any]]:
    return [{"errorCode": code, "message": message, "fields": list(fields)}]
