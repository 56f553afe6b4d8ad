"""Claims about what a JMESPath expression makes of an answer that may be anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.policy.callouts.paths import AnswerPath, read_path
from ortoo_daemon.policy.nodes import Problems, Scalar


def path(text: str) -> AnswerPath:
    problems = Problems()
    found = read_path(Scalar("p", 1, 1, text=text, plain=True), problems, what="'x'")
    assert found is not None, problems.found
    return found


@pytest.mark.parametrize(
    ("text", "answer", "value"),
    [
        ("site.code", {"site": {"code": "R1"}}, "R1"),
        ("sites[0].code", {"sites": [{"code": "R1"}, {"code": "R2"}]}, "R1"),
        ("sites[].code", {"sites": [{"code": "R1"}, {"code": "R2"}, {"code": "R1"}]}, "R1;R2"),
        (
            "sites[?open].code | [0]",
            {"sites": [{"code": "R1"}, {"code": "R2", "open": True}]},
            "R2",
        ),
        ("length(sites)", {"sites": [1, 2, 3]}, 3),
        ("sold == 'yes'", {"sold": "yes"}, True),
        ("price", {"price": 12.5}, 12.5),
        ("price", {"price": None}, None),
        ("price", [], None),
        ("sites", {"sites": []}, ""),
    ],
)
def test_a_field_gets_what_the_expression_picks(text, answer, value):
    assert path(text).pick_value(answer) == (value, "")


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        ("site", {"site": {"code": "R1"}}, "an object"),
        ("sites", {"sites": [{"code": 1}]}, "a list with more than plain values"),
        ("sites", {"sites": [[1]]}, "a list with more than plain values"),
        ("length(site)", {"site": 5}, "JMESPathTypeError"),
    ],
)
def test_what_no_field_can_take_is_told_and_not_quoted(text, answer, words):
    value, trouble = path(text).pick_value(answer)
    assert value is None
    assert words in trouble


def test_the_name_that_an_expression_begins_with_is_known():
    names = {"site": "site", "sites[0].code": "sites", "sites[?open].code | [0]": "sites"}
    assert {text: path(text).first_name for text in names} == names
    assert path("length(@)").first_name is None
    assert path("site").is_name
    assert not path("sites[0]").is_name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_answered_no_expression_fails(answer):
    for text in ("a.b[0]", "a[?b > `1`].c", "sort_by(a, &b)[0]", "join('-', a)", "a.*", "sum(a)"):
        value, _ = path(text).pick_value(answer)
        assert value is None or isinstance(value, str | int | float | bool)
        json.dumps(value)
