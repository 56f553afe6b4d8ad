"""Claims about a past that is lived through again."""

from datetime import timedelta

import pytest

from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.clocks import Waiting
from ortoo_daemon.facts import Tally, Turns
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, LoadLimit, RateLimit
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.ownership_model import PersonChoice, PersonMethod, RooftopChoice, Sticky
from ortoo_daemon.policy.sla_model import SlaRule, SlaTarget
from ortoo_daemon.records import WorkReason
from ortoo_daemon.simulation.backtest.comparison import Dimension, Side
from ortoo_daemon.simulation.backtest.handed import HandedChange
from ortoo_daemon.simulation.backtest.history import Happened
from ortoo_daemon.simulation.backtest.placement import Change, Fate
from tests.policy.files import with_rules
from tests.simulation.backtest.past import TO_THE_DESK, past, replayed, to
from tests.world import (
    DESK,
    LAST,
    NOW,
    PLACE,
    TAKE_FROM,
    an_id,
    directory,
    every,
    is_,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

SITE = rooftop(1, "Peugeot Lyon", region="South")
ANN, BOB = person(1, name="Ann"), person(2, name="Bob")
DESKS = directory((SITE,), (ANN, BOB))
TAKES_TURNS = policies(policy(rule("all", assign=to_people())))
LEAST_LOADED = policies(policy(rule("all", assign=to_people(PersonMethod.LEAST_LOADED))))


def by_fuel(*fuels: str, to: str = "Desk"):
    return policies(policy(rule("ev", when=is_("Fuel__c", *fuels), assign=to_queue(to))))


def fuels(*names: str, **given):
    return [past(n, after=n, fields={"Fuel__c": name}, **given) for n, name in enumerate(names)]


def owners(found, change, side="after"):
    return [getattr(each, side).owner for each in found.main.movers.get(change, ())]


def test_the_same_policies_move_nothing():
    found = replayed(DESKS, by_fuel("EV"), *fuels("EV", "Gas"), candidate=by_fuel("EV"))
    assert found.edit.counts == {Change.SAME: 2}


def test_an_edit_moves_what_it_is_about_with_both_reasons():
    found = replayed(
        DESKS, by_fuel("EV"), *fuels("EV", "PHEV", "Gas"), candidate=by_fuel("EV", "PHEV")
    )
    assert found.edit.counts == {Change.SAME: 2, Change.NEWLY_ROUTED: 1}
    (mover,) = found.edit.movers[Change.NEWLY_ROUTED]
    assert mover.record == an_id("00Q", 1)
    assert (mover.before.owner, mover.before.reason, mover.before.rule) == (
        LAST.id,
        "otherwise",
        None,
    )
    assert (mover.after.owner, mover.after.reason, mover.after.rule) == (DESK.id, "rule", "ev")
    assert mover.after.place == str(PLACE)


def test_what_an_edit_no_longer_routes_is_newly_unrouted():
    found = replayed(DESKS, by_fuel("EV"), *fuels("EV"), candidate=by_fuel("Gas"))
    assert found.edit.counts == {Change.NEWLY_UNROUTED: 1}
    assert found.totals[Side.LIVE].fates == {Fate.ROUTED: 1}
    assert found.totals[Side.CANDIDATE].fates == {Fate.UNROUTED: 1}


def test_what_an_edit_no_longer_takes_is_told_apart():
    narrow = policies(policy(rule("all"), enter=is_("Fuel__c", "Gas")))
    found = replayed(DESKS, policies(policy(rule("all"))), *fuels("EV"), candidate=narrow)
    assert found.edit.counts == {Change.NO_LONGER_TAKEN: 1}


def test_without_a_candidate_the_live_policies_are_held_against_what_happened():
    found = replayed(DESKS, by_fuel("EV"), *fuels("EV", "Gas"))
    assert found.main is found.reality
    assert found.reality.counts == {Change.SAME: 1, Change.NEWLY_UNROUTED: 1}


def test_turns_go_round_as_they_would_have():
    found = replayed(DESKS, TAKES_TURNS, *(past(n, after=n) for n in range(6)))
    people = found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE)
    assert {each.name: each.counts[Side.LIVE] for each in people} == {"Ann": 3, "Bob": 3}


def test_another_turn_at_the_same_place_is_a_colleague_and_no_move():
    really = to(BOB.id)
    found = replayed(DESKS, TAKES_TURNS, past(1, happened=really))
    assert found.reality.counts == {Change.COLLEAGUE: 1}


def test_turns_go_on_from_where_they_stood():
    stood = Turns(clock=1.0, at={ANN.id: 2.0, BOB.id: 1.0})
    found = replayed(DESKS, TAKES_TURNS, past(1, pool="leads/all/-", turns=stood))
    (one,) = (each for each in found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE))
    assert one.name == "Bob"


def test_open_work_starts_from_what_was_kept_and_goes_on_with_what_is_given_here():
    kept = {ANN.id: 5, BOB.id: 2}
    first = past(1, open_work=kept, happened=to(ANN.id))
    later = [past(n, after=n, happened=to(ANN.id)) for n in range(2, 7)]
    found = replayed(DESKS, LEAST_LOADED, first, *later)
    people = found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE)
    counts = {each.name: each.counts.get(Side.LIVE, 0) for each in people}
    assert counts == {"Ann": 2, "Bob": 4}  # three to draw level, then by turns


def test_work_that_was_given_to_somebody_else_is_done_after_a_while():
    kept = {ANN.id: 1, BOB.id: 0}
    pasts = [past(n, after=n * 120, open_work=kept, happened=to(ANN.id)) for n in range(1, 5)]
    found = replayed(DESKS, LEAST_LOADED, *pasts, open_for=timedelta(hours=1))
    people = found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE)
    assert {each.name: each.counts.get(Side.LIVE, 0) for each in people} == {"Ann": 0, "Bob": 4}


def test_weighed_work_starts_from_what_was_kept_and_goes_on_by_weight():
    limits = Limits(load=LoadLimit(person=4, weigh=Constant(PLACE, 3), place=PLACE))
    weighed = policies(policy(rule("all", assign=to_people()), limits=limits))
    pasts = [past(n, after=n, load={ANN.id: 2.0} if n == 1 else {}) for n in range(1, 4)]
    found = replayed(DESKS, weighed, *pasts)
    assert found.totals[Side.LIVE].fates == {Fate.ROUTED: 1, Fate.UNROUTED: 2}
    assert found.totals[Side.LIVE].limit_hits["load_limit"] == 3


def test_a_limit_that_turns_people_away_is_counted_by_record():
    limited = policies(
        policy(
            rule("all", assign=to_people(PersonMethod.LEAST_LOADED)),
            limits=Limits(open_per_person=2),
        )
    )
    pasts = [past(n, after=n, open_work={ANN.id: 2} if n == 0 else {}) for n in range(4)]
    found = replayed(DESKS, LEAST_LOADED, *pasts, candidate=limited)
    totals = found.totals[Side.CANDIDATE]
    assert totals.limited == 4
    assert totals.limit_hits == {"open_limit": 4}
    assert totals.fates == {Fate.ROUTED: 2, Fate.UNROUTED: 2}
    assert found.edit.counts[Change.NEWLY_UNROUTED] == 2
    movers = found.edit.movers[Change.NEWLY_UNROUTED]
    assert [each.removed.partition(": ")[2] for each in movers] == ["open_limit, holds 2 of 2"] * 2


def test_what_was_given_before_the_history_begins_counts_for_rate_limits():
    rate = RateLimit(level=LimitLevel.PERSON, at_most=2, per=timedelta(hours=8), place=PLACE)
    limited = policies(policy(rule("all", assign=to_people()), limits=Limits(rates=(rate,))))
    before = int(NOW.timestamp()) - 600
    kept = {Tally("leads", "person", each.id): (before,) for each in (ANN, BOB)}
    pasts = [past(n, after=n, given=kept if n == 1 else {}) for n in range(1, 5)]
    found = replayed(DESKS, limited, *pasts)
    assert found.totals[Side.LIVE].fates == {Fate.ROUTED: 2, Fate.UNROUTED: 2}
    assert found.totals[Side.LIVE].limit_hits["rate_limit"] == 3


def test_what_was_really_given_meanwhile_does_not_count_for_rate_limits():
    rate = RateLimit(level=LimitLevel.PERSON, at_most=1, per=timedelta(hours=8), place=PLACE)
    limited = policies(policy(rule("all", assign=to_people()), limits=Limits(rates=(rate,))))
    meanwhile = int(NOW.timestamp()) + 30
    kept = {Tally("leads", "person", each.id): (meanwhile,) for each in (ANN, BOB)}
    found = replayed(DESKS, limited, past(1, after=1, given=kept))
    assert found.totals[Side.LIVE].fates == {Fate.ROUTED: 1}


STICKY = policies(
    policy(
        rule(
            "all",
            assign=to_people(
                person=PersonChoice(
                    sticky=Sticky(on="Email", within=timedelta(days=9), place=PLACE), place=PLACE
                )
            ),
        )
    )
)


def test_a_customer_who_comes_again_meets_whom_this_run_gave_the_first_record():
    pasts = [past(n, after=n, fields={"Email": "a@example.com"}) for n in range(4)]
    found = replayed(DESKS, STICKY, *pasts)
    (one,) = found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE)
    assert one.counts[Side.LIVE] == 4
    assert found.values.answers == {"not_known": 1, "simulated": 3}


def test_a_customer_who_comes_again_too_late_is_not_known():
    fields = {"Email": "a@example.com"}
    pasts = [past(n, after=days * 24 * 60, fields=fields) for n, days in enumerate((0, 10))]
    assert replayed(DESKS, STICKY, *pasts).values.answers == {"not_known": 2}


def test_a_former_owner_who_was_kept_counts_until_this_run_knows_better():
    kept = {("Email", "a@example.com"): BOB.id}
    found = replayed(DESKS, STICKY, past(1, fields={"Email": "A@example.com"}, past_owners=kept))
    (one,) = found.groups.of(Dimension.PERSON, Side.THEN, Side.LIVE)
    assert one.name == "Bob"
    assert found.values.answers == {"kept": 1}


def test_values_of_today_are_counted_by_record_and_field():
    pasts = [*fuels("EV"), past(5, fields={"Fuel__c": "EV"}, of_then=frozenset())]
    found = replayed(DESKS, by_fuel("EV"), *pasts)
    assert (found.values.records_of_then, found.values.records_with_todays) == (1, 1)
    assert found.values.todays == {"Fuel__c": 1}
    assert found.not_read == ("Lead.Fuel__c",)


ENTERS_NEW = every(is_("Status", "New"), is_("Fuel__c", "EV"))


def entered(fuel: str, *, enter=ENTERS_NEW, candidate=None, **given):
    """A record that was new when the policy took it, and is worked on today."""
    fields = {"Status": "Working", "Fuel__c": fuel}
    one = past(1, fields=fields, of_then=frozenset({"Fuel__c"}), **given)
    live = policies(policy(rule("all"), enter=enter))
    tried = policies(policy(rule("all"), enter=candidate)) if candidate else None
    return replayed(DESKS, live, one, candidate=tried)


def test_a_condition_that_held_then_is_believed_where_only_todays_value_is_known():
    assert entered("EV").totals[Side.LIVE].fates == {Fate.ROUTED: 1}


def test_a_condition_on_a_value_of_then_is_asked():
    assert entered("Gas").totals[Side.LIVE].fates == {Fate.NOT_TAKEN: 1}


def test_a_condition_that_only_the_candidate_has_is_asked_of_todays_value():
    found = entered("EV", candidate=every(is_("Status", "Open"), is_("Fuel__c", "EV")))
    assert found.edit.counts == {Change.NO_LONGER_TAKEN: 1}


def test_a_record_that_another_policy_took_is_no_proof_of_this_ones_condition():
    other = Happened(outcome="assigned", reason="rule", policy="others", owner=DESK.id)
    assert entered("EV", happened=other).totals[Side.LIVE].fates == {Fate.NOT_TAKEN: 1}


@pytest.mark.parametrize("enter", [None, is_("Fuel__c", "EV")])
def test_take_from_is_not_asked_of_the_past(enter):
    later = policies(policy(rule("all"), take_from=TAKE_FROM + timedelta(days=300), enter=enter))
    assert replayed(DESKS, later, *fuels("EV")).totals[Side.LIVE].fates == {Fate.ROUTED: 1}


def test_a_record_that_a_person_held_is_left_to_that_person_again():
    left = Happened(outcome="left_alone", reason="taken_by_person", policy="leads")
    found = replayed(DESKS, TAKES_TURNS, past(1, happened=left, seen_owner=ANN.id))
    assert found.totals[Side.LIVE].fates == {Fate.LEFT_ALONE: 1}
    assert found.reality.counts == {Change.SAME: 1}


def test_a_requeued_record_is_decided_whoever_held_it():
    found = replayed(DESKS, TAKES_TURNS, past(1, way_in=WorkReason.REQUEUED, seen_owner=ANN.id))
    assert found.totals[Side.LIVE].fates == {Fate.ROUTED: 1}


def test_how_long_a_record_waits_for_its_rooftop_to_open_is_foretold():
    week = tuple(((13 * 60, 18 * 60),) for _ in range(7))
    hours = {"afternoons": BusinessHours(name="afternoons", zone="UTC", windows=week)}
    site = rooftop(2, "Fiat Pau", hours="afternoons")
    sla = SlaRule(
        clock="first_response",
        target=SlaTarget(choices=((None, timedelta(minutes=30)),)),
        hours="24x7",
        place=PLACE,
    )
    assign = to_people(rooftop=RooftopChoice(place=PLACE))
    found = replayed(
        directory((site,), (person(3, at=site),), hours),
        policies(policy(rule("all", assign=assign), sla=(sla,))),
        past(1),  # at 09:15 UTC, received at 09:10
    )
    forecast = found.totals[Side.LIVE].sla
    assert forecast.targets == forecast.due_while_closed == forecast.received_while_closed == 1
    assert forecast.mean_wait == timedelta(hours=3, minutes=45)
    assert forecast.mean_due_after == timedelta(minutes=30)


def test_so_many_movers_are_listed_and_the_rest_is_counted():
    found = replayed(
        DESKS, by_fuel("EV"), *fuels(*["EV"] * 5), candidate=by_fuel("Gas"), most_movers=2
    )
    assert found.edit.changed == 5
    assert len(found.edit.movers[Change.NEWLY_UNROUTED]) == 2
    assert found.edit.left_out == 3


def test_a_record_that_had_waited_for_skills_goes_on_where_it_stood():
    text = with_rules(
        "    - {name: all, assign: {team: {skills: {wished: [flies]}, relax_after: 5m, hold_in: Desk}}}\n"
    )["config/policies/leads.yaml"].decode()
    text = text.replace("2026-11-23", "2026-11-01").replace("Unrouted_Leads", "Last")
    asked = load({"config/policies/leads.yaml": text.encode()})
    ann = person(1)
    waiting = Waiting(rule="all", since=NOW - timedelta(minutes=5), next_at=NOW)
    stamp = {"Ortoo_SLA_Clocks__c": stamp_text(SlaStamp(waiting=waiting))}
    new = past(1, happened=TO_THE_DESK)
    waited = past(2, fields=stamp, happened=to(ann.id))
    found = replayed(directory(people=(ann,)), asked, new, waited)
    assert found.reality.counts == {Change.SAME: 2}


HANDS_NOTHING = f"""
policy: leads
object: Lead
take_from: 2026-01-01T00:00:00Z
ownership:
  rules:
    - name: all
      assign: {{rooftop: {{where: {{Name: {SITE.name}}}}}, person: {{by: rotation}}}}
  otherwise: {{queue: {LAST.name}}}
"""


def handing(by: str, consent: str = "Consent__c"):
    """Everything goes to Lyon, and is handed to its system with consent."""
    action = f"{{consent: {{{consent}: true}}, send: adf, by: {by}, to: crm@dealer.example}}"
    text = f"{HANDS_NOTHING}action: {{handoff: {action}}}\n"
    return load({"policies/leads.yaml": text.encode()})


def test_an_edit_of_a_handoff_tells_who_is_handed_over_differently():
    consents = [True, True, False]
    leads = [past(n, after=n, fields={"Consent__c": each}) for n, each in enumerate(consents)]
    plain = load({"policies/leads.yaml": HANDS_NOTHING.encode()})
    there = directory((SITE,), (person(1, at=SITE), person(2, at=SITE)))
    found = replayed(there, plain, *leads, candidate=handing("smtp"))
    assert found.edit.handed.counts == {HandedChange.NEWLY: 3}
    candidate = found.totals[Side.CANDIDATE]
    assert (candidate.handed, candidate.held, found.totals[Side.LIVE].handed) == (3, 1, 0)
    assert [each.after.held for each in found.edit.handed.movers] == [False, False, True]
    assert found.edit.handed.movers[0].after.rooftop == SITE.id

    found = replayed(there, handing("smtp"), *leads, candidate=handing("file"))
    assert found.edit.handed.counts == {HandedChange.OTHER_WAY: 3}
    found = replayed(there, handing("smtp"), *leads, candidate=handing("smtp", "Other__c"))
    assert found.edit.handed.counts == {HandedChange.HELD: 2}


def test_what_was_handed_over_since_counts_as_not_handed_over_then():
    since = {"Ortoo_Handoff__c": "Sent", "Ortoo_Handoff_To__c": SITE.id, "Consent__c": True}
    there = directory((SITE,), (person(1, at=SITE),))
    found = replayed(there, handing("smtp"), past(1, fields=since), candidate=handing("smtp"))
    assert found.totals[Side.LIVE].handed == 1
    assert found.edit.handed.counts == {}
