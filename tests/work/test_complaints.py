"""A journal that fails for hundreds of records is told of in a line or two."""

from structlog.testing import capture_logs

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.complaints import Complaints


def test_a_failure_is_told_once_a_minute_for_each_thing_that_it_keeps_from_being_done() -> None:
    now = [1_000.0]
    complaints = Complaints(clock=lambda: now[0])
    full = StateError("database or disk is full")
    with capture_logs() as logs:
        for _ in range(300):
            complaints.tell("settle", full)
        complaints.tell("claim", full)
        now[0] += 60
        complaints.tell("settle", full)
    told = [(log["during"], log.get("untold")) for log in logs]
    assert told == [("settle", None), ("claim", None), ("settle", 299)]
