"""The whole daemon as a process, looked at over HTTP while it comes up, routes and ends."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.daemon.watching.readings import READINGS
from tests.acceptance.network import Network
from tests.daemon.looked_at import now
from tests.docs.pages import first_cells, section
from tests.processes import DaemonProcess, SandboxProcess, wait_until

WATCHED = {"watch": {"listen": "127.0.0.1:0"}}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(tmp_path_factory.mktemp("sandbox") / "sandbox.log") as process:
        yield process
        process.heal()


@pytest.fixture
def network(sandbox: SandboxProcess, tmp_path: Path) -> Network:
    sandbox.heal()
    return Network(sandbox, tmp_path)


def url(daemon: DaemonProcess) -> str:
    return f"http://{daemon.until_logged('watch.listening')['address']}"


def readiness(base: str) -> tuple[int, dict[str, str]]:
    """The status, and what is said of each part that is not well."""
    answer = requests.get(f"{base}/readyz", timeout=5)
    body = answer.json()
    assert body["ready"] is (answer.status_code == 200)
    return answer.status_code, {
        part["name"]: part["why"] for part in body["parts"] if not part["ok"]
    }


def families(base: str) -> tuple[set[str], Samples]:
    """The names that are shown, and every sample by name and labels."""
    answer = requests.get(f"{base}/metrics", timeout=5)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    names = set(re.findall(r"^# TYPE (\S+) ", answer.text, re.M))
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    return names, samples


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def assigned(base: str) -> float:
    """Records that got an owner by a rule; some may have been found by the first sweep."""
    by = {"outcome": "assigned", "reason": "rule", "object": "Lead"}.items()
    name = "ortoo_records_handled_total"
    return sum(
        n for (each, labels), n in families(base)[1].items() if each == name and by <= labels
    )


def heard(base: str) -> float:
    return value(families(base)[1], "ortoo_stream_events_total", channel="/data/Ortoo__chn")


def test_readiness_comes_when_the_org_answers_and_says_what_is_missing_until_then(network: Network):
    network.sandbox.fault("error", path="/services/oauth2/token", status=503, times=None)
    with network.daemon(settings=WATCHED) as daemon:
        base = url(daemon)
        daemon.until_logged("service.waiting_for_org")
        status, missing = readiness(base)
        assert status == 503
        assert set(missing) == {"login", "directory", "stream", "work"}
        assert "waiting for the org to log in" in missing["work"]
        assert requests.get(f"{base}/healthz", timeout=5).status_code == 200
        _, samples = families(base)
        assert value(samples, "ortoo_ready") == 0
        assert value(samples, "ortoo_login_failing") == 1
        assert value(samples, "ortoo_login_failures_total") >= 1
        network.sandbox.heal()
        wait_until(lambda: readiness(base) == (200, {}), 30, "readiness")
        assert daemon.terminate() == 0


def test_metrics_tell_of_twenty_leads_routed(network: Network):
    with network.daemon(settings=WATCHED) as daemon:
        base = url(daemon)
        daemon.until_ready()
        ids = network.leads(20)
        network.until_routed(ids)
        wait_until(lambda: assigned(base) == heard(base) == 20, 10, "twenty leads counted")
        _, samples = families(base)
        status = requests.get(f"{base}/status", timeout=5).json()
        assert daemon.terminate() == 0
    assert value(samples, "ortoo_record_decided_seconds_count", object="Lead") == 20
    assert value(samples, "ortoo_record_written_seconds_count", object="Lead") == 20
    assert 0 < value(samples, "ortoo_record_written_seconds_sum", object="Lead") < 20 * 20
    assert value(samples, "ortoo_stream_subscribed", channel="/data/Ortoo__chn") == 1
    assert value(samples, "ortoo_stream_connected") == 1
    assert value(samples, "ortoo_queue_items", state="ready") == 0
    assert value(samples, "ortoo_queue_items", state="parked") == 0
    assert value(samples, "ortoo_reservations") == 0
    assert value(samples, "ortoo_writes_refused_total", what="field") == 0
    assert value(samples, "ortoo_directory_entries", kind="people") > 500
    calls = value(samples, "ortoo_api_calls_total")
    assert 3 <= calls <= value(samples, "ortoo_budget_used", budget="api_calls")
    assert value(samples, "ortoo_budget_allowed", budget="api_calls") == 1_000_000
    assert value(samples, "ortoo_budget_level", budget="delivered_events") == 0
    assert value(samples, "ortoo_budget_used", budget="delivered_events") >= 0
    assert value(samples, "ortoo_sla_steps_due", when="overdue") == 0
    assert value(samples, "ortoo_policies_info", revision=status["policies"]["revision"]) == 1
    assert value(samples, "ortoo_loop_behind_seconds", loop="workers") < 5
    assert value(samples, "ortoo_loop_behind_seconds", loop="stream") < 5
    assert status["ready"] is True
    # The reconciliation of the start may meet some of them, too, and finds nothing left to do.
    assert status["records"]["by_outcome"]["assigned"] == 20
    assert status["records"]["by_outcome"].keys() <= {"assigned", "nothing"}
    assert status["queue"]["finished"] >= 20
    assert not [name for name, labels in samples if any(id in str(labels) for id in ids)]
    (figures,) = daemon.events("service.figures")
    assert figures["handled"]["assigned"] == 20


def test_a_stream_that_the_org_refuses_makes_the_daemon_unready_with_the_org_s_reason(
    network: Network,
):
    network.sandbox.fault(
        "bayeux", channel="/meta/subscribe", error="403::You do not have access", times=None
    )
    with network.daemon(settings=WATCHED) as daemon:
        base = url(daemon)
        daemon.until_logged("stream.channel_refused")
        daemon.until_logged("service.ready")
        status, missing = readiness(base)
        assert (status, set(missing)) == (503, {"stream"})
        assert "403::You do not have access" in missing["stream"]
        assert requests.get(f"{base}/healthz", timeout=5).status_code == 200
        assert daemon.terminate() == 0


def test_the_service_manager_is_fed_by_a_running_daemon(network: Network):
    path = network.folder / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(20)
        manager.bind(str(path))
        daemon = DaemonProcess(
            network.write(),
            environment={"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "600000"},
        )
        with daemon:
            told: list[str] = []
            while not any(each.startswith("READY=1") for each in told):
                told.append(manager.recv(4096).decode())
            later = [manager.recv(4096).decode() for _ in range(4)]
            assert later.count("WATCHDOG=1") >= 3
            assert daemon.terminate() == 0


def test_every_metric_is_described_in_the_operations_page_and_no_other(network: Network):
    with network.daemon(settings=WATCHED) as daemon:
        base = url(daemon)
        daemon.until_ready()
        names, _ = families(base)
        assert daemon.terminate() == 0
    described = set(
        re.findall(r"`(ortoo_\w+)`", "".join(metrics_table())),
    )
    assert names == described


def test_labels_are_described_and_none_of_them_names_a_record_or_a_person():
    meters = {
        "ortoo_records_handled_total": ("object", "outcome", "reason", "way_in"),
        "ortoo_record_decided_seconds": ("object",),
        "ortoo_record_written_seconds": ("object",),
        "ortoo_writes_refused_total": ("what",),
        "ortoo_notices_total": ("way", "outcome"),
        "ortoo_handoff_tries_total": ("way", "outcome"),
        "ortoo_shares_total": ("outcome",),
        "ortoo_callout_seconds": ("service", "outcome"),
        "ortoo_data_quality": ("object", "source"),
    }
    shown = {metric.name for metric in Meters(now).collect()}
    assert shown == {name.removesuffix("_total") for name in meters}
    labels = meters | {reading.name: reading.labels for reading in READINGS}
    for row in metrics_table():
        name, listed = re.findall(r"^\| `(\w+)` \|([^|]*)\|", row)[0]
        assert tuple(part.strip() for part in listed.split(",") if part.strip()) == labels[name]
    allowed = {
        "object", "outcome", "reason", "way_in", "what", "way", "version", "loop", "revision", "state",
        "channel", "sweep", "kind", "budget", "when", "change", "why", "fuse",
        "service", "source",
    }  # fmt: skip
    assert {label for each in labels.values() for label in each} == allowed


def test_every_page_that_is_served_is_described():
    text = section("docs/operations.md", "## Metrics and health")
    assert first_cells(text)[:5] == ["/healthz", "/readyz", "/metrics", "/status", "/candidate"]


def metrics_table() -> list[str]:
    text = section("docs/operations.md", "## Metrics and health")
    return [line for line in text.splitlines() if line.startswith("| `ortoo_")]


def test_the_log_of_a_watched_daemon_holds_no_access_lines(network: Network):
    with network.daemon(settings=WATCHED) as daemon:
        base = url(daemon)
        for _ in range(3):
            requests.get(f"{base}/status", timeout=5)
        assert daemon.terminate() == 0
        assert "GET /status" not in json.dumps(daemon.events())
