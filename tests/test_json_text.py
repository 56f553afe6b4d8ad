"""Claims about compact JSON: what the standard library would write, whatever senders leave in fields."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.json_text import compact_bytes, json_bytes, json_text, written_once

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
values = st.recursive(
    scalars | st.floats(-1e15, 1e15).map(lambda number: round(number, 9)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_what_is_written_is_read_as_the_same_value(value):
    assert json.loads(json_text(value)) == value


@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_letters_stay_as_they_are_and_nothing_is_padded(value):
    assert json_text(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(values)
def test_what_is_kept_for_a_while_is_what_is_sent(value):
    assert compact_bytes(value) == json_bytes(value)


def test_what_is_kept_for_a_while_takes_no_room_beyond_its_length():
    """The writer's own buffer does: by powers of two."""
    tracemalloc.start()
    try:
        kept = [compact_bytes({"Trace__c": "x" * 17_000}) for _ in range(20)]
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < sum(map(len, kept)) * 1.1


def test_half_of_a_surrogate_pair_costs_nothing():
    broken = {"LastName": "\ud83d?"}
    assert json.loads(json_text(broken)) == broken
    assert json.loads(json_bytes(broken)) == broken


@given(values, values)
def test_what_was_written_once_stands_among_others_as_they_do(part, beside):
    whole = {"part": part, "beside": [beside]}
    assert json_text({**whole, "part": written_once(part)}) == json_text(whole)


@pytest.mark.parametrize("part", [{"Name": "Ann", "share": 1e16}, {"Name": "\udc3d"}])
def test_what_was_written_once_may_stand_beside_half_of_a_pair(part):
    whole = {"part": part, "beside": "\ud83d?"}
    among = {**whole, "part": written_once(part)}
    assert json_text(among) == json_text(whole)
    assert json_bytes(among) == json_bytes(whole)


def test_what_json_has_no_form_of_is_refused():
    with pytest.raises(TypeError):
        json_text({"value": object()})
