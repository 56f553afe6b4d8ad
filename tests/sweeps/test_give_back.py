"""Claims about which records may go back to people who have returned."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.absence_model import Absence, GiveBack, Move
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.sweeps.give_back import find_returns
from tests.asynchronous import asynchronous
from tests.world import PLACE, an_id, policy

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAEMON = an_id("005", 99)
ANN, BOB = an_id("005", 1), an_id("005", 2)
NOTICED = "20261123T080000Z"


def lead(number: int) -> str:
    return an_id("00Q", number)


def decision(number: int, kind: str = "away", *, person: str = ANN, **given: Any) -> dict[str, Any]:
    values = {
        "Ortoo_Key__c": f"{lead(number)}:{kind}:{person}:{given.pop('noticed', NOTICED)}",
        "Object__c": "Lead",
        "Policy__c": "leads",
        "Decided_At__c": instant_text(given.pop("at", NOW - timedelta(hours=3))),
    }
    return values | given


class Org:
    """Decision records, and records with the key of their last decision."""

    def __init__(self, decisions: Iterable[dict[str, Any]], **targets: datetime | None) -> None:
        self.decisions = list(decisions)
        self.asked: list[str] = []
        self.last = {
            row["Ortoo_Key__c"].split(":")[0]: row["Ortoo_Key__c"] for row in self.decisions
        }
        self.targets: dict[str, datetime | None] = dict(targets)
        self.by: dict[str, str] = {}
        self.put: list[WorkItem] = []

    async def query(self, soql: str) -> list[dict[str, Any]]:
        self.asked.append(soql)
        if "Ortoo_Decision__c" in soql.split(" FROM ")[1]:
            return self.decisions
        return [
            {
                "Id": id_,
                "LastModifiedById": self.by.get(id_, DAEMON),
                "Ortoo_Decision_Key__c": key,
                "Ortoo_SLA_Target_At__c": instant_text(at)
                if (at := self.targets.get(id_))
                else None,
            }
            for id_, key in self.last.items()
            if id_ in soql
        ]

    async def keep(self, items: Iterable[WorkItem]) -> int:
        self.put += items
        return len(self.put)


async def found(org: Org, *, rule: GiveBack | None = None, there: str = ANN) -> list[str]:
    rule = rule or GiveBack()
    asked = policy(absence=Absence(move=Move.UNTOUCHED, give_back=rule, place=PLACE))
    await find_returns(
        org.query,
        org.keep,
        [asked],
        is_back=lambda id_: id_ == there,
        daemon_user=DAEMON,
        now=NOW,
    )
    return [item.record_id for item in org.put]


@asynchronous
async def test_what_was_moved_from_somebody_who_is_there_may_go_back():
    org = Org([decision(1), decision(2, person=BOB)])
    assert await found(org) == [lead(1)]
    (item,) = org.put
    assert (item.reason, item.entry) == (WorkReason.ABSENCE, f"back:{ANN}:{NOTICED}")


@asynchronous
async def test_a_move_whose_writer_died_before_its_record_is_known_by_its_key():
    step = decision(2) | {"Ortoo_Key__c": f"{lead(2)}:sla:first_response:violation"}
    org = Org([decision(1), step])
    assert await found(org) == [lead(1)]
    assert "'recovered'" in org.asked[0]


@asynchronous
async def test_what_was_decided_since_is_not_as_the_move_left_it():
    org = Org([decision(1), decision(2)])
    org.last[lead(1)] = f"{lead(1)}:sla:first_response:violation"
    assert await found(org) == [lead(2)]


@asynchronous
async def test_a_record_that_went_back_once_is_not_sent_to_and_fro():
    again = decision(1, noticed="20261123T100000Z", at=NOW - timedelta(hours=1))
    org = Org([decision(1), decision(1, "back", at=NOW - timedelta(hours=2)), again])
    assert await found(org) == []


@asynchronous
async def test_no_more_go_back_after_one_absence_than_the_policy_says_restarts_included():
    org = Org([*(decision(number) for number in range(1, 6)), decision(9, "back")])
    assert len(await found(org, rule=GiveBack(at_most=3))) == 2


@asynchronous
async def test_an_absence_that_a_restarted_daemon_noticed_once_more_is_bounded_as_one():
    later = "20261123T093000Z"
    before = [decision(number) for number in (1, 2, 3)]
    after = [decision(number, noticed=later) for number in (4, 5, 6)]
    org = Org([*before, *after])
    org.targets = {lead(number): NOW + timedelta(hours=7 - number) for number in range(1, 7)}
    assert await found(org, rule=GiveBack(at_most=4)) == [lead(n) for n in (6, 5, 4, 3)]
    gone = [decision(n, "back", at=NOW - timedelta(minutes=5)) for n in (1, 2)]
    gone.append(decision(4, "back", noticed=later, at=NOW - timedelta(minutes=5)))
    assert len(await found(Org([*before, *after, *gone]), rule=GiveBack(at_most=4))) == 1


@asynchronous
async def test_an_absence_after_a_return_has_its_own_bound():
    back = decision(1, "back", at=NOW - timedelta(hours=2))
    again = decision(2, noticed="20261123T110000Z", at=NOW - timedelta(minutes=50))
    org = Org([decision(1), back, again])
    assert await found(org, rule=GiveBack(at_most=1)) == [lead(2)]


@asynchronous
async def test_what_somebody_wrote_to_takes_no_place_of_what_may_go_back():
    org = Org([decision(1), decision(2)])
    org.by[lead(1)] = BOB
    assert await found(org, rule=GiveBack(at_most=1)) == [lead(2)]


@asynchronous
async def test_what_is_due_first_goes_first():
    org = Org(decision(number) for number in (1, 2, 3))
    org.targets = {lead(2): NOW + timedelta(hours=2), lead(3): NOW + timedelta(hours=1)}
    assert await found(org, rule=GiveBack(at_most=2)) == [lead(3), lead(2)]


@asynchronous
async def test_what_was_moved_long_ago_stays():
    org = Org([decision(1, at=NOW - timedelta(days=3)), decision(2)])
    assert await found(org, rule=GiveBack(within=timedelta(days=2))) == [lead(2)]


@asynchronous
async def test_without_a_policy_that_gives_back_the_org_is_not_asked():
    org = Org([decision(1)])
    silent = policy(absence=Absence(move=Move.ALL, place=PLACE))
    await find_returns(
        org.query, org.keep, [silent], is_back=lambda id_: True, daemon_user=DAEMON, now=NOW
    )
    assert (org.asked, org.put) == ([], [])
