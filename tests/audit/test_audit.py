"""Claims about the decision row, the kept trace, the log line and the explanation."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.audit.explain import Style, explain, node_json, plain_lines
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.line import line_fields
from ortoo_daemon.audit.record import LENGTHS, Written, decision_row
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.audit.trace_json import trace_to_json
from ortoo_daemon.beside import recovered
from ortoo_daemon.facts import Workload
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind
from ortoo_daemon.policy.ownership_model import RooftopChoice, TeamChoice
from ortoo_daemon.trace import (
    CandidateStep,
    FailedCondition,
    FieldChange,
    GateCount,
    RuleOutcome,
    RuleStep,
    Trace,
)
from tests.world import (
    DESK,
    PLACE,
    an_id,
    decided,
    directory,
    facts,
    is_,
    item,
    lead,
    person,
    policy,
    rooftop,
    rule,
    to_people,
)

SITES = (rooftop(1, "Site One", at=(45.0, 4.0)), rooftop(2, "Site Two", at=(46.0, 4.0)))
PEOPLE = (
    person(1, at=SITES[0], role="manager", name="Maud Manager"),
    person(2, at=SITES[1], name="Ada Adviser"),
    person(3, at=SITES[1], name="Ben Adviser"),
)
RECORD = lead(
    Brand__c="Peugeot",
    Latitude=45.1,
    Longitude=4.0,
    Email="SECRET@Example.com",
    Phone="not a number",
    LastName="GEHEIM",
)


def routed(workload=None):
    choice = RooftopChoice(brand="Brand__c", place=PLACE)
    team = TeamChoice(role="sales_adviser", place=PLACE)
    asked = policy(
        rule("fleet", when=is_("Fleet__c", "yes", line=12)),
        rule("network", assign=to_people(rooftop=choice, team=team)),
        cleanse=(
            Cleanse(field="Email", kind=CleanseKind.EMAIL, country=None, place=PLACE),
            Cleanse(field="Phone", kind=CleanseKind.PHONE, country=None, place=PLACE),
        ),
    )
    given_ = facts(RECORD, directory(SITES, PEOPLE), workload=workload or Workload())
    return decided(asked, given_), given_


def test_the_row_says_who_what_why_and_how_long():
    decision, given_ = routed()
    row = decision_row(decision, given_, timings={"decide": 0.41234}, api_calls=0.25)
    assert row["Ortoo_Key__c"] == decision.key
    assert row["Lead__c"] == row["Record_Id__c"] == RECORD.id
    assert "Case__c" not in row
    assert (row["Outcome__c"], row["Reason__c"], row["Reason_Code__c"]) == (
        "assigned",
        "created",
        "rule",
    )
    assert (row["Owner_After__c"], row["Owner_Name__c"]) == (PEOPLE[1].id, "Ada Adviser")
    assert row["Rooftop__c"] == SITES[1].id
    assert json.loads(row["Timings__c"]) == {"decide": 0.412}
    assert row["API_Calls__c"] == 0.25
    assert trace_from_json(row["Trace__c"]) == decision.trace


def test_the_row_keeps_the_counters_of_those_who_were_compared():
    work = Workload(open_work={PEOPLE[1].id: 3, an_id("005", 99): 7})
    decision, given_ = routed(work)
    kept = json.loads(decision_row(decision, given_, timings={})["Facts__c"])
    assert kept["open_work"] == {PEOPLE[1].id: 3}
    assert kept["now"] == "2026-11-23T09:15:00.000Z"


def test_the_row_tells_refused_fields_from_written_ones():
    decision, given_ = routed()
    written = Written(fields={"Rating": "x" * 5000}, refused={"City": "STRING_TOO_LONG"})
    row = decision_row(decision, given_, timings={}, written=written)
    kept = json.loads(row["Fields_Written__c"])
    assert kept["refused"] == {"City": "STRING_TOO_LONG"}
    assert len(kept["written"]["Rating"]) == 200


def test_no_text_of_the_row_is_longer_than_its_field():
    decision, given_ = routed()
    long = replace(decision, rule="r" * 999, policy="p" * 999, revision="v" * 999)
    written = Written(fields={f"F{n}__c": "x" * 300 for n in range(500)})
    row = decision_row(long, given_, timings={}, written=written)
    for name, length in LENGTHS.items():
        assert len(row[name] or "") <= length, name


def test_a_recovered_decision_says_so_as_its_reason():
    stamped = lead(
        Ortoo_Decision_Key__c="k", Ortoo_Assigned_Owner__c=DESK.id, Ortoo_Policy__c="leads"
    )
    given_ = facts(stamped, directory())
    row = decision_row(recovered(given_), given_, timings={})
    assert (row["Reason__c"], row["Owner_Name__c"]) == ("recovered", "The desk")


def test_the_log_line_names_ids_and_no_personal_data():
    decision, given_ = routed()
    line = line_fields(decision, given_.item, timings={"decide": 0.4}, api_calls=0.1)
    assert line["event"] == "record_handled"
    assert line["policy"] == "leads@0123456789ab"
    assert (line["owner"], line["rooftop"]) == (PEOPLE[1].id, SITES[1].id)
    assert (line["decide_ms"], line["reports"]) == (0.4, 1)
    text = json.dumps(line)
    for private in ("SECRET", "secret", "GEHEIM", "Ada", "not a number"):
        assert private not in text


def test_the_orgs_own_words_about_a_refusal_stay_out_of_the_log_line():
    decision, given_ = routed()
    refused = replace(
        decision,
        reason=ReasonCode.REFUSED_BY_ORG,
        parked_for="INVALID_EMAIL_ADDRESS: invalid email address: secret@example.com",
    )
    line = line_fields(refused, given_.item, timings={})
    assert line["parked_for"] == "INVALID_EMAIL_ADDRESS"


def test_the_log_line_of_a_record_heard_of_by_a_slower_clock_waits_no_negative_time():
    decision, _ = routed()
    early = item(RECORD, heard_at=decision.decided_at.replace(hour=23))
    assert line_fields(decision, early, timings={})["waited_ms"] == 0


def test_the_explanation_shows_failing_condition_gates_order_and_winner():
    decision, _ = routed()
    text = "\n".join(plain_lines(explain(decision)))
    assert "to Ada Adviser: by rule network [leads@0123456789ab]" in text
    assert "fleet (policies/leads.yaml:10:7): Fleet__c: yes fails, Fleet__c is empty" in text
    assert "(policies/leads.yaml:12:5)" in text
    assert f"Site One ({SITES[0].id}): distance_km 11.1" in text
    assert f"Site Two ({SITES[1].id}): distance_km 100.1 ← chosen" in text
    assert "1 removed by role" in text
    assert f"Maud Manager ({PEOPLE[0].id}): role is manager" in text
    assert "Site One: nobody there can take it" in text
    assert 'Email: "SECRET@Example.com" → "SECRET@example.com"' in text


def test_the_explanation_is_plain_data_for_any_face():
    decision, _ = routed()
    tree = node_json(explain(decision))
    assert tree["style"] == Style.HEAD
    json.dumps(tree)


@pytest.mark.parametrize("reason", list(ReasonCode))
def test_every_reason_code_makes_a_sentence(reason):
    decision, _ = routed()
    assert summary(replace(decision, reason=reason)).startswith("to Ada Adviser")


def big_trace(size: int) -> Trace:
    return Trace(
        rules=(
            *(
                RuleStep(name=f"rule {n}", place=PLACE, outcome=RuleOutcome.NOT_MATCHED)
                for n in range(size)
            ),
            RuleStep(name="last", place=PLACE, outcome=RuleOutcome.MATCHED),
        ),
        candidates=tuple(
            CandidateStep(
                kind="person", id=f"p{n}", name="N" * 30, removed_by="role" if n % 2 else None
            )
            for n in range(size)
        ),
        gates=(GateCount(kind="person", gate="role", removed=size // 2),),
        changes=(FieldChange(stage="intake", field="A", before="x" * 5000, after=1),),
        notes=("n",) * size,
    )


def test_what_is_cut_from_a_long_trace_is_said_and_the_matching_rule_stays():
    text = trace_to_json(big_trace(400), length=4000)
    kept = trace_from_json(text)
    assert len(text) <= 4000
    assert any("left out for length: 400 candidates" in note for note in kept.notes)
    assert kept.rules[-1].name == "last"
    assert kept.gates == big_trace(400).gates


def test_removed_candidates_go_before_those_that_stayed():
    whole = len(trace_to_json(big_trace(20)))
    kept = trace_from_json(trace_to_json(big_trace(20), length=whole - 300))
    assert [c.id for c in kept.candidates if not c.removed_by] == [f"p{n}" for n in range(0, 20, 2)]
    assert len([c for c in kept.candidates if c.removed_by]) < 10


@pytest.mark.parametrize("value", [None, "", "1", 1, 1.0, True, 0, False, "x" * 5000])
def test_a_rule_that_failed_on_a_value_tells_that_very_value(value):
    """Rules that fail alike share their JSON, and 1 is equal to 1.0 and to True."""
    failed = FailedCondition(place=PLACE, text="Fleet__c: yes", field="Fleet__c", value=value)
    step = RuleStep(name="fleet", place=PLACE, outcome=RuleOutcome.NOT_MATCHED, failed=failed)
    whole = value if value != "x" * 5000 else "x" * 999 + "…"
    for _ in range(2):
        told = json.loads(trace_to_json(Trace(rules=(step,))))["rules"][0]["failed"]["value"]
        assert (told, type(told)) == (whole, type(whole))


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 120), length=st.integers(300, 9000))
def test_a_kept_trace_always_fits_and_can_always_be_read(size, length):
    text = trace_to_json(big_trace(size), length=length)
    assert len(text) <= length
    trace_from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"v": 9}', '{"v": 1, "rules": [{}]}', "null"])
def test_what_is_no_trace_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        trace_from_json(text)
