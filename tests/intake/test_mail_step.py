"""What follows from the e-mail of a case, through the whole of `decide`."""

from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.audit.record import decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.facts import Facts, MailQuestion
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.instants import instant_text
from ortoo_daemon.mail_findings import findings_in, made_findings
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import Record, WorkItem, WorkReason, record_id
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.world import NOW, an_id, directory

CASE = an_id("500", 1)
PARIS = {"account": "001000000000001AAA", "type": "parts_order", "brand": "Peugeot"}
LYON = {"account": "001000000000002AAA", "type": "parts_order", "brand": "Peugeot"}
TRIAGE = {
    "set": {"AccountId": "$triage.account", "Brand__c": "$triage.brand"},
    "split": {"copy": ["Subject"]},
}
RULES = [
    {"name": "split", "when": {"$triage.split": True}, "assign": {"queue": "Cases"}},
    {"name": "peugeot", "when": {"$triage.brand": "Peugeot"}, "assign": {"queue": "Cases"}},
]


def policies(**triage):
    document = {
        "policy": "cases",
        "object": "Case",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"triage": TRIAGE | triage},
        "ownership": {"rules": RULES, "otherwise": {"queue": "Cases"}},
    }
    return load({"policies/cases.yaml": yaml.safe_dump(document).encode()})


def facts(*, now=NOW, reason=WorkReason.CREATED, entry="first", **fields) -> Facts:
    values = {"CreatedDate": instant_text(NOW), "Subject": "Parts"} | fields
    item = WorkItem(object="Case", record_id=CASE, reason=reason, entry=entry, heard_at=now)
    record = Record(object="Case", id=CASE, fields=values)
    return Facts(item=item, record=record, now=now, directory=directory())


def mail(*requests, **values):
    return made_findings(values, requests, key="k" * 32, id=record_id("02s000000000001"))


def decided(found, *, given=None, **triage) -> Decision:
    asked = given or facts()
    needs = decide(policies(**triage), asked)
    assert isinstance(needs, Needs)
    answers = dict.fromkeys(needs.questions, found)
    decision = resume(needs, replace(asked, answers=answers))
    assert isinstance(decision, Decision)
    assert decision == decide(policies(**triage), replace(asked, answers=answers))
    return decision


def test_the_mail_is_asked_for_first_and_waited_for_while_the_case_is_young():
    needs = decide(policies(), facts())
    assert isinstance(needs, Needs)
    assert needs.questions == (MailQuestion("Case", CASE, patient=True),)
    later = decide(policies(mail_within="5m"), facts(now=NOW + timedelta(minutes=5)))
    assert isinstance(later, Needs)
    assert later.questions == (MailQuestion("Case", CASE, patient=False),)


def test_one_request_fills_its_case_in_one_write_and_takes_part_in_rules():
    decision = decided(mail(PARIS))
    assert decision.rule == "peugeot"
    assert decision.fields["AccountId"] == PARIS["account"]
    assert decision.children == ()
    kept = findings_in(str(decision.fields["Ortoo_Triage__c"]))
    assert kept is not None
    assert kept.value("brand") == "Peugeot"


def test_each_of_several_requests_becomes_a_record_with_its_own_values():
    decision = decided(mail(PARIS, LYON))
    assert decision.rule == "split"
    assert "AccountId" not in decision.fields
    assert decision.fields["Brand__c"] == "Peugeot"
    assert [child.fields["AccountId"] for child in decision.children] == [
        PARIS["account"],
        LYON["account"],
    ]
    for child in decision.children:
        assert child.fields["ParentId"] == CASE
        assert child.fields["Subject"] == "Parts"
        assert child.key_field == "Ortoo_Split_Key__c"
    assert len({child.key for child in decision.children}) == 2


def test_without_split_several_requests_stay_one_record():
    whole = policies()
    (policy,) = whole.policies
    assert policy.triage is not None
    alone = replace(policy, triage=replace(policy.triage, split=None))
    asked = facts()
    answers = {MailQuestion("Case", CASE, patient=True): mail(PARIS, LYON)}
    found = decide(replace(whole, policies=(alone,)), replace(asked, answers=answers))
    assert isinstance(found, Decision)
    assert found.children == ()
    assert found.fields["Brand__c"] == "Peugeot"


def test_a_child_knows_what_was_found_for_it_and_reads_no_mail():
    child = decided(mail(PARIS, LYON)).children[1]
    fields = {**child.fields, "Ortoo_Split_Key__c": child.key}
    found = decide(policies(), facts(reason=WorkReason.SPLIT, **fields))
    assert isinstance(found, Decision)
    assert found.rule == "peugeot"
    assert found.children == ()


def test_a_case_without_mail_is_routed_by_its_fields():
    decision = decided(None)
    assert decision.outcome is Outcome.ASSIGNED
    assert decision.rule is None
    assert any("no e-mail came in" in note for note in decision.trace.notes)


def test_a_mail_that_nobody_wrote_asks_for_nothing():
    decision = decided(mail(automatic="bounce"))
    assert decision.children == ()
    assert any("nobody wrote this e-mail: bounce" in note for note in decision.trace.notes)


def test_an_answer_is_not_split_and_opens_its_case_again():
    answered = "500000000000009AAA"
    decision = decided(mail(PARIS, LYON, reply_to=answered), reopen={"Status": "Working"})
    assert decision.children == ()
    assert decision.reopening is not None
    assert decision.reopening.record_id == answered
    assert decision.reopening.fields == {"Status": "Working"}


def test_an_automatic_answer_opens_nothing_again():
    found = mail(reply_to="500000000000009AAA", automatic="out_of_office")
    assert decided(found, reopen={"Status": "Working"}).reopening is None


def test_a_condition_says_which_cases_are_read():
    found = decide(policies(when={"Origin": "Email"}), facts(Origin="Phone"))
    assert isinstance(found, Decision)
    assert isinstance(decide(policies(when={"Origin": "Email"}), facts(Origin="Email")), Needs)


def test_a_decided_record_is_not_read_again_unless_somebody_requeues_it():
    decision = decided(mail(PARIS))
    stamped = {
        **decision.fields,
        "Ortoo_Decided_At__c": instant_text(NOW),
        "Ortoo_Decision_Key__c": decision.key,
    }
    reviewed = decide(
        policies(), facts(reason=WorkReason.REVIEWED, entry="r", Ortoo_Parked__c="x", **stamped)
    )
    assert isinstance(reviewed, Decision)
    assert reviewed.rule == "peugeot"
    again = decide(policies(), facts(reason=WorkReason.REQUEUED, entry="q", **stamped))
    assert isinstance(again, Needs)


def test_a_decision_replays_from_what_was_kept_without_the_mail():
    asked = facts()
    decision = decided(mail(PARIS, LYON, sender="a@example.com"))
    question = MailQuestion("Case", CASE, patient=True)
    found = replace(asked, answers={question: mail(PARIS, LYON, sender="a@example.com")})
    row = decision_row(decision, found, timings={})
    replayed = replay(policies(), row, Now(facts=asked, record=None))
    assert replayed.decision.children == decision.children
    assert [line for line in replayed.differences if not line.startswith("Fields_Written")] == []


def test_explain_tells_each_request_with_its_certainty():
    lines = "\n".join(plain_lines(explain(decided(mail({**PARIS, "basis": "code"}, LYON)))))
    assert "request 1 of 2" in lines
    assert "code" in lines


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"enter": {"$triage.brand": "Peugeot"}}, "comes after 'enter'"),
        ({"intake": {}}, "comes after 'enter'"),
        ({"intake": {"triage": {"set": {"A__c": "$triage.brnd"}}}}, "did you mean brand?"),
        ({"intake": {"triage": {"split": {"copy": ["Account.Name"]}}}}, "can't be copied"),
        ({"intake": {"triage": {"splitt": {}}}}, "no key 'splitt'"),
    ],
)
def test_names_that_mean_nothing_where_they_stand_are_told(document, told):
    whole = {
        "policy": "cases",
        "object": "Case",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"triage": TRIAGE},
        "ownership": {"rules": RULES, "otherwise": {"queue": "Cases"}},
    } | document
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        load({"policies/cases.yaml": yaml.safe_dump(whole).encode()})
