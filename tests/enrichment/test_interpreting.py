"""What becomes of a record's own text, through the whole of `decide`."""

from dataclasses import replace

import pytest
import yaml

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.instants import instant_text
from ortoo_daemon.interpretation import InterpretQuestion, Item, Said, WantedKind
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import Record, WorkItem, WorkReason
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.world import NOW, an_id, directory

LEAD = an_id("00Q", 1)
TEXT = "Bonjour, je cherche une e-208 pour 24 000 € avant juin. Paul"
MAP = """\
field,about,type,length,longer,values,only_empty,confidence,finder
Model__c,the model,text,20,cut,,,,
Budget__c,the budget,number,,,,,,amount
Fuel__c,the fuel,text,,,electric=EV; petrol=Petrol,,,
Timeframe__c,when,text,,,,false,0.95,
"""


def policies(*more, ownership_rules=(), **ai):
    step = {"task": "lead_profile", "label": "profile", "map": "tables/m.csv"} | ai
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "enrichment": [{"set": {"Rating": "Warm"}}, {"ai": step}, *more],
        "ownership": {
            "rules": [
                {"name": "ev", "when": {"Fuel__c": "EV"}, "assign": {"queue": "Desk"}},
                *ownership_rules,
            ],
            "otherwise": {"queue": "Desk"},
        },
    }
    return load(
        {"policies/leads.yaml": yaml.safe_dump(document).encode(), "tables/m.csv": MAP.encode()}
    )


def facts(*, reason=WorkReason.CREATED, entry="first", **fields) -> Facts:
    values = {"CreatedDate": instant_text(NOW), "Description": TEXT} | fields
    item = WorkItem(object="Lead", record_id=LEAD, reason=reason, entry=entry, heard_at=NOW)
    record = Record(object="Lead", id=LEAD, fields=values)
    return Facts(item=item, record=record, now=NOW, directory=directory())


def asked(found=None, given=None) -> InterpretQuestion:
    needs = decide(found or policies(), given or facts())
    assert isinstance(needs, Needs)
    (question,) = needs.questions
    assert isinstance(question, InterpretQuestion)
    return question


def said(*items, **more) -> Said:
    kept = (
        Item(name, value, sure, (words,))
        for name, value, sure, words in ((*i, *("une e-208",)[len(i) - 3 :]) for i in items)
    )
    model = {"model": "quick", "outcome": "answered", "tokens": 9, "cost": 7, "currency": "USD"}
    model |= {"took_for": 12, "attempts": []}
    return Said(items=tuple(kept), **({"model": model} | more))


def decided(answer, *, given=None, found=None) -> Decision:
    by, about = found or policies(), given or facts()
    needs = decide(by, about)
    assert isinstance(needs, Needs)
    answers = dict.fromkeys(needs.questions, answer)
    decision = resume(needs, replace(about, answers=answers))
    assert isinstance(decision, Decision)
    assert decision == decide(by, replace(about, answers=answers))
    return decision


def codes(decision):
    return {report.field: report.code for report in decision.trace.reports}


def test_the_question_holds_the_texts_and_what_is_wanted_of_them_and_nothing_else():
    found = policies(
        read={"comments": "Description", "transcript": "Chat__c"},
        tell={"language": "Language__c", "source": "LeadSource"},
        names=["LastName"],
        value="Amount__c",
    )
    given = facts(Language__c="fr", LastName="Roux", Email="secret@example.com", Amount__c=91)
    question = asked(found, given)
    assert question.texts == (("comments", TEXT),)
    assert question.about == (("language", "fr"),)
    assert question.people == ("Roux",)
    assert (question.language, question.value) == ("fr", 91.0)
    kinds = {each.name: (each.kind, each.choices) for each in question.wanted}
    assert kinds["Fuel__c"] == (WantedKind.CHOICE, ("electric", "petrol"))
    assert "secret" not in repr(vars_of(question))


def vars_of(question):
    return [getattr(question, name) for name in question.__slots__]


def test_values_go_to_the_fields_of_their_rows_in_one_write_with_whence_they_come():
    answer = said(("Model__c", "e-208", 0.9), ("Fuel__c", "Electric", 0.8, "e-208"))
    decision = decided(answer)
    assert decision.rule == "ev"
    assert decision.fields == {
        "Rating": "Warm",
        "Model__c": "e-208",
        "Fuel__c": "EV",
        "Budget__c": 24000,
    }
    origins = {
        each.field: (each.by, each.confidence, each.evidence) for each in decision.trace.origins
    }
    assert origins == {
        "Model__c": ("profile: model quick", 0.9, "une e-208"),
        "Fuel__c": ("profile: model quick", 0.8, "e-208"),
        "Budget__c": ("profile: finder amount", 1.0, "24 000 €"),
    }
    lines = "\n".join(plain_lines(explain(decision)))
    assert 'Model__c by profile: model quick, 0.9: "une e-208" (tables/m.csv:2:1)' in lines
    assert "model quick: answered (9 tokens, 7e-06 USD, 12 ms)" in lines


REFUSED = {
    "a field that the map does not name": (("OwnerId", "005000000000001", 1.0), {}),
    "words that are not in the text": (
        ("Model__c", "308", 1.0, "une 308"),
        {"Model__c": "ai_evidence"},
    ),
    "less sure than the task asks": (("Model__c", "e-208", 0.79), {"Model__c": "ai_unsure"}),
    "less sure than the row asks": (
        ("Timeframe__c", "June", 0.94, "avant juin"),
        {"Timeframe__c": "ai_unsure"},
    ),
    "a word that the field does not know": (
        ("Fuel__c", "steam", 1.0, "e-208"),
        {"Fuel__c": "ai_value"},
    ),
    "no number": (("Budget__c", "a lot", 1.0, "24 000 €"), {"Budget__c": "ai_differs"}),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_count_is_not_written_and_told(why):
    item, told = REFUSED[why]
    decision = decided(said(item))
    assert item[0] not in decision.fields
    assert codes(decision) == told


def test_a_longer_text_is_cut_to_its_field():
    decision = decided(said(("Model__c", "e-208 " * 9, 1.0)))
    assert len(decision.fields["Model__c"]) == 20
    assert codes(decision) == {"Model__c": "ai_value"}


def test_filled_fields_are_left_alone_unless_the_row_says_otherwise():
    answer = said(("Model__c", "e-208", 1.0), ("Timeframe__c", "June", 1.0, "avant juin"))
    decision = decided(answer, given=facts(Model__c="308", Timeframe__c="later"))
    assert "Model__c" not in decision.fields
    assert decision.fields["Timeframe__c"] == "June"


def test_with_nothing_to_fill_or_no_text_nobody_is_asked():
    whole = {"Model__c": "a", "Budget__c": 1, "Fuel__c": "EV", "Timeframe__c": "b"}
    alone = MAP.replace("false,0.95", ",0.95")
    found = load(
        {
            "policies/leads.yaml": policies().files["policies/leads.yaml"],
            "tables/m.csv": alone.encode(),
        }
    )
    assert isinstance(decide(found, facts(**whole)), Decision)
    assert isinstance(decide(policies(), facts(Description="  ")), Decision)
    when = policies(when={"LeadSource": "Web"})
    passed = decide(when, facts())
    assert isinstance(passed, Decision)
    assert any("profile not read" in note for note in passed.trace.notes)


@pytest.mark.parametrize(
    ("word", "value"), [("prefer_model", 25000), ("prefer_rules", 24000), ("both_or_person", None)]
)
def test_where_model_and_finder_differ_the_task_says_what_stands(word, value):
    answer = said(("Budget__c", "25000", 1.0, "24 000 €"), disagreement=word)
    assert decided(answer).fields.get("Budget__c") == value


def test_where_the_text_gives_orders_a_model_that_differs_is_never_preferred():
    answer = said(
        ("Budget__c", "1", 1.0, "24 000 €"), disagreement="prefer_model", orders_found=True
    )
    decision = decided(answer)
    assert "Budget__c" not in decision.fields
    assert any("gives orders to machines" in note for note in decision.trace.notes)


def test_without_any_model_the_finders_look_alone():
    decision = decided(None)
    assert decision.fields == {"Rating": "Warm", "Budget__c": 24000}
    assert any("no model was asked" in note for note in decision.trace.notes)


def test_a_step_that_asks_leaves_no_trace_twice_and_later_steps_see_what_it_found():
    found = policies({"set": {"Title": "{{ Model__c }}!"}})
    decision = decided(said(("Model__c", "e-208", 1.0)), found=found)
    assert decision.fields["Title"] == "e-208!"
    changes = [change.field for change in decision.trace.changes]
    assert sorted(changes) == sorted(set(changes))


def test_a_decided_record_is_read_again_only_where_a_person_requeues_it():
    before = {"Ortoo_Decided_At__c": instant_text(NOW), "Ortoo_Decision_Key__c": f"{LEAD}:first"}
    again = facts(reason=WorkReason.REQUEUED, entry="requeue:1", **before)
    assert asked(None, again).label == "profile"


def test_the_answer_is_kept_and_the_decision_replays_without_asking():
    answer = said(("Model__c", "e-208", 0.9), ("Fuel__c", "Electric", 0.8, "e-208"))
    found, given = policies(), facts()
    answers = {asked(found, given): answer}
    decision = decide(found, replace(given, answers=answers))
    assert isinstance(decision, Decision)
    landed = Written(fields=owner_write(decision, given.record).whole)
    row = decision_row(decision, replace(given, answers=answers), timings={}, written=landed)
    again = replay(found, row, Now(facts=given, record=given.record))
    assert again.same, again.differences
    assert again.decision.trace.origins == decision.trace.origins
    assert trace_from_json(str(row["Trace__c"])).origins == decision.trace.origins


def test_a_summary_goes_to_one_field():
    found = load_one({"task": "summary", "into": "Short__c", "length": 20})
    answer = said(("Short__c", "Wants an e-208 before June", 0.9))
    decision = decided(answer, found=found)
    assert decision.fields["Short__c"] == "Wants an e-208 befo…"


def load_one(step):
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "enrichment": [{"ai": step}],
        "ownership": {"rules": [], "otherwise": {"queue": "Desk"}},
    }
    return load({"policies/leads.yaml": yaml.safe_dump(document).encode()})
