"""What is the org, seen from the daemon? Login, queries, descriptions; readers and writers hang from it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from ortoo_daemon.descriptions import ObjectDescription, OrgDescription
from ortoo_daemon.directory import Queue
from ortoo_daemon.errors import LoginError
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.queries import count, query, query_together
from ortoo_daemon.salesforce.reader import RecordReader
from ortoo_daemon.salesforce.rest import RESERVE_FROM, RestClient
from ortoo_daemon.salesforce.tokens import Auth, TokenManager
from ortoo_daemon.salesforce.writer import RecordWriter

API_VERSION = "66.0"


class Org:
    """One org under one login. Making it does no I/O; the first call logs in."""

    def __init__(self, tokens: TokenManager, rest: RestClient) -> None:
        self.tokens = tokens
        self.rest = rest
        self.reader = RecordReader(rest)
        self.writer = RecordWriter(rest)

    @classmethod
    def of(
        cls,
        *,
        auth: Auth,
        login_url: str,
        api_version: str = API_VERSION,
        threads: int = 10,
        timeout: tuple[float, float] = (5, 30),
        reserve_from: float = RESERVE_FROM,
    ) -> Self:
        """``reserve_from`` as in `RestClient`.

        Raises LoginError when ``login_url`` is plain http to another machine.
        """
        tokens = TokenManager(auth, login_url)
        rest = RestClient(tokens, api_version, threads, timeout, reserve_from=reserve_from)
        return cls(tokens, rest)

    @classmethod
    async def connect(
        cls,
        *,
        auth: Auth,
        login_url: str,
        api_version: str = API_VERSION,
        threads: int = 10,
        timeout: tuple[float, float] = (5, 30),  # noqa: ASYNC109 (of each request)
    ) -> Self:
        """Like `of`, and logged in. Raises LoginError when the org gives no token."""
        org = cls.of(
            auth=auth,
            login_url=login_url,
            api_version=api_version,
            threads=threads,
            timeout=timeout,
        )
        try:
            await org.tokens.get()
        except LoginError:
            await org.close()
            raise
        return org

    async def close(self) -> None:
        """Send what readers and writers still hold, then drop the connections."""
        await self.writer.close()
        await self.reader.close()
        await self.rest.close()

    async def query(self, text: str, *, essential: bool = True) -> list[dict[str, Any]]:
        """Every row of a SOQL query, parents' fields by path (``Account.Region__c``)."""
        return await query(self.rest, text, essential=essential)

    async def query_together(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        """The rows of each query, five to a call."""
        return await query_together(self.rest, texts)

    async def count(self, text: str, *, essential: bool = True) -> int:
        """The number a ``SELECT COUNT() FROM ...`` finds."""
        return await count(self.rest, text, essential=essential)

    async def describe(self, object_name: str) -> ObjectDescription:
        """The object as the daemon's user sees it: fields without access are missing."""
        answer = await self.rest.call("GET", f"sobjects/{soql.name(object_name)}/describe")
        return ObjectDescription.from_describe(answer)

    async def description(self, objects: Iterable[str]) -> OrgDescription:
        """The objects and every queue with what it may own."""
        described, queues = await asyncio.gather(
            asyncio.gather(*(self.describe(name) for name in sorted(set(objects)))),
            self.queues(),
        )
        return OrgDescription(
            objects={one.name: one for one in described},
            queues={queue.name: queue.objects for queue in queues},
        )

    async def queues(self) -> list[Queue]:
        """Every queue in id order, with the objects it may own."""
        is_queue = [soql.equals("Type", "Queue")]
        groups, links = await asyncio.gather(
            self.query(
                soql.select(
                    "Group", ["Id", "DeveloperName", "Name"], where=is_queue, order_by=["Id"]
                )
            ),
            self.query(soql.select("QueueSobject", ["QueueId", "SobjectType"])),
        )
        objects: dict[RecordId, set[str]] = defaultdict(set)
        for link in links:
            objects[record_id(link["QueueId"])].add(link["SobjectType"])
        return [
            Queue(
                id=record_id(group["Id"]),
                name=group["DeveloperName"],
                label=group["Name"],
                objects=frozenset(objects[record_id(group["Id"])]),
            )
            for group in groups
        ]

    async def groups(self) -> frozenset[str]:
        """Every public group, by DeveloperName."""
        where = [soql.equals("Type", "Regular")]
        rows = await self.query(soql.select("Group", ["DeveloperName"], where=where))
        return frozenset(str(row["DeveloperName"]) for row in rows)

    async def identity(self) -> RecordId:
        """The user id the daemon acts as, from the token's identity URL."""
        token = await self.tokens.get()
        try:
            return record_id(token.identity_url.rstrip("/").rpartition("/")[2])
        except ValueError:
            raise LoginError(
                "NO_IDENTITY", "the org's token names no user; check the connected app's scopes"
            ) from None

    async def now(self) -> datetime:
        """The org's time, aware UTC, to about a second."""
        if self.rest.clock_skew is None:
            await self.rest.call("GET", "limits")
        skew = self.rest.clock_skew
        return datetime.now(UTC) if skew is None else datetime.now(UTC) - skew
