"""Claims about what an edit does to clocks that run already."""

import pytest
import yaml

from ortoo_daemon.policy.load import load
from ortoo_daemon.simulation.running_clocks import KEPT, REMOVED, STEPS, clocks_moved

CLOCK = {
    "clock": "first_response",
    "target": "15m",
    "hours": "rooftop",
    "warn": ["50%"],
    "stopped_by": [{"use": "answered"}],
    "on_violation": [{"reassign": {"within": "rooftop"}}],
}
RUNNING = {("leads", "first_response"): 3}


def policies(*clocks, comment="", name="leads", answered="Contacted"):
    document = {
        "policy": name,
        "object": "Lead",
        "take_from": "2026-01-01T00:00:00Z",
        "zone": "Europe/Paris",
        "define": {"conditions": {"answered": {"Status": answered}}},
        "ownership": {
            "rules": [{"name": "all", "assign": {"queue": "Desk"}}],
            "otherwise": {"queue": "Desk"},
        },
        "action": {"sla": [dict(clock) for clock in clocks]},
    }
    text = comment + yaml.safe_dump(document, sort_keys=False)
    return load({f"policies/{name}.yaml": text.encode()})


def told(before, after):
    return [each.what for each in clocks_moved(before, after, RUNNING)]


def test_a_clock_that_only_stands_on_another_line_is_not_edited():
    assert told(policies(CLOCK), policies(CLOCK, comment="# a word\n\n")) == []


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        ({"target": "20m"}, [KEPT]),
        ({"hours": "24x7"}, [KEPT]),
        ({"warn": ["80%"]}, [KEPT]),
        ({"stopped_by": [{"Status": "Closed"}]}, [STEPS]),
        ({"on_violation": [{"escalate": "manager"}]}, [STEPS]),
        ({"target": "20m", "stopped_by": [{"Status": "Closed"}]}, [KEPT, STEPS]),
    ],
)
def test_what_is_edited_says_what_becomes_of_those_that_run(edit, what):
    assert told(policies(CLOCK), policies({**CLOCK, **edit})) == what


def test_the_edit_of_a_condition_that_a_clock_uses_by_name_is_one():
    assert told(policies(CLOCK), policies(CLOCK, answered="Closed")) == [STEPS]


def test_a_clock_that_is_gone_or_renamed_is_taken_away_even_where_nothing_is_known_of_before():
    renamed = policies({**CLOCK, "clock": "answer"})
    assert told(policies(CLOCK), renamed) == [REMOVED]
    assert told(None, policies(CLOCK, name="others")) == [REMOVED]
    assert told(None, policies(CLOCK)) == []


def test_the_number_of_clocks_is_told():
    (moved,) = clocks_moved(None, policies(), {("leads", "x"): 1})
    assert moved.text == "1 running clock x of leads: taken away, as no policy has it any more"
