"""Claims about deciding once more from what a decision's row keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.facts import PastOwnerQuestion, Tally, Turns, Workload
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, RateLimit
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import (
    PersonChoice,
    PersonMethod,
    RooftopChoice,
    Sticky,
    TeamChoice,
)
from ortoo_daemon.policy.periods import Calendar
from ortoo_daemon.simulation.deciding import settled
from ortoo_daemon.simulation.past_facts import NotKeptError, Now
from ortoo_daemon.simulation.replay import replay
from tests import timeline
from tests.test_sla import NETWORK, asked
from tests.world import (
    NOW,
    PLACE,
    directory,
    facts,
    is_,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
)

SITES = (rooftop(1, "Site One", at=(45.0, 4.0)), rooftop(2, "Site Two", at=(46.0, 4.0)))
PEOPLE = (
    person(1, at=SITES[0], role="manager"),
    person(2, at=SITES[0], name="Ada", open_limit=5),
    person(3, at=SITES[0], name="Ben", skills=("ev",)),
    person(4, at=SITES[1], name="Cid"),
)
STICKY = Sticky(on="Email", within=timedelta(days=90), place=PLACE)
POLICIES = policies(
    policy(
        rule("fleet", when=is_("Fleet__c", "yes")),
        rule(
            "network",
            assign=to_people(
                rooftop=RooftopChoice(brand="Brand__c", place=PLACE),
                team=TeamChoice(role="sales_adviser", place=PLACE),
                person=PersonChoice(by=PersonMethod.LEAST_LOADED, sticky=STICKY, place=PLACE),
            ),
        ),
    )
)
RECORD = lead(Brand__c="Peugeot", Latitude=45.1, Longitude=4.0, Email="a@b.example")
POOL = f"leads/network/{SITES[0].id}"
WORK = Workload(
    open_work={PEOPLE[1].id: 3, PEOPLE[2].id: 2},
    turns={POOL: Turns(clock=1.5, at={PEOPLE[1].id: 1.0, PEOPLE[2].id: 2.25})},
)


def decided_then(record=RECORD, roster=PEOPLE, work=WORK):
    given, decision = settled(
        POLICIES, facts(record, directory(SITES, roster), workload=work, now=NOW)
    )
    return decision, row_of(decision, given)


def row_of(decision, given):
    """As the daemon writes it: what lands are the owner and the stamps, too."""
    landed = Written(fields=owner_write(decision, given.record).whole)
    return decision_row(decision, given, timings={}, written=landed)


def now(roster=PEOPLE, sites=SITES, record=None):
    """Three days later, with other counters and nothing remembered."""
    today = directory(sites, roster)
    return Now(facts=facts(RECORD, today, now=NOW + timedelta(days=3)), record=record)


def test_it_comes_out_the_same_whatever_became_of_the_people_since():
    decision, row = decided_then()
    gone = replace(PEOPLE[2], active=False, skills=frozenset(), rooftop=SITES[1].id)
    joined = person(9, at=SITES[0], name="Newcomer")
    found = replay(POLICIES, row, now((*PEOPLE[:2], gone, joined)))
    assert (found.differences, found.gaps) == ((), ())
    assert found.decision.owner == decision.owner
    assert found.decision.owner.name == "Ben"


def test_who_was_told_and_who_was_passed_over_as_away_is_of_then():
    """The manager works elsewhere: nobody of that place was compared."""
    told = Notify(to=NoticeTo.MANAGER, by="salesforce", template="new_record", place=PLACE)
    telling = policies(replace(POLICIES.policies[0], notify=(told,)))
    there = person(7, at=SITES[1], name="Chief", role="manager")
    away = replace(there, availability="Away")
    boss = person(8, at=SITES[0], name="Boss", role="rooftop_manager")
    staff = (*(replace(each, manager=there.id) for each in PEOPLE[:3]), boss)
    for then, today, told_of in ((away, there, boss), (there, away, there)):
        given = facts(RECORD, directory(SITES, (*staff, then)), workload=WORK, now=NOW)
        given, decision = settled(telling, given)
        assert [notice.recipients for notice in decision.notices] == [(told_of.id,)]
        found = replay(telling, row_of(decision, given), now((*staff, today)))
        assert (found.differences, found.gaps) == ((), ())
        assert found.decision.notices == decision.notices


def test_counters_and_answers_are_those_of_then():
    given = facts(RECORD, directory(SITES, PEOPLE), workload=WORK)
    asked = PastOwnerQuestion(
        object="Lead",
        field="Email",
        value="a@b.example",
        since=(NOW - timedelta(days=90)).replace(second=0, microsecond=0),
        beside=RECORD.id,
    )
    known, decision = settled(POLICIES, replace(given, answers={asked: PEOPLE[1].id}))
    row = row_of(decision, known)
    assert row["Reason_Code__c"] == "sticky"
    gone = replace(PEOPLE[1], active=False)
    assert replay(POLICIES, row, now((PEOPLE[0], gone, *PEOPLE[2:]))).differences == ()


def test_what_limits_had_counted_is_of_then():
    (network,) = (each for each in POLICIES.policies[0].rules if each.name == "network")
    daily = RateLimit(level=LimitLevel.PERSON, at_most=2, per=Calendar.DAY, place=PLACE)
    limits = Limits(rates=(daily,), open_per_team=50)
    limited = policies(policy(network, limits=limits))
    given = {Tally("leads", "person", PEOPLE[2].id): [int(NOW.timestamp()) - 60] * 2}
    work = replace(WORK, given=given)
    known, decision = settled(
        limited, facts(RECORD, directory(SITES, PEOPLE), workload=work, now=NOW)
    )
    assert decision.owner.name == "Ada"
    found = replay(limited, row_of(decision, known), now())
    assert found.differences == ()
    assert found.facts.workload == work


def test_other_policies_are_told_by_what_comes_out_otherwise():
    _, row = decided_then()
    edited = policies(policy(rule("all")))
    found = replay(edited, row, now())
    said = "\n".join(found.differences)
    assert "Rule__c: network then, all now" in said
    assert "then: fleet" in said
    assert not found.same


def test_a_rooftop_that_has_changed_since_is_told():
    _, row = decided_then()
    moved = replace(SITES[0], region="Elsewhere")
    found = replay(POLICIES, row, now(sites=(moved, SITES[1])))
    assert found.same
    assert found.gaps == (
        f"rooftop Site One ({SITES[0].id}) has changed since; taken as it is now",
    )
    (gap,) = replay(POLICIES, row, now(sites=SITES[:1])).gaps
    assert gap == f"rooftop {SITES[1].id} is no longer in the directory"


def test_a_long_text_is_read_again_where_it_still_stands():
    text = "long " * 1000
    record = lead(Fleet__c="yes", Description=text)
    _, row = decided_then(record)
    assert replay(POLICIES, row, now(record=record)).gaps == ()
    (gap,) = replay(POLICIES, row, now(record=lead(Description="other"))).gaps
    assert gap.startswith("Description: its long text of then is not kept")


@pytest.mark.parametrize("kept", [None, "", "{", '{"v":1,"now":"2026-11-23T09:15:00.000Z"}', "[]"])
def test_without_facts_it_is_not_decided_again(kept):
    _, row = decided_then()
    with pytest.raises(NotKeptError):
        replay(POLICIES, {**row, "Facts__c": kept}, now())


def test_every_decision_of_a_records_life_is_made_again(monkeypatch):
    """Routed, warned, moved on by a clock, answered: each follows on what the one before had written."""
    seen = []

    def noted(*given, **more):
        seen.append(facts(*given, **more))
        return seen[-1]

    monkeypatch.setattr(timeline, "facts", noted)
    life = timeline.Timeline(asked(), NETWORK)
    life.created()
    for after in (15, 24, 30):
        assert life.sweep(after) is not None
    life.person_sets(45, Status="Working")
    told = [each.outcome.value for each in life.decisions]
    assert told == ["assigned", "warned", "warned", "reassigned", "clock_stopped"]
    for decision, known in zip(life.decisions, seen, strict=True):
        today = replace(known, now=NOW + timedelta(days=3), workload=Workload())
        found = replay(life.policies, row_of(decision, known), Now(facts=today, record=None))
        assert (found.differences, found.gaps) == ((), ())
