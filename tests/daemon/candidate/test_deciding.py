"""The candidate sees every decision and can't harm one: nothing it does is raised, waited for or reserved."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.candidate.comparing import Comparison
from ortoo_daemon.daemon.candidate.deciding import Candidate, CandidatePolicies
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.errors import PermanentOrgError, TemporaryOrgError
from ortoo_daemon.facts import Workload
from ortoo_daemon.policy.ownership_model import PersonChoice, PersonMethod, Sticky
from ortoo_daemon.records import WorkReason
from tests.world import (
    NOW,
    PLACE,
    decided,
    directory,
    facts,
    is_,
    item,
    lead,
    minutes,
    person,
    policies,
    policy,
    rule,
    to_people,
    to_queue,
)

TEAM = directory(people=(person(1), person(2), person(3)))
LIVE = policies(policy(rule("all", assign=to_people())))


class Org:
    """Answers each question with the same, or with an error."""

    def __init__(self, answer=None):
        self.answer = answer
        self.asked = []

    async def ask(self, question, *, looking=False):
        self.asked.append(question)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def trying(*rules, answers=None, revision="candidate123"):
    candidate = Candidate(answers or Org(), now=lambda: NOW)
    found = replace(policies(policy(*rules)), revision=revision)
    candidate.take_up(CandidatePolicies(policies=Policies(found)))
    return candidate


def see(candidate, given):
    live = decided(LIVE, given)
    candidate.decided(given, live)
    return live


def test_a_rule_of_the_candidates_own_has_turns_of_its_own():
    """The live rotation never moves for it; without turns of its own all would go to the first."""
    candidate = trying(rule("new", assign=to_people()), rule("all", assign=to_people()))
    for number in range(6):
        see(candidate, facts(lead(number + 1), TEAM))
    people = {group.name: group.counts for group in candidate.comparison.groups.of(
        *_by("person")
    )}  # fmt: skip
    assert sorted(counts.get(_CANDIDATE, 0) for counts in people.values()) == [2, 2, 2]


def test_the_same_policies_never_differ_whatever_the_counters_are():
    """Both look at the counters before the live decision is reserved."""
    candidate = trying(rule("all", assign=to_people()))
    counts, turns = {each.id: 3 for each in TEAM.people.values()}, {}
    for number in range(5):
        given = facts(lead(number + 1), TEAM, workload=Workload(open_work=counts, turns=turns))
        taken = see(candidate, given).reservation
        counts[taken.person] += 1
        turns[taken.pool] = taken.turns
    assert candidate.comparison.changes() == {"same": 5}


def test_a_defect_is_counted_and_told_once_a_minute_and_raised_to_nobody():
    candidate = trying(rule("all", when="no condition", assign=to_queue()))
    with capture_logs() as logs:
        for number in range(3):
            see(candidate, facts(lead(number + 1), TEAM))
    assert candidate.comparison.not_compared == {"failed": 3}
    assert [each["event"] for each in logs] == ["candidate.failed"]


def test_a_record_counts_once_however_often_it_is_decided():
    candidate = trying(rule("all"))
    given = facts(lead(), TEAM)
    for _ in range(3):
        see(candidate, given)
    assert candidate.comparison.records == 1


def test_steps_of_clocks_and_what_nobody_takes_are_not_compared():
    candidate = trying(rule("all"))
    record = lead()
    step = item(record, reason=WorkReason.SLA)
    see(candidate, facts(record, TEAM, work=step))
    before_all = lead(2, CreatedDate="2020-01-01T00:00:00.000+0000")
    see(candidate, facts(before_all, TEAM))
    assert candidate.comparison is None or candidate.comparison.records == 0


def test_of_a_refused_field_the_candidate_stands_aside_until_another_is_taken_up():
    candidate = trying(rule("ev", when=is_("Fuel__c", "EV")))
    assert "Fuel__c" in candidate.fields("Lead")
    candidate.unreadable("Lead", PermanentOrgError("INVALID_FIELD", "no such column"))
    assert candidate.fields("Lead") == frozenset()
    see(candidate, facts(lead(), TEAM))
    assert candidate.comparison is None
    candidate.take_up(CandidatePolicies(policies=Policies(LIVE)))
    assert candidate.fields("Lead")


def sticky():
    kept = Sticky(on="Email", within=minutes(60), place=PLACE)
    return to_people(person=PersonChoice(by=PersonMethod.ROTATION, sticky=kept, place=PLACE))


def asked(answer, *, live_moves=lambda counts: None):
    """A candidate that asks who had the customer, once everything is answered."""

    async def play():
        org = Org(answer)
        candidate = trying(rule("all", assign=sticky()), answers=org)
        counts = {each.id: 0 for each in TEAM.people.values()}
        given = facts(lead(Email="a@x.example"), TEAM, workload=Workload(open_work=counts))
        see(candidate, given)
        live_moves(counts)
        waiting = list(candidate._waiting)
        await asyncio.gather(*waiting)
        return candidate, org

    return asyncio.run(play())


def test_what_only_the_candidate_asks_is_asked_beside():
    third = person(3).id
    candidate, org = asked(third)
    assert [question.value for question in org.asked] == ["a@x.example"]
    (mover,) = (each for movers in candidate.comparison.edit.movers.values() for each in movers)
    assert mover.after.owner == third
    assert mover.after.reason == "sticky"


def test_an_answer_that_does_not_come_is_counted():
    candidate, _ = asked(TemporaryOrgError("SERVER_UNAVAILABLE", "later"))
    assert candidate.comparison.not_compared == {"unanswered": 1}


def test_while_an_answer_is_waited_for_the_counters_stay_those_of_the_decision():
    def fill_up(counts):
        counts[person(1).id] = 99

    candidate, _ = asked(None, live_moves=fill_up)
    assert candidate.comparison.changes() == {"same": 1}


@pytest.mark.parametrize("live", ["a", "b"])
def test_a_comparison_remembers_a_bounded_number_of_records(live, monkeypatch):
    from ortoo_daemon.daemon.candidate import comparing

    monkeypatch.setattr(comparing, "_MOST_KNOWN", 3)
    found = Comparison(live=live, candidate="c", since=NOW)
    decisions = [decided(LIVE, facts(lead(number + 1), TEAM)) for number in range(5)]
    assert [found.is_new(each) for each in decisions] == [True] * 5
    assert not found.is_new(decisions[-1])
    assert found.is_new(decisions[0])


def _by(dimension):
    from ortoo_daemon.simulation.backtest.comparison import Dimension, Side

    return Dimension(dimension), Side.LIVE, Side.CANDIDATE


_CANDIDATE = "candidate"
