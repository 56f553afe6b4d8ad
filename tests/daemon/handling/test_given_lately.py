"""What was given lately, read from a live sandbox: by decision records and by stamps that have none yet."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from ortoo_daemon.daemon.handling import given_lately
from ortoo_daemon.daemon.handling.given_lately import GivenLately
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.rate_log import RateLog
from ortoo_daemon.policy.limits_model import LimitLevel
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.sla_model import MOVES
from ortoo_daemon.records import WorkReason
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.rig import FLAGSHIP, claim_of, handler_on, now, policy_set
from tests.sandbox.live import Live, live

HOT = {"LastName": "Hot"}


def rated(*rates: dict[str, object]) -> PolicySet:
    levels = {level: deepcopy(list(rates)) for level in LimitLevel}
    ownership = {
        "rules": [{"name": "all", "assign": FLAGSHIP}],
        "limits": {"rate_limit": {level.value: each for level, each in levels.items()}},
        "otherwise": {"queue": seed.UNROUTED_QUEUE},
    }
    return policy_set(ownership=ownership)


FLEET = {"queue": seed.FLEET_QUEUE}
ANY = {"at_most": 500, "per": "1h"}
RATED = rated(ANY)
TAGGED = rated(ANY, {"at_most": 500, "per": "day", "for": HOT})


def counts(log: RateLog, level: str) -> dict[tuple[str, bool], int]:
    """How many each subject was given, of all records and of those with a tag."""
    found: dict[tuple[str, bool], int] = {}
    for tally, moments in log.moments.items():
        if tally.level == level:
            found[tally.subject, bool(tally.tag)] = len(moments)
    return found


async def read_anew(handler: Handler, policies: PolicySet = RATED) -> RateLog:
    log = RateLog()
    people = handler.knowledge.directory.people
    await GivenLately(handler.org, log, now=now).read(policies, people)
    return log


@live()
async def test_a_fresh_reading_counts_what_the_daemon_counted(live: Live) -> None:
    async with handler_on(live, TAGGED) as handler:
        for name in ("Hot", "Roy", "Hot"):
            await handler.handle(claim_of(live.lead(LastName=name)))
        own = handler.knowledge.ledger.rates
        log = await read_anew(handler, TAGGED)
        assert dict(log.moments) == dict(own.moments)
        assert counts(log, "rooftop") == {
            (seed.FLAGSHIP_ROOFTOP_ID, False): 3,
            (seed.FLAGSHIP_ROOFTOP_ID, True): 2,
        }
        assert counts(log, "team") == {
            (f"{seed.FLAGSHIP_ROOFTOP_ID}/sales_adviser", False): 3,
            (f"{seed.FLAGSHIP_ROOFTOP_ID}/sales_adviser", True): 2,
        }


@live()
async def test_stamps_count_where_the_decision_record_is_missing(live: Live) -> None:
    """As after a kill between the owner's write and the proof; which conditions were met is not known."""
    async with handler_on(live, TAGGED) as handler:
        lead = live.lead(LastName="Roy")
        await handler.handle(claim_of(lead))
        (proof,) = live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)
        assert proof["Counted__c"] == "-"
        live.sandbox.org.delete("Ortoo_Decision__c", str(proof["Id"]), user_id=seed.ADMIN_USER_ID)
        log = await read_anew(handler, TAGGED)
        assert sorted(counts(log, "rooftop").values()) == [1, 1]


@live()
async def test_what_went_to_a_queue_or_by_another_policy_counts_for_nobody(live: Live) -> None:
    nobody = {**FLAGSHIP, "team": {"role": "nobody"}}
    async with handler_on(live, policy_set(nobody)) as handler:
        await handler.handle(claim_of(live.lead()))
        assert not (await read_anew(handler)).moments
    async with handler_on(live, policy_set(policy="others")) as handler:
        await handler.handle(claim_of(live.lead()))
        assert not (await read_anew(handler)).moments


@live()
async def test_later_readings_bring_what_is_new_and_count_nothing_twice(live: Live) -> None:
    async with handler_on(live, RATED) as handler:
        people = handler.knowledge.directory.people
        own, another = handler.knowledge.ledger.rates, RateLog()
        mine, others = (GivenLately(handler.org, log, now=now) for log in (own, another))
        for number in (1, 2):
            await mine.read(RATED, people)
            await others.read(RATED, people)
            await handler.handle(claim_of(live.lead()))
            for reader in (mine, others, others):
                await reader.read(RATED, people)
            assert counts(own, "rooftop") == {(seed.FLAGSHIP_ROOFTOP_ID, False): number}
            assert dict(another.moments) == dict(own.moments)


@live()
async def test_limits_that_look_further_back_bring_the_past_with_them(live: Live) -> None:
    async with handler_on(live) as handler:
        for _ in range(3):
            await handler.handle(claim_of(live.lead()))
        log = handler.knowledge.ledger.rates
        people = handler.knowledge.directory.people
        lately = GivenLately(handler.org, log, now=now)
        await lately.read(handler.knowledge.policies.policy_set, people)
        assert not log.moments
        await lately.read(RATED, people)
        assert counts(log, "rooftop") == {(seed.FLAGSHIP_ROOFTOP_ID, False): 3}


@live()
async def test_pages_make_one_reading(live: Live) -> None:
    async with handler_on(live, RATED) as handler:
        for _ in range(5):
            await handler.handle(claim_of(live.lead()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(given_lately, "PAGE", 2)
            log = await read_anew(handler)
        assert counts(log, "rooftop") == {(seed.FLAGSHIP_ROOFTOP_ID, False): 5}


@live()
async def test_what_is_older_than_every_limit_is_not_read(live: Live) -> None:
    async with handler_on(live, RATED) as handler:
        await handler.handle(claim_of(live.lead()))
        log = RateLog()
        lately = GivenLately(handler.org, log, now=lambda: now() + timedelta(hours=2))
        await lately.read(RATED, handler.knowledge.directory.people)
        assert not log.moments


@live()
async def test_what_clocks_took_from_a_rooftop_is_read_from_the_decision_records(
    live: Live,
) -> None:
    """So that a rooftop's budget outlives a restart and a lost journal."""
    late = [{"Status": "Working - Contacted"}]
    clock = {"clock": "a", "target": "1s", "hours": "24x7", "stopped_by": late}
    steps = [{"reassign": {"within": "rooftop"}}]
    policies = policy_set(
        action={
            "sla": [clock | {"on_violation": steps}],
            "moves": {"per_rooftop": {"at_most": 9, "per": "1h"}},
        }
    )
    async with handler_on(live, policies) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
        handler.clock = lambda: now() + timedelta(minutes=1)
        await handler.handle(claim_of(lead, reason=WorkReason.SLA, entry="sla:x"))
        own = handler.knowledge.ledger.rates
        assert counts(own, MOVES) == {(seed.FLAGSHIP_ROOFTOP_ID, False): 1}
        log = await read_anew(handler, policies)
        assert counts(log, MOVES) == counts(own, MOVES)


@live()
async def test_what_a_programme_moved_is_read_from_the_decision_records_of_queues_too(
    live: Live,
) -> None:
    fuse = {"at_most": 50, "per": "1h"}
    rates = {"rate_limit": {"person": {"at_most": 50, "per": "1h"}}}
    programmes = {"launch": {"fuse": fuse, "limits": rates}}
    inside = {"programme": "launch", "name": "launch"}
    rules = [
        {**inside, "when": {"LastName": "Site"}, "assign": FLAGSHIP},
        {
            "name": "desk",
            "when": {"LastName": "Desk"},
            "programme": "launch",
            "assign": dict(FLEET),
        },
        {"name": "others", "when": {"LastName": "Other"}, "assign": deepcopy(FLAGSHIP)},
        {"name": "rest", "assign": FLEET},
    ]
    ownership = {"rules": rules, "otherwise": {"queue": seed.UNROUTED_QUEUE}}
    policies = policy_set(programmes=programmes, ownership=ownership, action={"fuse": dict(fuse)})
    async with handler_on(live, policies) as handler:
        for name in ("Site", "Desk", "Other", "Rest"):
            await handler.handle(claim_of(live.lead(LastName=name)))
        log = await read_anew(handler, policies)
        assert dict(log.moments) == dict(handler.knowledge.ledger.rates.moments)
        moved = {
            tally.policy: len(at) for tally, at in log.moments.items() if tally.level == "fuse"
        }
        assert moved == {"leads": 4, "leads/launch": 2}
        assert sum(len(at) for tally, at in log.moments.items() if tally.level == "person") == 1
