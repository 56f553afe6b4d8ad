"""Catalogues that point at a stand-in, and desks for them."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.policy.models.catalogue import (
    Catalogue,
    Dialect,
    Model,
    Price,
    Provider,
    Sending,
    Spending,
    Task,
    TaskName,
    money,
)
from ortoo_daemon.services.models.desk import ModelDesk
from ortoo_daemon.services.models.inquiry import Inquiry, Judgement
from ortoo_daemon.services.models.ledger import MemoryLedger, SpendingLedger
from ortoo_daemon.services.models.lines import Lines
from ortoo_daemon.services.models.making import makes_providers
from ortoo_daemon.services.models.port import Prompt

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SENDING = Sending(
    fields=frozenset({"subject", "language"}),
    parts=frozenset({"greeting", "new", "forwarded"}),
    rooftop=frozenset({"name", "town", "brands"}),
    clear=frozenset({"dealer_code"}),
)


def task(*models: str, **more: Any) -> Task:
    values: dict[str, Any] = {
        "name": TaskName.TRIAGE,
        "enabled": True,
        "models": models or ("first",),
        "sending": SENDING,
        "prompt": "triage/1",
        "answer": "triage/1",
        "budget": Spending(day=money(5), record=money(1)),
        "time_limit": timedelta(seconds=10),
    } | more
    return Task(**values)


def catalogue(*urls: str, bound: Task | None = None, **provider: Any) -> Catalogue:
    """The first URL is asked for the model ``first``, the second for ``second``."""
    names = ("first", "second")[: len(urls)]
    return Catalogue(
        enabled=True,
        currency="USD",
        providers={
            name: Provider(**{"name": name, "dialect": Dialect.ANTHROPIC, "url": url} | provider)
            for name, url in zip(names, urls, strict=True)
        },
        models={
            name: Model(
                name=name,
                provider=name,
                called=f"{name}-model",
                price=Price(input=1, output=5, cache_read=0.1, cache_write=1.25),
            )
            for name in names
        },
        tasks={TaskName.TRIAGE: bound or task(*names)},
    )


@asynccontextmanager
async def desk_for(found: Catalogue, ledger: SpendingLedger | None = None):
    lines = Lines(found, makes_providers(lambda provider: "sk-test"))
    desk = ModelDesk(found, lines, ledger or MemoryLedger(), now=lambda: NOW)
    try:
        yield desk
    finally:
        await desk.close()


def inquiry(record: str = "500AB", **more: Any) -> Inquiry:
    """Answers with ``right: true`` count."""

    def judge(answer: Any) -> Judgement:
        right = answer.get("right") is True
        return Judgement(
            answer=dict(answer) if right else None, objections=() if right else ("wrong",)
        )

    values: dict[str, Any] = {
        "record": record,
        "prompt": Prompt(
            instructions="Read.", text="What?", name="triage", schema={"type": "object"}
        ),
        "judge": judge,
    } | more
    return Inquiry(**values)
