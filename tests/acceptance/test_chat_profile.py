"""A chat becomes a profile: the shipped step and its map, a real daemon, and a model that stands in."""

from __future__ import annotations

import asyncio
import csv
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from shutil import copytree
from typing import Any

import yaml

from tests.acceptance.network import Network
from tests.processes import ROOT
from tests.services.models.stand_in import Served, StandIn, stand_in

CONFIG = ROOT / "config"
ROWS = list(csv.DictReader((CONFIG / "tables" / "chat_profile.csv").read_text().splitlines()))
SAID = {"number": "4", "date": "2026-12-04", "datetime": "2026-12-04T10:00:00+01:00"}
KNOWN = {"Wish_Colour__c": "Green", "Trade_Model__c": "Clio"}
"""What somebody has filled in already."""


def choice(row: Mapping[str, str]) -> tuple[str, str]:
    """A word that the row lets a model choose, and what is written for it."""
    word, _, written = row["values"].partition(";")[0].partition("=")
    return word.strip(), written.strip()


def said(row: Mapping[str, str]) -> str:
    if row["values"]:
        return choice(row)[0]
    if row["type"] == "list":
        return "Tow bar;Navigation"
    return SAID.get(row["type"], "a word")


def words(row: Mapping[str, str]) -> str:
    return "about my " + row["field"].removesuffix("__c").replace("_", " ").lower()


def item(row: Mapping[str, str]) -> dict[str, Any]:
    return {"name": row["field"], "value": said(row), "confidence": 0.97, "evidence": [words(row)]}


def stands(row: Mapping[str, str], value: Any) -> bool:
    """Whether the org holds what was said, as the field's own type."""
    if row["field"] in KNOWN:
        return bool(value == KNOWN[row["field"]])
    if row["values"]:
        return bool(value == choice(row)[1])
    if row["type"] == "list":
        return sorted(value.split(";")) == ["Navigation", "Tow bar"]
    if row["type"] == "number":
        return bool(value == 4)
    if row["type"] == "datetime":
        return bool(value.startswith("2026-12-04T09:00:00"))
    return bool(value == said(row))


TRANSCRIPT = "Agent: Hello.\n" + "\n".join(f"Visitor: {words(row)}, please." for row in ROWS)


@contextmanager
def model() -> Iterator[StandIn]:
    """On a thread of its own, as the daemon is a process of its own."""
    started, ended, found = threading.Event(), asyncio.Event(), []
    answer = Served(answer={"items": [item(row) for row in ROWS], "orders_found": False})

    async def serve() -> None:
        async with stand_in(answer) as standing:
            found.extend([standing, asyncio.get_running_loop()])
            started.set()
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert started.wait(30)
        yield found[0]
    finally:
        found[1].call_soon_threadsafe(ended.set)
        thread.join(30)


def shipped_step() -> Mapping[str, Any]:
    policy = yaml.safe_load((CONFIG / "policies" / "leads.yaml").read_text("utf-8"))
    (step,) = (each for each in policy["enrichment"] if each.get("ai", {}).get("label") == "chat")
    return dict(step)


def switched_on(url: str, network: Network) -> None:
    """The shipped catalogue, with the two switches and the address."""
    catalogue = yaml.safe_load((CONFIG / "models.yaml").read_text("utf-8"))
    key = network.folder / "key"
    key.write_text("not a key")
    key.chmod(0o600)
    catalogue["enabled"] = catalogue["tasks"]["lead_profile"]["enabled"] = True
    catalogue["providers"]["anthropic"] |= {"url": url, "key_file": str(key)}
    (network.folder / "models.yaml").write_text(yaml.safe_dump(catalogue))
    copytree(CONFIG / "tables", network.folder / "tables", dirs_exist_ok=True)


def test_a_chat_fills_more_than_a_hundred_typed_fields_in_one_write_and_says_whence(
    network: Network,
) -> None:
    with model() as standing:
        switched_on(standing.url, network)
        with network.daemon(policy={"enrichment": [shipped_step()]}) as daemon:
            daemon.until_ready()
            before = network.sandbox.last_call()
            (chat,) = network.leads(1, LeadSource="Chat", Description=TRANSCRIPT, **KNOWN)
            (plain,) = network.leads(1, LeadSource="Web", Description=TRANSCRIPT)
            network.until_routed([chat, plain])
            assert daemon.terminate() == 0
    assert len(standing.requests) == 1
    names = [row["field"] for row in ROWS]
    lead = network.lead(chat, *names)
    wrong = {
        row["field"]: lead[row["field"]] for row in ROWS if not stands(row, lead[row["field"]])
    }
    assert wrong == {}
    filled = set(names) - set(KNOWN)
    assert len(filled) > 100
    writes = [
        set(row["fields"])
        for write in network.sandbox.writes(before)
        for row in write["rows"]
        if row["id"] == chat
    ]
    assert [filled | {"OwnerId"} <= each for each in writes] == [True]
    assert not set(KNOWN) & writes[0]
    untouched = network.lead(plain, *filled)
    assert {untouched[name] for name in filled} <= {None}
    (proof,) = network.sandbox.rows_of(
        "Ortoo_Decision__c", ("Trace__c", "Facts__c", "Tokens__c"), [chat], "Record_Id__c"
    )
    origins = {each["field"]: each for each in json.loads(proof["Trace__c"])["origins"]}
    assert set(origins) == filled
    row = next(row for row in ROWS if row["field"] == "Budget_Max__c")
    assert (
        origins["Budget_Max__c"].items()
        >= {
            "by": "chat: model quick",
            "confidence": 0.97,
            "evidence": words(row),
        }.items()
    )
    kept = json.loads(proof["Facts__c"])
    assert "cut" not in kept
    assert proof["Tokens__c"] == 1_200
    network.assert_routed_once([chat, plain])
