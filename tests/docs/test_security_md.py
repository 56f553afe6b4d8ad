"""Every attack of docs/security.md is tried by tests that are there."""

import re

from tests.processes import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ATTACKS = re.findall(r"^\| (?!attack|-)(.+?) \| .+ \| (.+) \|$", PAGE, re.M)


def test_every_attack_names_tests_and_each_of_them_is_there() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    there = {
        name
        for path in files
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert len(ATTACKS) > 20
    for attack, tried_by in ATTACKS:
        named = set(re.findall(r"`(test_\w+)`", tried_by))
        assert named, attack
        assert named <= there, f"{attack}: {named - there}"
