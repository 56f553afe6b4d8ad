"""Filter expressions are read and decided as the platform's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox.bayeux.channels import ChannelError, load_channels
from ortoo_daemon.sandbox.bayeux.filters import FilterError, parse_filter
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.bayeux.publisher import Publisher
from ortoo_daemon.sandbox.changes import Transaction
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema

LEAD = {
    "Industry": "Agriculture",
    "NumberOfEmployees": 1200,
    "Rating": None,
    "IsConverted": False,
    "CreatedDate": "2026-11-21T10:00:00.000+0000",
}
HEADER = {"changeType": "UPDATE", "commitUser": "005000000000001AAA"}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Industry = 'agriculture'", True),
        ("Industry != 'Agriculture'", False),
        ("Industry LIKE 'agri%'", True),
        ("Industry LIKE 'a_ri'", False),
        ("Industry IN ('Banking', 'Agriculture')", True),
        ("Industry NOT IN ('Banking')", True),
        ("NumberOfEmployees > 1000 AND (Industry = 'Banking' OR Industry = 'Agriculture')", True),
        ("NumberOfEmployees <= 1000", False),
        ("Rating = null", True),
        ("Rating < 'Z'", False),
        ("NOT Rating = 'Hot'", True),
        ("IsConverted = false", True),
        ("CreatedDate >= 2026-11-21T11:00:00+01:00", True),
        ("CreatedDate > 2026-11-21T10:00:00Z", False),
        ("ChangeEventHeader.commitUser != '005000000000000AAA'", True),
        ("ChangeEventHeader.changeType = 'CREATE'", False),
        ("Industry = 'O\\'Hara'", False),
    ],
)
def test_an_expression_lets_through_what_it_says(text: str, passes: bool) -> None:
    assert parse_filter(text).matches(LEAD, HEADER) is passes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Industry",
        "Industry = Agriculture",
        "A__c = 1 AND B__c = 2 OR C__c = 3",
        "ChangeEventHeader.changedFields = 'Status'",
        "ChangeEventHeader.recordIds IN ('00Q')",
    ],
)
def test_what_the_platform_would_refuse_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text)


CHANNEL = """<?xml version="1.0" encoding="UTF-8"?>
<PlatformEventChannel xmlns="http://soap.sforce.com/2006/04/metadata">
  <channelType>data</channelType>
  <label>Hot</label>
</PlatformEventChannel>
"""
MEMBER = """<?xml version="1.0" encoding="UTF-8"?>
<PlatformEventChannelMember xmlns="http://soap.sforce.com/2006/04/metadata">
  {members}
  <eventChannel>{channel}</eventChannel>
  <selectedEntity>LeadChangeEvent</selectedEntity>
</PlatformEventChannelMember>
"""


def channel_folder(folder: Path, *, channel: str = "Hot__chn", members: str = "") -> Path:
    (folder / "Hot__chn.platformEventChannel-meta.xml").write_text(CHANNEL)
    path = folder / "Hot_chn_Lead.platformEventChannelMember-meta.xml"
    path.write_text(MEMBER.format(channel=channel, members=members))
    return folder


@contextmanager
def publishing(folder: Path) -> Iterator[tuple[Org, EventLog]]:
    schema = Schema.load()
    with closing(Org(schema)) as org:
        log = EventLog(now=org.clock)
        channels = load_channels(folder, ("Lead",))
        org.on_commit(Publisher(schema=schema, channels=channels, log=log).publish)
        yield org, log


def payloads(log: EventLog, channel: str = "/data/Hot__chn") -> list[Any]:
    return [json.loads(each.body)["payload"] for each in log.read(channel, 0, 100)]


def test_a_filtered_field_decides_and_is_put_into_every_event(tmp_path: Path) -> None:
    filtered = "<filterExpression>Rating = 'Hot'</filterExpression>"
    with publishing(channel_folder(tmp_path, members=filtered)) as (org, log):
        user = org.system_user_id
        hot = org.create("Lead", {"LastName": "A", "Company": "x", "Rating": "Hot"}, user_id=user)
        org.create("Lead", {"LastName": "B", "Company": "x", "Rating": "Cold"}, user_id=user)
        org.update("Lead", hot, {"City": "Lyon"}, user_id=user)
        org.update("Lead", hot, {"Rating": "Cold"}, user_id=user)
    assert [p["ChangeEventHeader"]["changeType"] for p in payloads(log)] == ["CREATE", "UPDATE"]
    assert payloads(log)[1]["Rating"] == "Hot"
    assert "Rating" not in payloads(log)[1]["ChangeEventHeader"]["changedFields"]


def test_an_enriched_field_is_in_updates_and_deletions_when_it_is_not_empty(tmp_path: Path) -> None:
    enriched = "".join(
        f"<enrichedFields><name>{name}</name></enrichedFields>" for name in ("Email", "Phone")
    )
    with publishing(channel_folder(tmp_path, members=enriched)) as (org, log):
        user = org.system_user_id
        values = {"LastName": "A", "Company": "x", "Email": "a@example.com"}
        lead = org.create("Lead", values, user_id=user)
        org.update("Lead", lead, {"City": "Lyon"}, user_id=user)
        org.delete("Lead", lead, user_id=user)
    for payload in payloads(log)[1:]:
        assert payload["Email"] == "a@example.com"
        assert "Phone" not in payload
    for payload in payloads(log, "/data/LeadChangeEvent")[1:]:
        assert "Email" not in payload


def ids(log: EventLog, channel: str = "/data/Hot__chn") -> list[list[str]]:
    return [each["ChangeEventHeader"]["recordIds"] for each in payloads(log, channel)]


def test_where_events_show_fields_of_each_record_they_are_not_merged(tmp_path: Path) -> None:
    enriched = "<enrichedFields><name>Email</name></enrichedFields>"
    with publishing(channel_folder(tmp_path, members=enriched)) as (org, log):
        user = org.system_user_id
        row = {"LastName": "A", "Company": "x"}
        made = org.create_many("Lead", [row | {"Email": f"{n}@x.org"} for n in "ab"], user_id=user)
        leads = [str(each.id) for each in made]
        org.update_many("Lead", [{"Id": each, "City": "Lyon"} for each in leads], user_id=user)
    assert ids(log)[2:] == [[leads[0]], [leads[1]]]
    assert [each["Email"] for each in payloads(log)[2:]] == ["a@x.org", "b@x.org"]
    assert ids(log, "/data/LeadChangeEvent")[2:] == [leads]


@pytest.mark.parametrize(
    ("condition", "delivered"),
    [
        ("Rating = 'Hot'", ["GAP_UPDATE", "GAP_OVERFLOW"]),
        ("ChangeEventHeader.changeType != 'GAP_OVERFLOW'", ["GAP_UPDATE"]),
    ],
)
def test_a_gap_passes_filters_on_fields_that_nobody_can_tell(
    tmp_path: Path, condition: str, delivered: list[str]
) -> None:
    schema, members = Schema.load(), f"<filterExpression>{condition}</filterExpression>"
    channels = load_channels(channel_folder(tmp_path, members=members), ("Lead",))
    with closing(Org(schema)) as org:
        log = EventLog(now=org.clock)
        publisher = Publisher(schema=schema, channels=channels, log=log)
        committed: list[Transaction] = []
        org.on_commit(committed.append)
        org.create("Lead", {"LastName": "A", "Company": "x"}, user_id=org.system_user_id)
        for kind in ("GAP_UPDATE", "GAP_OVERFLOW"):
            publisher.publish_gap(committed[0], "Lead", kind, ["00Q*"])
    assert [each["ChangeEventHeader"]["changeType"] for each in payloads(log)] == delivered


def test_a_member_of_a_channel_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="'Cold__chn' is not a deployed channel"):
        load_channels(channel_folder(tmp_path, channel="Cold__chn"), ())
