"""When an edit sends too many records to the default queue, and when it does not."""

from dataclasses import replace

import pytest

from ortoo_daemon.daemon.loading.returning import OtherwiseWatch
from ortoo_daemon.daemon.settings import ReturnSettings
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from tests.world import decided, directory, facts, lead, policies, policy, rule

ROUTED = decided(policies(policy(rule("all"))), facts(lead(), directory()))
LEFT = decided(policies(policy()), facts(lead(), directory()))
assert (ROUTED.reason, LEFT.reason) == (ReasonCode.RULE, ReasonCode.OTHERWISE)

OLD, NEW = "old", "new"


def watch(*, above: int = 50, over: int = 10) -> OtherwiseWatch:
    return OtherwiseWatch(ReturnSettings(otherwise_above=above, over=over))


def seen(found: OtherwiseWatch, pattern: str, revision: str, name: str = "leads") -> list[bool]:
    """``o`` went to otherwise, ``.`` found an owner."""

    def one(sign: str) -> Decision:
        return replace(LEFT if sign == "o" else ROUTED, revision=revision, policy=name)

    return [found.note(one(sign)) for sign in pattern]


def test_the_first_record_too_many_is_told_once_with_both_shares():
    found = watch()
    seen(found, "..o.......", OLD)
    found.begin(NEW, ["leads"])
    assert seen(found, "oo.ooo", NEW) == [False] * 6
    assert seen(found, "oo", NEW) == [True, False]
    assert found.risen is not None
    assert str(found.risen) == (
        "of 7 records that leads has routed since the edit, 6 went to its otherwise (1 of 10 before)"
    )


@pytest.mark.parametrize(
    ("before", "after", "risen"),
    [
        (".....", "oooooo", True),
        ("", "oooooo", True),  # nothing was seen before: taken for none
        (
            ".....",
            "ooooo.....oooooooooo",
            False,
        ),  # half is not more than half; the rest is not judged
        ("oooooo....", "oooooooooo", False),  # it was so before
        ("....", "..........", False),
    ],
)
def test_the_share_must_rise_past_the_bound_among_the_first_records(before, after, risen):
    found = watch()
    seen(found, before, OLD)
    found.begin(NEW, ["leads"])
    seen(found, after, NEW)
    assert (found.risen is not None) is risen


def test_records_begun_by_the_policies_before_count_for_those():
    found = watch()
    found.begin(NEW, ["leads"])
    seen(found, "oooooooooo", OLD)
    assert found.risen is None


def test_a_policy_that_was_not_edited_is_not_judged():
    found = watch()
    found.begin(NEW, ["leads"])
    seen(found, "oooooooooo", NEW, name="cases")
    assert found.risen is None


def test_what_becomes_of_records_otherwise_than_by_assigning_is_not_counted():
    found = watch()
    found.begin(NEW, ["leads"])
    parked = replace(LEFT, outcome=Outcome.PARKED, revision=NEW)
    assert not any(found.note(parked) for _ in range(20))
    assert found.risen is None


def test_a_hundred_percent_is_never_passed():
    found = watch(above=100)
    found.begin(NEW, ["leads"])
    assert not any(seen(found, "o" * 30, NEW))


def test_an_edit_of_an_edit_is_judged_against_what_was_before_both():
    found = watch()
    seen(found, "..........", OLD)
    found.begin(NEW, ["leads"])
    seen(found, "ooooo", NEW)
    found.begin("newer", ["leads"])
    seen(found, "oooooo", "newer")
    assert found.risen is not None
    assert (found.risen.otherwise_before, found.risen.records_before) == (0, 10)


def test_an_edit_that_stood_the_test_is_what_the_next_one_is_compared_with():
    found = watch()
    found.begin(NEW, ["leads"])
    seen(found, ".....ooooo", NEW)
    assert not found.judging
    seen(found, "o", NEW)
    found.begin("newer", ["leads"])
    assert not found.judging  # six of the last ten: too high to rise
