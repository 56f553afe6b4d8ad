"""Claims about who is told of a decision."""

from dataclasses import replace
from datetime import timedelta

from ortoo_daemon.decision import NoticeTo, Outcome
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import QueueTarget, RooftopChoice, TeamChoice
from tests.world import (
    DESK,
    LAST,
    PLACE,
    decided,
    directory,
    facts,
    is_,
    lead,
    person,
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
