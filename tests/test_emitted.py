"""What counts as emitted, and when a run is whole: else the comparison with the page would prove nothing."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from ortoo_daemon.daemon.notify import Notifier
from tests.conftest import is_whole
from tests.emitted import EMITTED, PAGE, Emitted, compared
from tests.processes import ROOT

PAGE_OF_METRICS = """# TYPE ortoo_ready gauge
ortoo_ready {ready}
# TYPE ortoo_sweep_runs counter
ortoo_sweep_runs_total{{sweep="sla"}} {runs}
# TYPE ortoo_build_info gauge
ortoo_build_info{{version="1"}} 1
# TYPE ortoo_record_decided_seconds histogram
ortoo_record_decided_seconds_bucket{{object="Lead",le="+Inf"}} {runs}
ortoo_record_decided_seconds_sum{{object="Lead"}} {runs}
ortoo_record_decided_seconds_count{{object="Lead"}} {runs}
"""


def line(event: str, logger: str) -> str:
    return json.dumps({"event": event, "logger": logger})


def test_of_a_daemons_log_our_own_events_count_alone() -> None:
    found = Emitted()
    found.hear_log(
        [
            line("service.ready", "ortoo_daemon.service"),
            line("Job missed", "apscheduler.scheduler"),
            "Traceback (most recent call last):",
            '"a text"',
        ]
    )
    assert found.events == {"service.ready"}


def test_in_this_process_events_of_the_package_count_and_those_of_tests_do_not(
    tmp_path: Path,
) -> None:
    structlog.get_logger("ortoo_daemon.pretended").info("test.pretends")
    assert "test.pretends" not in EMITTED.events
    EMITTED.events.discard("service.notify_failed")
    Notifier(str(tmp_path / "nobody listens")).ready("")
    assert "service.notify_failed" in EMITTED.events


def test_a_gauge_counts_once_it_was_seen_at_two_values_and_a_counter_once_it_counted() -> None:
    found = Emitted()
    found.hear_metrics(PAGE_OF_METRICS.format(ready=1, runs=0))
    found.hear_metrics(PAGE_OF_METRICS.format(ready=1, runs=0))
    assert found.metrics == {"ortoo_build_info"}
    found.hear_metrics(PAGE_OF_METRICS.format(ready=1, runs=1))
    counted = {"ortoo_sweep_runs_total", "ortoo_record_decided_seconds"}
    assert found.metrics == {"ortoo_build_info", *counted}
    found.hear_metrics(PAGE_OF_METRICS.format(ready=0, runs=1))
    assert found.metrics == {"ortoo_build_info", *counted, "ortoo_ready"}


def test_what_several_processes_saw_counts_together() -> None:
    one, other = Emitted(), Emitted()
    one.hear_log([line("service.ready", "ortoo_daemon.service")])
    one.hear_metrics(PAGE_OF_METRICS.format(ready=0, runs=0))
    other.hear_metrics(PAGE_OF_METRICS.format(ready=1, runs=0))
    other.hear_of(json.loads(json.dumps(one.told())))
    assert other.events == {"service.ready"}
    assert other.metrics == {"ortoo_build_info", "ortoo_ready"}


def test_the_page_is_compared_both_ways() -> None:
    found = Emitted()
    found.hear_log([line(name, "ortoo_daemon.x") for name in ("service.ready", "service.sang")])
    found.hear_metrics("# TYPE ortoo_songs gauge\nortoo_songs 1\n")
    events, metrics = compared(found).values()
    assert (events.seen, events.unnamed) == (1, ("service.sang",))
    assert "service.stopped" in events.silent
    assert "service.ready" not in events.silent
    assert metrics.unnamed == ("ortoo_songs",)
    assert "ortoo_ready" in metrics.silent
    assert f"`{metrics.silent[0]}`" in (ROOT / PAGE).read_text()
    assert not events.holds


def config(*arguments: str, **chosen: Any) -> Any:
    names = ("keyword", "markexpr", "ignore", "ignore_glob", "deselect", "lf")
    option = {**dict.fromkeys(names), "collectonly": False, **chosen}
    return SimpleNamespace(
        option=SimpleNamespace(**option),
        invocation_params=SimpleNamespace(dir=ROOT),
        args=list(arguments) or ["tests"],
        rootpath=ROOT,
        getini=lambda _: ["tests"],
    )


def test_a_run_of_everything_is_whole() -> None:
    assert is_whole(config())
    assert is_whole(config("tests/"))


@pytest.mark.parametrize(
    "chosen",
    [{"keyword": "sla"}, {"ignore": ["tests/cli"]}, {"deselect": ["x"]}, {"collectonly": True}],
)
def test_a_choice_of_tests_is_not_whole(chosen: dict[str, Any]) -> None:
    assert not is_whole(config(**chosen))


def test_some_of_the_paths_are_not_whole() -> None:
    assert not is_whole(config("tests/daemon"))
    assert not is_whole(config("tests/test_emitted.py::test_a_run_of_everything_is_whole"))
