"""What does the daemon say of a person's assignment outside the boundaries, and when does it look again?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from ortoo_daemon.action.stamps import OWNER
from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.decision import Decision
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.records import RecordId, WorkItem
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

_RECORDS_IN_A_QUERY = 200

Row = Mapping[str, Any]


class Reports:
    """Which assignments by hand were told already? Many askers share a query."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[RecordId, Sequence[Row]] = Batcher(
            self._find, at_most=_RECORDS_IN_A_QUERY
        )

    async def told(self, item: WorkItem, report: Decision) -> bool:
        """Whether the assignment that this would report was told of. Raises OrgError."""
        return is_told(await self._batcher.ask(report.record_id), item, report)

    async def _find(self, asked: Sequence[RecordId]) -> list[Sequence[Row]]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for part in soql.chunks(sorted(set(asked)), beside=_looking_for([""])):
            for row in await self._org.query(_looking_for(part)):
                rows[str(row["Record_Id__c"])].append(row)
        return [rows[each] for each in asked]


def is_told(rows: Sequence[Row], item: WorkItem, report: Decision) -> bool:
    """By what was told of the record so far: this very change, or that the same person holds it. An event
    tells the moment of its change, which may lie after that; a sweep knows none."""
    if any(str(row[KEY]).casefold() == report.key.casefold() for row in rows):
        return True
    last = max(rows, key=lambda row: str(row["Decided_At__c"]), default=None)
    if last is None or last["Owner_Before__c"] != report.seen_owner:
        return False
    return item.found_by_hand or item.happened_at.replace(microsecond=0) <= _told_until(last)


def _told_until(row: Row) -> datetime:
    """The moment until which a report tells of all that happened: that in its key, else its own."""
    decided_at = instant(row["Decided_At__c"])
    assert decided_at is not None
    _, _, entry = str(row[KEY]).partition(":")
    try:
        return datetime.strptime(entry, "by_hand:%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return decided_at


def _looking_for(ids: Sequence[str]) -> str:
    return soql.select(
        OBJECT,
        ["Record_Id__c", KEY, "Owner_Before__c", "Decided_At__c"],
        where=[
            soql.one_of("Record_Id__c", ids),
            soql.equals("Reason_Code__c", ReasonCode.OUTSIDE_BOUNDARIES.value),
        ],
    )


def may_be_outside(item: WorkItem, decision: Decision, policies: Policies) -> bool:
    """Whether a person's change of owner has only brought a clock's step about so far."""
    if decision.outcome not in FOLLOW_UPS or OWNER not in item.changed_fields:
        return False
    policy = policies.named(decision.policy)
    return policy is not None and policy.boundaries is not None


def told_before(decision: Decision) -> Decision:
    """What is left to do of a report that stands in the org: nothing."""
    return replace(
        decision,
        outcome=Outcome.NOTHING,
        reason=ReasonCode.ALREADY_DECIDED,
        notices=(),
        overstepped=(),
    )


def tell_of_boundaries(decision: Decision) -> None:
    """One line for an assignment that is reported."""
    if not decision.overstepped:
        return
    _log.warning(
        "boundary.overstepped",
        object=decision.object,
        record=decision.record_id,
        policy=decision.policy,
        boundaries=list(decision.overstepped),
        owner=decision.seen_owner,
        told=len(decision.notices),
    )
