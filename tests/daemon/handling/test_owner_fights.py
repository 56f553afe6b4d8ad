"""What is a fight about an owner, and what is only somebody who changes it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from ortoo_daemon.daemon.handling.owner_fights import (
    MOST_CHANGES,
    MOST_ROUNDS,
    WITHIN,
    Fight,
    fight_in,
)
from ortoo_daemon.daemon.handling.owner_history import OwnerChange
from tests.world import NOW, an_id

DAEMON, ROUTER, PERSON = (an_id("005", number) for number in (1, 2, 3))
QUEUE, CHOSEN, OTHER = an_id("00G", 1), an_id("005", 10), an_id("005", 11)


def fight(*turns: tuple[str, str, str]) -> Fight | None:
    """Each turn is (by, before, after), a minute after the one before."""
    changes = [
        OwnerChange(before, after, by, NOW - timedelta(minutes=len(turns) - number))
        for number, (by, before, after) in enumerate(turns)
    ]
    return fight_in(changes, daemon_user=DAEMON, now=NOW)


OURS, BACK = (DAEMON, QUEUE, CHOSEN), (ROUTER, CHOSEN, QUEUE)


def test_one_user_who_undoes_each_of_our_writes_fights() -> None:
    assert fight(*[OURS, BACK] * MOST_ROUNDS) == Fight(ROUTER, MOST_ROUNDS)


def test_fewer_rounds_and_rounds_of_different_people_are_no_fight() -> None:
    assert fight(*[OURS, BACK] * (MOST_ROUNDS - 1)) is None
    assert fight(OURS, BACK, OURS, (PERSON, CHOSEN, QUEUE), OURS, BACK) is None


def test_people_who_pass_a_record_on_among_themselves_do_not_fight() -> None:
    passed_on = [(PERSON, CHOSEN, OTHER), (PERSON, OTHER, CHOSEN)] * 3
    assert fight(OURS, *passed_on) is None


def test_our_own_later_steps_undo_nothing() -> None:
    assert fight(*[OURS, (DAEMON, CHOSEN, QUEUE)] * 5) is None


def test_somebody_who_changes_the_owner_more_often_than_a_person_would_fights() -> None:
    turns = [(ROUTER, QUEUE, OTHER), (ROUTER, OTHER, QUEUE)]
    assert fight(*turns * (MOST_CHANGES // 2)) == Fight(ROUTER, MOST_CHANGES)


@pytest.mark.parametrize("hours", [2, 5])
def test_the_same_number_of_changes_over_a_longer_time_is_no_fight(hours: int) -> None:
    changes = [
        OwnerChange(QUEUE, OTHER, PERSON, NOW - timedelta(hours=hours) * number / MOST_CHANGES)
        for number in range(MOST_CHANGES, 0, -1)
    ]
    assert timedelta(hours=hours) < WITHIN
    assert fight_in(changes, daemon_user=DAEMON, now=NOW) is None
