"""Dashboard and alert rules build on metrics that exist, and Prometheus takes the rules."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ortoo_daemon.consequences import ShareState
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.daemon.watching.readings import READINGS
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.allocations import Allocation
from ortoo_daemon.simulation.backtest.placement import Change
from tests.daemon.looked_at import now
from tests.processes import ROOT

FOLDER = ROOT / "config" / "monitoring"
ALERTS = FOLDER / "alerts.yaml"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")

RULES = [
    rule
    for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
LABELS: dict[str, frozenset[str]] = {
    reading.name: frozenset(reading.labels) for reading in READINGS
} | {
    "ortoo_records_handled_total": frozenset({"object", "outcome", "reason", "way_in"}),
    "ortoo_record_decided_seconds_bucket": frozenset({"object", "le"}),
    "ortoo_record_written_seconds_bucket": frozenset({"object", "le"}),
    "ortoo_writes_refused_total": frozenset({"what"}),
    "ortoo_notices_total": frozenset({"way", "outcome"}),
    "ortoo_handoff_tries_total": frozenset({"way", "outcome"}),
    "ortoo_shares_total": frozenset({"outcome"}),
    "ortoo_callout_seconds_bucket": frozenset({"service", "outcome", "le"}),
    "ortoo_callout_seconds_count": frozenset({"service", "outcome"}),
    "ortoo_data_quality_bucket": frozenset({"object", "source", "le"}),
}
OF_PROMETHEUS = {"instance", "job"}


def expressions(value: Any) -> Iterator[str]:
    """Every query of a dashboard, wherever it stands."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "expr":
                yield each
            yield from expressions(each)
    elif isinstance(value, list):
        for each in value:
            yield from expressions(each)


QUERIES = [*expressions(DASHBOARD), *(rule["expr"] for rule in RULES)]


def test_the_meters_that_are_named_here_exist():
    shown = {metric.name for metric in Meters(now).collect()}
    named = {name for name in LABELS if name not in {each.name for each in READINGS}}
    assert {re.sub(r"_(total|bucket|count)$", "", name) for name in named} == shown


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_uses_metrics_and_labels_that_exist(query):
    names = re.findall(r"\bortoo_\w+", query)
    assert names or query.startswith("absent(up")
    assert set(names) <= set(LABELS)
    for name, selector in re.findall(r"\b(ortoo_\w+)\{([^}]*)\}", query):
        used = set(re.findall(r"(\w+)\s*[=!]~?", selector))
        assert used <= LABELS[name] | OF_PROMETHEUS, query
    grouped = {
        label.strip()
        for labels in re.findall(r"\b(?:by|on|group_left|ignoring)\s*\(([^)]*)\)", query)
        for label in labels.split(",")
    }
    known = frozenset[str]().union(*(LABELS[name] for name in names))
    assert grouped <= known | OF_PROMETHEUS, query


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_values_that_a_label_can_have(query):
    values = {
        "outcome": {*Outcome, "gone", "shared", "refused", *ShareState},
        "reason": set(ReasonCode),
        "way_in": set(WorkReason),
        "what": {"field", "owner", "record", "event"},
        "state": {"ready", "leased", "parked", "waiting", "failing", "no_consent", "dead"},
        "budget": set(Allocation),
        "when": {"overdue", "soon"},
        "change": set(Change),
        "sweep": {
            "reconcile",
            "recover",
            "directory",
            "workload",
            "retention",
            "sla",
            "parked",
            "review",
        },
    }
    for label, asked in re.findall(r'\b(\w+)\s*[=!]~?\s*"([^"]*)"', query):
        if label in values:
            assert set(asked.split("|")) <= values[label], query


def test_alerts_cover_what_can_go_wrong():
    names = {rule["alert"] for rule in RULES}
    assert len(names) == len(RULES)
    assert {
        "OrtooDown",
        "OrtooNotReady",
        "OrtooNobodyLeads",
        "OrtooStreamSilent",
        "OrtooQueueGrowing",
        "OrtooParkedGrowing",
        "OrtooApiBudgetLow",
        "OrtooApiBudgetScarce",
        "OrtooEventBudgetLow",
        "OrtooBudgetRunsOut",
        "OrtooSlaOverdue",
        "OrtooParkedForDays",
        "OrtooDefaultQueueRate",
        "OrtooLoginFailing",
        "OrtooSweepFailing",
        "OrtooReconcileFailing",
        "OrtooPoliciesRefused",
        "OrtooCandidateRefused",
        "OrtooPoliciesReturned",
        "OrtooHandoffsFailing",
        "OrtooHandoffsDead",
    } <= names
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_the_dashboard_can_be_imported():
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["targets"], panel["title"]
            references = [target["refId"] for target in panel["targets"]]
            assert len(set(references)) == len(references)
    variables = {each["name"] for each in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource", "instance"}


def test_every_metric_is_on_the_dashboard_or_in_an_alert():
    used = {name for query in QUERIES for name in re.findall(r"\bortoo_\w+", query)}
    assert set(LABELS) - used <= {"ortoo_sweep_runs_total"}


@needs_promtool
def test_promtool_accepts_the_rules():
    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", str(ALERTS)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_alerts_fire_when_they_should_and_not_otherwise():
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", str(ROOT / "tests" / "monitoring" / "alerts_test.yaml")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
