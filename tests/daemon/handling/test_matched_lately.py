"""Records of one customer that are decided in the same second find each other."""

from dataclasses import replace
from datetime import UTC, datetime

from ortoo_daemon.daemon.handling.matched_lately import MatchedLately
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import NotAsked
from ortoo_daemon.matches import Customer, MatchQuestion, Searched
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.records import Owner, OwnerKind
from tests.world import NOW, an_id, directory, facts, lead

ANNA = Owner(id=an_id("005", 1), kind=OwnerKind.USER, name="Anna")
SOURCES = KeySources(email=("Email",), brand="Brand__c")
ANA = Customer(email="ana@example.com", phones=("+33612345678",))


def question(number, customer=ANA, among=("Lead",)):
    searched = tuple(Searched(name, datetime(2026, 11, 1, tzinfo=UTC), ()) for name in among)
    return MatchQuestion("Lead", an_id("00Q", number), customer, searched)


def note(lately, number, *, outcome=Outcome.ASSIGNED, **fields):
    record = replace(lead(**fields), id=an_id("00Q", number))
    given = replace(facts(record, directory()), answers={question(number): None})
    decision = Decision(
        object="Lead",
        record_id=record.id,
        key="k",
        outcome=outcome,
        reason=ReasonCode.RULE,
        decided_at=NOW,
        owner=ANNA,
    )
    lately.note(given, decision, SOURCES)


def test_a_second_enquiry_finds_the_first_before_the_org_shows_it():
    lately = MatchedLately()
    note(lately, 1, Brand__c="Renault")
    by_phone = Customer(phones=ANA.phones)
    for answer in (None, (), NotAsked.BUDGET):
        (found,) = lately.completed(question(2, by_phone), answer)
        assert (found.id, found.owner, found.brand) == (an_id("00Q", 1), ANNA.id, "Renault")


def test_what_the_org_shows_already_is_not_found_twice():
    lately = MatchedLately()
    note(lately, 1)
    shown = lately.completed(question(2), None)
    assert lately.completed(question(2), shown) == shown


def test_nobody_finds_themselves_or_an_object_that_is_not_asked_for():
    lately = MatchedLately()
    note(lately, 1)
    assert lately.completed(question(1), None) is None
    assert lately.completed(question(2, among=("Contact",)), ()) == ()


def test_a_record_that_was_parked_is_nobodys():
    lately = MatchedLately()
    note(lately, 1, outcome=Outcome.PARKED)
    assert lately.completed(question(2), None) is None


def test_what_is_long_ago_the_org_tells():
    now = [0.0]
    lately = MatchedLately(clock=lambda: now[0])
    note(lately, 1)
    now[0] = 301
    assert lately.completed(question(2), None) is None


def test_of_many_that_share_a_key_each_is_found_and_what_is_old_is_forgotten_alone():
    now = [0.0]
    lately = MatchedLately(clock=lambda: now[0])
    for number in (1, 2, 3):
        note(lately, number)
        now[0] += 100
    note(lately, 2)  # decided once more: it counts once, as the latest
    found = lately.completed(question(9), None)
    assert [each.id for each in found] == [an_id("00Q", number) for number in (1, 3, 2)]
    now[0] = 410.0
    note(lately, 4)  # 1 is more than five minutes old
    found = lately.completed(question(9), None)
    assert [each.id for each in found] == [an_id("00Q", number) for number in (3, 2, 4)]
    now[0] = 2000.0
    note(lately, 5)
    (alone,) = lately.completed(question(9), None)
    assert alone.id == an_id("00Q", 5)
    assert len(lately) == 1
