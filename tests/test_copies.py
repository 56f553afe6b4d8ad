"""Claims about values that are copied by hand, as that is quicker: nothing of them is left behind."""

from dataclasses import fields, replace
from typing import Any

from ortoo_daemon.facts import Facts
from ortoo_daemon.reservation import Reservation


class Marked:
    """Stands for the value of a field, and is no other one's."""


def marked(made: type[Any]) -> Any:
    return made(**{each.name: Marked() for each in fields(made)})


def test_facts_with_other_counters_are_the_same_but_for_these():
    facts, counters = marked(Facts), Marked()
    assert facts.with_counters(counters) == replace(facts, workload=counters)


def test_a_reservation_that_counts_more_is_the_same_but_for_that():
    reservation, given = marked(Reservation), Marked()
    assert reservation.counting(given) == replace(reservation, given=given)
