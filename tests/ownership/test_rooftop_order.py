"""Claims about opening hours, performance and hops: which rooftops are asked, and in which order."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.audit.decision_json import decision_json
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.clocks import PastHolder
from ortoo_daemon.json_text import json_text
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import WorkReason
from tests.policy.files import with_rules
from tests.world import LAST, NOW, decided, directory, facts, item, lead, person, rooftop

OPEN = BusinessHours.always()
CLOSED = BusinessHours(name="Closed", zone="UTC", windows=tuple(() for _ in range(7)))
HOURS = {"open": OPEN, "closed": CLOSED}
TABLE = b"""rooftop,performance,valid_from,valid_to,source
R1,50,,,
R2,88,,2026-10-31,
R2,91,2026-11-01,,
Three,94,,,
"""


def site(number: int, **given):
    given.setdefault("code", f"R{number}")
    return rooftop(number, given.pop("name", f"Site {number}"), **given)


ONE, TWO, THREE, FOUR = site(1), site(2), site(3, name="Three"), site(4)
SITES = (ONE, TWO, THREE, FOUR)


def policies(rooftop_text: str):
    rule = f"    - {{name: any, assign: {{rooftop: {{{rooftop_text}}}, team: {{role: sales_adviser}}}}}}\n"
    text = with_rules(rule)["config/policies/leads.yaml"].decode()
    text = text.replace("2026-11-23", "2026-11-01").replace("Unrouted_Leads", "Last")
    return load({"config/policies/leads.yaml": text.encode(), "config/tables/told.csv": TABLE})


def route(rooftop_text: str, *sites, people=None, record=None, now=NOW, work=None):
    staff = people if people is not None else tuple(person(n, at=s) for n, s in enumerate(sites, 1))
    record = record or lead()
    known = facts(record, directory(sites, staff, HOURS), now=now, work=work)
    return decided(policies(rooftop_text), known)


def order(found) -> list[str]:
    return [s.name for s in found.trace.candidates if s.kind == "rooftop" and not s.removed_by]


def removed(found) -> dict[str, str]:
    return {
        s.name: s.removed_by for s in found.trace.candidates if s.kind == "rooftop" and s.removed_by
    }


# Opening hours


def test_closed_rooftops_are_out_where_the_rule_asks_for_open_ones():
    closed, opened, unknown = site(1, hours="closed"), site(2, hours="open"), site(3)
    found = route("open_now: true", closed, opened, unknown)
    assert removed(found) == {"Site 1": "open_now"}
    assert order(found) == ["Site 2", "Site 3"]  # where no hours are known nobody is closed


def test_open_rooftops_go_first_where_that_is_wished():
    closed, opened = site(1, hours="closed"), site(2, hours="open")
    assert order(route("prefer: [open_now]", closed, opened)) == ["Site 2", "Site 1"]
    assert order(route("prefer: [nearest]", closed, opened)) == ["Site 1", "Site 2"]


def test_when_all_are_closed_nobody_is_found_and_the_way_out_has_it():
    found = route("open_now: true", site(1, hours="closed"))
    assert (found.owner.id, found.reason) == (LAST.id, ReasonCode.OTHERWISE)


# Performance


def test_the_table_tells_the_figure_by_code_and_name_on_the_day_of_receipt():
    text = "prefer: [performance], performance: {table: tables/told.csv, floor: 0, ceiling: 100}"
    assert order(route(text, *SITES)) == ["Three", "Site 2", "Site 1", "Site 4"]
    before = lead(CreatedDate="2026-10-30T09:00:00.000+0000")
    by_hand = item(before, reason=WorkReason.REQUEUED, entry="requeued:1")
    found = route(text, *SITES, record=before, work=by_hand)
    points = {s.name: s.rank["performance"] for s in found.trace.candidates if s.kind == "rooftop"}
    assert points == {"Three": 94.0, "Site 2": 88.0, "Site 1": 50.0, "Site 4": 0.0}


def test_a_field_of_the_directory_tells_it_too():
    sites = (site(1, tags={"Score": "12"}), site(2, fields={"Score": 30.0}), site(3))
    text = "prefer: [performance], performance: {of: Score, floor: 10, ceiling: 50}"
    assert order(route(text, *sites)) == ["Site 2", "Site 1", "Site 3"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ("floor: 60, ceiling: 90", ["Site 2", "Three", "Site 1", "Site 4"]),
        ("floor: 95, ceiling: 99", ["Site 1", "Site 2", "Three", "Site 4"]),
        ("floor: 0, ceiling: 100, step: 40", ["Site 2", "Three", "Site 1", "Site 4"]),
        ("floor: 0, ceiling: 100, step: 92", ["Three", "Site 1", "Site 2", "Site 4"]),
    ],
)
def test_below_the_floor_above_the_ceiling_and_within_a_step_all_are_equal(bounds, expected):
    text = f"prefer: [performance], performance: {{table: tables/told.csv, {bounds}}}"
    assert order(route(text, *SITES)) == expected


# Hops


def test_after_so_many_rooftops_the_rule_has_found_nobody():
    only_last = (person(4, at=FOUR),)
    assert route("hops: 3", *SITES, people=only_last).owner.id == LAST.id
    found = route("hops: 4", *SITES, people=only_last)
    assert found.rooftop == FOUR.id
    told = route("hops: 3", *SITES, people=only_last).trace.notes
    assert "stopped after 3 rooftops; 1 more were in order" in told


def given_before(*people, days: float = 1, reason=WorkReason.REVIEWED):
    past = tuple(PastHolder(owner=each.id, until=NOW - timedelta(days=days)) for each in people)
    record = lead(Ortoo_SLA_Clocks__c=stamp_text(SlaStamp(trail=past)))
    return {"record": record, "work": item(record, reason=reason, entry="again:1")}


def test_rooftops_that_have_lost_the_record_count_as_hops():
    staff = (person(1, at=ONE), person(4, at=FOUR))
    again = given_before(staff[0])
    assert route("hops: 3", *SITES, people=staff, **again).owner.id == LAST.id
    assert route("hops: 4", *SITES, people=staff, **again).rooftop == FOUR.id


def test_a_colleague_at_a_rooftop_that_had_it_is_no_further_hop():
    first, colleague = person(1, at=ONE), person(2, at=ONE)
    found = route("hops: 1", ONE, TWO, people=(first, colleague), **given_before(first))
    assert found.owner.id == colleague.id


@pytest.mark.parametrize(
    ("days", "reason", "name"),
    [
        (1, WorkReason.REVIEWED, "Person 2"),
        (29.9, WorkReason.REVIEWED, "Person 2"),
        (30.1, WorkReason.REVIEWED, "Person 1"),
        (1, WorkReason.REQUEUED, "Person 1"),
    ],
)
def test_nobody_gets_a_record_back_that_a_clock_took_but_by_a_requeue(days, reason, name):
    staff = (person(1, at=ONE), person(2, at=TWO))
    again = given_before(staff[0], days=days, reason=reason)
    assert route("prefer: [nearest]", ONE, TWO, people=staff, **again).owner.name == name


def test_hours_change_with_the_clock():
    nine_to_six = BusinessHours(
        name="Day", zone="UTC", windows=tuple(((540, 1080),) for _ in range(7))
    )
    shop = site(1, hours="day")
    for hour, owned in ((9, True), (20, False)):
        now = datetime.combine(date(2026, 11, 23), datetime.min.time(), UTC) + timedelta(hours=hour)
        given_ = facts(
            lead(), directory((shop,), (person(1, at=shop),), {"day": nine_to_six}), now=now
        )
        assert (decided(policies("open_now: true"), given_).rooftop == shop.id) is owned


PREFER = st.lists(
    st.sampled_from(["nearest", "open_now", "performance", "customer_choice"]),
    unique=True,
    min_size=1,
)
TAGS = st.lists(
    st.tuples(st.sampled_from([None, 10, 20]), st.sampled_from([None, "open", "closed"])),
    min_size=2,
    max_size=7,
)


@settings(max_examples=100, deadline=None)
@given(
    told=TAGS,
    prefer=PREFER,
    brand=st.booleans(),
    only_open=st.booleans(),
    shuffle=st.randoms(use_true_random=False),
)
def test_the_order_in_which_rooftops_are_listed_changes_nothing(
    told, prefer, brand, only_open, shuffle
):
    sites = [
        site(n, tags={"Score": score}, hours=hours, at=(45.0 + n % 3, 4.0))
        for n, (score, hours) in enumerate(told, 1)
    ]
    staff = [person(n, at=each) for n, each in enumerate(sites) if n % 2]
    text = (
        f"prefer: [{', '.join(prefer)}], performance: {{of: Score, floor: 10, ceiling: 50}}, "
        f"open_now: {str(only_open).lower()}" + (", brand: Brand__c" if brand else "")
    )
    asked = policies(text)
    found = set()
    for _ in range(4):
        given_ = facts(lead(Brand__c="Peugeot"), directory(tuple(sites), tuple(staff), HOURS))
        found.add(decision_text(decided(asked, given_)))
        shuffle.shuffle(sites)
        shuffle.shuffle(staff)
    assert len(found) == 1


def decision_text(decision) -> str:
    return json_text(decision_json(decision))
