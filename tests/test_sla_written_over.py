"""Claims about records whose clock fields somebody else has written to, told as timelines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ortoo_daemon.action.sla_clocks import NO_CLOCKS, read_stamp
from ortoo_daemon.action.stamps import SLA_CLOCKS, SLA_NEXT_AT
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from tests.test_sla import asked, begun, clock
from tests.timeline import at
from tests.world import minutes


@pytest.mark.parametrize("written", [None, instant_text(at(-5000)), instant_text(at(500_000))])
def test_the_moment_of_the_next_step_is_put_right_as_soon_as_the_change_is_heard(written):
    record = begun()
    found = record.person_sets(5, **{SLA_NEXT_AT: written})
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_PUT_RIGHT)
    assert f"the clocks say {instant_text(at(15))}" in found.trace.notes[0]
    assert record.sweep(15).outcome is Outcome.WARNED


def test_a_moment_in_the_past_is_found_by_the_sweep_once_and_put_right():
    record = begun()
    record._set({SLA_NEXT_AT: instant_text(at(-5000))})
    assert record.sweep(1).reason is ReasonCode.SLA_PUT_RIGHT
    assert record.sweep(2) is None


def test_who_writes_it_again_is_not_fought_until_another_step_follows():
    record = begun()
    for minute, outcome in ((1, Outcome.CLOCK_CHANGED), (2, Outcome.NOTHING), (3, Outcome.NOTHING)):
        assert record.person_sets(minute, **{SLA_NEXT_AT: None}).outcome is outcome
    record._set({SLA_NEXT_AT: instant_text(at(0))})
    assert record.sweep(15).outcome is Outcome.WARNED
    assert record.person_sets(16, **{SLA_NEXT_AT: None}).outcome is Outcome.CLOCK_CHANGED


def test_a_second_that_the_org_has_rounded_is_no_change():
    record = begun()
    record._set({SLA_NEXT_AT: instant_text(at(15)).replace(".000", ".400")})
    assert record.person_sets(5, Rating="Hot").outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    "text",
    [
        *("x", "[]", '"a"', '{"v":1}', "[" * 100_000),
        '{"v":1,"clocks":[{"name":"x","started_at":"y"}]}',
    ],
)
def test_clocks_that_nobody_can_read_end_and_the_decision_says_so(text):
    record = begun()
    record._set({SLA_CLOCKS: text})
    found = record.sweep(15)
    assert found.reason is ReasonCode.SLA_PUT_RIGHT
    assert "holds nothing that can be read: no clock counts until" in found.trace.notes[0]
    assert record.sweep(500) is None


@pytest.mark.parametrize("key", ["open_s", "paused_s", "steps"])
@pytest.mark.parametrize("number", ["1e300", "1e15", "Infinity", "NaN"])
def test_no_number_among_the_clocks_keeps_a_record_from_being_handled(key, number):
    record = begun()
    text = record.record.text(SLA_CLOCKS).replace('"hours"', f'"{key}":{number},"hours"')
    record._set({SLA_CLOCKS: text})
    assert read_stamp(text) == NO_CLOCKS or (key, number) in _WHOLE
    assert record.sweep(15).outcome in (Outcome.CLOCK_CHANGED, Outcome.WARNED)


_WHOLE = {("steps", "1e300"), ("steps", "1e15")}
"""Too many steps are just all of them."""


def test_a_look_for_a_contact_ends_with_the_clock_that_the_policy_no_longer_has():
    record = begun(clock(two_way_within=minutes(60)))
    record.person_sets(10, Status="Working")
    record.policies = replace(record.policies, policies=(asked(clock(clock="other")),))
    assert record.sweep(70).reason is ReasonCode.SLA_CLOCK_REMOVED
    assert record.sweep(71) is None
    assert record.status == "Met"
