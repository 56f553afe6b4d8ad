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
from ortoo_daemon.cli.launch_day.proof_of_leave import LeaveRule
from ortoo_daemon.cli.launch_day.tally import Created, Gone, Tally

DAEMON, FORMS, ANNA, BEN, CARLA, DORA = "005D", "005F", "005A", "005B", "005C", "005O"
EVA, FINN = "005E", "005X"
LEAD, OTHER, LATE, QUICK = "00Q1", "00Q2", "00Q3", "00Q4"
LEFT, TAKEN_UP = "00Q5", "00Q6"
"""What Eva held when she went away: one came back, of the other somebody took care meanwhile."""
AWAY_AT, KNOWN_AT, BACK_AT = 200.0, 205.0, 300.0
RULE = LeaveRule(open_limit=25, unless=None, give_back=10)
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
LEAVE = "who went away: what they had not touched went to colleagues within limits, and came back"
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
    found |= {"Owner_Before__c": before, "Owner_After__c": after, "Reason_Code__c": "rule"}
    return found | {"Revision__c": "old" if at < MENDED_AT else "new"}


def _absence(record: str, after: str, before: str, *, reason: str, at: float) -> dict[str, Any]:
    found = _decision(record, after, before=before, at=at) | {"Reason_Code__c": reason}
    return found | {"Id": f"{at:.0f}"}


def _call(*rows: str, header: bool = True, at: float = 101.5) -> dict[str, Any]:
    written = [{"id": each, "ok": True, "fields": ["OwnerId", "Rating"]} for each in rows]
    write = {"method": "PATCH", "path": "/x", "guarded": header, "rows": written}
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"at": moment, "path": "/services/data/v66.0/composite/sobjects", "writes": [write]}


def _by_daemon(*owners: str) -> list[OwnerChange]:
    return [OwnerChange(by=DAEMON, to=each) for each in owners]


@pytest.fixture
def evidence() -> Evidence:
    """Anna got the first leads. A dispatcher gave the second to Ben, the third went to Ben and Carla because
    nobody answered, the fourth was answered. Eva went away with two; Finn had both, and one when she came
    back."""
    people = {
        each: {"Ortoo_Rooftop__c": SITE, "Ortoo_Role__c": "sales_adviser"}
        for each in (ANNA, BEN, CARLA, EVA, FINN)
    }
    first = {each: [_decision(each, ANNA)] for each in (LEAD, OTHER, LATE)}
    first |= {each: [_decision(each, EVA)] for each in (LEFT, TAKEN_UP)}
    return Evidence(
        rows={
            LEAD: _row(ANNA),
            OTHER: _row(BEN),
            LATE: _row(CARLA, Ortoo_SLA_Status__c="Violated"),
            QUICK: _row(ANNA, Ortoo_SLA_Status__c="Met"),
            LEFT: _row(EVA, Preferred_Dealer__c=SITE),
            TAKEN_UP: _row(FINN, Ortoo_SLA_Status__c="Met"),
        },
        decisions=first | {QUICK: [_decision(QUICK, ANNA, at=70.0)]},
        steps={
            LATE: [
                _decision(LATE, ANNA, before=ANNA, outcome="warned", at=100.0),
                _decision(LATE, BEN, before=ANNA, outcome="reassigned", at=110.0),
                _decision(LATE, CARLA, before=BEN, outcome="escalated", at=120.0),
            ],
            QUICK: [_decision(QUICK, ANNA, before=ANNA, outcome="clock_stopped", at=106.0)],
            TAKEN_UP: [_decision(TAKEN_UP, FINN, before=FINN, outcome="clock_stopped", at=251.0)],
        },
        absences={
            LEFT: [
                _absence(LEFT, FINN, EVA, reason="owner_away", at=203.0),
                _absence(LEFT, EVA, FINN, reason="owner_back", at=301.0),
            ],
            TAKEN_UP: [_absence(TAKEN_UP, FINN, EVA, reason="owner_away", at=203.0)],
        },
        owner_changes={
            LEAD: _by_daemon(ANNA),
            OTHER: [*_by_daemon(ANNA), OwnerChange(by="005N", to=BEN)],
            LATE: _by_daemon(ANNA, BEN, CARLA),
            QUICK: _by_daemon(ANNA),
            LEFT: _by_daemon(EVA, FINN, EVA),
            TAKEN_UP: _by_daemon(EVA, FINN),
        },
        calls=[_call(LEAD, OTHER)],
        daemon_user=DAEMON,
        people=people | {DORA: {"Ortoo_Rooftop__c": ELSEWHERE, "Ortoo_Role__c": "sales_adviser"}},
        policies=["new", "new"],
    )


@pytest.fixture
def tally() -> Tally:
    found = Tally(planned=6)
    found.created = {
        each: Created(id=each, kind=Kind.PLAIN, at=100.0)
        for each in (LEAD, OTHER, LATE, QUICK, LEFT, TAKEN_UP)
    }
    found.overridden = {OTHER: BEN}
    found.answered = {QUICK: 105.0, TAKEN_UP: 250.0}
    found.gone = {
        EVA: Gone(at=AWAY_AT, until=BACK_AT, held=frozenset({LEFT, TAKEN_UP}), known_at=KNOWN_AT)
    }
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

    def names(
        *,
        exit_code: int = 0,
        troubles: Sequence[str] = (),
        rule: LeaveRule | None = RULE,
        **changed: Any,
    ) -> list[str]:
        ending = Ending(exit_code=exit_code, troubles=troubles)
        found = checks(replace(evidence, **changed), tally, editing, ending, leave=rule)
        return [each.name for each in found if not each.holds]

    return names


def test_a_good_day_breaks_no_check(broken: Any) -> None:
    assert broken() == []


def test_a_record_that_never_came_in_is_seen(broken: Any, tally: Tally) -> None:
    tally.planned = 7
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


@pytest.fixture
def absent(evidence: Evidence, broken: Any) -> Any:
    """Names of the checks that see a difference where Eva's leads went otherwise."""

    def names(absences: dict[str, list[dict[str, Any]]], **changed: Any) -> list[str]:
        found = {**evidence.absences, **absences}
        changes, rows = dict(evidence.owner_changes), dict(evidence.rows)
        for record, moves in absences.items():
            owners = [EVA, *(each["Owner_After__c"] for each in moves)]
            changes[record] = _by_daemon(*owners)
            rows[record] = {**rows[record], "OwnerId": owners[-1]}
        given: list[str] = broken(absences=found, owner_changes=changes, rows=rows, **changed)
        return given

    return names


def _went(record: str, to: str, *, at: float = 203.0) -> dict[str, Any]:
    return _absence(record, to, EVA, reason="owner_away", at=at)


def _came_back(record: str, before: str = FINN) -> dict[str, Any]:
    return _absence(record, EVA, before, reason="owner_back", at=301.0)


def test_a_lead_that_stayed_with_who_went_away_is_seen(absent: Any) -> None:
    assert absent({LEFT: []}) == [LEAVE]


def test_an_untouched_lead_that_did_not_come_back_is_seen(absent: Any) -> None:
    assert absent({LEFT: [_went(LEFT, FINN)]}) == [LEAVE]


def test_a_lead_need_not_come_back_of_which_a_clock_asked_for_a_step_meanwhile(
    absent: Any, evidence: Evidence, tally: Tally
) -> None:
    tally.back_by = BACK_AT + 5
    warned = _decision(LEFT, FINN, before=FINN, outcome="warned", at=BACK_AT + 1)
    stayed = {LEFT: [_went(LEFT, FINN)]}
    assert absent(stayed, steps={**evidence.steps, LEFT: [warned]}) == []
    late = warned | {"Decided_At__c": _moment(BACK_AT + 9)}
    assert absent(stayed, steps={**evidence.steps, LEFT: [late]}) == [LEAVE]


def test_a_lead_that_came_back_though_a_colleague_had_answered_it_is_seen(absent: Any) -> None:
    assert absent({TAKEN_UP: [_went(TAKEN_UP, FINN), _came_back(TAKEN_UP)]}) == [LEAVE]


def test_a_lead_that_left_the_dealer_whom_its_customer_chose_is_seen(
    absent: Any, evidence: Evidence
) -> None:
    elsewhere = {LEFT: [_went(LEFT, DORA), _came_back(LEFT, DORA)]}
    assert absent(elsewhere) == [LEAVE]
    evidence.rows[LEFT]["Preferred_Dealer__c"] = None  # type: ignore[index]
    assert absent(elsewhere) == []


def test_a_lead_that_went_to_somebody_who_is_away_too_is_seen(absent: Any, tally: Tally) -> None:
    tally.gone[BEN] = Gone(at=AWAY_AT, until=BACK_AT, held=frozenset(), known_at=KNOWN_AT)
    assert absent({LEFT: [_went(LEFT, BEN), _came_back(LEFT, BEN)]}) == [LEAVE]


def test_a_colleague_who_got_more_than_a_limit_allows_is_seen(
    broken: Any, evidence: Evidence
) -> None:
    assert broken(rule=replace(RULE, open_limit=2)) == []
    assert broken(rule=replace(RULE, open_limit=1)) == [LEAVE]
    own = {**evidence.people, FINN: {**evidence.people[FINN], "Ortoo_Open_Limit__c": 1}}
    assert broken(people=own) == [LEAVE]


def test_a_lead_that_somebody_is_given_while_away_is_seen(absent: Any, broken: Any) -> None:
    again = [_went(LEFT, FINN), _came_back(LEFT) | {"Decided_At__c": _moment(250)}]
    assert absent({LEFT: again}) == [LEAVE]


def test_more_that_came_back_than_the_policy_gives_back_is_seen(broken: Any) -> None:
    assert broken(rule=replace(RULE, give_back=0)) == [LEAVE]


def test_a_day_on_which_nobody_went_away_proves_nothing_but_where_no_policy_asks_for_it(
    broken: Any, tally: Tally
) -> None:
    tally.gone = {}
    assert broken() == [LEAVE]
    assert broken(rule=None) == []


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
    assert (found.calls, found.calls_per_record) == (2, 2 / len(tally.created))
