"""A real daemon that asks a real service: what it says is written, and no fault of it holds a record up."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import yaml
from aiohttp import web

from tests.acceptance.network import Network
from tests.emitted import EMITTED
from tests.processes import wait_until
from tests.services.callouts.server import (
    Handler,
    StockServer,
    bytes_of,
    late,
    reset,
    said,
    serving,
)

FAULTS: dict[str, Handler] = {
    "late": late(30),
    "down": said({}, 500),
    "reset": reset,
    "page": bytes_of(b"<html>"),
    "deep": bytes_of(b"[" * 9_000),
}
POLICY = {
    "enrichment": [
        {
            "call": {
                "service": "stock",
                "when": {"Stock_Number__c": {"blank": False}},
                "send": {"number": "Stock_Number__c"},
                "set": {"In_Stock_At__c": "site"},
                "at_most": "1s",
                "else": {"Rating": "Cold"},
            }
        }
    ]
}


async def by_number(request: web.Request) -> web.StreamResponse:
    """The car that is asked for says how the service fails."""
    known = said({"site": {"code": "R00013812"}})
    return await FAULTS.get(request.path.rpartition("/")[2], known)(request)


@contextmanager
def stock_service() -> Iterator[StockServer]:
    """On a thread of its own, as the daemon is a process of its own."""
    started, ended, found = threading.Event(), asyncio.Event(), []

    async def serve() -> None:
        async with serving(by_number) as server:
            found.extend([server, asyncio.get_running_loop()])
            started.set()
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert started.wait(10)
        yield found[0]
    finally:
        found[1].call_soon_threadsafe(ended.set)
        thread.join(10)


def test_what_a_service_says_is_written_and_no_fault_of_it_holds_a_record_up(
    network: Network,
) -> None:
    with stock_service() as stock:
        entry = {
            "url": stock.url + "/cars/{{ number }}",
            "internal": True,
            "tries": 1,
            "pause_after": 100,
            "answer": {"site": "site.code"},
        }
        path = network.folder / "services.yaml"
        path.write_text(yaml.safe_dump({"services": {"stock": entry}}))
        with network.daemon(policy=POLICY) as daemon:
            daemon.until_ready()
            known, plain = network.leads(1, Stock_Number__c="S-1"), network.leads(1)
            failing = [network.leads(1, Stock_Number__c=number)[0] for number in FAULTS]
            many = network.leads(40, Stock_Number__c="late")  # wait no longer than one
            network.until_routed([*known, *plain, *failing, *many])
            lead = network.lead(known[0], "In_Stock_At__c", "Rating")
            assert (lead["In_Stock_At__c"], lead["Rating"]) == ("R00013812", None)
            assert network.lead(plain[0], "In_Stock_At__c")["In_Stock_At__c"] is None
            assert {row["Rating"] for row in network.read(failing, "Rating").values()} == {"Cold"}
            assert stock.paths.count("/cars/S-1") == 1
            base = f"http://{daemon.until_logged('watch.listening')['address']}"
            document = requests.get(f"{base}/status", timeout=30).json()
            calls = document["services"]["stock"]["calls"]
            assert calls["answered"] == 1
            assert calls["timed_out"] == 41
            metrics = requests.get(f"{base}/metrics", timeout=30).text
            told = 'ortoo_callout_seconds_count{outcome="answered",service="stock"} 1.0'
            assert told in metrics
            assert 'ortoo_callout_paused{service="stock"} 0.0' in metrics
            EMITTED.hear_metrics(metrics)

            def left_alone() -> bool:
                network.until_routed(network.leads(1, Stock_Number__c="down"), within=8)
                told = requests.get(f"{base}/metrics", timeout=30).text
                EMITTED.hear_metrics(told)
                return 'ortoo_callout_paused{service="stock"} 1.0' in told

            path.write_text(yaml.safe_dump({"services": {"stock": entry | {"pause_after": 1}}}))
            wait_until(left_alone, 20, "the service is left alone")
            path.write_text(yaml.safe_dump({"services": {"stock": {"url": "nowhere"}}}))

            def refused() -> bool:
                network.until_routed(network.leads(1, Stock_Number__c="S-4"), within=8)
                return bool(daemon.events("services.refused"))

            wait_until(refused, 20, "the edit that is wrong is told")
        facts = network.sandbox.query(
            f"SELECT Facts__c FROM Ortoo_Decision__c WHERE Record_Id__c = '{known[0]}'"
        )[0]["Facts__c"]
        (kept,) = (each for each in json.loads(facts)["answers"] if "call" in each)
        assert kept["call"]["sent"] == {"number": "S-1"}
        assert kept["answer"]["value"] == {"site": "R00013812"}
