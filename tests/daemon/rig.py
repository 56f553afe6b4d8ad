"""A handler on a live sandbox in this process: what becomes of one claim."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.interpreting.interpreter import Interprets
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.claims import Claim
from tests.sandbox.live import Live

DIRECTORY = Path(__file__).parents[2] / "config" / "directory.yaml"
FLAGSHIP = {
    "rooftop": {"where": {"Id": seed.FLAGSHIP_ROOFTOP_ID}},
    "team": {"role": "sales_adviser"},
    "person": {"by": "least_loaded"},
}


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings as of ``ortoo.yaml`` in a folder, which need not be there."""
    auth = {"flow": "client_credentials", "client_id": "x", "client_secret": "y"}
    given = {"org": {"login_url": "http://localhost", "auth": auth}, **more}
    place = {"folder": folder, "file": folder / "ortoo.yaml"}
    return Settings.model_validate(given).model_copy(update=place)


def policy_set(assign: Mapping[str, Any] | None = None, **more: Any) -> PolicySet:
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "zone": "Europe/Paris",
        "on": ["created", "enters"],
        "enter": {"IsConverted": False},
        "take_over": ["web-forms@ortoo.example"],
        "ownership": {
            "rules": [{"name": "all", "assign": dict(assign or FLAGSHIP)}],
            "otherwise": {"queue": seed.UNROUTED_QUEUE},
        },
        **more,
    }
    return load({"policies/leads.yaml": yaml.safe_dump(document).encode()})


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def handler_on(
    live: Live,
    policies: PolicySet | None = None,
    *,
    mails: Callable[[Org], CaseMails | None] = lambda _: None,
    interpreter: Interprets | None = None,
    outbox: Callable[[Knowledge], Outbox | None] = lambda _: None,
    directory: Directory | None = None,
    **options: Any,
) -> AsyncIterator[Handler]:
    """A handler on the live sandbox org; ``mails`` makes what reads the e-mails of cases, ``interpreter``
    asks models what a record's text says, ``outbox`` makes what keeps whom to tell; ``directory`` is one that
    was read before."""
    org = Org.of(
        auth=ClientCredentials(client_id=seed.CLIENT_ID, client_secret=seed.CLIENT_SECRET),
        login_url=live.url,
    )
    roster = DirectoryReader(org, read_directory_mapping(DIRECTORY))
    answers = Answers(org, mails=mails(org), interpreter=interpreter)
    try:
        knowledge = Knowledge(
            policies=Policies(policies or policy_set()),
            directory=directory or await roster.read(),
            ledger=Ledger(),
            daemon_user=await org.identity(),
        )
        yield Handler(
            org=org,
            knowledge=knowledge,
            answers=answers,
            clock=now,
            meters=Meters(now),
            outbox=outbox(knowledge),
            **options,
        )
    finally:
        await answers.close()
        await org.close()


def claim_of(lead: str, *, failures: int = 0, taken_over: bool = False, **given: Any) -> Claim:
    given = {"reason": WorkReason.CREATED, "heard_at": now()} | given
    item = WorkItem(object="Lead", record_id=record_id(lead), **given)
    return Claim(
        id=1,
        item=item,
        epoch=1,
        leased_until=now() + timedelta(minutes=2),
        failures=failures,
        taken_over=taken_over,
    )


def held(handler: Handler) -> int:
    """Open work that the ledger counts, over all people."""
    return sum(handler.knowledge.ledger.workload("Lead").open_work.values())
