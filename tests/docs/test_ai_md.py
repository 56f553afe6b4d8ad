"""docs/ai.md and the code say the same: keys, what may be sent, outcomes; its example works."""

import csv

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models import reading, task_reading
from ortoo_daemon.policy.models.catalogue import SENDABLE, Disagreement, TaskName
from ortoo_daemon.policy.models.reading import load_catalogue
from tests.docs.pages import blocks, first_cells, page, section
from tests.policy.files import ROOT

NAME = "docs/ai.md"
CONFIG = ROOT / "config"


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


def test_the_map_of_chats_is_as_large_as_is_told():
    rows = list(csv.DictReader((CONFIG / "tables" / "chat_profile.csv").read_text().splitlines()))
    fields = CONFIG / "salesforce" / "network" / "default" / "objects" / "Lead" / "fields"
    asked = {row["field"]: row["about"] for row in rows}
    own = [
        name
        for name, about in asked.items()
        if (file := fields / f"{name}.field-meta.xml").exists()
        and f": {about}." in file.read_text()
    ]
    yes_or_no = sum(row["values"] == "yes=Yes; no=No" for row in rows)
    text = section(NAME, "## A hundred fields of one talk")
    told = (f"map of {len(rows)} typed fields", f"{len(own)} of the fields are shipped")
    for words in (*told, f"({yes_or_no} of them pick-lists of yes and no"):
        assert words in text
    assert f"[{len(rows)}](ai.md#a-hundred-fields-of-one-talk)" in page("docs/policies.md")
    readme = (CONFIG / "salesforce" / "README.md").read_text("utf-8")
    assert f"{len(own)} fields of a [chat's profile]" in readme


def test_the_example_is_a_catalogue():
    (block,) = blocks(NAME, "yaml")
    assert load_catalogue(NAME, block.text.encode()).task(TaskName.TRIAGE) is not None
