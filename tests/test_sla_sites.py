"""Claims about clocks of records that go from one site to another with other hours, told as timelines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.sla_model import EscalateTo, OnReassign, Reassign, Superior, Within
from tests.test_sla import COLLEAGUE, asked, clock, step
from tests.timeline import Timeline, at
from tests.world import PLACE, directory, person, rooftop

OFFICE = ((540, 1080),)
PARIS, NEW_YORK, CHICAGO = (
    BusinessHours(name=zone, zone=zone, windows=(OFFICE,) * 5 + ((),) * 2)
    for zone in ("Europe/Paris", "America/New_York", "America/Chicago")
)
HOURS = {"paris": PARIS, "new_york": NEW_YORK, "chicago": CHICAGO}
SITE = rooftop(1, "Site", hours="paris", region="R", at=(48.0, 2.0))
FAR = rooftop(2, "Far", hours="new_york", region="R", at=(48.0, 3.0))
ANA, JOE, JIM = person(1, at=SITE), person(2, at=FAR), person(3, at=FAR)
NETWORK = directory((SITE, FAR), (ANA, JOE, JIM), HOURS)
ELSEWHERE = Reassign(within=Within.REGION, place=PLACE)
UNTIL_EVENING = 450  # of a lead of 10:15 in Paris: 17:45 there, 11:45 in New York


def moved(network=NETWORK, **given) -> Timeline:
    late = clock(step(ELSEWHERE), step(COLLEAGUE, 60), target=UNTIL_EVENING, warn=(), **given)
    record = Timeline(asked(late), network)
    record.created()
    assert record.sweep(UNTIL_EVENING).outcome is Outcome.REASSIGNED
    return record


@pytest.mark.parametrize("hours", ["rooftop", "owner"])
def test_after_a_move_the_next_step_counts_the_hours_of_the_site_that_has_the_record(hours):
    record = moved(hours=hours)
    assert record.clocks["first_response"].next_at == at(UNTIL_EVENING + 60)


def test_whose_own_hours_count_has_the_time_in_them():
    jim, joe = replace(JIM, hours="chicago"), replace(JOE, hours="chicago")
    late = directory((SITE, FAR), (ANA, joe, jim), HOURS)
    morning = UNTIL_EVENING - 225  # 14:00 in Paris, 07:00 in Chicago
    rule = clock(step(ELSEWHERE), step(COLLEAGUE, 60), target=morning, warn=(), hours="owner")
    record = Timeline(asked(rule), late)
    record.created()
    record.sweep(morning)
    assert record.clocks["first_response"].next_at == at(morning + 180)  # an hour after nine


def test_hours_by_name_count_wherever_the_record_goes():
    record = moved(hours="paris")
    assert record.clocks["first_response"].next_at == at(24 * 60 - 30)


def test_a_second_late_clock_gives_the_new_site_the_targets_time_in_its_own_hours():
    second = clock(step(COLLEAGUE), clock="second", target=UNTIL_EVENING, warn=(), hours="rooftop")
    first = clock(step(ELSEWHERE), target=UNTIL_EVENING, warn=(), hours="rooftop")
    record = Timeline(asked(first, second), NETWORK)
    record.created()
    record.sweep(UNTIL_EVENING)
    left_today = 6 * 60 + 15
    rest = UNTIL_EVENING - left_today
    assert record.clocks["second"].violation_at == at(24 * 60 - 15 + 300 + rest)


def test_a_clock_that_begins_anew_begins_in_the_new_sites_hours():
    record = moved(hours="rooftop", on_reassign=OnReassign.RESTART)
    assert record.clocks["first_response"].hours == "new_york"


@pytest.mark.parametrize(
    ("manager", "why"),
    [(None, "has no manager"), (person(20).id, "their manager is not on the roster")],
)
def test_where_nobody_is_there_to_escalate_to_the_trace_says_why(manager, why):
    network = directory((SITE,), (replace(ANA, manager=manager),), HOURS)
    to_manager = EscalateTo(superior=Superior.MANAGER, place=PLACE)
    record = Timeline(asked(clock(step(to_manager), warn=())), network)
    record.created()
    found = record.sweep(30)
    assert f"{ANA.name}: {why}" in found.trace.notes
