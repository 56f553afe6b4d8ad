"""Each rule's manual is true: a FAIL sample gives exactly what it says, a PASS sample nothing."""

import pytest

from ortoo_daemon.policy.lint import RULES, asked
from tests.policy.lint.bench import subject_of

SAMPLES = [
    pytest.param(rule, sample, id=f"{rule.id}-{'pass' if sample.passes else 'fail'}-{number}")
    for rule in RULES.values()
    for number, sample in enumerate(rule.manual.samples)
]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_shows_what_passes_and_what_fails(rule):
    assert {sample.passes for sample in rule.manual.samples} == {True, False}
    assert all(sample.told for sample in rule.manual.samples if not sample.passes)
    assert len(rule.manual.summary) <= 110


@pytest.mark.parametrize(("rule", "sample"), SAMPLES)
def test_a_sample_gives_exactly_its_problems(rule, sample):
    subject, files = subject_of(sample.parts, passes=sample.passes)
    found = []
    for problem in rule.check(subject):
        lines = files[problem.place.file].split("\n")
        mend = f" ({problem.mend})" if problem.mend else ""
        found.append((lines[problem.place.line - 1].strip(), f"{problem.message}{mend}"))
    assert found == list(sample.told)
    assert rule in asked(subject)
