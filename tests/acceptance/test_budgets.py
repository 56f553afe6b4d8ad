"""The org's API calls run short: everything else waits before an owner does, and it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import DaemonProcess, Row, wait_until

PLENTY = 1_000_000
OTHERS = 100_000
"""Calls of other integrations, so that a point of percent is room enough for a test."""

STICKY: Row = {
    **FLAGSHIP,
    "person": {"by": "least_loaded", "sticky": {"on": "Email", "for": "90d"}},
}
SETTINGS: Row = {
    "watch": {"listen": "127.0.0.1:0"},
    "sweeps": {
        "sla_every": "1s",
        "directory_every": "1s",
        "workload_every": "1s",
        "review_every": "1s",
    },
    "budgets": {"limits_every": "1s"},
}
SLA = [
    {
        "clock": "first_response",
        "target": "30m",
        "hours": "24x7",
        "warn": ["50%"],
        "stopped_by": [{"Status": ["Working - Contacted"]}],
        "on_violation": [{"reassign": {"within": "rooftop"}}],
    }
]


@pytest.fixture
def spent(network: Network) -> Iterator[Network]:
    """The org as others have used it before."""
    network.sandbox.control("POST", "/limits", {"used_by_others": {"api_calls": OTHERS}})
    yield network
    allow(network, PLENTY)
    network.sandbox.control("POST", "/limits", {"delivered_events": PLENTY})


def used(network: Network) -> int:
    return int(network.sandbox.control("POST", "/limits", {})["used"])


def allow(network: Network, calls: int) -> None:
    network.sandbox.control("POST", "/limits", {"api_calls": calls})


def spend_to(network: Network, share: float) -> None:
    """Make what has been used so great a share."""
    allow(network, int(used(network) / share))


def status(daemon: DaemonProcess) -> Row:
    base = f"http://{daemon.until_logged('watch.listening')['address']}"
    found: Row = requests.get(f"{base}/status", timeout=30).json()
    return found


def metric(daemon: DaemonProcess, name: str, labels: str) -> float:
    base = f"http://{daemon.until_logged('watch.listening')['address']}"
    text = requests.get(f"{base}/metrics", timeout=30).text
    (value,) = re.findall(rf"^{name}\{{{labels}\}} (\S+)$", text, re.M)
    return float(value)


def until_level(daemon: DaemonProcess, word: str) -> Row:
    wait_until(lambda: status(daemon)["budgets"]["level"] == word, 20, f"level {word}")
    return status(daemon)["budgets"]


def runs(daemon: DaemonProcess, sweep: str) -> int:
    return int(status(daemon)["sweeps"].get(sweep, {"runs": 0})["runs"])


def daemon_of(network: Network, **policy: Any) -> DaemonProcess:
    return network.daemon(assign=STICKY, settings=SETTINGS, policy=policy)


def test_when_calls_are_short_customers_are_not_looked_up_and_polls_are_rare(spent: Network):
    with daemon_of(spent) as daemon:
        daemon.until_ready()
        (first,) = spent.leads(1, Email="anna@mail.example")
        spent.until_routed([first])
        assert spent.proof(first)["Reason_Code__c"] == "rule"
        spend_to(spent, 0.92)
        shed = until_level(daemon, "short")["shed"]
        assert shed["questions"]
        assert shed["sweeps"]["directory"] == 10
        polled = runs(daemon, "directory")
        (other,) = spent.leads(1, Email="ben@mail.example")
        spent.until_routed([first, other])
        again = runs(daemon, "directory") - polled
        allow(spent, PLENTY)
        until_level(daemon, "enough")
        (third,) = spent.leads(1, Email="ben@mail.example")
        spent.until_routed([first, other, third])
        levels = [(each["before"], each["standing"]) for each in daemon.events("budget.level")]
        assert daemon.terminate() == 0
    assert again <= 2
    row = detail(spent, other)
    assert "who had the customer before: not asked" in row["Summary__c"]
    assert '"not_asked"' in row["Trace__c"]
    assert "not asked: the org's API calls are short" in row["Facts__c"]
    assert spent.proof(third)["Reason_Code__c"] == "sticky"
    assert spent.lead(third)["OwnerId"] == spent.lead(other)["OwnerId"]
    assert levels == [("enough", "short"), ("short", "enough")]


def detail(network: Network, id: str) -> Row:
    fields = ("Summary__c", "Trace__c", "Facts__c")
    (row,) = network.sandbox.rows_of("Ortoo_Decision__c", fields, [id], "Record_Id__c")
    return row


def test_when_calls_are_scarce_new_leads_get_owners_and_clocks_wait(spent: Network):
    with daemon_of(spent, action={"sla": SLA}) as daemon:
        daemon.until_ready()
        (late,) = spent.leads(1, Email="late@mail.example")
        spent.until_routed([late])
        spend_to(spent, 0.98)
        budgets = until_level(daemon, "scarce")
        assert budgets["shed"]["sweeps"]["sla"] is None
        assert metric(daemon, "ortoo_budget_level", 'budget="api_calls"') == 3
        spent.sandbox.shift_clock(20 * 60)
        sweeps = runs(daemon, "sla")
        (new,) = spent.leads(1, Email="new@mail.example")
        spent.until_routed([late, new])
        assert runs(daemon, "sla") <= sweeps + 1
        assert spent.lead(late, "Ortoo_SLA_Status__c")["Ortoo_SLA_Status__c"] == "Running"
        allow(spent, PLENTY)
        wait_until(lambda: "warned" in outcomes(spent, late), 20, "the step taken afterwards")
        assert daemon.terminate() == 0
    assert spent.lead(new)["OwnerId"].startswith("005")


def outcomes(network: Network, id: str) -> list[str]:
    return [row["Outcome__c"] for row in network.proofs([id]).get(id, [])]


def test_an_exhausted_allowance_is_told_and_ends_by_itself(spent: Network):
    with daemon_of(spent) as daemon:
        daemon.until_ready()
        allow(spent, used(spent))
        until_level(daemon, "used_up")
        assert status(daemon)["ready"] is True
        allow(spent, PLENTY)
        until_level(daemon, "enough")
        assert daemon.terminate() == 0
    levels = [(each["before"], each["standing"]) for each in daemon.events("budget.level")]
    assert levels == [("enough", "used_up"), ("used_up", "enough")]


def test_delivered_events_are_watched_and_shed_nothing(spent: Network):
    with daemon_of(spent) as daemon:
        daemon.until_ready()
        (lead,) = spent.leads(1, Email="one@mail.example")
        spent.until_routed([lead])
        delivered = spent.sandbox.control("POST", "/limits", {})["delivered"]
        spent.sandbox.control("POST", "/limits", {"delivered_events": int(delivered / 0.95) or 1})
        found = wait_until(
            lambda: [e for e in daemon.events("budget.level") if e["budget"] == "delivered_events"],
            20,
            "the level of delivered events",
        )
        document = status(daemon)["budgets"]
        assert daemon.terminate() == 0
    assert found[0]["standing"] in ("short", "scarce", "used_up")
    assert document["level"] == "enough"
    assert document["shed"]["sweeps"] == {}
    assert document["delivered_events"]["used"] >= 1
