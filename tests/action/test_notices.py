"""Claims about who is told of a decision."""

from dataclasses import replace
from datetime import timedelta

from ortoo_daemon.beside import parked_notices
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.intake_model import Require
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import QueueTarget, RooftopChoice, TeamChoice
from ortoo_daemon.records import RecordId, WorkReason
from tests.world import (
    DESK,
    LAST,
    PLACE,
    decided,
    directory,
    facts,
    is_,
    item,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
)

SITE = rooftop(1, "Site")
BOSS = person(9, at=SITE, role="rooftop_manager")
ANN = person(1, at=SITE)


def told(to: NoticeTo, by: str = "salesforce", **given) -> Notify:
    return Notify(to=to, by=by, template="new_record", place=PLACE, **given)


def decision(*notify: Notify, staff=(ANN, BOSS), **fields):
    choice = to_people(rooftop=RooftopChoice(place=PLACE))
    asked = policy(rule("n", assign=choice), notify=notify)
    return decided(asked, facts(lead(**fields), directory((SITE,), staff)))


def recipients(*notify: Notify, **given):
    return [notice.recipients for notice in decision(*notify, **given).notices]


def test_the_owner_that_was_chosen_is_told():
    assert recipients(told(NoticeTo.OWNER)) == [(ANN.id,)]


def test_the_owners_own_manager_comes_before_the_rooftops():
    superior = person(5)
    ann = replace(ANN, manager=superior.id)
    assert recipients(told(NoticeTo.MANAGER), staff=(ann, BOSS, superior)) == [(superior.id,)]
    assert recipients(told(NoticeTo.MANAGER)) == [(BOSS.id,)]


def test_a_manager_who_is_away_is_passed_over_and_told_where_nobody_else_is_there():
    superior = person(5, name="Chief", availability="Away")
    ann = replace(ANN, manager=superior.id)
    found = decision(told(NoticeTo.MANAGER), staff=(ann, BOSS, superior))
    assert [notice.recipients for notice in found.notices] == [(BOSS.id,)]
    assert "Chief: is away" in found.trace.notes
    assert recipients(told(NoticeTo.MANAGER), staff=(ann, superior)) == [(superior.id,)]
    boss = replace(BOSS, availability="Away")
    assert recipients(told(NoticeTo.MANAGER), staff=(ann, boss, superior)) == [(superior.id,)]
    gone = replace(superior, active=False)
    assert recipients(told(NoticeTo.MANAGER), staff=(ann, gone)) == []
    assert recipients(told(NoticeTo.MANAGER), staff=(ann, BOSS, gone)) == [(BOSS.id,)]


def test_of_a_rooftops_managers_those_who_are_there_are_told_else_all():
    other = person(8, at=SITE, role="rooftop_manager", availability="Away")
    entry = told(NoticeTo.ROOFTOP)
    assert recipients(entry, staff=(ANN, BOSS, other)) == [(BOSS.id,)]
    assert recipients(entry, staff=(ANN, other)) == [(other.id,)]


def test_a_rooftop_is_its_active_managers():
    gone = person(8, at=SITE, role="rooftop_manager", active=False)
    assert recipients(told(NoticeTo.ROOFTOP), staff=(ANN, BOSS, gone)) == [(BOSS.id,)]


def test_nobody_is_told_where_nobody_is_there_and_the_trace_says_so():
    found = decision(told(NoticeTo.ROOFTOP), staff=(ANN,))
    assert found.notices == ()
    assert any("no rooftop is there to be told" in note for note in found.trace.notes)


def test_a_channel_is_told_without_any_user():
    (notice,) = decision(told(NoticeTo.ON_CALL, by="pager")).notices
    assert (notice.by, notice.recipients) == ("pager", ())


def test_a_queue_is_told_by_name_or_as_the_owner():
    assert recipients(told(NoticeTo.QUEUE, queue="Desk")) == [(DESK.id,)]
    assert recipients(told(NoticeTo.QUEUE)) == []  # a person has it
    nobody = to_people(team=TeamChoice(role="nobody", place=PLACE))
    asked = policy(rule("n", assign=nobody), notify=(told(NoticeTo.QUEUE),))
    found = decided(asked, facts(lead(), directory((SITE,), (ANN,))))
    assert [notice.recipients for notice in found.notices] == [(LAST.id,)]


def test_a_condition_is_asked_of_the_record_as_it_was_left():
    entry = told(NoticeTo.OWNER, when=is_("Rating", "Hot"))
    assert recipients(entry, Rating="Hot") == [(ANN.id,)]
    assert recipients(entry, Rating="Cold") == []


def test_a_way_out_tells_its_own_only_when_it_is_taken():
    nobody = to_people(team=TeamChoice(role="nobody", place=PLACE))
    desk = QueueTarget(queue="Desk", place=PLACE, notify=(told(NoticeTo.ON_CALL, by="desk"),))
    last = QueueTarget(queue="Last", place=PLACE, notify=(told(NoticeTo.ON_CALL, by="last"),))
    network = directory((SITE,), (ANN,))

    def by(*rules):
        found = decided(policy(*rules, otherwise=last), facts(lead(), network))
        return [notice.by for notice in found.notices]

    assert by(rule("n", assign=nobody, orelse=desk)) == ["desk"]
    assert by(rule("n", assign=nobody)) == ["last"]
    assert by(rule("n", assign=to_people(rooftop=RooftopChoice(place=PLACE)))) == []


def test_what_is_parked_tells_nobody():
    asked = policy(otherwise=QueueTarget(queue="Gone", place=PLACE), notify=(told(NoticeTo.OWNER),))
    found = decided(asked, facts(lead(OwnerId=DESK.id), directory()))
    assert (found.outcome, found.notices) == (Outcome.PARKED, ())


def test_urgency_and_digest_go_with_the_notice():
    hour = timedelta(hours=1)
    (notice,) = decision(told(NoticeTo.OWNER, urgent=True, digest_for=hour)).notices
    assert (notice.urgent, notice.digest_for, notice.template) == (True, hour, "new_record")


# Parked records


ADMIN = RecordId("005000000000777AAA")
PARKED_TO_ADMIN = Notify(
    to=NoticeTo.USER,
    by="salesforce",
    template="parked",
    user="Admin@example.com",
    digest_for=timedelta(hours=1),
    place=PLACE,
)


def parking(*notify: Notify):
    """Parks what has no e-mail address."""
    require = Require(condition=is_("Email", "a@example.com"), park="no_mail", place=PLACE)
    choice = to_people(rooftop=RooftopChoice(place=PLACE))
    return policy(rule("n", assign=choice), require=require, on_park=notify)


def test_a_parked_record_tells_whom_the_policy_names_on_the_roster_or_not():
    found = replace(
        facts(lead(), directory((SITE,), (ANN,))), usernames={"admin@example.com": ADMIN}
    )
    parked = decided(parking(PARKED_TO_ADMIN), found)
    assert parked.outcome is Outcome.PARKED
    (notice,) = parked.notices
    assert (notice.recipients, notice.template) == ((ADMIN,), "parked")
    assert notice.digest_for == timedelta(hours=1)
    routed = decided(parking(PARKED_TO_ADMIN), replace(found, record=lead(Email="a@example.com")))
    assert (routed.outcome, routed.notices) == (Outcome.ASSIGNED, ())


def test_who_is_told_by_name_and_is_nobody_stands_in_the_trace():
    parked = decided(parking(PARKED_TO_ADMIN), facts(lead(), directory((SITE,), (ANN,))))
    assert parked.notices == ()
    assert any("no user is there to be told" in note for note in parked.trace.notes)


def test_a_review_that_parks_for_the_same_reason_tells_nobody_again():
    record = lead(Ortoo_Parked__c="no_mail", Ortoo_Decided_At__c="2026-11-23T09:00:00.000Z")
    found = replace(
        facts(record, directory(), work=item(record, reason=WorkReason.REVIEWED, entry="review:1")),
        usernames={"admin@example.com": ADMIN},
    )
    again = decided(parking(PARKED_TO_ADMIN), found)
    assert (again.outcome, again.notices) == (Outcome.NOTHING, ())


def test_what_was_parked_beside_the_stages_tells_by_its_own_policy_else_the_first():
    mine, other = parking(PARKED_TO_ADMIN), parking(told(NoticeTo.OWNER))
    both = policies(replace(other, name="other"), mine)
    found = replace(
        facts(lead(OwnerId=ANN.id), directory()), usernames={"admin@example.com": ADMIN}
    )
    refused = replace(decided(mine, found), outcome=Outcome.PARKED, policy=mine.name)
    assert [each.to for each in parked_notices(both, found, refused)] == [NoticeTo.USER]
    unknown = replace(refused, policy=None)
    assert [each.to for each in parked_notices(both, found, unknown)] == [NoticeTo.OWNER]
    assert parked_notices(both, found, replace(refused, outcome=Outcome.NOTHING)) == ()
