"""Claims about learned points: they are those that made the past, on records that were not seen."""

import math

import pytest

from ortoo_daemon.simulation.scorecards.comparing import compare
from ortoo_daemon.simulation.scorecards.fitting import ScoreFitError, fit
from ortoo_daemon.simulation.scorecards.quality import auc
from ortoo_daemon.simulation.scorecards.rewriting import rewritten
from tests.simulation.scorecards.past import CARD, DOUBLES, POINTS, USUAL, card, sample

TOLERANCE = 3
"""Points, of 20 that double the odds, at 20,000 records: three standard errors of the rarest entry."""


@pytest.fixture(scope="module")
def past():
    return sample(20_000, group_by="Country")


@pytest.fixture(scope="module")
def learned(past):
    return fit(card(), past, doubles=DOUBLES)


def test_known_weights_are_recovered(learned):
    found = {each.because: each.after for each in learned.points}
    for name, points in POINTS.items():
        assert found[name] == pytest.approx(points, abs=TOLERANCE)


def test_what_a_score_promises_is_what_was_true(learned):
    nothing_known = learned.probability(learned.base)
    assert nothing_known == pytest.approx(1 / (1 + math.exp(-USUAL)), abs=0.02)
    odds = [p / (1 - p) for p in map(learned.probability, (50, 50 + DOUBLES))]
    assert odds[1] == pytest.approx(2 * odds[0])


def test_an_entry_that_never_holds_gets_no_points_and_says_so(learned):
    (never,) = (each for each in learned.points if each.because == "never")
    assert (never.after, never.held, never.share_with) == (0, 0, None)


def test_what_holds_for_every_record_keeps_its_points_and_the_base_makes_room(past, learned):
    entry = "      - {because: always, when: {CreatedDate: {blank: false}}, add: 9}\n"
    head, mark, rest = CARD.partition("    points:\n")
    found = fit(card(head + mark + entry + rest), past, doubles=DOUBLES)
    points = {each.because: each.after for each in found.points}
    assert points.pop("always") == 9
    assert points == {each.because: each.after for each in learned.points}
    assert found.base == learned.base - 9


def test_the_learned_card_tells_good_ends_better_than_the_one_that_was_guessed(learned, past):
    assert learned.held_out.auc > learned.before.auc + 0.05
    new = card(rewritten(CARD.encode(), learned, remark="learned"))
    found = compare(card(), new, past)
    assert found.new.quality.auc == pytest.approx(learned.held_out.auc, abs=0.01)
    shares = [band.share for band in found.new.bands if band.records]
    assert shares == sorted(shares, reverse=True)


def test_on_unseen_records_what_is_promised_comes_about(learned):
    for tenth in learned.held_out.tenths:
        assert tenth.promised == pytest.approx(tenth.share, abs=0.04)
    for group in learned.held_out.groups:
        assert group.promised == pytest.approx(group.share, abs=0.02)
    assert {group.group for group in learned.held_out.groups} == {"France", "Germany"}


def test_the_written_card_is_the_same_file_with_other_numbers(learned):
    text = rewritten(CARD.encode(), learned, remark="learned from\nlast year")
    points = {each.because: each.after for each in learned.points}
    lines = text.splitlines()
    assert lines[:3] == [CARD.splitlines()[0], "# learned from", "# last year"]
    assert f"scorecard: past      # of the tests\nbase: {learned.base}\n" in text
    assert f"when: {{Request__c: quote}}, add: {points['quote']}}}   # argued about" in text
    assert f"        add: {points['fleet']}\n" in text
    again = card(text)
    assert {each.because: each.add for each in again.points()} == points
    assert again.bands == learned.bands


def test_no_part_of_the_written_card_cuts_what_was_learned(learned):
    again = card(rewritten(CARD.encode(), learned, remark="learned"))
    for part in again.parts:
        best = sum(max(0, each.add) for each in part.points)
        assert part.at_most is None or part.at_most >= best


def test_bands_hold_about_as_many_records_as_before(learned, past):
    before = [card().band(score) for score in past.scores(card())]
    new = card(rewritten(CARD.encode(), learned, remark="learned"))
    after = [new.band(score) for score in past.scores(new)]
    assert [band.name for band in new.bands] == ["hot", "warm", "cold"]
    # Scores come in steps: a whole step more may be in a band.
    assert after.count("hot") == pytest.approx(before.count("hot"), abs=len(after) / 5)


@pytest.mark.parametrize("count", [0, 40])
def test_too_few_ends_teach_nothing(count):
    with pytest.raises(ScoreFitError, match="at least 30 of each kind"):
        fit(card(), sample(count))


def test_the_area_under_the_curve_counts_pairs_and_halves_of_ties():
    scores, good = [3, 2, 2, 1], [True, True, False, False]
    assert auc(scores, good) == (1 + 1 + 0.5 + 1) / 4
    assert auc([1, 2], [True, True]) is None
