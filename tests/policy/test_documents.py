"""YAML becomes nodes that know their places; what could hurt is refused."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.documents import MOST_BYTES, read_document
from ortoo_daemon.policy.nodes import ListNode, MapNode, Problems, Scalar
from ortoo_daemon.policy.yaml_mistakes import QUOTES


def read(text: str | bytes):
    problems = Problems()
    data = text if isinstance(text, bytes) else text.encode()
    return read_document("p.yaml", data, problems), problems.found


def test_every_key_and_item_knows_its_line_and_column():
    node, problems = read("a:\n  - x\n  - {b: 'é', c: y}\n")
    assert not problems
    assert isinstance(node, MapNode)
    key, items = node.entries["a"]
    assert (key.line, key.column) == (1, 1)
    assert isinstance(items, ListNode)
    assert [(item.line, item.column) for item in items.items] == [(2, 5), (3, 5)]
    inner = items.items[1]
    assert isinstance(inner, MapNode)
    assert [(key.line, key.column) for key, _ in inner.entries.values()] == [(3, 6), (3, 14)]


@pytest.mark.parametrize(
    "text",
    ["NO", "on", "ON", "yes", "01234", "12:30", "1e5", "+33612345678", "0x1F", ".5", "1_000"],
)
def test_codes_stay_text(text):
    node, _ = read(f"a: {text}")
    assert isinstance(node, MapNode)
    value = node.get("a")
    assert isinstance(value, Scalar)
    assert value.value == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10), ("-3", -3), ("2.50", 2.5), ("true", True), ("False", False), ("~", None),
        ("null", None), ("'10'", "10"), ('"true"', "true"), ("12345678901234567", "12345678901234567"),
    ],
)  # fmt: skip
def test_plain_numbers_and_words_have_their_value(text, value):
    node, _ = read(f"a: {text}")
    assert isinstance(node, MapNode)
    found = node.get("a")
    assert isinstance(found, Scalar)
    assert (found.value, type(found.value)) == (value, type(value))


def test_a_huge_file_is_refused_before_it_is_read():
    _, problems = read(b"a" * (MOST_BYTES + 1))
    assert [problem.rule for problem in problems] == ["too_large"]


def test_fifty_thousand_brackets_are_refused_and_do_no_harm():
    node, problems = read("a: " + "[" * 50_000)
    assert node is None
    assert [problem.rule for problem in problems] == ["yaml_refused"]


@pytest.mark.parametrize(
    "text",
    ["a: &a [x, x]\nb: &b [*a, *a]\n", 'a: !!python/object/apply:os.system ["true"]\n', "a: *b\n"],
)
def test_what_unfolds_or_names_objects_of_python_is_refused_where_it_stands(text):
    node, problems = read(text)
    assert node is None
    assert (problems[0].rule, problems[0].place.line) == ("yaml_refused", 1)


def test_bytes_that_are_no_utf8_are_told_with_their_line():
    node, problems = read(b"a: b\nc: \xff\n")
    assert node is None
    assert (problems[0].place.line, problems[0].place.column) == (2, 4)


def plain(node):
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.entries.items()}


letters = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Zl", "Zp", "Cn", "Co"],
    exclude_characters=sorted(QUOTES),  # such marks around a text are refused
)
simple = st.one_of(st.integers(-(10**14), 10**14), st.booleans(), st.none(), st.text(letters))
trees = st.dictionaries(
    st.text(letters, min_size=1),
    st.recursive(
        simple,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.text(letters, max_size=5), inner, max_size=3),
        ),
        max_leaves=8,
    ),
)


@settings(max_examples=150, deadline=None)
@given(tree=trees, flow=st.booleans())
def test_what_yaml_writes_is_read_back_the_same(tree, flow):
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True)
    node, problems = read(text)
    assert not problems
    assert plain(node) == tree


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=60))
def test_no_bytes_whatever_make_reading_fail(data):
    read(data)
