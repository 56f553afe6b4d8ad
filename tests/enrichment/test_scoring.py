"""Claims about scorecards: what is added up, what bounds take, what fades."""

from datetime import UTC, datetime

import pytest

from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.trace_json import trace_to_json
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.reach import fields_read
from tests.policy.files import HEAD, OTHERWISE
from tests.world import decided, directory, facts, lead

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def with_card(card: str, *, band: str = "") -> Policy:
    step = f"enrichment:\n  - score: {{card: tables/c.yaml, into: Score__c{band}}}\n"
    files = {
        "config/policies/p.yaml": f"{HEAD}{step}ownership:\n{OTHERWISE}".encode(),
        "config/tables/c.yaml": f"scorecard: c\n{card}".encode(),
    }
    return load(files).policies[0]


def points(add: float, **when: str) -> str:
    (field, test), more = when.popitem(), ""
    return f"{{because: {field} {add}, when: {{{field}: {test}}}, add: {add}{more}}}"


def scores(card: str, **fields: object):
    found = decided(with_card(card), facts(lead(**fields), directory(), now=NOW))
    (step,) = found.trace.scores
    return found, step


SUM = f"""base: 10
parts:
  - part: wish
    at_most: 40
    points:
      - {points(30, Request__c="quote")}
      - {points(25.5, Fuel__c="EV")}
  - part: contact
    at_least: -5
    points:
      - {points(-20, DoNotCall="true")}
"""


def test_points_of_what_holds_are_added_to_the_base_and_written_to_the_field():
    found, step = scores(SUM, Request__c="quote")
    assert (step.score, found.fields["Score__c"]) == (40, 40)
    assert [(line.because, line.points) for line in step.lines] == [
        ("base", 10),
        ("Request__c 30", 30),
    ]


def test_a_part_stays_within_its_bounds_and_says_what_they_took():
    _, step = scores(SUM, Request__c="quote", Fuel__c="EV", DoNotCall=True)
    assert step.score == 45
    lines = {line.because: line.points for line in step.lines}
    assert lines["wish: at most 40"] == -15.5
    assert lines["contact: at least -5"] == 15
    assert sum(lines.values()) == step.score


@pytest.mark.parametrize(
    ("add", "score", "said"), [(500, 100, "at most 100"), (-500, 0, "at least 0")]
)
def test_a_score_stays_within_the_cards_bounds(add, score, said):
    _, step = scores(
        f"parts:\n  - {{part: all, points: [{points(add, Fuel__c='EV')}]}}\n", Fuel__c="EV"
    )
    assert step.score == score
    assert step.lines[-1].because == said
    assert sum(line.points for line in step.lines) == score


FADING = """parts:
  - part: time
    points:
      - {because: seen, when: {Fuel__c: EV}, add: 40, fades: {since: Seen__c, half_life: 2d}}
"""


@pytest.mark.parametrize(
    ("seen", "score"),
    [
        ("2026-11-23T09:00:00.000Z", 40),
        ("2026-11-21T09:00:00.000Z", 20),
        ("2026-11-19T09:00:00.000Z", 10),
        ("2026-12-01T09:00:00.000Z", 40),
        (None, 0),
    ],
)
def test_points_lose_half_of_their_worth_each_half_life(seen, score):
    _, step = scores(FADING, Fuel__c="EV", Seen__c=seen)
    assert step.score == score


def test_a_half_is_rounded_up():
    card = f"parts:\n  - {{part: all, points: [{points(49.5, Fuel__c='EV')}]}}\n"
    assert scores(card, Fuel__c="EV")[1].score == 50


@pytest.mark.parametrize(("request_", "band"), [("quote", "warm"), ("none", "cold")])
def test_the_band_is_the_one_that_the_score_has_reached(request_, band):
    policy = with_card(SUM + "bands: {warm: 40, cold: 0, hot: 80}\n", band=", band: Band__c")
    found = decided(policy, facts(lead(Request__c=request_), directory(), now=NOW))
    assert found.fields["Band__c"] == band


def test_the_record_of_the_decision_and_its_explanation_bear_every_point():
    found, step = scores(SUM, Request__c="quote")
    assert trace_from_json(trace_to_json(found.trace)).scores == (step,)
    told = [line.strip() for line in plain_lines(explain(found))]
    assert "Score__c: 40 by c" in told
    assert "+30 Request__c 30 (config/tables/c.yaml:7:9)" in told


def test_a_card_is_read_once_and_belongs_to_the_revision():
    one, other = (
        load(
            {
                "config/policies/p.yaml": (
                    f"{HEAD}enrichment:\n  - score: {{card: tables/c.yaml, into: Score__c}}\n"
                    f"ownership:\n{OTHERWISE}"
                ).encode(),
                "config/tables/c.yaml": f"scorecard: c\nbase: {base}\n{SUM.partition(chr(10))[2]}".encode(),
            }
        )
        for base in (1, 2)
    )
    assert one.revision != other.revision
    assert one.unused_files == ()


def test_a_record_that_the_step_does_not_take_has_no_score_and_keeps_what_its_fields_say():
    policy = with_card(
        f"parts: [{{part: a, points: [{points(30, Request__c='quote')}]}}]\n"
        "bands: {warm: 20, cold: 0}\n",
        band=", band: Band__c, when: {Fuel__c: [EV, PHEV]}",
    )
    fields = {"Request__c": "quote", "Score__c": 7, "Band__c": "cold"}
    taken, left = (
        decided(policy, facts(lead(**fields, Fuel__c=fuel), directory(), now=NOW))
        for fuel in ("EV", "Diesel")
    )
    assert (taken.fields["Score__c"], taken.fields["Band__c"]) == (30, "warm")
    assert left.trace.scores == ()
    assert not {"Score__c", "Band__c"} & left.fields.keys()
    assert "Fuel__c" in fields_read(policy)
