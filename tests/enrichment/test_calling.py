"""Claims about steps that ask somebody outside: when they ask, and what becomes of the answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion, HoldQuestion
from ortoo_daemon.decision import Decision
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.call_model import AnswerField, CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import SetField, SetStep
from ortoo_daemon.policy.expressions import Constant, Reference
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.policy.callouts.test_paths import path
from tests.world import (
    NOW,
    PLACE,
    TAKE_FROM,
    blank,
    directory,
    facts,
    is_,
    item,
    lead,
    policies,
    policy,
    rule,
)

ANSWERED = CallAnswer(
    outcome=CallOutcome.ANSWERED, value={"site": "R1", "cars": 3}, took_for=12, requests=1
)
FAILED = CallAnswer(outcome=CallOutcome.FAILED, detail="HTTP 500", took_for=40, requests=2)


def sets(**values: object) -> tuple[SetField, ...]:
    return tuple(
        SetField(field=name, value=Constant(PLACE, value), place=PLACE)  # type: ignore[arg-type]
        for name, value in values.items()
    )


def step(*, fills: dict[str, str] | None = None, **given) -> CallStep:
    found = fills or {"Site__c": "site"}
    given.setdefault("sends", (("model", Reference(PLACE, "Model__c")),))
    given.setdefault("label", "stock")
    return CallStep(
        kind=CallKind.SERVICE,
        target="stock",
        sets=tuple(AnswerField(field=f, path=path(text), place=PLACE) for f, text in found.items()),
        place=PLACE,
        **given,
    )


def asked(*steps, **fields):
    return decide(
        policies(policy(rule("all"), enrichment=steps)), facts(lead(**fields), directory())
    )


def settled(*steps, answer: CallAnswer | None = ANSWERED, **fields) -> Decision:
    """The decision where everybody answers the same."""
    found_policies = policies(policy(rule("all"), enrichment=steps))
    given = facts(lead(**fields), directory())
    found = decide(found_policies, given)
    while isinstance(found, Needs):
        given = replace(given, answers={**given.answers, **dict.fromkeys(found.questions, answer)})
        found = decide(found_policies, given)
    return found


def test_a_step_asks_with_the_values_that_it_names():
    found = asked(step(at_most=timedelta(seconds=3)), Model__c="e-208")
    assert isinstance(found, Needs)
    assert found.questions == (
        CallQuestion(
            kind=CallKind.SERVICE,
            target="stock",
            step="stock",
            record=lead().id,
            key=f"{lead().id}:first",
            sent=(("model", "e-208"),),
            at_most=3.0,
        ),
    )


def test_fields_are_filled_from_the_answer_and_the_trace_says_who_gave_it():
    found = settled(step(fills={"Site__c": "site", "Cars__c": "cars"}), Model__c="e-208")
    assert found.fields == {"Site__c": "R1", "Cars__c": 3}
    assert [str(note).partition(": ")[2] for note in found.trace.notes] == [
        "stock answered in 12 ms"
    ]


@pytest.mark.parametrize("answer", [FAILED, None])
def test_without_an_answer_the_record_goes_on_with_what_else_says(answer):
    found = settled(step(orelse=sets(Site__c="unknown", Rating="Cold")), answer=answer)
    assert found.fields == {"Site__c": "unknown", "Rating": "Cold"}
    assert "stock gave no answer" in found.trace.notes[0]


def test_a_field_that_the_answer_has_nothing_for_gets_what_else_says_of_it():
    found = settled(
        step(fills={"Site__c": "site", "Price__c": "price"}, orelse=sets(Price__c=0, Rating="Cold"))
    )
    assert found.fields == {"Site__c": "R1", "Price__c": 0}


def test_what_no_field_can_take_is_reported_and_left_out():
    answer = replace(ANSWERED, value={"site": {"code": "R1"}}, misfits=("price is no number",))
    found = settled(step(), answer=answer)
    assert found.fields == {}
    assert [report.code for report in found.trace.reports] == ["call_value"]
    assert any("price is no number" in note for note in found.trace.notes)


def test_only_what_the_condition_takes_is_asked_about():
    narrow = step(when=is_("Request__c", "stock"))
    assert isinstance(asked(narrow, Request__c="stock"), Needs)
    found = asked(narrow, Request__c="brochure")
    assert isinstance(found, Decision)
    assert (found.fields, found.trace.notes) == ({}, ())


def test_nobody_is_asked_about_fields_that_are_filled():
    careful = step(fills={"Site__c": "site", "Cars__c": "cars"}, only_empty=True)
    assert isinstance(asked(careful, Site__c="R9", Cars__c=1), Decision)
    assert settled(careful, Site__c="R9").fields == {"Cars__c": 3}


def test_steps_before_are_not_taken_twice_and_steps_after_see_the_answer():
    """A step that counts its own traces would show it."""
    steps = (
        SetStep(sets=sets(Rating="Warm"), place=PLACE),
        step(orelse=sets(Site__c="R0")),
        step(
            label="again", sends=(("model", Reference(PLACE, "Site__c")),), fills={"B__c": "site"}
        ),
    )
    found_policies = policies(policy(rule("all"), enrichment=steps))
    given = facts(lead(), directory())
    found = decide(found_policies, given)
    sent = []
    while isinstance(found, Needs):
        sent += [question.sent for question in found.questions]
        given = replace(
            given, answers={**given.answers, **dict.fromkeys(found.questions, ANSWERED)}
        )
        found = resume(found, given)
    assert sent == [(("model", None),), (("model", "R1"),)]
    assert found == decide(found_policies, given)  # resumed or begun anew, byte for byte
    assert [change.field for change in found.trace.changes] == ["Rating", "Site__c", "B__c"]


def test_rules_see_what_a_service_said():
    found = decide(
        policies(
            policy(rule("known", when=blank("Site__c", False)), rule("all"), enrichment=(step(),))
        ),
        facts(lead(), directory()),
    )
    assert isinstance(found, Needs)
    done = resume(
        found, facts(lead(), directory(), answers=dict.fromkeys(found.questions, ANSWERED))
    )
    # Other facts than before: begun anew, with the answer at hand.
    assert isinstance(done, Decision)
    assert done.rule == "known"


@pytest.mark.parametrize("answer", [ANSWERED, FAILED, replace(ANSWERED, kept=True, took_for=0)])
def test_a_decision_is_made_again_from_its_row_without_calling(answer):
    found_policies = policies(policy(rule("all"), enrichment=(step(orelse=sets(Site__c="R0")),)))
    given = facts(lead(Model__c="e-208", Number__c=2.0), directory())
    needs = decide(found_policies, given)
    assert isinstance(needs, Needs)
    given = replace(given, answers=dict.fromkeys(needs.questions, answer))
    decision = decide(found_policies, given)
    assert isinstance(decision, Decision)
    written = Written(fields=owner_write(decision, given.record).whole)
    row = decision_row(decision, given, timings={}, written=written)
    again = replay(found_policies, row, Now(facts=facts(lead(), directory()), record=None))
    assert (again.differences, again.gaps) == ((), ())
    assert again.facts.answers == given.answers


# -- waiting for the org's own automation -------------------------------------------------------------


def hold(**given) -> HoldStep:
    given.setdefault("until", blank("Profile__c", False))
    given.setdefault("label", "profile")
    return HoldStep(at_most=timedelta(minutes=10), place=PLACE, **given)


def held(*, after: float = 0, work: WorkItem | None = None, **fields):
    created = NOW - timedelta(minutes=after)
    record = lead(CreatedDate=instant_text(created), **fields)
    step_ = hold(orelse=sets(Rating="Cold"))
    found_policies = policies(policy(rule("all"), enrichment=(step_,), take_from=TAKE_FROM))
    return decide(found_policies, facts(record, directory(), work=work))


def test_a_record_waits_until_the_field_is_filled():
    found = held(after=9)
    assert isinstance(found, Needs)
    (question,) = found.questions
    assert isinstance(question, HoldQuestion)
    assert (question.until - question.since, question.fields) == (
        timedelta(minutes=10),
        ("Profile__c",),
    )
    there = held(after=9, Profile__c="done")
    assert isinstance(there, Decision)
    assert there.fields == {}


def test_it_waits_no_longer_than_it_may_and_then_else_applies():
    found = held(after=10)
    assert isinstance(found, Decision)
    assert found.fields == {"Rating": "Cold"}
    assert "not within 600 s" in found.trace.notes[0]


def test_of_a_record_that_is_requeued_the_time_counts_anew():
    record = lead()
    again = item(record, reason=WorkReason.REQUEUED, entry="again", heard_at=NOW)
    assert isinstance(held(after=600, work=again), Needs)


def test_records_that_the_condition_does_not_take_do_not_wait():
    waits = hold(when=is_("Request__c", "stock"))
    given = facts(lead(), directory())
    found = decide(policies(policy(rule("all"), enrichment=(waits,))), given)
    assert isinstance(found, Decision)


def test_where_nobody_waits_a_case_says_what_is_filled_meanwhile():
    needs = held(after=1)
    assert isinstance(needs, Needs)
    for answer, expected in (
        (None, {"Rating": "Cold"}),
        ({"Profile__c": "x"}, {"Profile__c": "x"}),
    ):
        given = replace(needs.begun.handling.facts, answers=dict.fromkeys(needs.questions, answer))
        found = decide(needs.begun.policies, given)
        assert isinstance(found, Decision)
        assert found.fields == expected
