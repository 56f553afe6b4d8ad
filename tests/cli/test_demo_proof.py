"""The demo's checks see what they promise to see, and its figures measure what they say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from ortoo_daemon.cli.launch_day.editing import Editing
from ortoo_daemon.cli.launch_day.evidence import Evidence, OwnerChange
from ortoo_daemon.cli.launch_day.figures import figures
from ortoo_daemon.cli.launch_day.leads import Kind
from ortoo_daemon.cli.launch_day.proof import Ending, checks
from ortoo_daemon.cli.launch_day.tally import Created, Tally

DAEMON, FORMS, ANNA, BEN, CARLA, DORA = "005D", "005F", "005A", "005B", "005C", "005O"
LEAD, OTHER, LATE, QUICK = "00Q1", "00Q2", "00Q3", "00Q4"
SITE, ELSEWHERE = "001A", "001B"
WRONG_AT, MENDED_AT = 60.0, 90.0

CREATED = "every record was created"
SPLIT = "each request of an e-mail became one case"
ONCE = "every record was decided or parked once"
MOVES = "owners changed as often as decided"
STAND = "owners stand as decided"
BY_HAND = "owners set by hand were left alone"
ANSWERED = "answered records were left with who answered"
CLOCKS = "late records were warned, handed over, escalated, each step once"
EDIT = "a wrong edit changed nothing, the mended one is in force"
ENDED = "the daemon ended in order, and its log has no error but the refused edit"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _row(owner: str, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"OwnerId": owner, "Ortoo_Decided_At__c": _moment(50)}
    row |= {"Ortoo_Parked__c": None, "Ortoo_Rooftop__c": SITE, "Ortoo_SLA_Status__c": "Running"}
    return row | values


def _decision(
    record: str, after: str, *, before: str = FORMS, outcome: str = "assigned", at: float = 50.0
) -> dict[str, Any]:
    found = {"Record_Id__c": record, "Outcome__c": outcome, "Decided_At__c": _moment(at)}
    found |= {"Owner_Before__c": before, "Owner_After__c": after}
    return found | {"Revision__c": "old" if at < MENDED_AT else "new"}


def _call(*rows: str, header: bool = True, at: float = 101.5) -> dict[str, Any]:
    written = [{"id": each, "ok": True, "fields": ["OwnerId", "Rating"]} for each in rows]
    write = {"method": "PATCH", "path": "/x", "guarded": header, "rows": written}
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"at": moment, "path": "/services/data/v66.0/composite/sobjects", "writes": [write]}


def _by_daemon(*owners: str) -> list[OwnerChange]:
    return [OwnerChange(by=DAEMON, to=each) for each in owners]


@pytest.fixture
def evidence() -> Evidence:
    """Anna got all leads. A dispatcher gave the second to Ben, the third went to Ben and Carla because nobody
    answered, the fourth was answered."""
    people = {
        each: {"Ortoo_Rooftop__c": SITE, "Ortoo_Role__c": "sales_adviser"}
        for each in (ANNA, BEN, CARLA)
    }
    first = {each: [_decision(each, ANNA)] for each in (LEAD, OTHER, LATE)}
    return Evidence(
        rows={
            LEAD: _row(ANNA),
            OTHER: _row(BEN),
            LATE: _row(CARLA, Ortoo_SLA_Status__c="Violated"),
            QUICK: _row(ANNA, Ortoo_SLA_Status__c="Met"),
        },
        decisions=first | {QUICK: [_decision(QUICK, ANNA, at=70.0)]},
        steps={
            LATE: [
                _decision(LATE, ANNA, before=ANNA, outcome="warned", at=100.0),
                _decision(LATE, BEN, before=ANNA, outcome="reassigned", at=110.0),
                _decision(LATE, CARLA, before=BEN, outcome="escalated", at=120.0),
            ],
            QUICK: [_decision(QUICK, ANNA, before=ANNA, outcome="clock_stopped", at=106.0)],
        },
        owner_changes={
            LEAD: _by_daemon(ANNA),
            OTHER: [*_by_daemon(ANNA), OwnerChange(by="005N", to=BEN)],
            LATE: _by_daemon(ANNA, BEN, CARLA),
            QUICK: _by_daemon(ANNA),
        },
        calls=[_call(LEAD, OTHER)],
        daemon_user=DAEMON,
        people=people | {DORA: {"Ortoo_Rooftop__c": ELSEWHERE, "Ortoo_Role__c": "sales_adviser"}},
        policies=["new", "new"],
    )


@pytest.fixture
def tally() -> Tally:
    found = Tally(planned=4)
    found.created = {
        each: Created(id=each, kind=Kind.PLAIN, at=100.0) for each in (LEAD, OTHER, LATE, QUICK)
    }
    found.overridden = {OTHER: BEN}
    found.answered = {QUICK: 105.0}
    return found


@pytest.fixture(scope="module")
def editing(tmp_path_factory: pytest.TempPathFactory) -> Editing:
    shipped = Path(__file__).parents[2] / "config"
    folder = tmp_path_factory.mktemp("edit")
    for name in ("policies", "tables"):
        copytree(shipped / name, folder / name)
    found = Editing(folder=folder / "policies")
    found.before, found.after = "old", "new"
    found.wrong_at, found.mended_at = WRONG_AT, MENDED_AT
    return found


@pytest.fixture
def broken(evidence: Evidence, tally: Tally, editing: Editing) -> Any:
    """Names of the checks that see a difference to the good day."""

    def names(*, exit_code: int = 0, troubles: Sequence[str] = (), **changed: Any) -> list[str]:
        ending = Ending(exit_code=exit_code, troubles=troubles)
        found = checks(replace(evidence, **changed), tally, editing, ending)
        return [each.name for each in found if not each.holds]

    return names


def test_a_good_day_breaks_no_check(broken: Any) -> None:
    assert broken() == []


def test_a_record_that_never_came_in_is_seen(broken: Any, tally: Tally) -> None:
    tally.planned = 5
    assert broken() == [CREATED]


def test_a_request_that_became_two_cases_is_seen(
    broken: Any, evidence: Evidence, tally: Tally
) -> None:
    tally.split = {LEAD: [OTHER]}
    child = {"ParentId": LEAD, "Ortoo_Split_Key__c": "mail:1"}
    rows = {**evidence.rows, OTHER: {**evidence.rows[OTHER], **child}}
    assert broken(rows=rows) == []
    assert broken() == [SPLIT]
    twice = {**rows, LATE: {**evidence.rows[LATE], **child}}
    assert broken(rows=twice) == [SPLIT]


def test_a_record_without_decision_is_seen(broken: Any, evidence: Evidence) -> None:
    left = {**evidence.rows, "00Q9": _row(FORMS, Ortoo_Decided_At__c=None)}
    assert broken(rows=left) == [ONCE]


def test_a_second_decision_is_seen(broken: Any, evidence: Evidence) -> None:
    twice = [_decision(LEAD, ANNA), _decision(LEAD, ANNA, outcome="recovered")]
    assert broken(decisions={**evidence.decisions, LEAD: twice}) == [ONCE]


@pytest.mark.parametrize("moves", [(ANNA, ANNA), (BEN, ANNA), ()])
def test_an_owner_change_that_no_decision_tells_of_is_seen(
    broken: Any, evidence: Evidence, moves: Sequence[str]
) -> None:
    assert broken(owner_changes={**evidence.owner_changes, LEAD: _by_daemon(*moves)}) == [MOVES]


def test_an_owner_that_nobody_decided_is_seen(broken: Any, evidence: Evidence) -> None:
    assert broken(rows={**evidence.rows, LEAD: _row(BEN)}) == [STAND]


def test_an_owner_other_than_that_of_the_last_step_is_seen(broken: Any, evidence: Evidence) -> None:
    back = _row(BEN, Ortoo_SLA_Status__c="Violated")
    assert broken(rows={**evidence.rows, LATE: back}) == [STAND]


def test_an_overridden_owner_that_did_not_stay_is_seen(broken: Any, evidence: Evidence) -> None:
    assert broken(rows={**evidence.rows, OTHER: _row(ANNA)}) == [BY_HAND]


def test_a_change_of_the_daemons_after_a_persons_is_seen(broken: Any, evidence: Evidence) -> None:
    changes = [OwnerChange(by="005N", to=BEN), *_by_daemon(ANNA)]
    assert broken(owner_changes={**evidence.owner_changes, OTHER: changes}) == [BY_HAND]


def test_taking_a_record_from_who_took_it_first_is_seen(broken: Any, tally: Tally) -> None:
    tally.taken = {LEAD: BEN}
    assert broken() == [BY_HAND]


def test_a_day_on_which_nobody_overrode_an_owner_proves_nothing(
    broken: Any, evidence: Evidence, tally: Tally
) -> None:
    tally.overridden = {}
    assert broken(rows={**evidence.rows, OTHER: _row(ANNA)}) == [BY_HAND]


@pytest.mark.parametrize("outcome", ["warned", "violated"])
def test_a_step_after_the_answer_is_seen(broken: Any, evidence: Evidence, outcome: str) -> None:
    steps = [
        _decision(QUICK, ANNA, before=ANNA, outcome="warned", at=100.0),
        _decision(QUICK, ANNA, before=ANNA, outcome=outcome, at=110.0),
        _decision(QUICK, ANNA, before=ANNA, outcome="clock_stopped", at=130.0),
    ]
    assert broken(steps={**evidence.steps, QUICK: steps}) == [ANSWERED]


def test_a_clock_that_an_answer_did_not_stop_is_seen(broken: Any, evidence: Evidence) -> None:
    warned = [_decision(QUICK, ANNA, before=ANNA, outcome="warned", at=1.0)]
    assert broken(steps={**evidence.steps, QUICK: warned}) == [ANSWERED]


@pytest.mark.parametrize(
    "to", [pytest.param(DORA, id="another site"), pytest.param(ANNA, id="who had it before")]
)
def test_a_late_record_in_the_wrong_hands_is_seen(broken: Any, evidence: Evidence, to: str) -> None:
    steps = [
        _decision(LATE, ANNA, before=ANNA, outcome="warned", at=100.0),
        _decision(LATE, BEN, before=ANNA, outcome="reassigned", at=110.0),
        _decision(LATE, to, before=BEN, outcome="reassigned", at=120.0),
    ]
    assert broken(
        rows={**evidence.rows, LATE: _row(to, Ortoo_SLA_Status__c="Violated")},
        steps={**evidence.steps, LATE: steps},
        owner_changes={**evidence.owner_changes, LATE: _by_daemon(ANNA, BEN, to)},
    ) == [CLOCKS]


def test_a_late_record_that_nobody_was_warned_of_is_seen(broken: Any, evidence: Evidence) -> None:
    unwarned = [_decision(LEAD, ANNA, before=ANNA, outcome="violated", at=110.0)]
    assert broken(steps={**evidence.steps, LEAD: unwarned}) == [CLOCKS]


def test_a_step_that_is_overdue_is_seen(broken: Any) -> None:
    assert broken(due=[LEAD]) == [CLOCKS]


def test_a_decision_by_files_that_were_wrong_is_seen(broken: Any, evidence: Evidence) -> None:
    strange = _decision(LEAD, ANNA, at=70.0) | {"Revision__c": "other"}
    assert broken(decisions={**evidence.decisions, LEAD: [strange]}) == [EDIT]


def test_a_decision_by_files_that_were_mended_later_is_seen(
    broken: Any, evidence: Evidence
) -> None:
    early = _decision(LEAD, ANNA, at=70.0) | {"Revision__c": "new"}
    assert broken(decisions={**evidence.decisions, LEAD: [early]}) == [EDIT]


def test_an_edit_that_the_org_was_not_told_of_is_seen(broken: Any) -> None:
    assert broken(policies=["new", "old"]) == [EDIT]


def test_an_edit_while_nothing_was_decided_proves_nothing(broken: Any, evidence: Evidence) -> None:
    assert broken(decisions={**evidence.decisions, QUICK: [_decision(QUICK, ANNA)]}) == [EDIT]


def test_a_write_without_the_header_is_seen(broken: Any) -> None:
    assert broken(calls=[_call(LEAD), _call(OTHER, header=False)]) == [
        "every write carried Sforce-Auto-Assign: FALSE"
    ]


@pytest.mark.parametrize("ended", [{"exit_code": 1}, {"troubles": ['{"level": "error"}']}])
def test_a_daemon_in_trouble_is_seen(broken: Any, ended: dict[str, Any]) -> None:
    assert broken(**ended) == [ENDED]


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
    assert (found.calls, found.calls_per_record) == (2, 0.5)
