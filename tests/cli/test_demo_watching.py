"""What the demo overhears of the daemon, and how it counts."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ortoo_daemon.cli.launch_day.display import short_problem, watching
from ortoo_daemon.cli.launch_day.leads import Kind
from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.overheard import DaemonLog
from ortoo_daemon.cli.launch_day.tally import Created, Tally


def _line(record: str, **values: Any) -> str:
    line = {"event": "record_handled", "object": "Lead", "record": record, "outcome": "assigned"}
    return json.dumps(line | values) + "\n"


def test_a_line_that_is_still_being_written_is_read_once_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "daemon.log"
    whole = _line("00Q1")
    file.write_text(whole + whole[:20])
    log = DaemonLog(file)
    assert len(list(log.new_lines())) == 1
    assert list(log.new_lines()) == []
    file.write_text(whole + whole)
    assert len(list(log.new_lines())) == 1
    assert log.troubles == []


def test_errors_and_tracebacks_are_troubles_and_warnings_are_not(tmp_path: Path) -> None:
    file = tmp_path / "daemon.log"
    lines = ['{"level": "error", "event": "x"}', '{"level": "warning", "event": "y"}', "Traceback"]
    file.write_text("\n".join(lines) + "\n")
    log = DaemonLog(file)
    assert [line["event"] for line in log.new_lines()] == ["x", "y"]
    assert log.troubles == ['{"level": "error", "event": "x"}', "Traceback"]


def test_customers_who_come_back_are_counted_with_those_who_met_one_owner() -> None:
    tally = Tally(planned=5)
    owners = {"00Q1": ("a", "005A"), "00Q2": ("a", "005A"), "00Q3": ("b", "005A")}
    owners |= {"00Q4": ("b", "005B"), "00Q5": ("c", "005A")}
    for record, (customer, owner) in owners.items():
        tally.created[record] = Created(id=record, kind=Kind.PLAIN, at=0.0, customer=customer)
        tally.hear([json.loads(_line(record, owner=owner, owner_kind="user"))])
    assert tally.returning() == (2, 1)


def test_a_record_counts_once_under_what_became_of_it_first() -> None:
    tally = Tally(planned=4)
    lines = [
        _line("00Q1", owner="005A", owner_kind="user"),
        _line("00Q2", owner="00GQ", owner_kind="queue"),
        _line("00Q3", outcome="parked"),
        _line("00Q4", outcome="left_alone"),
        _line("00Q1", outcome="parked"),
    ]
    tally.hear([*map(json.loads, lines), {"event": "sweep.reconcile"}])
    assert tally.outcomes() == {"routed": 1, "queued": 1, "parked": 1, "left_alone": 1}
    assert tally.queues() == {"00GQ": 1}


def test_steps_of_clocks_are_counted_beside_what_was_decided_first() -> None:
    tally = Tally(planned=3)
    lines = [
        _line("00Q1", owner="005A", owner_kind="user"),
        _line("00Q1", outcome="warned"),
        _line("00Q1", outcome="reassigned", owner="005B", owner_kind="user"),
        _line("00Q2", owner="00GQ", owner_kind="queue"),
        _line("00Q2", outcome="violated"),
        _line("00Q3", owner="005A", owner_kind="user"),
        _line("00Q3", outcome="clock_stopped"),
    ]
    tally.hear(map(json.loads, lines))
    assert tally.outcomes() == {"routed": 2, "queued": 1}
    assert tally.late == {"00Q1", "00Q2"}
    assert [tally.holder(each) for each in ("00Q1", "00Q2", "00Q3")] == ["005B", "00GQ", "005A"]


def test_a_refused_edit_is_heard_and_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "daemon.log"
    told = "/tmp/x/policies/leads.yaml:37:1: a policy has no key 'onwership'"
    refused = {"event": "policies.refused", "level": "error", "problems": [told]}
    reloaded = {"event": "policies.reloaded", "level": "info", "revision": "abc"}
    file.write_text(f"{json.dumps(refused)}\n{json.dumps(reloaded)}\n")
    log, tally = DaemonLog(file), Tally(planned=1)
    tally.hear(log.new_lines())
    assert log.troubles == []
    assert (tally.refused, tally.reloaded) == ([told], ["abc"])
    assert short_problem(told) == "leads.yaml:37:1: a policy has no key 'onwership'"


@pytest.mark.parametrize("width", [80, 120])
def test_the_live_table_fits_its_terminal_and_shows_clocks_and_policies(width: int) -> None:
    tally = Tally(planned=2)
    tally.steps["warned"].add("00Q1")
    tally.refused.append("/tmp/x/leads.yaml:37:1: a policy has no key 'onwership'" + " x" * 99)
    names = Names(rooftops={}, regions={}, queues={}, people={}, advisers={})
    screen = StringIO()
    terminal = Console(file=screen, force_terminal=True, width=width, color_system=None)
    with watching(terminal, names) as seen:
        seen.show(tally, after=3.0, at="Mon 14:03")
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()).splitlines()
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "Mon 14:03" in text
    assert re.search(r"answered +warned +violated +reassigned +escalated", text)
    assert "edit refused, the old ones stay: leads.yaml:37:1" in text
