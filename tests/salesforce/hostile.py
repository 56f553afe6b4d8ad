"""Answers and messages that are nearly what the platform sends: parts lost, doubled, of another type."""

from __future__ import annotations

import copy
import os
from typing import Any

from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("ORTOO_FUZZ_EXAMPLES", "25"))
"""How many of each kind are tried; a longer run is `ORTOO_FUZZ_EXAMPLES=20000`."""

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "00Q000000000001", "x" * 5000, "2026-13-45T99:00:00Z", "\ud800", "<html>"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a JSON value."""
    found = [way]
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in parts:
        found += places(inner, (*way, key))
    return found


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> Any:
    """The value with one to three parts taken out, or with something else in their place."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(places(value)))
        instead = draw(ANYTHING)
        if not way:
            return instead
        holder = value
        for key in way[:-1]:
            holder = holder[key]
        if draw(st.booleans()):
            holder[way[-1]] = instead
        else:
            del holder[way[-1]]
    return value
