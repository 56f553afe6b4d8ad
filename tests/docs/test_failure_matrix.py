"""The failure matrix of docs/operations.md names tests that are there, and signs that can be seen."""

import re

from tests.docs.pages import ROOT, modules_of_tests, page
from tests.matrix import MODULES

PAGE = page("docs/operations.md")
MATRIX = PAGE.partition("## Failure matrix")[2].partition("\n## ")[0]
ROWS = [
    line.split(" | ") for line in MATRIX.splitlines() if re.match(r"\| (?!failure|code|-)", line)
]
MODES = [row for row in ROWS if len(row) == 5]
CODES = [row for row in ROWS if len(row) == 4]
CATALOGUE = """
INVALID_SESSION_ID REQUEST_LIMIT_EXCEEDED UNABLE_TO_LOCK_ROW NOT_FOUND ENTITY_IS_DELETED
INVALID_CROSS_REFERENCE_KEY INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY
INSUFFICIENT_ACCESS_OR_READONLY CANNOT_UPDATE_CONVERTED_LEAD INACTIVE_OWNER_OR_USER
TRANSFER_REQUIRES_READ INVALID_OPERATION FIELD_CUSTOM_VALIDATION_EXCEPTION STRING_TOO_LONG
NUMBER_OUTSIDE_VALID_RANGE INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST REQUIRED_FIELD_MISSING
FIELD_INTEGRITY_EXCEPTION INVALID_FIELD_FOR_INSERT_UPDATE INVALID_FIELD MALFORMED_ID
JSON_PARSER_ERROR DUPLICATES_DETECTED DUPLICATE_VALUE CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY
CANNOT_EXECUTE_FLOW_TRIGGER APEX_ERROR MALFORMED_QUERY INVALID_TYPE INVALID_QUERY_LOCATOR
QUERY_TIMEOUT QUERY_TOO_COMPLICATED API_DISABLED_FOR_ORG API_CURRENTLY_DISABLED
INSUFFICIENT_ACCESS TXN_SECURITY_NO_ACCESS TXN_SECURITY_TWO_FA_REQUIRED
TXN_SECURITY_END_A_SESSION UNKNOWN_EXCEPTION SERVER_UNAVAILABLE GONE
"""
"""The error codes of the platform's contract."""


def test_all_modes_are_there() -> None:
    assert len(MODES) == 16


def test_every_code_of_the_catalogue_has_its_signs_and_what_is_done() -> None:
    told = " ".join(row[0] for row in CODES)
    assert [code for code in re.findall(r"\w+", CATALOGUE) if f"`{code}`" not in told] == []


def test_every_mode_is_held_by_tests_that_exist() -> None:
    known = modules_of_tests("tests/acceptance")
    for row in MODES:
        named = re.findall(r"`(test_\w+)`", row[-1])
        assert named, row[0]
        assert not set(named) - known, f"{row[0]}: {set(named) - known}"


def test_every_test_the_page_names_is_run_by_make_matrix() -> None:
    run = {
        name
        for module in MODULES
        for name in re.findall(
            r"^(?:async )?def (test_\w+)", (ROOT / module).read_text("utf-8"), re.M
        )
    }
    named = set(re.findall(r"`(test_\w+)`", MATRIX))
    assert len(named) > 25
    assert not named - run


def test_every_sign_is_an_event_or_a_metric_of_the_page() -> None:
    listed = set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.M))
    for row in [*MODES, *CODES]:
        signs = re.findall(r"`((?:ortoo_|[a-z]+[._])[a-z_.]+)`", row[1])
        assert signs, row[0]
        for sign in signs:
            assert sign in listed, f"{row[0]}: {sign}"


def test_every_refusal_the_daemon_is_tried_with_has_its_end_told() -> None:
    tried = (ROOT / "tests" / "acceptance" / "test_refused_rows.py").read_text("utf-8")
    codes = set(re.findall(r"Refusal\(\s*\"([A-Z_]+)\"", tried))
    assert len(codes) > 15
    assert not {code for code in codes if f"`{code}`" not in MATRIX}
