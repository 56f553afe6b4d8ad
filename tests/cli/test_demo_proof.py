"""The demo's checks see what they promise to see, and its figures measure what they say."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ortoo_daemon.cli.launch_day.figures import figures
from ortoo_daemon.cli.launch_day.leads import Kind
from ortoo_daemon.cli.launch_day.proof import Check, Evidence, checks
from ortoo_daemon.cli.launch_day.tally import Created, Tally

DAEMON, FORMS, ANNA, BEN = "005D", "005F", "005A", "005B"
LEAD, OTHER = "00Q1", "00Q2"


def _row(
    owner: str, *, by: str = DAEMON, at: str | None = "2026-11-23T09:00:00Z"
) -> dict[str, Any]:
    return {
        "OwnerId": owner,
        "Ortoo_Decided_At__c": at,
        "Ortoo_Parked__c": None,
        "LastModifiedById": by,
    }


def _decision(after: str, *, before: str = FORMS, outcome: str = "assigned") -> dict[str, Any]:
    return {"Outcome__c": outcome, "Owner_Before__c": before, "Owner_After__c": after}


def _call(*rows: str, header: bool = True, at: float = 101.5) -> dict[str, Any]:
    written = [{"id": each, "ok": True, "fields": ["OwnerId", "Rating"]} for each in rows]
    write = {"method": "PATCH", "path": "/x", "guarded": header, "rows": written}
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"at": moment, "path": "/services/data/v66.0/composite/sobjects", "writes": [write]}


@pytest.fixture
def evidence() -> Evidence:
    """Two leads went to Anna; a dispatcher gave the second to Ben."""
    return Evidence(
        rows={LEAD: _row(ANNA), OTHER: _row(BEN, by="005N")},
        decisions={LEAD: [_decision(ANNA)], OTHER: [_decision(ANNA)]},
        owner_changes={LEAD: [DAEMON], OTHER: [DAEMON, "005N"]},
        calls=[_call(LEAD, OTHER)],
        daemon_user=DAEMON,
    )


@pytest.fixture
def tally() -> Tally:
    found = Tally(planned=2)
    found.created = {each: Created(id=each, kind=Kind.PLAIN, at=100.0) for each in (LEAD, OTHER)}
    found.overridden = {OTHER: BEN}
    return found


def _broken(evidence: Evidence, tally: Tally, **ended: Any) -> list[str]:
    outcome: dict[str, Any] = {"exit_code": 0, "troubles": []} | ended
    found: list[Check] = checks(evidence, tally, **outcome)
    return [each.name for each in found if not each.holds]


def test_a_good_day_breaks_no_check(evidence: Evidence, tally: Tally) -> None:
    assert _broken(evidence, tally) == []


def test_a_record_that_never_came_in_is_seen(evidence: Evidence, tally: Tally) -> None:
    tally.planned = 3
    assert _broken(evidence, tally) == ["every record was created"]


def test_a_record_without_decision_is_seen(evidence: Evidence, tally: Tally) -> None:
    left = replace(
        evidence,
        rows=dict(evidence.rows) | {"00Q3": _row(FORMS, at=None)},
    )
    assert _broken(left, tally) == ["every record was decided or parked once"]


def test_a_second_decision_is_seen(evidence: Evidence, tally: Tally) -> None:
    twice = replace(
        evidence,
        decisions=dict(evidence.decisions)
        | {LEAD: [_decision(ANNA), _decision(ANNA, outcome="recovered")]},
    )
    assert _broken(twice, tally) == ["every record was decided or parked once"]


def test_a_second_owner_change_is_seen(evidence: Evidence, tally: Tally) -> None:
    twice = replace(evidence, owner_changes=dict(evidence.owner_changes) | {LEAD: [DAEMON, DAEMON]})
    assert _broken(twice, tally) == ["owners changed once, never twice"]


def test_an_owner_that_nobody_decided_is_seen(evidence: Evidence, tally: Tally) -> None:
    moved = replace(evidence, rows=dict(evidence.rows) | {LEAD: _row(BEN)})
    assert _broken(moved, tally) == ["owners stand as decided"]


@pytest.mark.parametrize("row", [_row(ANNA, by="005N"), _row(BEN, by=DAEMON)])
def test_touching_an_overridden_record_is_seen(
    evidence: Evidence, tally: Tally, row: dict[str, Any]
) -> None:
    touched = replace(evidence, rows=dict(evidence.rows) | {OTHER: row})
    assert _broken(touched, tally) == ["owners set by hand were left alone"]


def test_taking_a_record_from_who_took_it_first_is_seen(evidence: Evidence, tally: Tally) -> None:
    tally.taken = {LEAD: BEN}
    assert _broken(evidence, tally) == ["owners set by hand were left alone"]


def test_a_day_on_which_nobody_overrode_an_owner_proves_nothing(
    evidence: Evidence, tally: Tally
) -> None:
    tally.overridden = {}
    calm = replace(evidence, rows={LEAD: _row(ANNA), OTHER: _row(ANNA)})
    assert _broken(calm, tally) == ["owners set by hand were left alone"]


def test_a_write_without_the_header_is_seen(evidence: Evidence, tally: Tally) -> None:
    bare = replace(evidence, calls=[_call(LEAD), _call(OTHER, header=False)])
    assert _broken(bare, tally) == ["every write carried Sforce-Auto-Assign: FALSE"]


@pytest.mark.parametrize("ended", [{"exit_code": 1}, {"troubles": ['{"level": "error"}']}])
def test_a_daemon_in_trouble_is_seen(
    evidence: Evidence, tally: Tally, ended: dict[str, Any]
) -> None:
    assert _broken(evidence, tally, **ended) == [
        "the daemon ended in order, without an error in its log"
    ]


def test_time_to_owner_runs_from_creation_to_the_first_write_of_the_owner(tally: Tally) -> None:
    calls = [_call(LEAD, at=100.5), _call(OTHER, at=102.0), _call(LEAD, at=109.0)]
    found = figures(tally, calls)
    assert (found.owned, found.median, found.p95, found.slowest) == (2, 0.5, 2.0, 2.0)


def test_a_refused_row_and_a_row_without_owner_give_no_time(tally: Tally) -> None:
    refused, stamped = _call(LEAD), _call(OTHER)
    refused["writes"][0]["rows"][0]["ok"] = False
    stamped["writes"][0]["rows"][0]["fields"] = ["Ortoo_Parked__c"]
    assert figures(tally, [refused, stamped]).owned == 0


def test_log_ins_and_the_stream_are_no_api_calls(tally: Tally) -> None:
    log_in = {"at": "2026-11-23T09:00:00+00:00", "path": "/services/oauth2/token", "writes": []}
    found = figures(tally, [log_in, _call(LEAD), _call(OTHER)])
    assert (found.calls, found.calls_per_record) == (2, 1.0)
