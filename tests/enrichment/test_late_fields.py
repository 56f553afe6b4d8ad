"""What a map alone names is read of those records only whose text is read. Through the whole of `decide`."""

from dataclasses import replace

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts, LateFieldsQuestion, NotAsked
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.interpretation import InterpretQuestion
from ortoo_daemon.policy.reach import fields_read, fields_read_at_once
from ortoo_daemon.records import Record
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.enrichment.test_interpreting import LEAD, asked, facts, policies, said

CHAT = {"when": {"LeadSource": "Chat"}}
LATE = {"Budget__c", "Model__c", "Timeframe__c"}
"""Of the map's fields those that no rule asks for."""

ANSWER = said(
    ("Model__c", "e-208", 0.9), ("Fuel__c", "Electric", 0.9), ("Timeframe__c", "avant juin", 1.0)
)


def held(**fields: object) -> Record:
    return Record(object="Lead", id=LEAD, fields=dict.fromkeys(LATE) | fields)


def answered(late: object, given: Facts | None = None) -> tuple[Decision, Facts, list[type]]:
    """The decision, its facts, and what was asked, round by round."""
    by, about = policies(**CHAT), given or facts(LeadSource="Chat")
    rounds: list[type] = []
    found = decide(by, about)
    while isinstance(found, Needs):
        (question,) = found.questions
        rounds.append(type(question))
        answer = late if isinstance(question, LateFieldsQuestion) else ANSWER
        about = replace(about, answers={**about.answers, question: answer})
        found = resume(found, about)
    assert isinstance(found, Decision)
    assert found == decide(by, about)
    return found, about, rounds


def test_fields_of_a_map_that_nothing_else_names_are_not_read_with_every_record() -> None:
    (policy,) = policies(**CHAT).policies
    (_, step) = policy.enrichment
    assert set(step.late) == LATE
    assert fields_read(policy) - fields_read_at_once(policy) == LATE
    assert "Fuel__c" in fields_read_at_once(policy)


def test_what_a_wish_is_bound_to_is_read_with_every_record_though_a_map_fills_it() -> None:
    rule = {"name": "site", "assign": {"rooftop": {"prefer": ["in_stock"]}, "team": {"role": "a"}}}
    (policy,) = policies(ownership_rules=[rule], **CHAT).policies
    assert "Model__c" in fields_read_at_once(policy, {"in_stock": "Model__c"})
    assert "Model__c" not in fields_read_at_once(policy)


def test_a_map_that_reads_every_record_has_its_fields_read_with_them() -> None:
    (policy,) = policies().policies
    assert fields_read(policy) == fields_read_at_once(policy)
    assert isinstance(asked(policies()), InterpretQuestion)


def test_a_record_whose_text_is_not_read_asks_nothing() -> None:
    decision, _, rounds = answered(held(), facts(LeadSource="Web"))
    assert rounds == []
    assert decision.fields == {"Rating": "Warm"}


def test_what_the_record_holds_is_looked_at_before_a_model_is_paid_and_filled_fields_stay() -> None:
    decision, _, rounds = answered(held(Model__c="Clio"))
    assert rounds == [LateFieldsQuestion, InterpretQuestion]
    assert decision.fields == {
        "Rating": "Warm",
        "Fuel__c": "EV",
        "Budget__c": 24000,
        "Timeframe__c": "avant juin",
    }


def test_a_value_that_stands_there_already_is_not_written_again() -> None:
    decision, _, _ = answered(held(Timeframe__c="avant juin", Budget__c=24000))
    assert set(decision.fields) == {"Rating", "Fuel__c", "Model__c"}


def test_what_the_org_does_not_show_is_left_as_it_is_and_the_rest_is_filled() -> None:
    decision, _, rounds = answered(NotAsked.REFUSED)
    assert rounds == [LateFieldsQuestion, InterpretQuestion]
    assert decision.fields == {"Rating": "Warm", "Fuel__c": "EV"}
    (report,) = (each for each in decision.trace.reports if each.code == "not_asked")
    assert report.message == "3 fields can't be read: they are left as they are"


def test_it_is_kept_and_the_decision_replays_without_asking() -> None:
    given = facts(LeadSource="Chat")
    for late in (held(Model__c="Clio"), NotAsked.REFUSED, None):
        decision, whole, _ = answered(late, given)
        landed = Written(fields=owner_write(decision, given.record).whole)
        row = decision_row(decision, whole, timings={}, written=landed)
        again = replay(policies(**CHAT), row, Now(facts=given, record=given.record))
        assert again.same, again.differences
        assert not again.gaps
