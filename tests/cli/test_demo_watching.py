"""What the demo overhears of the daemon, and how it counts."""

import json
from pathlib import Path
from typing import Any

from ortoo_daemon.cli.launch_day.leads import Kind
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
