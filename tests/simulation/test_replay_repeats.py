"""A decision that gave an earlier record something is decided again from what was kept, and asks nobody."""

from dataclasses import replace
from datetime import timedelta

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.matches import Found, MatchQuestion
from ortoo_daemon.records import Record
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.action.test_repeats import ANA, ANNA, KNOWN_ID, PEOPLE, SAME, policies
from tests.world import NOW, facts, lead

POLICIES = policies("{of: Lead, count: Times__c, merge: {City: newest}}")


def test_what_the_earlier_record_held_is_kept_and_leads_to_the_same_decision():
    given = facts(lead(**ANA, City="Paris"), PEOPLE)
    found = decide(POLICIES, given)
    while isinstance(found, Needs):
        (question,) = found.questions
        if isinstance(question, MatchQuestion):
            answer = (Found("Lead", KNOWN_ID, ANNA.id, NOW - timedelta(days=2), SAME),)
        else:
            held = {"City": "Lyon", "LastModifiedDate": "2026-11-03T10:00:00.000+0000"}
            values = {name: held.get(name) for name in question.fields}
            answer = Record(object="Lead", id=question.id, fields=values)
        given = replace(given, answers={**given.answers, question: answer})
        found = decide(POLICIES, given)
    assert found.known.fields == {"City": "Paris"}
    landed = Written(fields=owner_write(found, given.record).whole)
    row = decision_row(found, given, timings={}, written=landed)
    again = replay(POLICIES, row, Now(facts=facts(lead(**ANA), PEOPLE), record=None))
    assert (again.differences, again.gaps) == ((), ())
