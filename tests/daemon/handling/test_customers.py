"""Customers who come back within seconds meet the same person."""

from datetime import UTC, datetime

from ortoo_daemon.daemon.handling.customers import RecentCustomers
from ortoo_daemon.facts import NotAsked, PastOwnerQuestion
from tests.world import an_id

ANNA, BEN = an_id("005", 1), an_id("005", 2)


def question(value: str, record: int = 1) -> PastOwnerQuestion:
    since = datetime(2026, 11, 23, tzinfo=UTC)
    return PastOwnerQuestion(
        object="Lead", field="Email", value=value, since=since, beside=an_id("00Q", record)
    )


def test_a_second_enquiry_meets_the_person_of_the_first_before_the_org_shows_it():
    recent = RecentCustomers()
    recent.given([question("a@x.example", 1)], ANNA)
    second = question(" A@X.example", 2)
    assert recent.completed({second: None}) == {second: ANNA}


def test_what_the_org_knows_comes_first():
    recent = RecentCustomers()
    recent.given([question("a@x.example")], ANNA)
    assert recent.completed({question("a@x.example"): BEN}) == {question("a@x.example"): BEN}


def test_what_was_given_long_ago_is_the_orgs_to_tell():
    now = [0.0]
    recent = RecentCustomers(clock=lambda: now[0])
    recent.given([question("a@x.example")], ANNA)
    now[0] = 301.0
    assert recent.completed({question("a@x.example"): None}) == {question("a@x.example"): None}


def test_memory_is_bounded_and_the_oldest_are_forgotten():
    recent = RecentCustomers()
    recent.given([question(f"{number}@x.example") for number in range(20_001)], ANNA)
    first, last = question("0@x.example"), question("20000@x.example")
    assert recent.completed({first: None, last: None}) == {first: None, last: ANNA}


def test_what_nobody_was_asked_is_answered_by_what_was_given_a_moment_ago_if_anything():
    recent = RecentCustomers()
    recent.given([question("a@x.example")], ANNA)
    known, unknown = question("a@x.example", 2), question("b@x.example")
    found = recent.completed({known: NotAsked.BUDGET, unknown: NotAsked.BUDGET})
    assert found == {known: ANNA, unknown: NotAsked.BUDGET}
