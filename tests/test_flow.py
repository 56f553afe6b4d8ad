"""Claims about decide as a whole: which policy takes a record, what is left alone, and what never changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.beside import recovered
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Turns, Workload
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind, Require
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.policy.ownership_model import PersonChoice, PersonMethod, RooftopChoice, Sticky
from ortoo_daemon.records import WorkReason
from tests.world import (
    DESK,
    LAST,
    NOW,
    PLACE,
    an_id,
    blank,
    decided,
    directory,
    facts,
    is_,
    item,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

WEB_USER = an_id("005", 90)
DAEMON = an_id("005", 91)
PERSON = an_id("005", 1)
EMPTY = directory()
TO_DESK = policy(rule("all"))


def stamped(**more):
    record = lead()
    return lead(
        OwnerId=DESK.id,
        **{
            "Ortoo_Decided_At__c": "2026-11-23T09:12:00.000+0000",
            "Ortoo_Decision_Key__c": f"{record.id}:first",
            "Ortoo_Assigned_Owner__c": DESK.id,
            **more,
        },
    )


def test_a_new_lead_goes_where_the_first_matching_rule_says():
    found = decided(TO_DESK, facts(lead(OwnerId=WEB_USER, CreatedById=WEB_USER), EMPTY))
    assert (found.outcome, found.reason, found.rule) == (Outcome.ASSIGNED, ReasonCode.RULE, "all")
    assert found.owner.id == DESK.id
    assert found.key == f"{found.record_id}:first"
    assert found.seen_owner == WEB_USER


def test_the_first_policy_that_takes_the_record_has_it():
    fleet = policy(rule("fleet"), name="fleet", enter=is_("Fleet__c", "yes"))
    rest = policy(rule("rest"), name="rest")
    asked = policies(fleet, rest)
    assert decided(asked, facts(lead(Fleet__c="no"), EMPTY)).policy == "rest"
    assert decided(asked, facts(lead(Fleet__c="yes"), EMPTY)).policy == "fleet"


def test_enter_is_asked_of_the_record_as_it_was_read_not_as_it_is_cleansed():
    trim = Cleanse(field="Status", kind=CleanseKind.NAME, country=None, place=PLACE)
    only = policy(rule("all"), enter=is_("Status", "NEW"), cleanse=(trim,))
    assert decided(only, facts(lead(Status="NEW"), EMPTY)).fields == {"Status": "New"}


def test_a_record_no_policy_takes_is_left_without_a_write():
    only = policy(rule("all"), enter=is_("Status", "New"))
    found = decided(only, facts(lead(Status="Old"), EMPTY))
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.NOT_ENTERED)
    assert decided(policies(), facts(lead(), EMPTY)).reason is ReasonCode.NO_POLICY


def test_a_record_from_before_take_from_is_only_taken_by_hand():
    old = lead(CreatedDate="2026-10-31T23:59:59.000+0000")
    assert decided(TO_DESK, facts(old, EMPTY)).reason is ReasonCode.BEFORE_TAKE_FROM
    reconciled = item(old, reason=WorkReason.RECONCILED)
    assert decided(TO_DESK, facts(old, EMPTY, work=reconciled)).outcome is Outcome.NOTHING
    by_hand = item(old, reason=WorkReason.REQUEUED, entry="2026-11-23T09:00:00Z")
    assert decided(TO_DESK, facts(old, EMPTY, work=by_hand)).outcome is Outcome.ASSIGNED


def test_a_decided_record_heard_of_again_is_not_decided_again():
    for reason in (WorkReason.CREATED, WorkReason.CHANGED, WorkReason.RECONCILED):
        again = item(stamped(), reason=reason)
        found = decided(TO_DESK, facts(stamped(), EMPTY, work=again))
        assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.ALREADY_DECIDED)


def test_a_decided_record_that_has_left_the_policy_is_still_known_as_decided():
    only = policy(rule("all"), enter=is_("Status", "New"))
    found = decided(only, facts(stamped(Status="Working"), EMPTY))
    assert found.reason is ReasonCode.ALREADY_DECIDED


def test_a_change_that_the_policy_watches_opens_a_decided_record_again():
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    after = item(
        stamped(),
        reason=WorkReason.CHANGED,
        changed_fields=frozenset({"Brand__c"}),
        heard_at=NOW,
    )
    found = decided(watching, facts(stamped(), EMPTY, work=after))
    assert found.outcome is Outcome.ASSIGNED
    assert found.key == f"{found.record_id}:reopened:2026-11-23T09:12:00.000+0000"


@pytest.mark.parametrize(("standing", "next"), [("", ":2"), (":2", ":3"), (":9", ":10")])
def test_decisions_of_one_second_have_keys_of_their_own(standing, next):
    """The org keeps whole seconds: the second proof would take the first one's place."""
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    key = f"{stamped().id}:reopened:2026-11-23T09:12:00.000+0000"
    record = stamped(Ortoo_Decision_Key__c=f"{key}{standing}")
    after = item(
        record,
        reason=WorkReason.CHANGED,
        changed_fields=frozenset({"Brand__c"}),
        heard_at=NOW,
    )
    assert decided(watching, facts(record, EMPTY, work=after)).key == f"{key}{next}"


def test_a_change_heard_of_before_the_decision_opens_nothing():
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    before = item(
        stamped(),
        reason=WorkReason.CHANGED,
        changed_fields=frozenset({"Brand__c"}),
        heard_at=NOW - timedelta(minutes=10),
    )
    found = decided(watching, facts(stamped(), EMPTY, work=before))
    assert found.reason is ReasonCode.ALREADY_DECIDED


def test_an_old_change_that_is_heard_of_late_opens_nothing():
    """A replay, or a stream that hung: what counts is when the org did it."""
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    replayed = item(
        stamped(),
        reason=WorkReason.CHANGED,
        changed_fields=frozenset({"Brand__c"}),
        heard_at=NOW,
        committed_at=NOW - timedelta(minutes=10),
    )
    found = decided(watching, facts(stamped(), EMPTY, work=replayed))
    assert found.reason is ReasonCode.ALREADY_DECIDED


def test_what_was_compared_with_the_decision_counts_more_than_moments_and_names():
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    unnamed = item(stamped(), reason=WorkReason.CHANGED, heard_at=NOW)
    named = replace(unnamed, changed_fields=frozenset({"Brand__c"}))
    for work in (unnamed, named):
        given = facts(stamped(), EMPTY, work=work)
        differs = replace(given, changed_since=frozenset({"Brand__c"}))
        same = replace(given, changed_since=frozenset())
        assert decided(watching, differs).outcome is Outcome.ASSIGNED
        assert decided(watching, same).reason is ReasonCode.ALREADY_DECIDED


@pytest.mark.parametrize(
    "on",
    [
        Triggers(created=True, enters=False),
        Triggers(created=False, enters=False, changed=frozenset({"Brand__c"})),
    ],
)
def test_an_undecided_record_of_which_nobody_said_what_happened_is_taken_whatever_on_says(on):
    only = policy(rule("all"), on=on)
    unnamed = item(lead(), reason=WorkReason.CHANGED)
    other = replace(unnamed, changed_fields=frozenset({"Fax"}))
    assert decided(only, facts(lead(), EMPTY, work=unnamed)).outcome is Outcome.ASSIGNED
    assert decided(only, facts(lead(), EMPTY, work=other)).reason is ReasonCode.NOT_ENTERED


def test_a_requeue_is_decided_once_even_when_its_item_comes_back():
    by_hand = item(stamped(), reason=WorkReason.REQUEUED, entry="r1")
    assert decided(TO_DESK, facts(stamped(), EMPTY, work=by_hand)).outcome is Outcome.ASSIGNED
    done = lead(**{**stamped().fields, "Ortoo_Decision_Key__c": by_hand.decision_key})
    found = decided(TO_DESK, facts(done, EMPTY, work=by_hand))
    assert found.reason is ReasonCode.ALREADY_DECIDED


def test_a_parked_record_stays_parked_until_it_is_put_back_by_hand():
    parked = stamped(Ortoo_Parked__c="no_contact")
    found = decided(TO_DESK, facts(parked, EMPTY))
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.PARKED_ALREADY)
    by_hand = item(parked, reason=WorkReason.REQUEUED, entry="r1")
    assert decided(TO_DESK, facts(parked, EMPTY, work=by_hand)).outcome is Outcome.ASSIGNED


# Reviews of parked records

STRICT = policy(
    rule("all"), require=Require(condition=blank("Email", False), park="no_contact", place=PLACE)
)


def reviewed(record_set=STRICT, **fields):
    """The decision of a review of a record that the policy had parked while PERSON was its owner."""
    given = {
        "OwnerId": PERSON,
        "CreatedById": WEB_USER,
        "Ortoo_Prior_Owner__c": PERSON,
        "Ortoo_Policy__c": "leads",
        "Ortoo_Parked__c": "no_contact",
        "Ortoo_Decided_At__c": "2026-11-23T09:12:00.000+0000",
        "Ortoo_Decision_Key__c": f"{lead().id}:first",
    }
    parked = lead(**given | fields)
    work = item(parked, reason=WorkReason.REVIEWED, entry="reviewed:20261123T091200.000000Z")
    return decided(record_set, facts(parked, EMPTY, work=work))


def test_a_parked_record_whose_reason_is_gone_is_routed_by_a_review():
    found = reviewed(Email="a@example.com")
    assert (found.outcome, found.owner.id) == (Outcome.ASSIGNED, DESK.id)
    assert found.key == f"{lead().id}:reviewed:20261123T091200.000000Z"


def test_a_review_that_would_park_for_the_same_reason_does_nothing():
    found = reviewed()
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.PARKED_ALREADY)
    assert found.fields == {}


def test_a_review_parks_anew_for_another_reason():
    found = reviewed(Ortoo_Parked__c="no_target (policies/leads.yaml:9:3)")
    assert (found.outcome, found.parked_for) == (Outcome.PARKED, "no_contact")


def test_a_target_that_is_still_missing_is_the_same_reason_on_another_line_of_the_policy():
    nowhere = policy(rule("all", assign=to_queue("Gone")), otherwise=to_queue("Gone").target)
    found = reviewed(nowhere, Ortoo_Parked__c="no_target (policies/leads.yaml:99:3)")
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.PARKED_ALREADY)


def test_a_parked_record_that_a_person_took_since_is_left_to_them():
    found = reviewed(Email="a@example.com", OwnerId=an_id("005", 7))
    assert (found.outcome, found.reason) == (Outcome.LEFT_ALONE, ReasonCode.TAKEN_BY_PERSON)


def test_a_record_that_no_policy_had_taken_before_it_was_parked_is_taken_from_no_person():
    """Its handling failed; whether its owner is a person who took it nobody has looked at."""
    found = reviewed(Email="a@example.com", Ortoo_Parked__c="too_many_tries", Ortoo_Policy__c=None)
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.PARKED_ALREADY)
    free = reviewed(
        Email="a@example.com",
        Ortoo_Parked__c="too_many_tries",
        Ortoo_Policy__c=None,
        OwnerId=WEB_USER,
        Ortoo_Prior_Owner__c=WEB_USER,
    )
    assert free.outcome is Outcome.ASSIGNED


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Ortoo_Parked__c": None}, ReasonCode.ALREADY_DECIDED),
        (
            {"Ortoo_Decision_Key__c": f"{lead().id}:reviewed:20261123T091200.000000Z"},
            ReasonCode.PARKED_ALREADY,
        ),
    ],
)
def test_a_review_that_comes_late_finds_nothing_to_do(fields, reason):
    found = reviewed(Email="a@example.com", **fields)
    assert (found.outcome, found.reason) == (Outcome.NOTHING, reason)


def test_a_record_that_a_person_holds_is_left_alone():
    held = lead(OwnerId=PERSON, CreatedById=WEB_USER)
    found = decided(TO_DESK, facts(held, EMPTY))
    assert (found.outcome, found.reason) == (Outcome.LEFT_ALONE, ReasonCode.TAKEN_BY_PERSON)
    assert found.owner is None


AS_CREATED = {
    "OwnerId": PERSON,
    "CreatedById": WEB_USER,
    "CreatedDate": "2026-11-23T09:00:00.000+0000",
    "LastModifiedById": WEB_USER,
    "LastModifiedDate": "2026-11-23T09:00:00.000+0000",
}


def test_the_default_owner_of_an_untouched_record_is_nobody_who_took_it():
    assert decided(TO_DESK, facts(lead(**AS_CREATED), EMPTY)).outcome is Outcome.ASSIGNED


@pytest.mark.parametrize(
    "touched",
    [
        {"LastModifiedById": PERSON},
        {"LastModifiedDate": "2026-11-23T09:00:01.000+0000"},
        {"LastModifiedDate": None},
    ],
)
def test_a_record_that_was_changed_since_its_creation_is_left_to_its_owner(touched):
    found = decided(TO_DESK, facts(lead(**{**AS_CREATED, **touched}), EMPTY))
    assert found.reason is ReasonCode.TAKEN_BY_PERSON


def test_the_daemons_own_stamps_do_not_hide_that_a_person_holds_a_reopened_record():
    held = lead(
        **AS_CREATED
        | {"LastModifiedById": DAEMON, "LastModifiedDate": "2026-11-23T09:12:00.000+0000"},
        Ortoo_Decided_At__c="2026-11-23T09:11:00.000+0000",
        Ortoo_Assigned_Owner__c=WEB_USER,
    )
    work = item(held, reason=WorkReason.CHANGED, changed_fields=frozenset({"Brand__c"}))
    watching = policy(rule("all"), on=Triggers(changed=frozenset({"Brand__c"})))
    found = decided(watching, facts(held, EMPTY, work=work, intake_owners=frozenset({DAEMON})))
    assert found.reason is ReasonCode.TAKEN_BY_PERSON


@pytest.mark.parametrize(
    "fields",
    [
        {"OwnerId": DESK.id},
        {"OwnerId": WEB_USER, "CreatedById": WEB_USER},
        {"OwnerId": DAEMON},
        {"OwnerId": PERSON, "Ortoo_Assigned_Owner__c": PERSON},
        {},
    ],
)
def test_a_record_that_nobody_has_taken_may_be_routed(fields):
    free = facts(lead(**fields), EMPTY, intake_owners=frozenset({DAEMON}))
    assert decided(TO_DESK, free).outcome is Outcome.ASSIGNED


def test_owners_that_the_policy_names_may_be_taken_over_by_login_or_id():
    roster = directory(people=(person(1, username="Web.Intake@example.com"),))
    held = lead(OwnerId=PERSON, CreatedById=WEB_USER)
    for name in ("web.intake@example.com", PERSON):
        taking = policy(rule("all"), take_over=(name,))
        assert decided(taking, facts(held, roster)).outcome is Outcome.ASSIGNED


def test_a_requeue_by_hand_takes_a_record_from_a_person():
    held = lead(OwnerId=PERSON, CreatedById=WEB_USER)
    by_hand = item(held, reason=WorkReason.REQUEUED, entry="r1")
    assert decided(TO_DESK, facts(held, EMPTY, work=by_hand)).outcome is Outcome.ASSIGNED


def test_a_failed_requirement_parks_the_record_and_keeps_what_intake_mended():
    require = Require(condition=blank("Email", False), park="no_contact", place=PLACE)
    trim = Cleanse(field="City", kind=CleanseKind.TRIM, country=None, place=PLACE)
    strict = policy(rule("all"), require=require, cleanse=(trim,))
    found = decided(strict, facts(lead(City=" Lyon "), EMPTY))
    assert (found.outcome, found.parked_for) == (Outcome.PARKED, "no_contact")
    assert found.fields == {"City": "Lyon"}
    assert found.owner is None
    assert found.trace.rules == ()


def test_what_is_required_is_required_after_cleansing():
    require = Require(condition=is_("Email", "a@example.com"), park="no_contact", place=PLACE)
    email = Cleanse(field="Email", kind=CleanseKind.EMAIL, country=None, place=PLACE)
    strict = policy(rule("all"), require=require, cleanse=(email,))
    found = decided(strict, facts(lead(Email=" Mailto:a@EXAMPLE.com "), EMPTY))
    assert found.outcome is Outcome.ASSIGNED


def test_a_missing_fact_is_asked_for_and_the_answer_leads_on():
    sticky = Sticky(on="Email", within=timedelta(days=90), place=PLACE)
    choice = PersonChoice(sticky=sticky, place=PLACE)
    keeping = policy(rule("keep", assign=to_people(person=choice)))
    people = tuple(person(n) for n in (1, 2, 3))
    given_ = facts(lead(Email="a@example.com"), directory(people=people))
    asked = decide(policies(keeping), given_)
    assert isinstance(asked, Needs)
    (question,) = asked.questions
    assert (question.field, question.value) == ("Email", "a@example.com")
    told = facts(given_.record, given_.directory, answers={question: people[2].id})
    found = decided(keeping, told)
    assert (found.reason, found.owner.id) == (ReasonCode.STICKY, people[2].id)
    assert found.reservation.pool is None
    nobody = facts(given_.record, given_.directory, answers={question: None})
    assert decided(keeping, nobody).reason is ReasonCode.RULE


def test_a_way_out_that_cannot_own_the_record_parks_it():
    broken = policy(rule("all", assign=to_queue("Nowhere")), otherwise=to_queue("Cases").target)
    found = decided(broken, facts(lead(), EMPTY))
    assert (found.outcome, found.reason) == (Outcome.PARKED, ReasonCode.NO_TARGET)
    assert any("Cases is not enabled for Lead" in note for note in found.trace.notes)


def test_a_recovered_decision_is_rebuilt_from_the_stamps():
    record = stamped(Ortoo_Policy__c="leads", Ortoo_Rule__c="all", Ortoo_Rooftop__c=an_id("001", 1))
    found = recovered(facts(record, EMPTY))
    assert (found.outcome, found.reason) == (Outcome.RECOVERED, ReasonCode.RECOVERED)
    assert (found.key, found.policy, found.rule) == (f"{record.id}:first", "leads", "all")
    assert (found.owner.id, found.owner.name) == (DESK.id, "The desk")
    assert found.rooftop == an_id("001", 1)
    assert found.decided_at.isoformat() == "2026-11-23T09:12:00+00:00"


def test_a_record_without_a_key_has_nothing_to_recover():
    with pytest.raises(ValueError, match="no decision to recover"):
        recovered(facts(lead(), EMPTY))


# Properties

SITES = tuple(
    rooftop(n, f"Site {n}", at=(45.0 + n, 4.0), brands=("Peugeot", "Opel")[n % 2 :])
    for n in range(1, 5)
)
texts = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
FIELDS = ("Email", "Phone", "LastName", "PostalCode", "Country", "Brand__c", "Latitude")
FIELDS += ("Longitude", "OwnerId", "CreatedDate", "CreatedById", "Choice__c")
records = st.dictionaries(st.sampled_from(FIELDS), texts).map(lambda f: lead(**f))
people_of = st.lists(
    st.builds(
        lambda at, role, limit, weight, active, skills: {
            "at": at,
            "role": role,
            "open_limit": limit,
            "weight": weight,
            "active": active,
            "skills": skills,
        },
        st.sampled_from([*SITES, None]),
        st.sampled_from(["sales_adviser", "manager", None]),
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from([0.0, 0.5, 1.0, 3.0]),
        st.booleans(),
        st.sampled_from([(), ("ev",)]),
    ),
    max_size=8,
).map(lambda found: tuple(person(n, **given_) for n, given_ in enumerate(found, start=1)))
methods = st.sampled_from(list(PersonMethod))
counts = st.dictionaries(st.integers(1, 8), st.integers(0, 4)).map(
    lambda found: {an_id("005", n): count for n, count in found.items()}
)
KINDS = {
    "Email": CleanseKind.EMAIL,
    "Phone": CleanseKind.PHONE,
    "LastName": CleanseKind.NAME,
    "PostalCode": CleanseKind.POSTAL_CODE,
    "Country": CleanseKind.COUNTRY,
    "Brand__c": CleanseKind.TRIM,
}


def network_policy(method: PersonMethod, sticky: Sticky | None = None):
    choice = RooftopChoice(
        brand="Brand__c",
        territory="PostalCode",
        prefer=("customer_choice", "nearest"),
        place=PLACE,
    )
    return policies(
        policy(
            rule(
                "peugeot",
                when=is_("Brand__c", "Peugeot"),
                assign=to_people(
                    rooftop=choice,
                    person=PersonChoice(by=method, sticky=sticky, place=PLACE),
                ),
            ),
            rule("any", assign=to_people(method), orelse=to_queue().target),
            cleanse=tuple(
                Cleanse(field=name, kind=kind, country="Country", place=PLACE)
                for name, kind in KINDS.items()
            ),
            limits=Limits(open_per_person=3),
        ),
        signals={"customer_choice": "Choice__c"},
    )


@settings(max_examples=200, deadline=None)
@given(record=records, people=people_of, method=methods, work=counts, shuffle=st.randoms())
def test_decide_always_answers_the_same_whatever_the_order_of_candidates(
    record, people, method, work, shuffle
):
    asked = network_policy(method)
    workload = Workload(open_work=work)
    found = decide(asked, facts(record, directory(SITES, people), workload=workload))
    assert isinstance(found, Decision)
    assert (found.owner is None) is (found.outcome is not Outcome.ASSIGNED)
    mixed_sites, mixed_people = list(SITES), list(people)
    shuffle.shuffle(mixed_sites)
    shuffle.shuffle(mixed_people)
    mixed = directory(tuple(mixed_sites), tuple(mixed_people))
    again = decide(asked, facts(record, mixed, workload=workload))
    assert repr(again) == repr(found)


@settings(max_examples=200, deadline=None)
@given(
    record=records,
    people=people_of,
    method=methods,
    work=st.tuples(counts, counts),
    holder=st.one_of(st.none(), st.integers(0, 9)),
    moved=st.booleans(),
)
def test_a_decision_taken_up_again_is_the_one_from_the_beginning(
    record, people, method, work, holder, moved
):
    asked = network_policy(method, Sticky(on="Email", within=timedelta(days=90), place=PLACE))
    asking = {"Brand__c": "Peugeot", "Email": "a@x.example", "OwnerId": None}
    record = replace(record, fields={**record.fields, **asking})
    before = facts(record, directory(SITES, people), workload=Workload(open_work=work[0]))
    needs = decide(asked, before)
    assert isinstance(needs, Needs)
    answer = None if holder is None else an_id("005", holder)
    after = replace(
        before,
        workload=Workload(open_work=work[1]),
        answers=dict.fromkeys(needs.questions, answer),
        directory=directory(SITES, people[1:]) if moved else before.directory,
    )
    assert repr(resume(needs, after)) == repr(decide(asked, after))


@settings(max_examples=50, deadline=None)
@given(people=people_of, method=methods, leads=st.integers(1, 30))
def test_nobody_ever_passes_the_open_limit_over_a_run_of_decisions(people, method, leads):
    asked = network_policy(method)
    network = directory(SITES, people)
    workload = Workload()
    for number in range(leads):
        record = lead(number, Brand__c="Peugeot", Latitude=45.5, Longitude=4.0)
        found = decided(asked, facts(record, network, workload=workload))
        if found.reservation is not None:
            workload = found.reservation.applied_to(workload)
    for someone in people:
        limit = min(3, someone.open_limit if someone.open_limit is not None else 3)
        assert workload.open_work.get(someone.id, 0) <= limit


def test_a_launch_for_one_rooftop_of_ten_is_spread_within_one_of_each_other():
    site = SITES[0]
    people = tuple(person(n, at=site) for n in range(1, 11))
    choice = RooftopChoice(brand="Brand__c", place=PLACE)
    asked = policy(rule("opel", assign=to_people(PersonMethod.LEAST_LOADED, rooftop=choice)))
    network, workload = directory((site,), people), Workload()
    for number in range(500):
        found = decided(asked, facts(lead(number, Brand__c="Opel"), network, workload=workload))
        workload = found.reservation.applied_to(workload)
        loads = [workload.open_work.get(someone.id, 0) for someone in people]
        assert max(loads) - min(loads) <= 1
    assert sum(workload.open_work.values()) == 500


def test_a_decision_moves_no_counter_it_was_given():
    people = (person(1), person(2))
    workload = Workload(open_work={people[0].id: 1}, turns={"x": Turns(clock=2.0)})
    asked = policy(rule("any", assign=to_people()))
    found = decided(asked, facts(lead(), directory(people=people), workload=workload))
    after = found.reservation.applied_to(workload)
    assert workload == Workload(open_work={people[0].id: 1}, turns={"x": Turns(clock=2.0)})
    assert after.turns["x"] == Turns(clock=2.0)
    assert after.open_work[found.owner.id] == workload.open_work.get(found.owner.id, 0) + 1


def test_nobody_at_all_leads_to_otherwise():
    found = decided(policy(rule("any", assign=to_people())), facts(lead(), EMPTY))
    assert (found.reason, found.owner.id) == (ReasonCode.OTHERWISE, LAST.id)


def test_take_over_may_name_a_user_who_is_not_on_the_roster():
    named = replace(TO_DESK, take_over=("Web-Forms@x.example",))
    held = lead(OwnerId=PERSON, CreatedById=WEB_USER)
    known = facts(held, EMPTY, usernames={"web-forms@x.example": PERSON})
    assert decided(named, known).outcome is Outcome.ASSIGNED
    assert decided(named, facts(held, EMPTY)).reason is ReasonCode.TAKEN_BY_PERSON
