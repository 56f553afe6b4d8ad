"""What no policy took need not be read again: not for long, and only as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.daemon.hearing import passed_over
from ortoo_daemon.daemon.hearing.passed_over import PassedOver
from ortoo_daemon.records import record_id

LEAD = record_id("00Q000000000001")
CHANGED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READ_AT = CHANGED_AT + timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def noted(clock: Clock, *, read_at: datetime = READ_AT) -> PassedOver:
    found = PassedOver(clock=clock)
    found.note(LEAD, modified_at=CHANGED_AT, read_at=read_at, revision="r1")
    return found


def holds(found: PassedOver, *, modified_at: datetime = CHANGED_AT, revision: str = "r1") -> bool:
    return found.holds(LEAD, modified_at=modified_at, revision=revision)


def test_it_holds_while_the_record_and_the_policies_are_the_same():
    found = noted(Clock())
    assert holds(found)
    assert not holds(found, modified_at=CHANGED_AT + timedelta(seconds=1))
    assert not holds(found, revision="r2")


@pytest.mark.parametrize("asked_after", [[29, 61], [59, 61], [31, 61], [200]])
def test_it_is_forgotten_after_an_hour_whenever_it_is_asked_for(asked_after):
    clock = Clock()
    found = noted(clock)
    for minutes in asked_after:
        clock.at = 100.0 + minutes * 60
        assert holds(found) is (minutes < 60)


def test_it_lasts_from_one_reconciliation_to_the_next_whenever_it_was_noted():
    clock = Clock()
    found = PassedOver(clock=clock)
    clock.at += 29 * 60
    found.note(LEAD, modified_at=CHANGED_AT, read_at=READ_AT, revision="r1")
    clock.at += 5 * 60
    assert holds(found)
    clock.at += 26 * 60
    assert not holds(found), "two generations have gone by"


def test_a_change_of_the_same_second_may_hide_behind_one_stamp():
    assert not holds(noted(Clock(), read_at=CHANGED_AT + timedelta(seconds=2)))


def test_what_does_not_fit_is_read_again(monkeypatch):
    monkeypatch.setattr(passed_over, "_MOST", 1)
    found = noted(Clock())
    other = record_id("00Q000000000002")
    found.note(other, modified_at=CHANGED_AT, read_at=READ_AT, revision="r1")
    assert holds(found)
    assert not found.holds(other, modified_at=CHANGED_AT, revision="r1")
