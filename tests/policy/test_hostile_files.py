"""Whatever bytes a file holds, loading answers with policies or with located problems."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.lint import lint
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from tests.policy.files import ROOT, shipped_tables

POLICY = (ROOT / "config" / "policies" / "leads.yaml").read_bytes()
TESTS = (ROOT / "config" / "policies" / "leads_test.yaml").read_bytes()
TABLES = shipped_tables()
TABLES["config/tables/territories.csv"] = b"country,prefix,region\nFR,35,FR-Ouest\n"

PIECES = [
    *re.findall(rb"[\w$.-]+|[{}\[\]:,]|\n +", POLICY)[:400], b"[]", b"{}", b"null", b"'", b'"', b"\t",
    b"- ", b"{{ x }}", b"{% if %}", b"$owner.X", b"1e999", b"2026-02-30", b"\xff", b"&a", b"*a", b"!x",
]  # fmt: skip


@st.composite
def damaged(draw, data):
    """The file with a few stretches cut out or replaced by something else."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        data = data[:start] + draw(st.sampled_from([b"", *PIECES])) + data[end:]
    return data


def refusal(read, files):
    """The problems with which files are refused; None when they are not."""
    try:
        read(files)
    except ConfigError as error:
        return error.problems
    return None


def whole(files):
    return lint(Subject(policies=load(files)))


def test_the_undamaged_files_are_fine():
    files = {"config/policies/leads.yaml": POLICY, "config/policies/leads_test.yaml": TESTS}
    assert refusal(whole, {**files, **TABLES}) is None
    assert refusal(load_tests, files) is None


@settings(max_examples=400, deadline=None)
@given(data=damaged(POLICY))
def test_a_damaged_policy_is_loaded_or_refused_with_places(data):
    problems = refusal(whole, {"config/policies/leads.yaml": data, **TABLES})
    assert problems is None or problems
    for problem in problems or ():
        assert problem.place.file.startswith("config/")
        assert min(problem.place.line, problem.place.column) >= 1


@settings(max_examples=200, deadline=None)
@given(data=damaged(TESTS))
def test_a_damaged_file_of_tests_is_read_or_refused(data):
    problems = refusal(load_tests, {"leads_test.yaml": data})
    assert problems is None or problems


@settings(max_examples=150, deadline=None)
@given(data=damaged(TABLES["config/tables/retail_intent.yaml"]))
def test_a_damaged_scorecard_is_read_or_refused_with_places(data):
    card = {"config/tables/retail_intent.yaml": data}
    problems = refusal(whole, {"config/policies/leads.yaml": POLICY, **TABLES, **card})
    assert problems is None or problems
    for problem in problems or ():
        assert problem.place.file.startswith("config/")


@settings(max_examples=200, deadline=None)
@given(data=st.one_of(st.binary(max_size=80), damaged(TABLES["config/tables/models.csv"][:300])))
def test_a_damaged_table_is_read_or_refused(data):
    for name in ("models", "territories"):
        table = {f"config/tables/{name}.csv": data}
        problems = refusal(whole, {"config/policies/leads.yaml": POLICY, **TABLES, **table})
        assert problems is None or problems
