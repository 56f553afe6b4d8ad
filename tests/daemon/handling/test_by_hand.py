"""Claims about which assignments by hand were told already, heard or found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.daemon.handling.by_hand import is_told
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import WorkItem, WorkReason, entry_by_hand
from tests.world import LEAD, an_id

AT = datetime(2026, 11, 23, 9, 35, 0, 412000, tzinfo=UTC)
CLEO, BEA = an_id("005", 3), an_id("005", 2)
MINUTE = timedelta(minutes=1)


def row(owner: str, at: datetime, *, key: str | None = None) -> dict[str, str]:
    return {
        "Record_Id__c": LEAD,
        "Ortoo_Key__c": key or f"{LEAD}:{entry_by_hand(at)}",
        "Owner_Before__c": owner,
        "Decided_At__c": f"{at + MINUTE:%Y-%m-%dT%H:%M:%S.000+0000}",
    }


def told(rows: list[dict[str, str]], *, at: datetime = AT, sweep: bool = False) -> bool:
    item = WorkItem(
        object="Lead",
        record_id=LEAD,
        reason=WorkReason.SLA if sweep else WorkReason.CHANGED,
        heard_at=at,
        committed_at=at,
        **({"entry": entry_by_hand(at)} if sweep else {}),
    )
    report = Decision(
        object="Lead",
        record_id=LEAD,
        key=f"{LEAD}:{entry_by_hand(at)}",
        outcome=Outcome.REPORTED,
        reason=ReasonCode.OUTSIDE_BOUNDARIES,
        decided_at=at,
        seen_owner=CLEO,
    )
    return is_told(rows, item, report)


def test_what_was_never_told_is_told():
    assert not told([])
    assert not told([], sweep=True)


def test_the_same_change_is_told_once_whoever_brings_it():
    assert told([row(CLEO, AT)])
    assert told([row(CLEO, AT)], at=AT + 5 * MINUTE, sweep=True)


def test_an_event_that_comes_after_the_sweep_tells_nothing_new():
    later = (AT + 5 * MINUTE).replace(microsecond=0)  # the record was edited since
    assert told([row(CLEO, later)])
    assert told([row(CLEO, AT.replace(microsecond=0))])  # the org keeps whole seconds


def test_the_same_person_anew_is_told_by_an_event():
    assert not told([row(CLEO, AT - 5 * MINUTE)])


@pytest.mark.parametrize("sweep", [False, True])
def test_another_person_in_between_is_told(sweep: bool):
    rows = [row(CLEO, AT - 9 * MINUTE), row(BEA, AT - 5 * MINUTE)]
    assert not told(rows, sweep=sweep)


def test_a_record_that_was_left_to_a_person_was_told_of_then():
    assert told([row(CLEO, AT, key=f"{LEAD}:first")], sweep=True)
