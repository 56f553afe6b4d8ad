"""docs/ai.md and the code say the same: keys, what may be sent, outcomes; its example works."""

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models import reading, task_reading
from ortoo_daemon.policy.models.catalogue import SENDABLE, Disagreement, TaskName
from ortoo_daemon.policy.models.reading import load_catalogue
from tests.docs.pages import blocks, first_cells, section

NAME = "docs/ai.md"


def test_every_key_of_the_catalogue_is_told_and_no_other():
    keys = {*reading.PROVIDER_KEYS, *reading.MODEL_KEYS, *task_reading.TASK_KEYS}
    assert set(first_cells(section(NAME, "## The catalogue"))) == keys


def test_what_may_be_sent_is_told_word_for_word():
    rows = section(NAME, "## What leaves the machine").splitlines()
    for key in task_reading.SEND_KEYS:
        row = next(row for row in rows if row.startswith(f"| `{key}` |"))
        known = getattr(SENDABLE[TaskName.TRIAGE], key)
        assert {word for word in known if f"`{word}`" not in row} == set(), key


def test_every_outcome_is_told_and_no_other():
    assert set(first_cells(section(NAME, "## What can happen"))) == {str(o) for o in ModelOutcome}


def test_every_way_to_settle_differences_is_told_and_no_other():
    cells = first_cells(section(NAME, "## When rules and model differ"))
    assert set(cells) == {"disagreement", *map(str, Disagreement)}


def test_the_example_is_a_catalogue():
    (block,) = blocks(NAME, "yaml")
    assert load_catalogue(NAME, block.text.encode()).task(TaskName.TRIAGE) is not None
