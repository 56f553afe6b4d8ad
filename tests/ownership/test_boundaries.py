"""A person may give a record to anybody; outside the policy's boundaries it is told, and never taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.person import Person
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, WorkReason, entry_by_hand
from tests.policy.files import HEAD
from tests.timeline import DAEMON, PERSON, Timeline, at
from tests.world import LEAD, decided, directory, facts, lead, person, rooftop

LYON = rooftop(1, "Lyon", code="R1", brands=("Kia",), region="Est")
METZ = rooftop(2, "Metz", code="R2", brands=("Kia",), region="Nord")
AUDI = rooftop(3, "Audi Lyon", code="R3", brands=("Audi",), region="Est")
BOSS = person(9, at=LYON, role="rooftop_manager", name="Boss")
ANA = person(1, at=LYON, name="Ana", manager=BOSS.id)
BEA = person(2, at=METZ, name="Bea")
CLEO = person(3, at=AUDI, name="Cleo")
DAN = person(4, role="desk_lead", name="Dan")
NETWORK = directory((LYON, METZ, AUDI), (BOSS, ANA, BEA, CLEO, DAN))

POLICY = """\
boundaries: {boundaries}
ownership:
  rules:
    - {{name: desk, when: {{Request__c: desk}}, assign: {{queue: Desk}}}}
    - name: sites
      assign:
        rooftop: {{brand: Brand__c, where: {{Region: Est}}, open_now: true, prefer: [customer_choice]}}
        team: {{role: sales_adviser}}
  limits: {limits}
  otherwise: {{queue: Last}}
{more}"""
TOLD = "{notify: manager, ask_back: {to: assigner, by: task}}"


def policy_of(boundaries: str = TOLD, *, limits: str = "{}", more: str = "") -> PolicySet:
    text = POLICY.format(boundaries=boundaries, limits=limits, more=more)
    return load({"p.yaml": (HEAD + text).encode()})


def given_to(
    somebody: Person | RecordId,
    policies: PolicySet,
    *,
    open_work: Mapping[RecordId, int] | None = None,
    **fields: str,
) -> tuple[Timeline, Decision]:
    """A lead that the daemon gave to Ana, and a person to somebody else."""
    record = Timeline(policies, NETWORK, **({"Brand__c": "Kia"} | fields))
    record.created()
    record.workload = replace(record.workload, open_work=dict(open_work or {}))
    owner = somebody.id if isinstance(somebody, Person) else somebody
    return record, record.person_sets(20, OwnerId=owner)


@pytest.mark.parametrize(
    ("somebody", "why"),
    [
        (BEA, "Bea works for Metz, which rule sites leaves out: where, Region: Est (is Nord)"),
        (CLEO, "Cleo works for Audi Lyon, which rule sites leaves out: it is of another brand"),
    ],
)
def test_an_assignment_outside_the_territory_is_reported_and_stays(
    somebody: Person, why: str
) -> None:
    record, decision = given_to(somebody, policy_of())
    assert (decision.outcome, decision.reason) == (Outcome.REPORTED, ReasonCode.OUTSIDE_BOUNDARIES)
    assert (decision.policy, decision.rule, decision.owner) == ("leads", "sites", None)
    assert decision.overstepped == ("territory",)
    assert decision.seen_owner == record.owner == somebody.id
    assert why in decision.trace.notes
    assert owner_write(decision, record.record).whole == {}


@pytest.mark.parametrize("somebody", [ANA, BOSS, DAN, RecordId("005000000000777AAA"), DAEMON])
def test_within_the_territory_at_a_desk_or_off_the_roster_nothing_is_told(
    somebody: Person | RecordId,
) -> None:
    _, decision = given_to(somebody, policy_of())
    assert (decision.outcome, decision.reason) == (Outcome.NOTHING, ReasonCode.ALREADY_DECIDED)
    assert decision.notices == ()


def test_where_no_rooftop_is_chosen_there_is_no_territory() -> None:
    record, decision = given_to(BEA, policy_of(), Request__c="desk")
    assert record.decisions[0].rule == "desk"
    assert decision.outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ("{open_limit: {person: 3}}", "Ana was past a limit: open_limit, holds 3 of 3"),
        (
            "{rate_limit: {person: {at_most: 1, per: 1h}}}",
            "Ana was past a limit: rate_limit, had 1 of 1 within 1h, next free 2026-11-23 10:15:01 UTC",
        ),
    ],
)
def test_an_assignment_past_a_limit_is_reported(limits: str, why: str) -> None:
    policies = policy_of(limits=limits)
    first = Timeline(policies, NETWORK, Brand__c="Kia")
    first.created()
    assert first.owner == ANA.id
    first.workload = replace(first.workload, open_work={ANA.id: 3})
    first.person_sets(5, OwnerId=BEA.id)
    decision = first.person_sets(20, OwnerId=ANA.id, Brand__c="Kia")
    assert (
        decision.outcome is Outcome.NOTHING
    )  # back to whom the daemon gave it: nobody's assignment
    other = Timeline(policies, NETWORK, Brand__c="Audi")
    other.created()
    other.workload = first.workload
    found = other.person_sets(20, OwnerId=ANA.id, Brand__c="Kia")
    assert (found.outcome, found.overstepped) == (Outcome.REPORTED, ("limits",))
    assert why in found.trace.notes


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (
            "{open_limit: {team: 4}}",
            "Ana was past a limit: team_open_limit, those who are sales_adviser hold 4 of 4",
        ),
        (
            "{open_limit: {rooftop: 5}}",
            "Ana was past a limit: rooftop_open_limit, its people hold 5 of 5",
        ),
        ("{open_limit: {person: 5, team: 5, rooftop: 6}}", ""),
    ],
)
def test_a_full_team_or_rooftop_is_a_limit_too(limits: str, why: str) -> None:
    policies = policy_of("{of: limits}", limits=limits)
    record = Timeline(policies, NETWORK, Brand__c="Audi")
    record.created()
    record.workload = replace(record.workload, open_work={ANA.id: 4, BOSS.id: 1})
    found = record.person_sets(20, OwnerId=ANA.id, Brand__c="Kia")
    assert (found.outcome is Outcome.REPORTED) is bool(why)
    assert not why or why in found.trace.notes


def test_a_colleague_of_whom_it_was_given_to_adds_nothing_to_team_and_rooftop() -> None:
    carl = person(5, at=LYON, name="Carl")
    network = directory((LYON,), (BOSS, ANA, carl))
    limits = "{open_limit: {person: 9, team: 6, rooftop: 6}}"
    record = Timeline(policy_of("{of: limits}", limits=limits), network, Brand__c="Kia")
    record.created()
    other = carl if record.owner == ANA.id else ANA
    record.workload = replace(record.workload, open_work={ANA.id: 3, carl.id: 3})
    assert record.person_sets(20, OwnerId=other.id).outcome is Outcome.NOTHING


@pytest.mark.parametrize(("held", "reported"), [(4, True), (3, False)])
def test_what_a_sweep_finds_was_counted_already(held: int, reported: bool) -> None:
    limits = "{open_limit: {person: 3}}"
    record = Timeline(policy_of("{of: limits}", limits=limits), NETWORK, Brand__c="Audi")
    record.created()
    record.person_sets(20, OwnerId=ANA.id, Brand__c="Kia")
    record.workload = replace(record.workload, open_work={ANA.id: held})
    found = record.handle(
        WorkReason.SLA,
        25,
        entry=entry_by_hand(at(20)),
        committed_at=at(20),
        changed_fields=frozenset({"OwnerId"}),
    )
    assert (found.outcome is Outcome.REPORTED) is reported
    assert found.key == f"{LEAD}:{entry_by_hand(at(20))}"


def test_the_manager_is_told_and_whoever_gave_it_is_asked() -> None:
    _, decision = given_to(CLEO, policy_of("{notify: [manager, owner], ask_back: assigner}"))
    told = [(each.to, each.by, each.template, each.recipients) for each in decision.notices]
    assert told == [
        (NoticeTo.MANAGER, "salesforce", "outside_boundaries", (BOSS.id,)),
        (NoticeTo.OWNER, "salesforce", "outside_boundaries", (CLEO.id,)),
        (NoticeTo.ASSIGNER, "salesforce", "asked_back", (PERSON,)),
    ]


@pytest.mark.parametrize(
    ("boundaries", "reported"),
    [
        ("{of: territory}", True),
        ("{of: [limits]}", False),
        ("{when: {Rating: Hot}}", False),
        ("{when: {Rating: Cold}}", True),
    ],
)
def test_the_policy_says_which_boundaries_and_which_records(
    boundaries: str, reported: bool
) -> None:
    _, decision = given_to(CLEO, policy_of(boundaries), Rating="Cold")
    assert (decision.outcome is Outcome.REPORTED) is reported


def test_without_boundaries_nothing_is_reported() -> None:
    text = POLICY.partition("\n")[2].format(limits="{}", more="")
    _, decision = given_to(CLEO, load({"p.yaml": (HEAD + text).encode()}))
    assert decision.outcome is Outcome.NOTHING


def test_a_report_has_the_key_of_the_change_so_that_one_heard_twice_is_one() -> None:
    record, first = given_to(CLEO, policy_of())
    again = record.handle(WorkReason.CHANGED, 20, changed_fields=frozenset({"OwnerId"}))
    later = record.person_sets(25, OwnerId=BEA.id)
    assert first.key == again.key == f"{LEAD}:by_hand:20261123T093500.000000Z"
    assert later.key != first.key


def test_other_changes_of_a_record_that_is_outside_tell_nothing() -> None:
    record, _ = given_to(CLEO, policy_of())
    assert record.person_sets(30, Rating="Hot").outcome is Outcome.NOTHING


def test_a_record_that_a_person_took_before_it_was_decided_is_left_alone_and_told_of() -> None:
    by = {"CreatedById": DAEMON, "LastModifiedById": PERSON}
    at = {"LastModifiedDate": "2026-11-23T09:14:00Z", "CreatedDate": "2026-11-23T09:10:00Z"}
    for owner, reason in (
        (CLEO, ReasonCode.OUTSIDE_BOUNDARIES),
        (ANA, ReasonCode.TAKEN_BY_PERSON),
    ):
        record = lead(OwnerId=owner.id, Brand__c="KIA ", Email="A@B.example", **by, **at)
        more = "intake: {cleanse: {Brand__c: trim}}\n"
        decision = decided(policy_of(more=more), facts(record, NETWORK))
        assert (decision.outcome, decision.reason) == (Outcome.LEFT_ALONE, reason)
        assert (decision.fields, decision.trace.changes) == ({}, ())
        told = [each.to for each in decision.notices]
        assert told == ([NoticeTo.ASSIGNER] if owner is CLEO else [])  # nobody manages Cleo


def test_a_clocks_step_goes_before_the_report() -> None:
    more = (
        "action: {sla: [{clock: c, target: 4h, hours: 24x7, on_reassign: restart, "
        "stopped_by: [{Status: Done}]}]}\n"
    )
    record, step = given_to(CLEO, policy_of(more=more))
    assert (step.outcome, step.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_RESTARTED)
    again = record.handle(WorkReason.CHANGED, 20, changed_fields=frozenset({"OwnerId"}))
    assert again.outcome is Outcome.REPORTED
