"""Every example of the language reference is read by the parser, and every word of it is named."""

import re

import pytest

from ortoo_daemon.policy.lint import RULES
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.operators import OPERATORS
from ortoo_daemon.policy.parsing import assignment as parse_assignment
from ortoo_daemon.policy.parsing import intake as parse_intake
from ortoo_daemon.policy.parsing import ownership as parse_ownership
from ortoo_daemon.policy.parsing import people as parse_people
from ortoo_daemon.policy.parsing import rooftops as parse_rooftops
from ortoo_daemon.policy.parsing import scorecards as parse_cards
from ortoo_daemon.policy.parsing import sla_clocks as parse_sla
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.policy.parsing.policy_file import POLICY_KEYS
from tests.policy.files import HEAD, OTHERWISE, ROOT, shipped_tables

TEXT = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S)
TABLES = shipped_tables()


@pytest.mark.parametrize("text", EXAMPLES, ids=[each.split("\n")[0] for each in EXAMPLES])
def test_an_example_is_read_without_a_problem(text):
    if "\ncases:" in text:
        assert load_tests({"a_test.yaml": text.encode()})
        return
    whole = text if text.startswith("policy:") else HEAD + text
    if "ownership:" not in text:
        whole += f"ownership:\n{OTHERWISE}"
    assert load({"config/policies/a.yaml": whole.encode(), **TABLES}).policies


def test_every_word_of_the_language_is_in_the_reference():
    words = {
        *POLICY_KEYS, *OPERATORS, *RULES, *parse_intake.INTAKE_KEYS, *parse_intake.STEP_KEYS,
        *parse_assignment.ASSIGN_KEYS, *parse_rooftops.ROOFTOP_KEYS, *parse_people.TEAM_KEYS,
        *parse_rooftops.PREFER, *parse_ownership.RULE_KEYS, *parse_sla.SLA_KEYS,
        *parse_intake.SCORE_KEYS, *parse_cards.CARD_KEYS, *parse_cards.PART_KEYS, *parse_cards.POINTS_KEYS,
        *parse_cards.FADES_KEYS,
    }  # fmt: skip
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", TEXT)] == []
