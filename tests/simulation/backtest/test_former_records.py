"""Who is found of a customer while the past is lived through again."""

from datetime import UTC, datetime, timedelta

from ortoo_daemon.decision import Decision
from ortoo_daemon.matches import MOST_FOUND, Customer, Found, MatchQuestion, Searched
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.records import Owner, OwnerKind, WorkReason
from ortoo_daemon.simulation.backtest.former_records import FormerRecords
from ortoo_daemon.simulation.backtest.history import (
    Happened,
    PastDecision,
    decision_from,
    decision_text,
)
from tests.world import an_id

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
ANA = Customer(email="ana@example.com")
ANNA, BEN = (Owner(id=an_id("005", n), kind=OwnerKind.USER, name=f"P{n}") for n in (1, 2))
KEPT = Found("Lead", an_id("00Q", 1), BEN.id, AT - timedelta(days=1), ANA)


def past(number, matches=None):
    return PastDecision(
        key=f"k{number}",
        object="Lead",
        record=an_id("00Q", number),
        decided_at=AT + timedelta(minutes=number),
        way_in=WorkReason.CREATED,
        seen_owner=None,
        happened=Happened(outcome=Outcome.ASSIGNED.value, reason=ReasonCode.RULE.value),
        fields={"Brand__c": "Renault"},
        past_matches=matches,
    )


def question(number):
    return MatchQuestion("Lead", an_id("00Q", number), ANA, (Searched("Lead", None, ()),))


def decided(number):
    return Decision(
        object="Lead",
        record_id=an_id("00Q", number),
        key=f"k{number}",
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=AT,
        owner=ANNA,
    )


def test_what_this_run_gave_away_comes_before_what_was_kept():
    records = FormerRecords({"Lead": KeySources(email=("Email",), brand="Brand__c")})
    assert records.found(question(1), past(1)) is None
    records.remember(decided(1), past(1))
    (found,) = records.found(question(2), past(2, (KEPT,)))
    assert (found.id, found.owner, found.brand) == (KEPT.id, ANNA.id, "Renault")
    assert records.is_known(question(2))


def test_what_was_kept_is_found_where_this_run_knows_nothing():
    records = FormerRecords({})
    assert records.found(question(2), past(2, (KEPT,))) == (KEPT,)
    assert records.found(question(2), past(2, ())) == ()
    assert not records.is_known(question(2))


def test_of_many_records_of_a_customer_the_newest_are_found_and_no_others_are_looked_through():
    records = FormerRecords({"Lead": KeySources(email=("Email",))})
    for number in range(1, 101):
        records.found(question(number), past(number, ()))
        records.remember(decided(number), past(number))
    found = records.found(question(101), past(101))
    assert [each.id for each in found] == [an_id("00Q", n) for n in range(100, 80, -1)]
    assert {len(bearing) for bearing in records._by_key.values()} == {2 * MOST_FOUND}


def test_a_history_keeps_what_was_found():
    for matches in (None, (), (KEPT,)):
        assert decision_from(decision_text(past(2, matches))).past_matches == matches
