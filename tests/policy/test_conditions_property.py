"""Conditions agree with a plain slow evaluator, written without the product's own comparisons."""

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.scopes import NOW, condition, scope

TEXTS = ["a", "A ", "ab", "b", "Abc", "1", "1.0", "01", "10", "-3", "a;b", " B ; c", "été", "ÉTÉ"]
MOMENTS = [
    "2026-11-20", "2026-11-22", "2026-11-23", "2026-11-21T09:15:00.000+0000",
    "2026-11-22T23:30:00.000+0000", "2026-11-23T09:15:00Z", "2027-01-01T00:00:00+01:00",
]  # fmt: skip
VALUES = [None, "", "  ", *TEXTS, *MOMENTS, 0, 1, 2.5, 10, -3, True, False]

texts = st.sampled_from(TEXTS)
numbers = st.sampled_from([-3, 0, 1, 2.5, 10])
days = st.sampled_from(["2026-11-20", "2026-11-22", "2026-11-23"])
ages = st.sampled_from(["30m", "12h", "2d"])
some_texts = st.lists(texts, min_size=1, max_size=3)
scalars = st.one_of(texts, numbers, st.booleans())

tests = st.one_of(
    st.tuples(st.sampled_from(["is", "is_not"]), scalars),
    st.tuples(st.sampled_from(["in", "not_in"]), st.lists(scalars, min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["at_least", "above", "at_most", "below"]), numbers),
    st.tuples(st.just("between"), st.tuples(numbers, numbers).map(sorted)),
    st.tuples(st.just("between"), st.tuples(days, days).map(sorted)),
    st.tuples(st.sampled_from(["starts_with", "ends_with", "contains"]), some_texts),
    st.tuples(st.sampled_from(["includes", "includes_all", "excludes"]), some_texts),
    st.tuples(st.just("matches"), st.sampled_from(["a*", "*b", "?", "[a-b]?*", "*b*", "[!a]*"])),
    st.tuples(st.just("blank"), st.booleans()),
    st.tuples(st.sampled_from(["before", "after"]), days),
    st.tuples(st.sampled_from(["older_than", "newer_than", "within_next"]), ages),
    st.tuples(st.just("same_as"), st.just("B")),
)
leaves = tests.map(lambda test: {"A": {test[0]: test[1]}})
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=5,
)


def plain(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return str(value).strip().casefold()


def as_number(value):
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value) if re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", str(value)) else None
    except ValueError:
        return None


def as_moment(value):
    text = value.strip() if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def as_day(moment):
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo("Europe/Paris")).date()
    return moment


def age(moment):
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=ZoneInfo("Europe/Paris"))
    return NOW - moment


def equal(value, wanted):
    if isinstance(wanted, bool | str):
        return plain(value) == plain(wanted) != ""
    return as_number(value) == wanted


def as_list(operand):
    return operand if isinstance(operand, list) else [operand]


def asked(word, operand, value, other):
    found, moment = as_number(value), as_moment(value)
    chosen = {part.strip() for part in plain(value).split(";") if part.strip()}
    wanted = [plain(item) for item in as_list(operand)]
    lengths = {"30m": timedelta(minutes=30), "12h": timedelta(hours=12), "2d": timedelta(days=2)}
    match word:
        case "is" | "in":
            return any(equal(value, item) for item in as_list(operand))
        case "is_not" | "not_in":
            return not any(equal(value, item) for item in as_list(operand))
        case "at_least":
            return found is not None and found >= operand
        case "above":
            return found is not None and found > operand
        case "at_most":
            return found is not None and found <= operand
        case "below":
            return found is not None and found < operand
        case "between" if isinstance(operand[0], str):
            low, high = map(date.fromisoformat, operand)
            return moment is not None and low <= as_day(moment) <= high
        case "between":
            return found is not None and operand[0] <= found <= operand[1]
        case "starts_with":
            return any(plain(value).startswith(item) for item in wanted)
        case "ends_with":
            return any(plain(value).endswith(item) for item in wanted)
        case "contains":
            return any(item in plain(value) for item in wanted)
        case "includes":
            return bool(chosen & set(wanted))
        case "includes_all":
            return chosen >= set(wanted)
        case "excludes":
            return not chosen & set(wanted)
        case "matches":
            regex = operand.replace("[!", "[^").replace("*", ".*").replace("?", ".")
            return plain(value) != "" and re.fullmatch(regex, plain(value), re.S) is not None
        case "blank":
            return (plain(value) == "") is operand
        case "before":
            return moment is not None and as_day(moment) < date.fromisoformat(operand)
        case "after":
            return moment is not None and as_day(moment) > date.fromisoformat(operand)
        case "older_than":
            return moment is not None and age(moment) > lengths[operand]
        case "newer_than":
            return moment is not None and age(moment) <= lengths[operand]
        case "within_next":
            until = NOW + lengths[operand]
            if isinstance(moment, datetime):
                return moment.tzinfo is not None and NOW <= moment <= until
            return moment is not None and as_day(NOW) <= moment <= as_day(until)
        case "same_as":
            return plain(value) == plain(other) != ""
    raise AssertionError(word)


def slow(tree, a, b):
    ((word, inner),) = tree.items()
    match word:
        case "not":
            return not slow(inner, a, b)
        case "all":
            return all(slow(part, a, b) for part in inner)
        case "any":
            return any(slow(part, a, b) for part in inner)
    ((operator, operand),) = inner.items()
    return asked(operator, operand, a, b)


@settings(max_examples=400, deadline=None)
@given(tree=conditions, b=st.sampled_from(VALUES))
def test_every_condition_agrees_with_a_plain_evaluator(tree, b):
    tested = condition(json.dumps(tree, ensure_ascii=False))
    for a in VALUES:
        record = scope(A=a, B=b)
        assert tested.holds(record) is slow(tree, a, b), (tree, a, b)
        assert (tested.failure(record) is None) is tested.holds(record)
