"""Claims about rotations: everybody gets their share, and nobody is flooded."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.facts import Turns
from ortoo_daemon.ownership.turns import after_turn, next_turns
from tests.world import an_id

A, B, C, D = (an_id("005", n) for n in (1, 2, 3, 4))


def take(turns: Turns, weights: dict) -> tuple[str, Turns]:
    order, clock = next_turns(turns, list(weights.items()))
    moved = after_turn(turns, order, clock=clock, total_weight=sum(weights.values()))
    return order[0].person, moved


def run(weights: dict, count: int, turns: Turns | None = None) -> tuple[list[str], Turns]:
    turns, found = turns or Turns(), []
    for _ in range(count):
        person, turns = take(turns, weights)
        found.append(person)
    return found, turns


def test_a_rotation_of_equals_goes_round():
    assert run(dict.fromkeys((A, B, C), 1.0), 6)[0] == [A, B, C, A, B, C]


def test_a_weight_of_two_is_two_turns_a_round_and_not_in_a_row():
    found, _ = run({A: 2.0, B: 1.0, C: 1.0}, 8)
    assert found.count(A) == 4
    assert all(pair != (A, A) for pair in pairwise(found))


def test_a_newcomer_is_not_flooded():
    _, turns = run({A: 1.0, B: 1.0}, 100)
    found, _ = run({A: 1.0, B: 1.0, C: 1.0}, 9, turns)
    assert found.count(C) == 3


def test_a_newcomer_starts_at_the_clock_and_has_nothing_to_make_good():
    _, turns = run({A: 1.0, B: 1.0}, 101)
    order, _ = next_turns(turns, [(A, 1.0), (B, 1.0), (C, 1.0)])
    assert next(turn.starts for turn in order if turn.person == C) == turns.clock


def test_someone_who_comes_back_makes_good_at_most_one_turn():
    _, turns = run(dict.fromkeys((A, B, C), 1.0), 30)
    _, turns = run({A: 1.0, B: 1.0}, 60, turns)
    found, _ = run(dict.fromkeys((A, B, C), 1.0), 9, turns)
    assert 3 <= found.count(C) <= 4
    assert found[:3].count(C) <= 2


def test_working_alone_for_a_while_costs_no_later_turns():
    _, turns = run({A: 1.0, B: 1.0}, 10)
    _, turns = run({A: 1.0}, 50, turns)
    found, _ = run({A: 1.0, B: 1.0}, 10, turns)
    assert 4 <= found.count(A) <= 5


def test_nobody_present_takes_no_turn():
    assert next_turns(Turns(clock=3.5), []) == ((), 3.5)


@settings(max_examples=100, deadline=None)
@given(
    weights=st.lists(
        st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 1.0, 1.5, 2.0, 3.0, 7.0, 10.0]),
        min_size=1,
        max_size=12,
    ),
    count=st.integers(1, 300),
)
def test_everybody_stays_within_one_turn_of_their_share_all_the_time(weights, count):
    pool = {an_id("005", n): weight for n, weight in enumerate(weights, start=1)}
    total, turns = sum(pool.values()), Turns()
    taken = dict.fromkeys(pool, 0)
    for number in range(1, count + 1):
        person, turns = take(turns, pool)
        taken[person] += 1
        for someone, weight in pool.items():
            share = number * weight / total
            assert abs(taken[someone] - share) <= 1.0 + 1e-6, (someone, taken, share)


@settings(max_examples=100, deadline=None)
@given(
    present=st.lists(st.sets(st.sampled_from([A, B, C, D]), min_size=1), max_size=60),
    order=st.randoms(),
)
def test_who_is_next_does_not_depend_on_the_order_of_asking(present, order):
    turns = Turns()
    for people in present:
        listed = sorted(people)
        mixed = list(listed)
        order.shuffle(mixed)
        first, moved = take(turns, dict.fromkeys(listed, 1.0))
        assert take(turns, dict.fromkeys(mixed, 1.0)) == (first, moved)
        turns = moved


def strayed(taken, pool) -> float:
    """How far somebody strays at most from their share, over any stretch of turns."""
    total, worst = sum(pool.values()), 0.0
    for someone, weight in pool.items():
        ahead = [0.0]
        for each in taken:
            ahead.append(ahead[-1] + (each == someone) - weight / total)
        worst = max(worst, max(ahead) - min(ahead))
    return worst


@settings(max_examples=100, deadline=None)
@given(
    weights=st.lists(
        st.sampled_from([0.1, 1 / 3, 0.5, 1.0, 2.0, 7.0, 10.0]), min_size=1, max_size=9
    ),
    count=st.integers(1, 200),
)
def test_over_any_stretch_everybody_is_within_two_turns_of_their_share(weights, count):
    pool = {an_id("005", n): weight for n, weight in enumerate(weights, start=1)}
    taken, _ = run(pool, count)
    assert strayed(taken, pool) < 2


@settings(max_examples=50, deadline=None)
@given(
    number=st.integers(1, 12), weight=st.sampled_from([0.1, 1.0, 3.0]), count=st.integers(1, 100)
)
def test_where_all_weigh_the_same_everybody_is_within_one_turn_over_any_stretch(
    number, weight, count
):
    pool = {an_id("005", n): weight for n in range(number)}
    taken, _ = run(pool, count)
    assert strayed(taken, pool) <= 1 + 1e-9


def test_for_weights_at_large_no_order_of_turns_is_within_one_over_every_stretch():
    pool = {A: 5.0, B: 4.0, C: 2.0}
    orders: list[list[str]] = [[]]
    for _ in range(10):
        longer = [[*order, person] for order in orders for person in pool]
        orders = [order for order in longer if strayed(order, pool) <= 1 + 1e-9]
    assert orders == []
