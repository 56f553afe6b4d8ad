"""Sets as diagrams hold the same combinations as plain sets of tuples."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.coverage.diagrams import (
    Diagrams,
    TooManyCombinations,
    indexes,
    mask_of,
)

SIZES = (2, 3, 4)
WORLD = list(product(*map(range, SIZES)))
boxes = st.lists(
    st.tuples(*(st.integers(1, (1 << size) - 1) for size in SIZES)), min_size=1, max_size=4
)


def both_ways(sets, found):
    """The boxes as a diagram and as a plain set."""
    diagram, plain = False, set()
    for box in found:
        one = True
        for level, mask in enumerate(box):
            one = sets.both(one, sets.one_of(level, mask))
        diagram = sets.either(diagram, one)
        plain |= {each for each in WORLD if all(m >> i & 1 for m, i in zip(box, each, strict=True))}
    return diagram, plain


def unfolded(sets, diagram):
    found = []
    for path in sets.paths(diagram):
        ways = [indexes(path.get(level, sets.full[level])) for level in range(len(SIZES))]
        found += product(*(list(each) for each in ways))
    return found


@settings(max_examples=200, deadline=None)
@given(one=boxes, other=boxes)
def test_sets_are_joined_met_and_taken_apart_as_plain_sets_are(one, other):
    sets = Diagrams(SIZES)
    (first, plain), (second, others) = both_ways(sets, one), both_ways(sets, other)
    for diagram, expected in (
        (sets.either(first, second), plain | others),
        (sets.both(first, second), plain & others),
        (sets.less(first, second), plain - others),
    ):
        listed = unfolded(sets, diagram)
        assert len(listed) == len(set(listed)) == sets.count(diagram)
        assert set(listed) == expected


def test_equal_sets_are_one_diagram():
    sets = Diagrams(SIZES)
    low, high = sets.one_of(1, 0b011), sets.one_of(1, 0b100)
    assert sets.less(True, high) is low
    assert sets.either(low, high) is True


def test_sets_that_grow_past_reason_are_given_up():
    sets = Diagrams((2,) * 6, most_nodes=5)
    kept = [sets.one_of(level, 1) for level in range(5)]
    with pytest.raises(TooManyCombinations):
        sets.one_of(5, 1)
    assert len(kept) == 5


@given(st.sets(st.integers(0, 300)))
def test_a_mask_gives_its_numbers_back(numbers):
    assert list(indexes(mask_of(sorted(numbers)))) == sorted(numbers)
