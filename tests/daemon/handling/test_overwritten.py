"""Whose record was it? The org's history of owners decides, and every doubt is in the daemon's disfavour."""

from typing import Any, cast

import pytest

from ortoo_daemon.daemon.handling.overwritten import overwritten_owner
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason
from ortoo_daemon.salesforce.org import Org
from tests.asynchronous import asynchronous
from tests.world import NOW, an_id

DAEMON, FORMS, OURS, PERSON, OTHER = (an_id("005", n) for n in range(5))
DISPATCHER = an_id("005", 9)
LEAD = an_id("00Q", 1)
Row = tuple[str, str, str, int]
"""Owner before, owner after, who did it, the second of the minute."""


class Org_:
    """An org that answers one question: the history of the record's owners."""

    def __init__(self, rows: list[Row], refusal: Exception | None = None) -> None:
        self.rows = rows
        self.refusal = refusal
        self.asked: list[str] = []

    async def query(self, text: str) -> list[dict[str, Any]]:
        self.asked.append(text)
        if self.refusal:
            raise self.refusal
        return [
            {
                "OldValue": before,
                "NewValue": after,
                "CreatedById": by,
                "CreatedDate": f"2026-11-23T09:15:{second:02d}.000+0000",
            }
            for before, after, by, second in self.rows
        ]


def lead(**values: str | None) -> Record:
    fields = {
        "OwnerId": OURS,
        "Ortoo_Assigned_Owner__c": OURS,
        "Ortoo_Prior_Owner__c": FORMS,
        "Ortoo_Decided_At__c": "2026-11-23T09:15:05.000+0000",
    }
    return Record(object="Lead", id=LEAD, fields={**fields, **values})


def heard(*fields: str) -> WorkItem:
    return WorkItem(
        object="Lead",
        record_id=LEAD,
        reason=WorkReason.CHANGED,
        heard_at=NOW,
        changed_fields=frozenset(fields),
    )


async def asked(
    org: Org_, record: Record | None = None, item: WorkItem | None = None
) -> RecordId | None:
    item = item or heard("OwnerId")
    return await overwritten_owner(
        cast(Org, org), item, record or lead(), daemon_user=RecordId(DAEMON)
    )


TO_PERSON: Row = (FORMS, PERSON, DISPATCHER, 5)
OVER_PERSON: Row = (PERSON, OURS, DAEMON, 5)


@asynchronous
async def test_a_write_that_replaced_a_persons_choice_gives_it_back() -> None:
    assert await asked(Org_([TO_PERSON, OVER_PERSON])) == PERSON


HISTORIES: dict[str, list[Row]] = {
    "our write replaced what it was decided for": [(FORMS, OURS, DAEMON, 5)],
    "a person moved it on after our write": [(FORMS, OURS, DAEMON, 5), (OURS, PERSON, FORMS, 6)],
    "a person moved it and another back to ours": [
        (FORMS, OURS, DAEMON, 5),
        (OURS, PERSON, DISPATCHER, 6),
        (PERSON, OURS, DISPATCHER, 7),
    ],
    "it was overwritten, and then a person chose ours": [
        TO_PERSON,
        OVER_PERSON,
        (OURS, OTHER, DISPATCHER, 6),
        (OTHER, OURS, DISPATCHER, 7),
    ],
    "nobody is known to have given it to whom we replaced": [OVER_PERSON],
    "names instead of ids, as the platform writes beside": [
        ("Web Forms", "Ann Roy", DISPATCHER, 5),
        ("Ann Roy", "Ben Kay", DAEMON, 5),
    ],
    "no history at all": [],
}


@pytest.mark.parametrize("rows", HISTORIES.values(), ids=HISTORIES.keys())
def test_nothing_is_given_back_when(rows: list[Row]) -> None:
    @asynchronous
    async def check() -> None:
        assert await asked(Org_(rows)) is None

    check()


@asynchronous
async def test_the_org_is_asked_only_where_a_persons_change_and_our_owner_meet() -> None:
    org = Org_([TO_PERSON, OVER_PERSON])
    assert await asked(org, item=heard("Status")) is None
    assert await asked(org, lead(OwnerId=PERSON)) is None
    assert await asked(org, lead(Ortoo_Assigned_Owner__c=None)) is None
    assert await asked(org, lead(Ortoo_Decided_At__c=None)) is None
    assert org.asked == []


@asynchronous
async def test_an_org_without_a_history_of_owners_costs_nothing_but_a_line() -> None:
    refusal = PermanentOrgError("INVALID_TYPE", "sObject type 'LeadHistory' is not supported")
    assert await asked(Org_([], refusal)) is None
