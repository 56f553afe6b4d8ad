"""Who is told of what befell the daemon: each once, whatever the restarts, and later where the org is out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

from structlog.testing import capture_logs

from ortoo_daemon.daemon.noticing.notice_settings import SummarySettings
from ortoo_daemon.daemon.noticing.summaries import Summaries, Summary
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.notices.values import KeptNotice
from tests.asynchronous import asynchronous

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADMIN = RecordId("005000000000001AAA")
OUTAGE = Summary(key="after_outage:x", template="after_outage", about={"due": 3})


class Box:
    def __init__(self) -> None:
        self.kept: list[KeptNotice] = []

    async def tell(self, notices: list[KeptNotice]) -> None:
        self.kept += notices


class Users:
    """The org: one user is active. ``down``: it does not answer."""

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []

    async def query(self, soql: str) -> list[dict[str, Any]]:
        self.asked.append(soql)
        if self.down:
            raise TemporaryOrgError("UNAVAILABLE", "later")
        return [{"Id": ADMIN}]


def summaries(box: Box, org: Users, **given: Any) -> Summaries:
    settings = SummarySettings.model_validate(given)
    return Summaries(
        cast(Org, org),
        cast(NoticeBox, box),
        settings,
        addresses=lambda channel: 2,
        now=lambda: NOON,
    )


@asynchronous
async def test_users_are_told_by_the_bell_and_channels_at_each_address_under_keys_of_their_own():
    box = Box()
    await summaries(box, Users(), users=["a@example.com"], channels=["desk"]).tell(OUTAGE)
    assert [(each.way, each.recipient, each.record_id) for each in box.kept] == [
        ("salesforce", ADMIN, ADMIN),
        ("desk", "0", ""),
        ("desk", "1", ""),
    ]
    assert len({each.key for each in box.kept}) == 3
    assert all(json.loads(each.about) == {"due": 3} and not each.object for each in box.kept)


@asynchronous
async def test_where_nobody_is_named_nobody_is_looked_up():
    box, org = Box(), Users()
    await summaries(box, org).tell(OUTAGE)
    assert (box.kept, org.asked) == ([], [])


@asynchronous
async def test_what_can_not_be_addressed_now_is_told_at_the_next_look_and_once():
    box, org = Box(), Users()
    telling = summaries(box, org, users=["a@example.com"])
    org.down = True
    with capture_logs() as logs:
        await telling.tell(OUTAGE)
    assert [line["event"] for line in logs] == ["notice.look_failed"]
    assert box.kept == []
    org.down = False
    await telling.look()
    await telling.look()
    assert len(box.kept) == 1
