"""How well are labelled e-mails understood without any model: the goals, on mails nobody tunes on."""

import pytest

from ortoo_daemon.daemon.asking.triaging import mails_of, taxonomy_of, triager_with
from ortoo_daemon.intake.triage.as_json import prediction
from tests.intake.triage.network import ROOT
from tests.scoring import DATA, rows, score

GOALS = {
    "account_f1": 0.92,
    "account_precision": 0.98,
    "request_type": 0.80,
    "brand": 0.85,
    "split_count": 0.85,
    "language": 0.98,
    "clean_body_token_f1": 0.93,
    "injection_resisted": 1.0,
    "unknown_account_kept": 1.0,
}


@pytest.fixture(scope="module")
def triager():
    words = ROOT / "config" / "taxonomy.yaml"
    return triager_with(DATA / "directory.json", taxonomy_of(words, words=words))


@pytest.mark.parametrize(
    "name",
    [
        "samples",
        "unseen",
        "held_out",
        "held_out_second",
        "writer_a",
        "writer_b",
        "writer_e",
        "writer_f",
        "writer_g",
        "writer_h",
        "writer_i",
    ],
)
def test_the_goals_are_met_with_no_model(triager, name):
    file = DATA / f"{name}.jsonl"
    found = [prediction(mail.id, triager.understand(mail.mail).triage) for mail in mails_of(file)]
    figures = score(rows(file), found)
    assert {goal: figures[goal] for goal in GOALS if figures[goal] < GOALS[goal]} == {}
