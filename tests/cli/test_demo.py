"""The demo end to end, as a newcomer runs it: its own processes, its own org, and it ends by itself."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
_DEMO = [sys.executable, "-m", "ortoo_daemon", "demo"]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_DEMO, *arguments], cwd=_ROOT, capture_output=True, text=True, timeout=100, check=False
    )


def _processes_of(folder: Path) -> list[str]:
    """Command lines of processes that work for the demo in that folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"--state {folder}" in line:
            found.append(line)
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A short day. An environment that names another org must not matter."""
    folder = tmp_path_factory.mktemp("demo")
    os.environ["ORTOO_ORG__AUTH__PRIVATE_KEY"] = "of another org"
    try:
        done = _run(
            *("--leads", "60", "--cases", "10", "--speed", "fast"),
            *("--json", "--folder", str(folder)),
        )
    finally:
        del os.environ["ORTOO_ORG__AUTH__PRIVATE_KEY"]
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"folder": folder, "progress": done.stderr}


def test_every_check_of_a_short_day_holds(played: dict[str, Any]) -> None:
    assert played["holds"] is True
    assert [each["name"] for each in played["checks"] if not each["holds"]] == []
    assert len(played["checks"]) == 12


def test_every_record_is_counted_under_one_outcome(played: dict[str, Any]) -> None:
    assert (played["leads"], played["cases"]) == (60, 10)
    outcomes = [played[name] for name in ("routed", "queued", "parked", "left_alone")]
    assert sum(outcomes) == 70 + played["split"]["cases"]
    assert played["split"]["cases"] == 2 * played["split"]["mails"] > 0
    assert played["routed"] > 30
    assert played["queued"] > 5
    assert played["parked"] == 2  # those without address and number
    assert played["overridden"] == 1
    assert played["answered"] > 20


def test_late_records_are_seen_warned_violated_and_reassigned(played: dict[str, Any]) -> None:
    """By the org's own rows; that each was rightly so is what the checks prove."""
    clocks = played["clocks"]
    assert min(clocks[name] for name in ("warned", "late", "reassigned", "clock_stopped")) > 0
    assert clocks["late"] < 70 - 20


def test_who_goes_away_is_seen_relieved_and_given_back_what_nobody_touched(
    played: dict[str, Any],
) -> None:
    away = played["away"]
    assert away["advisers"] > 0
    assert away["moved"] >= away["given_back"] > 0


def test_a_wrong_edit_is_seen_refused_and_the_mended_one_in_force(played: dict[str, Any]) -> None:
    edit = played["edit"]
    assert any("'onwership' (did you mean ownership?)" in each for each in edit["refused"])
    assert all(str(played["folder"]) in each for each in edit["refused"])  # a copy was edited
    assert edit["before"] != edit["after"]


def test_the_files_that_are_played_are_not_touched(played: dict[str, Any]) -> None:
    copy = played["folder"] / "config" / "policies" / "leads.yaml"
    text = (_ROOT / "config" / "policies" / "leads.yaml").read_text()
    assert "launch day" not in text
    assert copy.read_text() == text + "\n# Looked through on the launch day.\n"


def test_the_summary_tells_speed_cost_and_memory(played: dict[str, Any]) -> None:
    took = played["time_to_owner"]
    assert took["records"] == played["routed"] + played["queued"] - played["split"]["cases"]
    assert 0 < took["median"] <= took["p95"] <= took["slowest"]
    assert 0 < played["api_calls_per_record"] < 8
    assert played["daemon"]["subscribed_after"] > 0
    assert 30 < played["daemon"]["peak_memory"] < 450  # rooftops and words of six languages


def test_progress_is_told_in_lines_where_no_terminal_is(played: dict[str, Any]) -> None:
    lines = [line for line in played["progress"].splitlines() if " in  " in line]
    assert re.match(r" *\d+ s  (Mon|Tue|Wed|Thu|Fri) 1[45]:\d\d  ", lines[-1])
    assert "70 in" in lines[-1]
    assert "0 waiting" in lines[-1]
    assert "\x1b" not in played["progress"]


def test_nothing_is_left_running(played: dict[str, Any]) -> None:
    assert _processes_of(played["folder"]) == []


def test_the_printed_commands_work_word_for_word_after_the_demo(played: dict[str, Any]) -> None:
    explain, why, by_hand, late, split, parked = played["commands"]
    told = {}
    for command in (explain, why, by_hand, late, split, parked):
        done = subprocess.run(
            command, shell=True, cwd=_ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        told[command] = done.stdout
    record = shlex.split(explain)[-1]
    assert record in told[explain]
    assert "config/policies/leads.yaml:" in told[explain]
    assert record in told[why]
    assert "Nina Faure" in told[by_hand]
    turns = ("warned", "reassigned", "its owner is away", "it was theirs before they were away")
    places = [told[late].index(each) for each in turns]
    assert places == sorted(places)
    assert "request 1 of 2" in told[split]
    assert told[parked].count("no_contact") == 2
    assert _processes_of(played["folder"]) == []


def test_a_folder_that_holds_something_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    done = _run("--folder", str(tmp_path))
    assert done.returncode == 2
    assert "not empty" in done.stderr


def test_asking_where_no_demo_was_played_is_wrong_use(tmp_path: Path) -> None:
    assert _run("--folder", str(tmp_path), "parked").returncode == 2
    assert _run("parked").returncode == 2


def test_a_demo_that_is_told_to_end_takes_sandbox_and_daemon_with_it(tmp_path: Path) -> None:
    log = tmp_path / "demo" / "daemon.log"
    arguments = [*_DEMO, "--speed", "slow", "--folder", str(log.parent)]
    with subprocess.Popen(arguments, cwd=_ROOT, stdout=subprocess.DEVNULL) as demo:
        deadline = time.monotonic() + 60
        while not (log.is_file() and "record_handled" in log.read_text()):
            assert time.monotonic() < deadline
            assert demo.poll() is None
            time.sleep(0.1)
        assert len(_processes_of(log.parent)) == 1
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(60) == 128 + signal.SIGTERM
    assert _processes_of(log.parent) == []
    assert "service.stopped" in log.read_text()
