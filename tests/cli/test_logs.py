"""`logs` shows the daemon's lines to people: filtered, followed, and never steering their terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.records import record_id
from tests.cli.command import Ended
from tests.processes import ROOT, wait_until

RECORD, OTHER = record_id("00Q000000000001"), record_id("00Q000000000002")
ADDRESS = f"https://acme.my.salesforce.com/lightning/r/Lead/{RECORD}/view"
ROOFTOP = "001000000000001AAA"


def line(event: str, level: str = "info", **members: Any) -> str:
    stamped = {"event": event, "level": level, "logger": "ortoo_daemon.test"}
    return json.dumps({**members, **stamped, "timestamp": "2026-03-02T09:00:00.123456Z"})


HANDLED = line(
    "record_handled", object="Lead", record=RECORD, key=f"{RECORD}:first", outcome="assigned",
    reason="rule", policy="retail@abc", rule="dealers / vans", rooftop=ROOFTOP,
    owner="005000000000001AAA", waited_ms=12,
)  # fmt: skip
PARKED = line(
    "record_handled", object="Case", record=OTHER, outcome="parked",
    reason="requirement_failed", parked_for="no_contact",
)  # fmt: skip
LOST = line("work.lease_lost", "warning", record_id=RECORD, entry="first")
REFUSED = line("record_refused", "error", object="Lead", record=OTHER, code="FIELD_INTEGRITY")
DEBUG = line(
    "record_handled", "debug", object="Lead", record=RECORD, outcome="nothing", reason="no_policy"
)
FAILED = line(
    "sweep.failed", "error", sweep="reconcile",
    exception=[{"exc_type": "ValueError", "exc_value": "bad", "frames": [
        {"filename": "a.py", "lineno": 1, "locals": {"name": "Roy"}}, {"filename": "b.py", "lineno": 7},
    ]}],
)  # fmt: skip
TEXT = "Started ortoo-daemon.service"
ALL = [TEXT, HANDLED, PARKED, LOST, REFUSED, DEBUG, FAILED]


def logs(*arguments: str, lines: list[str] | None = None) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "ortoo_daemon", "logs", *arguments],
        input="\n".join(ALL if lines is None else lines) + "\n",
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=False,
        env={**os.environ, "COLUMNS": "300"},  # no message is broken by a long path
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_record_is_told_in_a_sentence_with_the_rest_behind_it():
    found = logs("-", lines=[HANDLED])
    assert found.code == 0, found.err
    assert found.out == (
        f"2026-03-02 09:00:00.123 info    Lead {RECORD} assigned (rule) "
        "→ 005000000000001AAA at 001000000000001AAA, retail@abc / dealers / vans  "
        f"key={RECORD}:first waited_ms=12\n"
    )


def test_a_parked_record_says_why():
    assert f"Case {OTHER} parked (requirement_failed: no_contact)" in logs(lines=[PARKED]).out


def test_without_filters_every_line_is_shown_text_included():
    found = logs()
    assert len(found.out.splitlines()) == len(ALL) + 1  # the failure's cause has a line of its own
    assert found.out.startswith(TEXT)


def test_a_failure_is_told_with_its_place_and_without_its_variables():
    found = logs(lines=[FAILED])
    assert "ValueError: bad  (b.py:7)" in found.out
    assert "Roy" not in found.out


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (["--record", RECORD], [HANDLED, LOST, DEBUG]),
        (["--record", RECORD[:15]], [HANDLED, LOST, DEBUG]),
        (["--record", ADDRESS], [HANDLED, LOST, DEBUG]),
        (["--record", RECORD, "--level", "info"], [HANDLED, LOST]),
        (["--rooftop", ROOFTOP], [HANDLED]),
        (["--reason", "rule"], [HANDLED]),
        (["--reason", "no_contact"], [PARKED]),
        (["--reason", "FIELD_INTEGRITY"], [REFUSED]),
        (["--level", "warning"], [LOST, REFUSED, FAILED]),
        (["--level", "error", "--record", RECORD], []),
    ],
)  # fmt: skip
def test_filters_leave_the_lines_that_are_asked_for(filters, shown):
    found = logs("--json", *filters)
    assert found.code == 0, found.err
    assert found.out.splitlines() == shown


def test_what_would_steer_a_terminal_is_shown_as_dots():
    evil = line("x", note="\x1b]0;owned\x07", code="\x1b[31m")
    found = logs(lines=[evil, "\x1b[2Jplain", '{"event": "\x9b1m"}'])
    assert not {"\x1b", "\x07", "\x9b"} & set(found.out)
    assert "·[2Jplain" in found.out


def test_markup_in_a_line_is_text():
    assert "[bold]x[/bold]" in logs(lines=["[bold]x[/bold]"]).out


@pytest.mark.parametrize(
    "text", ["{", '{"no": "event"}', "[1]", '{"event": 1, "level": 3, "exception": [1, {}]}']
)
def test_odd_lines_are_shown_and_break_nothing(text):
    found = logs(lines=[text, HANDLED])
    assert found.code == 0, found.err
    assert RECORD in found.out


def test_an_id_that_is_none_is_wrong_use():
    assert logs("--record", "12").code == 2


def test_a_file_that_is_not_there_is_wrong_use(tmp_path):
    found = logs(str(tmp_path / "none.log"))
    assert found.code == 2
    assert "can't be read" in found.err


def test_a_file_is_followed_over_its_rotation(tmp_path: Path):
    log, shown = tmp_path / "daemon.log", tmp_path / "shown"
    log.write_text(HANDLED + "\n" + PARKED[:20])
    with shown.open("w") as out:
        following = subprocess.Popen(
            [sys.executable, "-m", "ortoo_daemon", "logs", str(log), "--follow", "--json"],
            stdout=out,
            cwd=ROOT,
        )
    try:
        wait_until(lambda: shown.read_text().splitlines() == [HANDLED], 20, "the first line")
        with log.open("a") as more:
            more.write(PARKED[20:] + "\n")
        wait_until(lambda: shown.read_text().splitlines()[1:] == [PARKED], 20, "the rest of a line")
        log.rename(tmp_path / "daemon.log.1")
        log.write_text(LOST + "\n")
        wait_until(lambda: shown.read_text().splitlines()[2:] == [LOST], 20, "the new file's line")
        assert following.poll() is None
    finally:
        following.terminate()
        following.wait(10)
