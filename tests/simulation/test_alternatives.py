"""Claims about the runner-up and the smallest change that would have changed the owner."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.audit.explain import plain_lines
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.facts import PastOwnerQuestion, Workload
from ortoo_daemon.flow import decide
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.ownership_model import (
    PersonChoice,
    PersonMethod,
    Programme,
    RooftopChoice,
    Sticky,
    TeamChoice,
)
from ortoo_daemon.policy.programme_days import ProgrammeDays
from ortoo_daemon.simulation.alternatives import alternatives
from ortoo_daemon.simulation.deciding import settled
from tests.world import (
    NOW,
    PLACE,
    directory,
    every,
    facts,
    is_,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

SITES = (rooftop(1, "Site One", at=(45.0, 4.0)), rooftop(2, "Site Two", at=(46.0, 4.0)))
ADA = person(2, at=SITES[0], name="Ada")
BEN = person(3, at=SITES[0], name="Ben")
CID = person(4, at=SITES[1], name="Cid")
WORK = Workload(open_work={ADA.id: 1, BEN.id: 4})
BY_BRAND = RooftopChoice(brand="Brand__c", place=PLACE)
RECORD = lead(Brand__c="Peugeot", Latitude=45.1, Longitude=4.0)


def network(by=PersonMethod.LEAST_LOADED, *, open_now=False, sticky=None):
    return to_people(
        rooftop=BY_BRAND,
        team=TeamChoice(role="sales_adviser", open_now=open_now, place=PLACE),
        person=PersonChoice(by=by, sticky=sticky, place=PLACE),
    )


def at_least(field, bound):
    return FieldTest(field, "at_least", (bound,), place=PLACE, written=f"{{at_least: {bound}}}")


def found(*rules, record=RECORD, people=(ADA, BEN, CID), hours=None, **given_):
    given_.setdefault("workload", WORK)
    asked = policies(policy(*rules))
    known, _ = settled(asked, facts(record, directory(SITES, people, hours), **given_))
    decision = decide(asked, known, whole_trace=True)
    return alternatives(asked, known, decision)


def test_the_runner_up_is_the_next_in_line_and_lost_by_open_work():
    second = found(rule("network", assign=network())).runner_up
    assert (second.winner, second.owner.name) == ("Ada", "Ben")
    assert second.why == "open work 4 against 1"


def test_the_runner_up_of_a_rotation_lost_by_its_turn():
    work = Workload(open_work={}, turns={})
    second = found(rule("n", assign=network(PersonMethod.ROTATION)), workload=work).runner_up
    assert second.why == "equal in all this; weights, then ids decide"


def test_the_runner_up_may_be_at_the_next_rooftop():
    second = found(rule("network", assign=network()), people=(ADA, CID)).runner_up
    assert second.owner.name == "Cid"
    assert second.why.startswith("nobody else at the rooftop could take it; the next: km away ")


def test_where_nobody_else_could_take_it_the_way_out_is_told():
    second = found(rule("network", assign=network()), people=(ADA,)).runner_up
    assert second.owner.name == "Last resort"
    assert second.why == "nobody else there could take it"


def test_a_former_owner_comes_before_everybody():
    sticky = Sticky(on="Email", within=timedelta(days=90), place=PLACE)
    since = (NOW - sticky.within).replace(second=0, microsecond=0)
    record = lead(Brand__c="Peugeot", Latitude=45.1, Longitude=4.0, Email="a@b.example")
    asked = PastOwnerQuestion(
        object="Lead", field="Email", value="a@b.example", since=since, beside=record.id
    )
    rules = rule("network", assign=network(sticky=sticky))
    second = found(rules, record=record, answers={asked: BEN.id}).runner_up
    assert (second.winner, second.owner.name) == ("Ben", "Ada")
    assert second.why == "the customer's former owner comes first"


def test_a_fixed_queue_has_no_runner_up():
    assert found(rule("desk")).runner_up is None


def test_the_smallest_change_is_one_field_with_the_nearest_value():
    rules = (
        rule("huge", when=at_least("Fleet__c", 1000)),
        rule("fleet", when=at_least("Fleet__c", 25)),
        rule("network", assign=network()),
    )
    record = lead(Brand__c="Peugeot", Latitude=45.1, Longitude=4.0, Fleet__c=10)
    change = found(*rules, record=record).changes[0]
    assert change.proposal.fields == {"Fleet__c": 25}
    assert change.decision.rule == "fleet"
    assert change.text.startswith("Fleet__c 25 instead of 10: to queue The desk")


def test_a_rule_that_holds_may_be_the_one_to_lose():
    rules = (
        rule("peugeot", when=is_("Brand__c", "Peugeot")),
        rule("rest", assign=to_queue("Last")),
    )
    change = found(*rules).changes[0]
    assert change.proposal.about == "Brand__c"
    assert change.decision.rule == "rest"


def test_the_moment_at_which_a_rooftop_opens_is_found():
    week = BusinessHours(name="Office", zone="UTC", windows=(((600, 1080),),) * 7)
    people = (replace(ADA, hours="Office"), CID)
    rules = rule("network", assign=network(open_now=True))
    changes = found(rules, people=people, hours={"Office": week}).changes
    (change,) = (each for each in changes if each.proposal.kind == "time")
    assert change.proposal.at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert change.decision.owner.name == "Ada"


def test_the_day_on_which_a_rule_begins_is_found():
    winter = rule("winter", during=(date(2026, 12, 1), date(2026, 12, 31)))
    changes = found(winter, rule("network", assign=network())).changes
    (change,) = (each for each in changes if each.proposal.kind == "time")
    assert change.proposal.at == datetime(2026, 11, 30, 23, tzinfo=UTC)  # midnight in Paris


def test_the_day_on_which_a_programme_begins_is_found():
    days = ProgrammeDays(name="winter", first=date(2026, 12, 1), place=PLACE)
    winter = rule("winter", programme=Programme(days=days))
    changes = found(winter, rule("network", assign=network())).changes
    (change,) = (each for each in changes if each.proposal.kind == "time")
    assert change.proposal.at == datetime(2026, 11, 30, 23, tzinfo=UTC)  # midnight in Paris


def test_somebody_who_was_away_or_full_is_told_where_it_made_the_difference():
    away = replace(person(1, at=SITES[0], name="Zoe"), availability="Away")
    full = replace(BEN, open_limit=4)
    changes = found(rule("network", assign=network()), people=(away, ADA, full, CID)).changes
    said = [each.text.partition(":")[0] for each in changes if each.proposal.kind == "person"]
    assert said == ["Zoe not away", "Ben without open work"]


def test_several_fields_are_changed_only_where_no_single_change_is_enough():
    both = every(is_("Fleet__c", "yes"), is_("Country", "France"))
    record = lead()
    rules = (rule("fleet", when=both), rule("rest", assign=to_queue("Last")))
    (change,) = found(*rules, record=record).changes
    assert change.proposal.kind == "fields"
    assert change.proposal.fields == {"Fleet__c": "yes", "Country": "France"}
    single = rule("france", when=is_("Country", "France"))
    (change,) = found(single, *rules, record=record).changes
    assert change.proposal.fields == {"Country": "France"}


def test_where_nothing_tried_changes_the_owner_that_is_said():
    told = found(rule("all"))
    assert told.changes == ()
    assert list(plain_lines(told.node()))[-1].strip() == (
        "none of 0 small changes tried would change the owner"
    )


def test_nothing_is_told_of_a_record_that_no_policy_took():
    asked = policies(policy(rule("all"), enter=is_("Status", "New")))
    known = facts(lead(Status="Old"), directory())
    assert alternatives(asked, known, decide(asked, known)) is None


VALUES = st.sampled_from(["Peugeot", "Fiat", "Opel", "", None])


@settings(max_examples=60, deadline=None)
@given(brand=VALUES, source=VALUES, fleet=st.one_of(st.none(), st.integers(0, 60)))
def test_all_that_is_told_really_changes_the_owner_and_is_told_again_the_same(brand, source, fleet):
    rules = (
        rule("a", when=every(is_("Brand__c", "Fiat"), at_least("Fleet__c", 20))),
        rule("b", when=is_("Source__c", "Opel", "Peugeot"), assign=to_queue("Last")),
        rule("c", when=at_least("Fleet__c", 50)),
        rule("network", assign=network()),
    )
    asked = policies(policy(*rules))
    record = lead(Brand__c=brand, Source__c=source, Fleet__c=fleet)
    known = facts(record, directory(SITES, (ADA, BEN, CID)), workload=WORK)
    decision = decide(asked, known, whole_trace=True)
    told = alternatives(asked, known, decision)
    assert told == alternatives(asked, known, decision)
    for change in told.changes:
        again = decide(asked, change.proposal.facts)
        assert again.owner != decision.owner
        assert again.owner == change.decision.owner
