"""A decision that found other records of its customer is made again from what it kept."""

from dataclasses import replace
from datetime import timedelta

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.facts import NotAsked
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.intake.matching.test_find import ANA, ANNA, PEOPLE, a_record, policies
from tests.world import NOW, facts, lead

POLICIES = policies()


def row_of(answer):
    given = facts(lead(**ANA), PEOPLE)
    needs = decide(POLICIES, given)
    assert isinstance(needs, Needs)
    known = replace(given, answers={needs.questions[0]: answer})
    decision = decide(POLICIES, known)
    landed = Written(fields=owner_write(decision, known.record).whole)
    return decision_row(decision, known, timings={}, written=landed)


def test_what_was_found_is_kept_and_leads_to_the_same_decision():
    row = row_of((a_record(source="Web", brand="Renault", rooftop="x"), a_record(2)))
    assert row["Owner_After__c"] == ANNA.id
    now = Now(facts=facts(lead(**ANA), PEOPLE, now=NOW + timedelta(days=3)), record=None)
    found = replay(POLICIES, row, now)
    assert (found.differences, found.gaps) == ((), ())


def test_that_nobody_asked_is_kept_too():
    now = Now(facts=facts(lead(**ANA), PEOPLE), record=None)
    for answer in (*NotAsked, None, ()):
        assert replay(POLICIES, row_of(answer), now).differences == ()
