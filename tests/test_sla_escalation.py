"""Claims about the steps of clocks, what bounds them and whom they tell, told as timelines."""

from dataclasses import replace
from datetime import timedelta

from ortoo_daemon.action.stamps import CUSTODY, LENGTHS
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.notify_model import SLA_VIOLATION, Notify
from ortoo_daemon.policy.sla_model import (
    Moves,
    OnReassign,
    Reassign,
    Repeat,
    RooftopBudget,
    SlaStep,
    Within,
    moved_from,
)
from ortoo_daemon.records import WorkReason
from tests.test_sla import (
    ANA,
    AT_SITE,
    BOSS,
    COLLEAGUE,
    MANAGER,
    NETWORK,
    OTHER_SITE,
    SITE,
    TO_DESK,
    asked,
    clock,
    step,
)
from tests.timeline import PERSON, Timeline, at
from tests.world import DESK, PLACE, directory, is_, minutes, person, policy, rooftop, rule

URGENT = is_("Rating", "Hot")


def tells(*to: NoticeTo) -> tuple[Notify, ...]:
    return tuple(
        Notify(to=each, by="salesforce", template=SLA_VIOLATION, place=PLACE) for each in to
    )


def sets(name: str, value: str) -> tuple[SetField, ...]:
    constant = Constant(value=value, place=PLACE)
    return (SetField(field=name, value=constant, place=PLACE),)


def stepping(action=None, after: float | None = None, **given) -> SlaStep:
    return replace(step(action, after), **given)


def begun(*steps, network=NETWORK, moves=None, **given) -> Timeline:
    fields = {name: given.pop(name) for name in ("Rating", "Status") if name in given}
    found = asked(clock(*steps, **given))
    found = Timeline(replace(found, moves=moves or found.moves), network, **fields)
    assert found.created().outcome is Outcome.ASSIGNED
    return found


# Steps


def test_a_warning_tells_the_owner_and_sets_what_it_is_to_set():
    warned = stepping(notify=tells(NoticeTo.OWNER), sets=sets("Rating", "Hot"))
    record = begun(on_warning=(warned,))
    found = record.sweep(15)
    (notice,) = found.notices
    assert (notice.to, notice.recipients, notice.clock) == (
        NoticeTo.OWNER,
        (record.owner,),
        "first_response",
    )
    assert record.record.text("Rating") == "Hot"
    assert found.owner is None


def test_a_step_that_only_tells_somebody_does_not_take_the_place_of_the_next():
    record = begun(stepping(notify=tells(NoticeTo.ROOFTOP)), step(COLLEAGUE))
    found = record.sweep(30)
    assert found.outcome is Outcome.REASSIGNED
    assert [notice.recipients for notice in found.notices] == [(BOSS.id,)]


def test_a_step_that_only_tells_somebody_leaves_the_next_its_time():
    record = begun(stepping(notify=tells(NoticeTo.ROOFTOP)), step(COLLEAGUE, 20))
    found = record.sweep(30)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_VIOLATION)
    assert record.sweep(49) is None
    assert record.sweep(50).outcome is Outcome.REASSIGNED


def test_whoever_gets_the_record_is_told_with_the_move_and_the_rating_goes_up():
    moved = stepping(COLLEAGUE, notify=tells(NoticeTo.OWNER), sets=sets("Rating", "Hot"))
    record = begun(moved)
    found = record.sweep(30)
    assert found.notices[0].recipients == (found.owner.id,)
    assert record.record.text("Rating") == "Hot"


def test_a_step_whose_condition_does_not_hold_is_left_out():
    record = begun(stepping(COLLEAGUE, when=URGENT), step(MANAGER))
    assert record.sweep(30).owner.id == BOSS.id
    hot = begun(stepping(COLLEAGUE, when=URGENT), step(MANAGER), Rating="Hot")
    assert hot.sweep(30).outcome is Outcome.REASSIGNED


def test_a_step_repeats_so_often_and_no_more_each_time_under_a_key_of_its_own():
    repeat = Repeat(every=minutes(60), at_most=3)
    record = begun(stepping(notify=tells(NoticeTo.MANAGER), repeat=repeat), step(TO_DESK, 30))
    seen = {}
    for after in range(0, 400, 5):
        found = record.sweep(after)
        if found is not None and found.outcome is not Outcome.WARNED:
            seen[after] = (found.outcome.value, found.key.rpartition(":")[2])
    assert seen == {
        30: ("violated", "violation"),
        90: ("violated", "step1r2"),
        150: ("violated", "step1r3"),
        180: ("escalated", "step2"),
    }
    assert [len(each.notices) for each in record.decisions[-4:]] == [1, 1, 1, 0]


def test_an_answer_ends_a_step_that_repeats():
    repeat = Repeat(every=minutes(60), at_most=3)
    record = begun(stepping(notify=tells(NoticeTo.MANAGER), repeat=repeat))
    record.sweep(30)
    record.person_sets(60, Status="Working")
    assert record.sweep(500) is None


# Other places


NEAR = rooftop(3, "Near", at=(45.1, 4.0), group=DESK.id, region="South", brands=frozenset({"Fiat"}))
FAR = rooftop(4, "Far", at=(48.0, 4.0), group=DESK.id, region="South", brands=frozenset({"Fiat"}))
ALIEN = rooftop(5, "Alien", at=(45.0, 4.0), group=DESK.id, brands=frozenset({"Opel"}))
HOME = replace(
    SITE,
    point=rooftop(9, "x", at=(45.0, 4.0)).point,
    group=DESK.id,
    region="South",
    brands=frozenset({"Fiat"}),
    tags={"BackUp": FAR.id},
)
NEARBY, FARAWAY = person(21, at=NEAR), person(22, at=FAR)
AGENT = person(23, role="field_agent")
ABROAD = directory(
    (HOME, NEAR, FAR, ALIEN), (ANA, NEARBY, FARAWAY, person(24, at=ALIEN), AGENT, BOSS)
)


def test_another_rooftop_of_the_group_takes_over_the_nearest_first():
    for within in (Within.GROUP, Within.REGION):
        record = begun(step(Reassign(within=within, place=PLACE)), network=ABROAD)
        found = record.sweep(30)
        assert (record.owner, found.rooftop) == (NEARBY.id, NEAR.id)
        assert record.record.text("Ortoo_Rooftop__c") == NEAR.id


def test_a_rooftop_where_nobody_can_take_it_makes_way_for_the_next():
    away = replace(NEARBY, availability="Away")
    network = directory((HOME, NEAR, FAR), (ANA, away, FARAWAY))
    record = begun(step(Reassign(within=Within.GROUP, place=PLACE)), network=network)
    record.sweep(30)
    assert record.owner == FARAWAY.id


def test_the_back_up_that_a_rooftop_names_takes_over():
    record = begun(step(Reassign(back_up="BackUp", place=PLACE)), network=ABROAD)
    record.sweep(30)
    assert record.owner == FARAWAY.id


def test_a_rooftop_without_a_back_up_makes_way_for_the_next_step():
    steps = (step(Reassign(back_up="Nothing", place=PLACE)), step(MANAGER))
    record = begun(*steps, network=ABROAD)
    found = record.sweep(30)
    assert record.owner == BOSS.id
    assert "names no other rooftop in Nothing" in " ".join(found.trace.notes)


def test_the_field_team_takes_over_and_the_record_keeps_its_rooftop():
    record = begun(step(Reassign(desk="field_agent", place=PLACE)), network=ABROAD)
    found = record.sweep(30)
    assert (record.owner, found.rooftop) == (AGENT.id, HOME.id)


def test_never_back_to_a_past_holder_not_even_as_their_superior():
    chief = person(31, at=SITE, role="rooftop_manager", name="Chief")
    network = directory((SITE,), (replace(ANA, manager=chief.id), chief))
    steps = (step(MANAGER), step(TO_DESK, 10), step(MANAGER, 10))
    record = begun(*steps, network=network)
    owners = [found.owner for after in range(200) if (found := record.sweep(after)) and found.owner]
    assert [owner.id for owner in owners] == [chief.id, DESK.id]


# Bounds


SHOP = BusinessHours(name="Shop", zone="UTC", windows=(((540, 600),),) * 7)  # 9 to 10
CLOSING = directory((replace(SITE, hours="Shop"), OTHER_SITE), tuple(NETWORK.people.values()))
CLOSING = replace(CLOSING, hours={"Shop": SHOP})


def test_what_falls_due_while_the_rooftop_is_closed_waits_until_it_opens_and_says_so():
    moves = Moves(hold_while_closed=True)
    record = begun(step(COLLEAGUE), target=60, network=CLOSING, moves=moves, warn=())  # from 9:15
    found = record.sweep(60)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_HELD_BACK)
    assert "Site is closed until 2026-11-24 09:00 UTC" in " ".join(found.trace.notes)
    assert record.sweep(60 * 20) is None
    assert record.sweep(60 * 23 + 45).outcome is Outcome.REASSIGNED  # 9:00


def test_without_such_a_bound_the_clock_moves_at_night_too():
    record = begun(step(COLLEAGUE), target=60, network=CLOSING, warn=())
    assert record.sweep(60).outcome is Outcome.REASSIGNED


BUDGET = Moves(per_rooftop=RooftopBudget(at_most=2, per=timedelta(hours=1), place=PLACE))


def seconds(after: float) -> int:
    return int(at(after).timestamp())


def test_a_rooftop_that_lost_enough_records_lately_keeps_the_next_for_a_while():
    record = begun(step(COLLEAGUE), moves=BUDGET)
    given = {moved_from("leads", SITE.id): [seconds(10), seconds(20)]}
    record.workload = replace(record.workload, given=given)
    found = record.sweep(30)
    assert found.reason is ReasonCode.SLA_HELD_BACK
    assert "clocks took 2 of 2 records from Site lately" in " ".join(found.trace.notes)
    first_free = 10 + 60
    assert all(record.sweep(after) is None for after in range(31, first_free))
    moved = [after for after in range(first_free, 200) if record.sweep(after)]
    assert first_free <= moved[0] <= first_free + 60
    assert record.decisions[-1].outcome is Outcome.REASSIGNED


def test_what_a_clock_takes_from_a_rooftop_counts_there():
    record = begun(step(COLLEAGUE), moves=BUDGET)
    found = record.sweep(30)
    assert moved_from("leads", SITE.id) in found.reservation.given.tallies
    assert record.workload.given[moved_from("leads", SITE.id)] == [seconds(30)]


def test_a_record_that_a_person_took_by_hand_needs_no_budget():
    record = begun(step(MANAGER), moves=BUDGET)
    given = {moved_from("leads", SITE.id): [seconds(10), seconds(20)]}
    record.workload = replace(record.workload, given=given)
    record.person_sets(5, OwnerId=PERSON)
    assert record.sweep(30).reason is ReasonCode.SLA_HELD_BY_PERSON


def test_moves_end_at_the_most_and_the_record_stays():
    steps = [step(COLLEAGUE)] + [step(COLLEAGUE, 10)] * 4
    record = begun(*steps, moves=Moves(at_most=1))
    assert record.sweep(30).outcome is Outcome.REASSIGNED
    held = record.owner
    found = record.sweep(40)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_MOVED_OFTEN)
    assert record.owner == held


# Who has held it


def test_the_record_itself_tells_who_has_held_it():
    record = begun(step(COLLEAGUE), step(MANAGER, 30), step(TO_DESK, 30))
    first = NETWORK.people[record.owner].name
    record.sweep(30)
    second = NETWORK.people[record.owner].name
    record.person_sets(40, OwnerId=DESK.id)
    record.sweep(60)
    assert record.record.text(CUSTODY).splitlines() == [
        f"2026-11-23 09:15 UTC: to {first}: by rule network (Site)",
        f"2026-11-23 09:45 UTC: reassigned to {second}: the time for an answer has passed (Site)",
        "2026-11-23 10:15 UTC: found with queue The desk, who got it by hand",
        "2026-11-23 10:15 UTC: escalated to Boss: the time for an answer has passed (Site)",
    ]


def test_the_oldest_holders_go_first_when_there_is_no_more_room():
    record = begun(step(COLLEAGUE))
    record._set({CUSTODY: "\n".join(f"line {n} {'x' * 300}" for n in range(110))})
    record.sweep(30)
    text = record.record.text(CUSTODY)
    assert len(text.replace("\n", "\r\n")) <= LENGTHS[CUSTODY]
    assert text.splitlines()[-1].startswith("2026-11-23 09:45 UTC: reassigned")
    assert "line 109" in text
    assert "line 0 " not in text


def test_a_decision_that_moves_nothing_adds_no_line():
    record = begun(step(COLLEAGUE))
    before = record.record.text(CUSTODY)
    record.sweep(15)
    record.person_sets(20, Status="Working")
    assert record.record.text(CUSTODY) == before


def test_a_restarting_clock_ends_where_nobody_is_left():
    found = policy(
        rule("network", assign=AT_SITE),
        sla=(clock(step(COLLEAGUE), on_reassign=OnReassign.RESTART),),
    )
    record = Timeline(found, NETWORK)
    record.created()
    for after in range(0, 2_000, 5):
        record.sweep(after)
    story = [each for each in record.story() if each != "warned"]
    assert story == ["assigned", "reassigned", "reassigned", "violated"]
    assert record.handle(WorkReason.SLA, 3_000).outcome is Outcome.NOTHING
