"""What the earlier record of a customer gets when they ask again."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.audit.kept_facts import kept_question
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.facts import NotAsked
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.matches import Customer, Found, MatchQuestion
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import Record
from ortoo_daemon.repeats import ASKED_AGAIN_AT, REPEATS, KnownQuestion
from tests.world import NOW, an_id, directory, facts, lead, person

CUSTOMERS = {
    "Lead": KeySources(
        email=("Email",), first_name="FirstName", last_name="LastName", source="LeadSource"
    ),
    "Contact": KeySources(email=("Email",), source="LeadSource"),
}
ANNA = person(1)
PEOPLE = directory((), (ANNA,))
ANA = {"FirstName": "Ana", "LastName": "Lopez", "Email": "ana@example.com"}
SAME = Customer(email="ana@example.com", first_name="Ana", last_name="Lopez")
KNOWN_ID = an_id("00Q", 500)


def policies(repeats, require="", among="{Lead: 60d, Contact: any}"):
    text = f"""
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
intake: {{{require}find: {{duplicates: {{on: [Email], among: {among}}}}}}}
ownership: {{otherwise: {{queue: Last}}}}
action: {{repeats: {repeats}}}
"""
    return load({"policies/leads.yaml": text.encode()}, key_sources=CUSTOMERS)


def decided(repeats, known=None, *, answer=None, found_days=20, require="", **fields):
    """The decision, with every question answered; ``known`` is what the earlier lead holds."""
    wanted = policies(repeats, require)
    given = facts(lead(**{**ANA, **fields}), PEOPLE)
    made_at = NOW - timedelta(days=found_days)
    found = Found("Lead", KNOWN_ID, ANNA.id, made_at, SAME)
    outcome = decide(wanted, given)
    while isinstance(outcome, Needs):
        answers = dict(given.answers)
        for question in outcome.questions:
            if isinstance(question, MatchQuestion):
                answers[question] = (found,)
            else:
                assert isinstance(question, KnownQuestion)
                held = {"OwnerId": ANNA.id, "LastModifiedDate": "2026-11-03T10:00:00.000+0000"}
                values = {name: {**held, **(known or {})}.get(name) for name in question.fields}
                whole = Record(object="Lead", id=question.id, fields=values)
                answers[question] = whole if answer is None else answer
        given = replace(given, answers=answers)
        outcome = decide(wanted, given)
    return outcome


def gets(repeats, known=None, **fields):
    return dict(decided(repeats, known, **fields).known.fields)


@pytest.mark.parametrize(
    ("way", "before", "now", "kept"),
    [
        ("newest", "Lyon", "Paris", "Paris"),
        ("oldest", "Lyon", "Paris", "Lyon"),
        ("oldest", None, "Paris", "Paris"),
        ("longest", "Lyon", "Paris", "Paris"),
        ("longest", "Paris", "Lyon", "Paris"),
        ("longest", "Lyon", "Nice", "Lyon"),
        ("newest", "Lyon", None, "Lyon"),
        ("newest", "Lyon", "  ", "Lyon"),
        ("newest", "", "Paris", "Paris"),
    ],
)
def test_one_of_two_values_survives_and_an_empty_one_never_does(way, before, now, kept):
    found = gets(f"{{of: Lead, merge: {{City: {way}}}}}", {"City": before}, City=now)
    assert found.get("City", before) == kept
    assert ("City" in found) is (kept != before)


def test_who_was_made_first_is_told_by_the_records_not_by_who_is_decided_first():
    one = "{of: Lead, merge: {City: newest, Street: oldest}}"
    found = gets(one, {"City": "Lyon", "Street": "A"}, found_days=-1, City="Paris", Street="B")
    assert found == {"Street": "B"}


def test_the_more_complete_record_gives_its_values():
    one = "{of: Lead, merge: {City: most_complete, Street: most_complete, State: oldest}}"
    more = gets(one, {"City": "Lyon"}, City="Paris", Street="Quai 1")
    assert more == {"City": "Paris", "Street": "Quai 1"}
    less = gets(one, {"City": "Lyon", "Street": "Quai 1", "State": "69"}, City="Paris")
    assert less == {}


def test_the_source_that_is_named_first_is_believed():
    one = "{of: Lead, merge: {City: {sources: [Web, Marketplace]}}}"
    web, market = {"LeadSource": "web "}, {"LeadSource": "Marketplace"}
    assert gets(one, {"City": "Lyon", **market}, City="Paris", **web) == {"City": "Paris"}
    assert gets(one, {"City": "Lyon", **web}, City="Paris", **market) == {}
    assert gets(one, {"City": "Lyon"}, City="Paris", **market) == {"City": "Paris"}
    assert gets(one, {"City": "Lyon"}, City="Paris", LeadSource="Fair") == {}


def test_a_value_may_come_from_a_field_of_another_name():
    one = "{of: Lead, merge: {MailingCity: {from: City, keep: newest}}}"
    assert gets(one, {"MailingCity": "Lyon"}, City="Paris") == {"MailingCity": "Paris"}


def test_what_was_read_goes_with_the_decision_and_guards_the_write():
    found = decided("{of: Lead, merge: {City: newest}}", {"City": "Lyon"}, City="Paris").known
    assert (found.object, found.record_id) == ("Lead", KNOWN_ID)
    assert found.before["City"] == "Lyon"
    assert found.modified_at == "2026-11-03T10:00:00.000+0000"
    assert "LastModifiedDate" not in found.before


def test_an_enquiry_counts_once_and_leaves_a_line_that_says_what_it_replaced():
    one = "{of: Lead, count: Times__c, merge: {City: newest}, set: {Rating: Hot}}"
    first = decided(one, {"City": "Lyon", "Rating": "Hot"}, City="Paris", LeadSource="Web")
    assert first.known.own["Times__c"] == 1
    assert first.known.fields == {"City": "Paris"}
    line = first.known.own[REPEATS]
    assert f"{first.record_id} Web" in line
    assert 'City was "Lyon"' in line
    assert first.known.own[ASKED_AGAIN_AT].startswith("2026-11-")
    again = decided(one, {"City": "Paris", "Times__c": 1, REPEATS: line}, City="Nice")
    assert again.known is None
    assert any("knows this enquiry already" in note for note in again.trace.notes)


def test_another_enquiry_counts_on_and_the_oldest_lines_make_room():
    old = "\n".join(f"2026-01-01T00:00:00.000Z {n:018d} Web" for n in range(1, 750))
    found = decided("{of: Lead, count: Times__c}", {"Times__c": 749.0, REPEATS: old}).known
    assert found.own["Times__c"] == 750
    assert len(found.own[REPEATS]) <= 32768
    assert (
        str(found.own[REPEATS]).splitlines()[-1].split()[1]
        == decided("{of: Lead, count: A}").record_id
    )


def test_the_first_entry_that_fits_counts():
    both = "[{of: Lead, when: {City: Nice}, set: {Rating: Cold}}, {of: Lead, set: {Rating: Hot}}]"
    assert gets(both, City="Nice") == {"Rating": "Cold"}
    assert gets(both, City="Paris") == {"Rating": "Hot"}


def test_the_enquiry_becomes_a_task_for_who_holds_the_earlier_record():
    one = '{of: Lead, attach: {subject: "Again: {{ City }}", text: "{{ Description }}"}}'
    task = decided(one, City="Paris", Description="Still there?").known.attached
    assert (task.subject, task.text, task.owner, task.done) == (
        "Again: Paris",
        "Still there?",
        ANNA.id,
        False,
    )
    nobody = decided(one, {"OwnerId": "00G000000000001AAA"}, City="Paris").known.attached
    assert nobody.owner is None


def test_a_record_that_is_parked_tells_nobody_that_it_came():
    require = "require: {Brand__c: {blank: false}, else: {park: no_brand}}, "
    found = decided("{of: Lead, set: {Rating: Hot}}", require=require)
    assert (found.outcome, found.known) == (Outcome.PARKED, None)


def test_a_record_that_somebody_got_before_is_no_new_enquiry():
    wanted = policies("{of: Lead, set: {Rating: Hot}}")
    given = facts(lead(**ANA, Ortoo_Assigned_Owner__c=ANNA.id), PEOPLE)
    found = decide(wanted, given)
    (question,) = found.questions
    known = Found("Lead", KNOWN_ID, ANNA.id, NOW - timedelta(days=2), SAME)
    after = decide(wanted, replace(given, answers={question: (known,)}))
    assert after.known is None


@pytest.mark.parametrize("answer", [NotAsked.REFUSED, "gone"])
def test_a_record_that_can_not_be_read_gets_nothing(answer):
    found = decided("{of: Lead, set: {Rating: Hot}}", answer=answer)
    assert found.outcome is Outcome.ASSIGNED
    assert found.known is None


def test_what_was_read_is_kept_so_that_the_decision_replays():
    question = KnownQuestion("Lead", KNOWN_ID, ("City",))
    answer = Record(object="Lead", id=KNOWN_ID, fields={"City": "Lyon"})
    kept = json.loads(json.dumps(kept_question(question, answer)))
    assert kept == {"known": ["Lead", KNOWN_ID, ["City"]], "answer": {"City": "Lyon"}}


@pytest.mark.parametrize(
    ("repeats", "wrong"),
    [
        ("{of: Case, set: {Status: New}}", "which nobody looks for"),
        ("{of: Lead}", "gets nothing"),
        ("{of: Lead, merge: {City: newst}}", "did you mean newest"),
        ("{of: Lead, merge: {City: newest}, set: {City: Paris}}", "City is given twice"),
        ("{of: Lead, set: {Ortoo_Repeats__c: x}}", "is kept by the daemon"),
        ("{of: Lead, merge: {City: {from: Town}}}", "either 'keep' or 'sources'"),
        ("{of: Lead, attach: {subject: x}}", "needs 'text'"),
    ],
)
def test_what_can_not_be_meant_is_told_at_its_place(repeats, wrong):
    with pytest.raises(ConfigError) as told:
        policies(repeats)
    assert any(wrong in f"{each.message} {each.mend}" for each in told.value.problems)
