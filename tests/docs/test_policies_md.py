"""The language reference: what is shown runs, what the language knows is named."""

import re
from datetime import date

import pytest
import yaml

from ortoo_daemon import mail_findings
from ortoo_daemon.daemon.loading.cross_checks import MANUALS
from ortoo_daemon.matches import How
from ortoo_daemon.policy import field_map, literals, templates
from ortoo_daemon.policy.enrichment_model import MatchKind
from ortoo_daemon.policy.find_model import Among, Prefer
from ortoo_daemon.policy.intake_model import CleanseKind
from ortoo_daemon.policy.lint import RULES, lint
from ortoo_daemon.policy.lint.allowances import read_allowances, without_allowed
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.mapped import Longer, MappedType
from ortoo_daemon.policy.naming import FOUND_BY_INTAKE, FOUND_SO_FAR, MATCH_TYPES
from ortoo_daemon.policy.ownership_model import PersonMethod
from ortoo_daemon.policy.parsing import action as parse_action
from ortoo_daemon.policy.parsing import case_matches as parse_matches
from ortoo_daemon.policy.parsing import case_tables as parse_tables
from ortoo_daemon.policy.parsing import cases as parse_cases
from ortoo_daemon.policy.parsing import expectations as parse_expectations
from ortoo_daemon.policy.parsing import find as parse_find
from ortoo_daemon.policy.parsing import people as parse_people
from ortoo_daemon.policy.parsing import triage as parse_triage
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.scope import _OWNER_VALUES, _PERSON_VALUES, _ROOFTOP_VALUES
from ortoo_daemon.simulation.policy_tests import run_tests
from ortoo_daemon.simulation.snapshot import directory_from_json
from tests.docs.pages import ROOT, Block, blocks, first_cells, page, section
from tests.policy.files import HEAD, OTHERWISE, shipped_files, shipped_tables

NAME = "docs/policies.md"
SHOWN = [*blocks(NAME, "csv"), *blocks(NAME, "yaml")]
TABLES = shipped_tables() | {
    f"config/{block.about}": block.text.encode()
    for block in SHOWN
    if block.about.startswith("tables/")
}
CASES = "fragment: cases"
FRAGMENTS = [
    block
    for block in blocks(NAME, "yaml")
    if block.about.startswith("fragment: ") and block.about != CASES
]
WHOLE = [block for block in blocks(NAME, "yaml") if block.text.startswith("policy:")]


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def around(block: Block) -> str:
    """A minimal policy around a fragment: ``fragment: ownership.rules`` says where it belongs."""
    keys = block.about.removeprefix("fragment: ").split(".")
    opened = "".join(f"{'  ' * depth}{key}:\n" for depth, key in enumerate(keys))
    whole = HEAD + opened + indented(block.text, 2 * len(keys))
    return whole + (OTHERWISE if keys[0] == "ownership" else f"ownership:\n{OTHERWISE}")


@pytest.mark.parametrize("block", FRAGMENTS, ids=[f"line {each.line}" for each in FRAGMENTS])
def test_a_fragment_is_read_where_it_says_it_belongs(block):
    assert load({"config/policies/a.yaml": around(block).encode(), **TABLES}).policies


def test_what_is_shown_of_the_directory_file_may_stand_in_it():
    shown = [
        yaml.safe_load(each.text) for each in blocks(NAME, "yaml") if each.about == "directory"
    ]
    assert shown
    for each in shown:
        assert DirectoryMapping.model_validate(each)


def test_the_policy_at_the_top_passes_the_tests_below_it():
    policy, tests = WHOLE[0].text.encode(), WHOLE[1].text.encode()
    directory = (ROOT / "config" / "org_directory.json").read_text(encoding="utf-8")
    report = run_tests(
        load({"config/policies/service.yaml": policy, **TABLES}),
        parse_cases.load_tests({"config/policies/service_test.yaml": tests}),
        directory_from_json(directory),
    )
    assert len(report.results) == 3
    assert report.problems == ()


def test_the_tables_of_cases_shown_hold_for_the_shipped_policies():
    (block,) = (each for each in blocks(NAME, "yaml") if each.about == CASES)
    head, _, _ = (ROOT / "config/policies/leads_test.yaml").read_text().partition("cases:")
    text = f"{head}cases:\n{indented(block.text, 2)}"
    directory = (ROOT / "config" / "org_directory.json").read_text(encoding="utf-8")
    report = run_tests(
        load(shipped_files(), ["retail-leads", "dealer-cases"]),
        parse_cases.load_tests({"leads_test.yaml": text.encode()}),
        directory_from_json(directory),
    )
    assert len(report.results) == 6
    assert report.problems == ()


def test_every_key_of_a_tests_file_is_described():
    words = {
        *parse_cases.TESTS_KEYS, *parse_tables.ROW_KEYS, *parse_cases.CASE_KEYS, *parse_cases.ROSTER_KEYS,
        *parse_expectations.EXPECT_KEYS, *parse_expectations.OWNER_KEYS, parse_expectations.NO_WRITE,
        *parse_matches.MATCH_KEYS,
    }  # fmt: skip
    text = section(NAME, "## Tests beside a policy")
    assert [
        word for word in sorted(words) if f"`{word}`" not in text and f"{word}:" not in text
    ] == []


def test_every_way_to_choose_cleanse_and_filter_is_described():
    text = page(NAME)
    words = {
        *CleanseKind, *PersonMethod, *MatchKind, *templates.FILTERS,
        *parse_people.PERSON_KEYS, *parse_people.SKILLS_KEYS, *parse_people.STICKY_KEYS,
        *_ROOFTOP_VALUES, *_OWNER_VALUES, *_PERSON_VALUES, *FOUND_SO_FAR, *FOUND_BY_INTAKE,
        *MATCH_TYPES, *How, *Prefer, *Among, *parse_find.DUPLICATES_KEYS, *parse_find.WINDOW_KEYS,
    }  # fmt: skip
    assert [word for word in sorted(words - {"exact"}) if word not in text] == []


def test_what_this_version_refuses_is_listed_and_nothing_else():
    refused = {
        *parse_action.ACTION_LATER,
    }  # fmt: skip
    rows = section(NAME, "## Not in this version").split("| --- | --- |")[1].strip().splitlines()
    listed = {word for row in rows for word in first_cells("|" + row.split("|")[2] + "|")}
    assert listed == refused


def test_every_rule_of_check_stands_in_its_table_and_nothing_else():
    table = section(NAME, "## What `check` looks for").split("| --- | --- |")[1]
    assert sorted(first_cells(table)) == sorted([*RULES, *MANUALS])


def test_the_allowances_shown_silence_what_they_name():
    (block,) = (each for each in FRAGMENTS if "check: allow" in each.text)
    files = {"config/policies/a.yaml": around(block).encode()}
    subject = Subject(policies=load(files), today=date(2026, 11, 23))
    allowances, wrong = read_allowances(files, allowable=RULES, known=RULES)
    assert (len(allowances), wrong) == (2, [])
    told = lint(subject)
    assert {problem.rule for problem in told} >= {each.rule for each in allowances}
    left = without_allowed(told, allowances, asked=RULES)
    assert len(left) == len(told) - 2


def test_rules_that_need_the_org_or_a_check_by_hand_are_marked_so():
    table = section(NAME, "## What `check` looks for")
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    signs = {
        name: "".join(re.findall("[†‡]", row)) for row in rows for name in first_cells(f"|{row}|")
    }
    for rule in RULES.values():
        by_hand = {Need.TODAY, Need.POSTAL} & set(rule.needs)
        of_org = {Need.ORG, Need.DIRECTORY, Need.RESULTS} & set(rule.needs)
        assert signs[rule.id] == ("‡" if by_hand else "†" if of_org else ""), rule.id


@pytest.mark.parametrize("text", ["30m", "4h", "2d"])
def test_the_durations_shown_are_durations(text):
    assert text in page(NAME)
    assert literals.duration(text)


def test_every_name_of_triage_is_listed():
    text = section(NAME, "### Triage")
    bare = {re.sub(r"_\d$", "", name) for name in mail_findings.NAMES}
    assert {name for name in bare if not re.search(rf"`{name}(_1)?`", text)} == set()


def test_every_key_of_triage_and_column_of_its_map_is_listed():
    text = section(NAME, "### Triage")
    keys = {*parse_triage.TRIAGE_KEYS, *parse_triage.SPLIT_KEYS, *field_map.COLUMNS}
    words = {str(each) for kind in (MappedType, Longer) for each in kind}
    assert {word for word in keys | words if f"`{word}`" not in text} == set()
