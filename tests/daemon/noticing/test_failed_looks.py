"""Looks at the outbox that fail: told as often as a person wants to read it, not as often as they fail."""

from structlog.testing import capture_logs

from ortoo_daemon.daemon.noticing.failed_looks import FailedLooks
from ortoo_daemon.errors import LoginError, StateError

AWAY = LoginError("LOGIN_UNREACHABLE", "no answer from the login host")


def test_an_outage_is_told_once_a_minute_however_often_it_is_met() -> None:
    seconds = iter(range(0, 600, 2))
    failed = FailedLooks(clock=lambda: float(next(seconds)))
    with capture_logs() as logs:
        for _ in range(300):
            failed.note(AWAY)
    assert [line["event"] for line in logs] == ["notice.look_failed"] * 10


def test_another_cause_is_told_at_once() -> None:
    failed = FailedLooks(clock=lambda: 0.0)
    with capture_logs() as logs:
        for error in (AWAY, StateError("the disk is full"), AWAY):
            failed.note(error)
    assert [line["error"] for line in logs] == [
        "LOGIN_UNREACHABLE: no answer from the login host",
        "the disk is full",
    ]
