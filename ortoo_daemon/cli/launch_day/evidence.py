"""What stands in the org at the day's end? Rows, histories, decisions and calls, read by the demo itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

Row = Mapping[str, Any]

_OBJECTS = ("Lead", "Case")
_MORE = {"Lead": ("Preferred_Dealer__c",), "Case": ("ParentId", "Ortoo_Split_Key__c")}
_IDS = ("005", "00G")
"""How ids of people and queues begin."""

_FIELDS = (
    "Id",
    "OwnerId",
    "Ortoo_Decided_At__c",
    "Ortoo_Parked__c",
    "Ortoo_Rooftop__c",
    "Ortoo_SLA_Status__c",
    "Ortoo_SLA_Next_At__c",
)
_OF_PEOPLE = ("Id", "Ortoo_Role__c", "Ortoo_Rooftop__c", "Ortoo_Open_Limit__c")
_PROOF = (
    "Id",
    "Record_Id__c",
    "Outcome__c",
    "Reason_Code__c",
    "Owner_Before__c",
    "Owner_After__c",
    "Decided_At__c",
    "Revision__c",
)


_ABSENCES = frozenset({ReasonCode.OWNER_AWAY, ReasonCode.OWNER_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange:
    """One entry of a record's history."""

    by: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """By record: ``rows``, ``decisions`` (how it was routed), ``steps`` (what its clocks asked for),
    ``absences`` (moves because somebody went away or came back) and ``owner_changes``, each oldest first.
    ``people``: users by id. ``policies``: revisions in the register.
    ``calls`` are the daemon's. ``due``: records of which a step is overdue."""

    rows: Mapping[str, Row]
    decisions: Mapping[str, Sequence[Row]]
    owner_changes: Mapping[str, Sequence[OwnerChange]]
    calls: Sequence[Row]
    daemon_user: str
    steps: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    absences: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    people: Mapping[str, Row] = field(default_factory=dict)
    policies: Sequence[str] = ()
    due: Sequence[str] = ()

    @property
    def all_steps(self) -> list[Row]:
        return [each for steps in self.steps.values() for each in steps]

    def decided(self, record: str) -> list[Row]:
        """How it was routed, and what followed, oldest first."""
        kinds = (self.decisions, self.steps, self.absences)
        rows = [row for kind in kinds for row in kind.get(record, ())]
        return sorted(rows, key=lambda row: (row["Decided_At__c"], row.get("Id", "")))


async def gather(
    org: Org,
    *,
    calls: Sequence[Row],
    daemon_user: str,
    until: datetime,
    of_leads: Iterable[str] = (),
) -> Evidence:
    """Read what the checks look at, ``of_leads`` these fields too; steps due ``until`` then should have been
    taken. Raises OrgError."""
    decisions: dict[str, list[Row]] = defaultdict(list)
    steps: dict[str, list[Row]] = defaultdict(list)
    absences: dict[str, list[Row]] = defaultdict(list)
    for row in await org.query(
        soql.select("Ortoo_Decision__c", _PROOF, order_by=["Decided_At__c", "Id"])
    ):
        if row["Outcome__c"] == Outcome.REPORTED:
            continue  # what a person did is told, and nothing was decided
        kind = steps if row["Outcome__c"] in FOLLOW_UPS else decisions
        kind = absences if row["Reason_Code__c"] in _ABSENCES else kind
        kind[row["Record_Id__c"]].append(row)
    people = await org.query(soql.select("User", _OF_PEOPLE))
    of_policies = soql.differs("Object__c", None)  # beside rows that hold the content of revisions
    register = await org.query(soql.select("Ortoo_Policy__c", ["Revision__c"], where=[of_policies]))
    return Evidence(
        rows=await _rows(org, of_leads),
        decisions=decisions,
        steps=steps,
        absences=absences,
        owner_changes=await _owner_changes(org),
        calls=calls,
        daemon_user=daemon_user,
        people={each["Id"]: each for each in people},
        policies=[each["Revision__c"] for each in register],
        due=await _due(org, until),
    )


async def _due(org: Org, until: datetime) -> list[str]:
    """Records of which a clock asked for a step until then that was not taken."""
    return [
        str(row["Id"])
        for name in _OBJECTS
        for row in await org.query(
            soql.select(
                name,
                ["Id"],
                where=[
                    soql.below("Ortoo_SLA_Next_At__c", until),
                    soql.equals("Ortoo_Parked__c", None),
                ],
            )
        )
    ]


async def _rows(org: Org, of_leads: Iterable[str]) -> dict[str, Row]:
    more = {**_MORE, "Lead": (*_MORE["Lead"], *of_leads)}
    return {
        row["Id"]: row
        for name in _OBJECTS
        for row in await org.query(soql.select(name, dict.fromkeys((*_FIELDS, *more[name]))))
    }


async def _owner_changes(org: Org) -> dict[str, list[OwnerChange]]:
    """The org keeps each change twice, by id and by name; ids are what counts."""
    found: dict[str, list[OwnerChange]] = defaultdict(list)
    for name in _OBJECTS:
        fields = ["Id", f"{name}Id", "CreatedById", "NewValue"]
        where = [soql.equals("Field", "Owner")]
        history = soql.select(f"{name}History", fields, where=where, order_by=["Id"])
        for row in await org.query(history):
            if str(row["NewValue"]).startswith(_IDS):
                change = OwnerChange(by=row["CreatedById"], to=row["NewValue"])
                found[row[f"{name}Id"]].append(change)
    return found
