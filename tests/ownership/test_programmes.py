"""A programme gives only on its days, only at its rooftops, and within its own limits and fuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.trace_json import trace_to_json
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Moved, Tally, Workload
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership.rates import rates_for
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import FieldValue
from ortoo_daemon.trace import RuleOutcome
from tests.policy.files import HEAD
from tests.timeline import Timeline
from tests.world import decided, directory, facts, lead, person, rooftop

LYON = rooftop(1, "Lyon", code="R1", at=(45.76, 4.83), tags={"EV": True})
METZ = rooftop(2, "Metz", code="R2", at=(49.12, 6.18), tags={"EV": False})
ANA, BEA = person(1, at=LYON), person(2, at=METZ)
NETWORK = directory((LYON, METZ), (ANA, BEA))

EV_SITES = "rooftops: {EV: true}"
POLICY = """\
zone: Europe/Paris
programmes:
  launch: {{{programme}}}
ownership:
  rules:
    - name: launch
      programme: launch
      assign:
        rooftop: {{prefer: [customer_choice, nearest]}}
        team: {{role: sales_adviser}}
        else: {{queue: Desk}}
      rules:
        - {{name: by hand, when: {{Request__c: desk}}, assign: {{queue: Desk}}}}
        - {{name: kept, when: {{Request__c: keep}}, assign: {{keep: Holder__c}}}}
    - {{name: others, when: {{{when}}}, assign: {{queue: Desk}}}}
  otherwise: {{queue: Last}}
{more}"""


def policy_of(programme: str, *, when: str = "Rating: never", more: str = "") -> PolicySet:
    text = HEAD.replace("2026-11-23", "2026-11-01") + POLICY.format(
        programme=programme, when=when, more=more
    )
    return load({"p.yaml": text.encode()}, signals={"customer_choice": "Wanted__c"})


def at(
    day: str, policies: PolicySet, workload: Workload | None = None, **fields: FieldValue
) -> Decision:
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00") if len(day) == 10 else _moment(day)
    record = lead(CreatedDate="2026-11-02T09:10:00.000+0000", **fields)
    given = facts(record, NETWORK, now=now, workload=workload or Workload())
    return decided(policies, given)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("programme", "day", "wanting"),
    [
        ("from: 2026-12-01", "2026-11-30", "not running before 2026-12-01"),
        ("from: 2026-12-01", "2026-12-01", ""),
        ("until: 2026-12-01", "2026-12-01", ""),
        ("until: 2026-12-01", "2026-12-02", "not running after 2026-12-01"),
        ("from: 2026-11-01, until: 2027-03-31, off: true", "2026-12-01", "switched off"),
        ("off: false", "2026-12-01", ""),
        # 23:30 UTC is the next day in the policy's zone.
        ("from: 2026-12-01", "2026-11-30T23:30:00+00:00", ""),
    ],
)
def test_a_programme_gives_on_its_days_alone_and_the_trace_says_why_not(
    programme: str, day: str, wanting: str
) -> None:
    decision = at(day, policy_of(programme))
    (first, *_) = decision.trace.rules
    if not wanting:
        assert (decision.rule, first.outcome) == ("launch", RuleOutcome.MATCHED)
        return
    assert (decision.rule, first.outcome) == (None, RuleOutcome.NOT_RUNNING)
    lines = "\n".join(plain_lines(explain(decision)))
    assert f"launch (p.yaml:9:7): programme launch is {wanting} (p.yaml:6:11)" in lines
    assert trace_from_json(trace_to_json(decision.trace)) == decision.trace


def test_outside_its_days_a_programme_is_as_if_it_were_not_there() -> None:
    late = policy_of("from: 2026-12-01", when="Rating: Hot")
    assert at("2026-11-25", late, Rating="Hot").rule == "others"
    assert at("2026-12-02", late, Rating="Hot").rule == "launch"


def test_rules_within_a_rule_of_a_programme_are_in_it() -> None:
    found = policy_of("from: 2026-12-01, fuse: {at_most: 1, per: 1h}")
    assert at("2026-11-25", found, Request__c="desk").rule is None
    stopped = Workload(moved={"leads/launch": Moved(had=1)})
    inner = at("2026-12-02", found, stopped, Request__c="desk")
    assert (inner.rule, inner.reason) == ("launch / by hand", ReasonCode.FUSE)


@pytest.mark.parametrize(
    "sites", [EV_SITES, "rooftops: [r1]", f"rooftops: ['{LYON.id[:15]}']", "rooftops: [Lyon]"]
)
def test_only_rooftops_that_take_part_are_candidates(sites: str) -> None:
    chosen = at("2026-11-25", policy_of(sites), Wanted__c=METZ.id)
    assert (chosen.rooftop, chosen.owner and chosen.owner.id) == (LYON.id, ANA.id)
    (removed,) = [each for each in chosen.trace.candidates if each.removed_by]
    assert (removed.id, removed.removed_by) == (METZ.id, "where")
    assert removed.detail.startswith("programme launch (")
    assert at("2026-11-25", policy_of("off: false"), Wanted__c=METZ.id).rooftop == METZ.id


def test_nobody_keeps_a_record_of_the_programme_whose_rooftop_takes_no_part() -> None:
    found = policy_of(EV_SITES)
    assert at("2026-11-25", found, Request__c="keep", Holder__c=ANA.id).reason is ReasonCode.KEPT
    other = at("2026-11-25", found, Request__c="keep", Holder__c=BEA.id)
    assert (other.reason, other.owner and other.owner.id) == (ReasonCode.RULE, ANA.id)


def test_a_clock_hands_a_record_of_the_programme_to_rooftops_that_take_part_alone() -> None:
    more = (
        "action: {sla: [{clock: c, target: 1h, hours: 24x7, stopped_by: [{Status: Done}], "
        "on_violation: [{reassign: {within: region}}]}]}\n"
    )
    lyon, metz = (replace(site, region="Est") for site in (LYON, METZ))
    for programme, wanted in ((EV_SITES, ANA.id), ("off: false", BEA.id)):
        found = policy_of(programme, more=more)
        record = Timeline(found, directory((lyon, metz), (ANA, BEA)), Wanted__c=lyon.id)
        record.created()
        assert record.owner == ANA.id
        step = record.sweep(70)
        assert step is not None
        assert record.owner == wanted
        left_out = "Metz: takes no part in the programme" in step.trace.notes
        assert left_out is (wanted == ANA.id)


def test_limits_of_a_programme_hold_beside_those_of_the_policy() -> None:
    limits = "limits: {open_limit: {person: 3, unless: {Rating: Hot}}}"
    found = policy_of(limits)
    busy = Workload(open_work={ANA.id: 3, BEA.id: 2})
    assert _owner(at("2026-11-25", found, busy)) == BEA.id
    assert _owner(at("2026-11-25", found, busy, Rating="Hot")) == ANA.id
    smaller = policy_of("limits: {open_limit: {person: 9}}")
    own = directory((LYON, METZ), (replace(ANA, open_limit=3), BEA))
    assert _owner(decided(smaller, facts(lead(), own, workload=busy))) == BEA.id


def test_a_rate_of_a_programme_counts_what_the_programme_gave() -> None:
    found = policy_of("limits: {rate_limit: {person: {at_most: 1, per: 1h}}}")
    (policy,) = found.policies
    (programme,) = policy.programmes
    first = at("2026-11-25", found)
    assert first.reservation is not None
    assert first.reservation.given is not None
    assert first.reservation.given.tallies == (Tally("leads", "person", ANA.id, programme.tag),)
    assert first.reservation.given.tags == (programme.tag,)
    second = at("2026-11-25", found, first.reservation.applied_to(Workload()))
    assert _owner(second) == BEA.id
    other = at("2026-11-25", policy_of("from: 2026-12-01", when="Rating: Hot"), Rating="Hot")
    assert other.reservation is None


def test_what_a_programme_moves_counts_for_its_fuse_and_for_the_policys() -> None:
    more = "action: {fuse: {at_most: 5, per: 1h}}\n"
    found = policy_of("fuse: {at_most: 2, per: 1h}", when="Rating: never", more=more)
    (policy,) = found.policies
    own, programmes = policy.fuses()
    assert (own.of, programmes.of) == ("leads", "leads/launch")
    given = at("2026-11-25", found).reservation
    assert given is not None
    assert given.given is not None
    assert given.given.tallies == (own.tally, programmes.tally)
    assert given.given.tags == (policy.programmes[0].tag,)
    stopped = at("2026-11-25", found, Workload(moved={"leads/launch": Moved(had=2)}))
    assert (stopped.reason, stopped.parked_for) == (ReasonCode.FUSE, "fuse (leads/launch)")


def test_what_another_rule_moves_does_not_count_for_the_programmes_fuse() -> None:
    more = "action: {fuse: {at_most: 5, per: 1h}}\n"
    found = policy_of(
        "from: 2026-12-01, fuse: {at_most: 2, per: 1h}", when="Rating: Hot", more=more
    )
    full = Workload(moved={"leads/launch": Moved(had=2)})
    decision = at("2026-11-25", found, full, Rating="Hot")
    assert (decision.rule, decision.reason) == ("others", ReasonCode.RULE)
    assert decision.reservation is not None
    assert decision.reservation.given is not None
    assert [tally.policy for tally in decision.reservation.given.tallies] == ["leads"]
    assert decision.reservation.given.tags == ()


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        ("programme: launch", None, "others"),
        ("not: {programme: launch}", "others", None),
        ("any: [{programme: launch}, {Rating: Hot}]", None, "others"),
        ("programme: launch, Rating: Hot", None, None),
    ],
)
def test_a_condition_may_ask_whether_a_programme_runs(
    when: str, before: str | None, after: str | None
) -> None:
    text = HEAD + (
        "programmes: {launch: {from: 2026-12-01}}\nownership:\n  rules:\n"
        f"    - {{name: others, when: {{{when}}}, assign: {{queue: Desk}}}}\n"
        "  otherwise: {queue: Last}\n"
    )
    found = load({"p.yaml": text.encode()})
    for day, rule in (("2026-11-25", before), ("2026-12-02", after)):
        now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        decision = decided(found, facts(lead(), NETWORK, now=now))
        assert decision.rule == rule
        failed = [each.failed for each in decision.trace.rules if each.failed]
        assert bool(failed) is (rule is None)


def _owner(decision: Decision) -> str | None:
    return decision.owner.id if decision.owner else None


def test_what_a_programme_counts_is_looked_at_for_its_own_rules_alone() -> None:
    limits = "limits: {rate_limit: {rooftop: {at_most: 5, per: day}}}"
    own = "  limits:\n    rate_limit: {person: {at_most: 9, per: day}}\n"
    policies = policy_of(limits, more="").policies
    (bare,) = policies
    (policy,) = load(
        {
            "p.yaml": (
                HEAD.replace("2026-11-23", "2026-11-01")
                + POLICY.format(programme=limits, when="Rating: never", more=own)
            ).encode()
        },
        signals={"customer_choice": "Wanted__c"},
    ).policies
    both, mine = policy.rates, policy.limits.rates
    assert len(both) == 2
    assert len(mine) == 1
    for name in ("launch", "launch / by hand", "launch / kept"):
        assert set(rates_for(policy, name)) == set(both)
    assert rates_for(policy, "others") == mine
    assert rates_for(policy, None) == mine
    assert rates_for(bare, "others") == ()
    assert rates_for(policy, "a rule of last week") == both
