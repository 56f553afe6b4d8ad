"""Rows that share a record: one for each receiver, and gone with the owner."""

from __future__ import annotations

import pytest

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.seed import identities as seed
from tests.sandbox.live import Live, live

ADMIN = seed.ADMIN_USER_ID


def share(live: Live, lead: str, receiver: str, level: str = "Read", **more: str) -> str:
    row = {"LeadId": lead, "UserOrGroupId": receiver, "LeadAccessLevel": level, **more}
    return live.sandbox.org.create("LeadShare", row, user_id=ADMIN)


@live()
async def test_made_again_the_same_row_has_another_access(live: Live) -> None:
    lead, other = live.lead(), live.lead()
    first = share(live, lead, seed.DISPATCHER_USER_ID)
    assert share(live, lead, seed.DISPATCHER_USER_ID, "Edit", RowCause="Manual") == first
    assert share(live, other, seed.DISPATCHER_USER_ID) != first
    (row,) = live.sandbox.org.storage.find("LeadShare", LeadId=lead)
    assert row["LeadAccessLevel"] == "Edit"


@live()
async def test_another_owner_ends_it_and_another_edit_does_not(live: Live) -> None:
    lead = live.lead()
    share(live, lead, seed.DISPATCHER_USER_ID)
    live.change(lead, Rating="Hot")
    assert len(live.sandbox.org.storage.find("LeadShare", LeadId=lead)) == 1
    live.change(lead, user_id=ADMIN, OwnerId=ADMIN)
    assert live.sandbox.org.storage.find("LeadShare", LeadId=lead) == []


@live()
async def test_only_the_org_itself_gives_all_and_shares_by_rule(live: Live) -> None:
    lead = live.lead()
    for more in ({"level": "All"}, {"RowCause": "Rule"}):
        with pytest.raises(OrgError, match="only Read and Edit"):
            share(live, lead, seed.DISPATCHER_USER_ID, **more)
