"""A made-up past: leads whose ends follow weights that are known."""

import math
import random

from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.parsing.scorecards import read_scorecard
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.simulation.scorecards.sample import Sample, sample_of
from tests.policy.scopes import condition

DOUBLES = 20.0
USUAL = -2.0
"""Log odds of a lead of which nothing is known."""

POINTS = {"quote": 25, "drive": 40, "fleet": -15, "call": 10}
"""What entries are worth when 20 points double the odds."""

CARD = """# yaml-language-server: $schema=../schemas/scorecard.schema.json
scorecard: past      # of the tests
between: [-200, 300]
parts:
  - part: wish
    at_most: 30
    points:
      - {because: quote, when: {Request__c: quote}, add: 5}   # argued about
      - {because: drive, when: {Request__c: test_drive}, add: 5}
  - part: rest
    points:
      - because: fleet
        when: {FleetSize__c: {at_least: 10}}
        add: 50
      - {because: call, when: {Phone: {blank: false}}, add: 5}
      - {because: never, when: {Fuel__c: Steam}, add: 7}
bands: {hot: 60, warm: 20, cold: -200}
"""


def card(text: str = CARD) -> Scorecard:
    problems = Problems()
    found = read_scorecard(text.encode(), path="past.yaml", file="past.yaml", problems=problems)
    assert found is not None, problems.found
    return found


def rows(count: int, seed: int = 7) -> list[dict[str, object]]:
    dice = random.Random(seed)
    return [_row(dice, number) for number in range(count)]


def _row(dice: random.Random, number: int) -> dict[str, object]:
    request = dice.choice(["quote", "test_drive", "brochure", None])
    row: dict[str, object] = {
        "CreatedDate": f"2026-{1 + number % 9:02}-{1 + number % 28:02}T10:00:00.000+0000",
        "Request__c": request,
        "FleetSize__c": dice.choice([None, 3, 25]),
        "Phone": dice.choice([None, "+33299112233"]),
        "Country": dice.choice(["France", "Germany"]),
    }
    worth = {
        "quote": request == "quote",
        "drive": request == "test_drive",
        "fleet": row["FleetSize__c"] == 25,
        "call": row["Phone"] is not None,
    }
    points = sum(POINTS[name] for name, holds in worth.items() if holds)
    odds = math.exp(USUAL + points * math.log(2) / DOUBLES)
    row["IsConverted"] = dice.random() < odds / (1 + odds)
    return row


def sample(count: int, *, group_by: str | None = None, seed: int = 7) -> Sample:
    good = condition("IsConverted: true")
    return sample_of("Lead", rows(count, seed), good=good, group_by=group_by, zone="UTC")
