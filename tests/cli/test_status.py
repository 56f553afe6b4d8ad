"""`status` shows how a running daemon stands, and says clearly when none answers."""

from __future__ import annotations

import asyncio
import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from ortoo_daemon.cli.status_view import rows, scene, span
from ortoo_daemon.daemon.watching.address import Address
from ortoo_daemon.daemon.watching.http import serving
from tests.acceptance.network import Network
from tests.asynchronous import asynchronous
from tests.cli.command import ortoo
from tests.daemon.looked_at import now, parts_in
from tests.processes import SandboxProcess, wait_until


@pytest.fixture(scope="module")
def shown(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One daemon that has routed twenty leads, as each form of the verb shows it."""
    network = Network(sandbox, tmp_path_factory.mktemp("daemon"))
    socket = str(network.folder / "watch.sock")
    with network.daemon(settings={"watch": {"listen": socket}}) as daemon:
        daemon.until_ready()
        network.until_routed(network.leads(20))
        config = network.folder / "ortoo.yaml"

        def counted() -> dict[str, Any] | None:
            document = ortoo("status", "--config", config, "--json").json()
            # The reconciliation of the start may have met some of them, too: "nothing" to do.
            return document if document["records"]["by_outcome"].get("assigned") == 20 else None

        document = wait_until(counted, 10, "twenty leads counted")
        once = ortoo("status", "--address", socket, "--once")
        assert daemon.terminate() == 0
    return {"document": document, "once": once, "gone": ortoo("status", "--config", config)}


def test_one_look_tells_readiness_queue_stream_records_budget_and_sweeps(shown):
    once = shown["once"]
    assert once.code == 0, once.err
    lines = dict(line.split("\t", 1) for line in once.out.splitlines())
    assert lines["daemon"].startswith("ready, up ")
    assert lines["queue"] == "0 waiting, 0 in hand"
    assert lines["stream"].startswith("connected, last event ")
    assert "20 assigned" in lines["records"]
    assert " of 1,000,000 in 24 h" in lines["API calls"]
    assert " of 50,000 in 24 h" in lines["delivered events"]
    assert "API calls by this process" in lines["calls"]
    assert re.fullmatch(r"\d+ steps due within 15 min, 0 overdue", lines["SLA"])
    assert "reconcile" in once.out
    assert lines["directory"].startswith("118 rooftops")


def test_json_is_the_daemon_s_own_document(shown):
    document = shown["document"]
    assert document["ready"] is True
    assert document["queue"]["finished"] >= 20
    assert document["sweeps"]["reconcile"]["failures"] == 0


def test_a_daemon_that_is_gone_is_said_in_one_sentence(shown):
    gone = shown["gone"]
    assert gone.code == 1
    assert "no daemon answers at" in gone.err
    assert "systemctl status ortoo-daemon" in gone.err
    assert "Traceback" not in gone.err


def test_settings_that_name_no_place_to_ask_are_told_how_to(tmp_path, sandbox):
    config = Network(sandbox, tmp_path).write()
    found = ortoo("status", "--config", config)
    assert found.code == 1
    assert "set watch: {listen: 127.0.0.1:9464}" in found.err


def test_an_address_that_is_none_is_wrong_use():
    found = ortoo("status", "--address", "9464")
    assert found.code == 2
    assert "127.0.0.1:9464" in found.err


@asynchronous
async def test_a_token_that_is_missing_is_asked_for(tmp_path):
    address = Address("127.0.0.1", 0)
    async with parts_in(tmp_path) as parts:
        with capture_logs() as said:
            async with serving(address, parts, token="s3cret", now=now):
                real = said[0]["address"]
                asking = ("status", "--once", "--address", real)
                found = await asyncio.to_thread(ortoo, *asking)
                right = {"ORTOO_WATCH__TOKEN": "s3cret"}
                answered = await asyncio.to_thread(ortoo, *asking, env=right)
    assert found.code == 1
    assert "wants its token" in found.err
    assert answered.code == 1, "it answers, and is not ready"
    assert answered.out.startswith("daemon\tNOT READY")
    assert "  login\tnot yet asked" in answered.out


def test_trouble_is_in_the_rows_and_marked(shown):
    document = {
        **shown["document"],
        "ready": False,
        "parts": [{"name": "stream", "ok": False, "why": "not subscribed: /data/X (403)"}],
        "queue": {
            "ready": 12_000, "leased": 400, "parked": 3, "oldest_ready_for": 7200.0,
            "parked_for": {"no_contact": 2, "refused_by_org": 1},
        },
        "login": {"failing": True, "error": "invalid_grant: frozen", "failures": 3},
        "parked": {
            "total": 41, "by_reason": {"no_phone": 40, "no_target": 1}, "oldest_for": 200_000.0,
        },
        "sla": {"overdue": 2, "soon": 1_200, "counted_ago": 30.0},
        "budgets": {
            "level": "scarce",
            "shed": {
                "sweeps": {"reconcile": 12, "sla": None, "review": None},
                "put_off": ["reviewed", "sla"], "questions": True,
            },
            "api_calls": {
                "used": 98_000, "allowed": 100_000, "share": 0.98, "level": "scarce",
                "runs_out_at": "2026-03-02T11:20:00.000Z",
            },
        },
        "sweeps": {"directory": {
            "ended_ago": 90.0, "took_for": 0.2, "runs": 20, "failures": 3, "error": "TemporaryOrgError",
        }},
    }  # fmt: skip
    found = {row.name: row for row in rows(document)}
    assert found["  stream"].text == "not subscribed: /data/X (403)"
    assert found["queue"].text == "12,000 waiting (the oldest for 2 h), 400 in hand"
    assert found["given up"].text == "3: 2 no_contact, 1 refused_by_org"
    assert found["parked"].text == "41 in the org: 40 no_phone, 1 no_target; the oldest for 2 d"
    assert found["SLA"].text == "1,200 steps due within 15 min, 2 overdue"
    assert found["API calls"].text == (
        "98,000 of 100,000 in 24 h (98.0%), scarce; "
        "at this rate used up at 2026-03-02T11:20:00.000Z"
    )
    assert found["  shed"].text == (
        "reconcile 12 times rarer; sla, review paused; reviewed, sla items wait; "
        "former owners of customers are not asked for"
    )
    assert found["login"].text == "fails: invalid_grant: frozen"
    assert (
        found["sweep"].text == "directory 90 s ago, took 200 ms, 3 of 20 failed: TemporaryOrgError"
    )
    marked = {name for name, row in found.items() if row.style == "bold red"}
    assert marked >= {"daemon", "  stream", "queue", "login", "API calls", "sweep"}


def test_a_channel_that_is_silent_or_tells_no_records_is_marked(shown):
    live = {"subscribed": True, "refused": None, "events": 7}
    channels = {
        "/data/A": {**live, "unusable": 0, "silent_since": "2026-03-02T09:00:00.000Z"},
        "/event/B__e": {**live, "unusable": 3, "silent_since": None},
    }
    document = {**shown["document"]}
    aside = [{"at": "2026-03-02T09:00:01.000Z", "channel": "/data/A", "reason": "TypeError"}]
    document["stream"] = {**document["stream"], "channels": channels, "set_aside": aside}
    found = {row.name: row for row in rows(document)}
    assert found["  /data/A"].text == "live, 7 events, silent since 2026-03-02T09:00:00.000Z"
    assert found["  /data/A"].style == "bold red"
    assert found["  /event/B__e"].text == "live, 7 events, 3 of them unusable"
    assert found["  set aside"].text == (
        "1 kept, the last at 2026-03-02T09:00:01.000Z of /data/A: TypeError"
    )


def test_shares_have_a_row_where_there_are_any_and_refused_ones_are_marked(shown):
    document = shown["document"]
    assert document["shares"] == {"refused": 0}
    assert "shares" not in {row.name for row in rows(document)}
    counted = {"shared": 1200, "refused": 0, "held": 3}
    for refused, style in ((0, ""), (2, "bold red")):
        told = rows({**document, "shares": counted | {"refused": refused}})
        row = next(row for row in told if row.name == "shares")
        assert row.text.endswith("1,200 shared")
        assert row.text.startswith("3 held")
        assert row.style == style


def test_policies_from_git_are_told_with_whose_commit_they_are(shown):
    commit = {"id": "c" * 40, "author": "Anna Roy", "note": "Fleet from ten on", "edited": True}
    policies = {**shown["document"]["policies"], "commit": commit}
    found = {row.name: row.text for row in rows({**shown["document"], "policies": policies})}
    told = "commit cccccccccccc by Anna Roy: Fleet from ten on, edited since"
    assert found["policies"].endswith(told)


def test_a_daemon_that_falls_silent_keeps_its_last_figures_in_sight(shown):
    console = Console(width=160, record=True, file=StringIO())
    console.print(scene(shown["document"], silent="no daemon answers (silent for 4 s)"))
    text = console.export_text()
    assert "20 assigned" in text
    assert "silent for 4 s" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.25, "250 ms"), (59, "59 s"), (600, "10 min"), (36_000, "10 h"), (864_000, "10 d")],
)
def test_a_span_is_told_in_the_unit_a_person_would_choose(seconds, text):
    assert span(seconds) == text
