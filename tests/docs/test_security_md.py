"""Every attack of docs/security.md is tried by tests that are there."""

import re

from tests.docs.pages import modules_of_tests, page

ATTACKS = re.findall(r"^\| (?!attack|-)(.+?) \| .+ \| (.+) \|$", page("docs/security.md"), re.M)


def test_every_attack_names_tests_and_each_of_them_is_there() -> None:
    there = modules_of_tests("tests")
    assert len(ATTACKS) > 20
    for attack, tried_by in ATTACKS:
        named = set(re.findall(r"`(test_\w+)`", tried_by))
        assert named, attack
        assert named <= there, f"{attack}: {named - there}"
