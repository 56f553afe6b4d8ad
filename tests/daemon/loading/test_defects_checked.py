"""Defective policies that parse, and exactly what a whole check says of each: at least one for every rule.

A file of tests/policy/defects/checked has parts, each below ``=== its name``: files as an admin would have
them, ``directory`` (a small network in place of the shipped one), ``postal`` (all postal codes there are),
and the ``problems``.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from ortoo_daemon.daemon.loading.checking import Beside, checkup, parse_anew
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.saved_org import KnownOrg, load_saved_org
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.policy.lint import RULES
from tests.policy.files import DEFECTS, ROOT
from tests.policy.lint.bench import directory_of, postal_of

FOLDER = DEFECTS / "checked"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
DIRECTORY = ("directory.yaml", b"workload: {Lead: {IsConverted: false}}\n")


@pytest.fixture(scope="module")
def org() -> KnownOrg:
    return load_saved_org(ROOT / "config" / "org.json")


def parts_of(path: Path) -> dict[str, str]:
    found = re.split(r"^=== (.+)\n", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def told(parts: dict[str, str], org: KnownOrg) -> list[str]:
    contents = {name: text.encode() for name, text in parts.items() if "." in name}
    found = FilesFound(digest="d", contents=contents, directory=DIRECTORY)
    known = org
    if "directory" in parts:
        directory = directory_of(parts["directory"])
        known = KnownOrg(source="a test", description=org.description, directory=directory)
    settings = load_settings(ROOT / "config" / "ortoo.yaml").model_copy(update={"policy_order": ()})
    beside = Beside(today=date(2026, 11, 23), postal=postal_of(parts.get("postal")))
    checked = checkup(parse_anew(settings, found), known, beside=beside)
    return [f"{problem.level} {problem}" for problem in checked.problems]


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_check_says_exactly_this(name: str, org: KnownOrg) -> None:
    parts = parts_of(FOLDER / f"{name}.txt")
    assert told(parts, org) == parts["problems"].splitlines()


def test_there_is_a_defective_policy_for_every_rule() -> None:
    assert len(NAMES) >= 30
    text = "".join(parts_of(FOLDER / f"{name}.txt")["problems"] for name in NAMES)
    lacking = [rule for rule in RULES if f"[{rule}]" not in text]
    assert lacking == [], f"write one to {FOLDER}"
