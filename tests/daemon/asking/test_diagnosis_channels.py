"""What the doctor says of channels: each is tried, and what its events tell is looked at."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.daemon.asking.diagnosis_channels import about_channels
from ortoo_daemon.daemon.asking.findings import Finding
from ortoo_daemon.daemon.hearing.event_settings import EventSettings
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.sandbox.seed import identities as seed
from tests.sandbox.live import Live, live


async def found(org: Live, channel: Any) -> Finding:
    asked = Org.of(
        auth=ClientCredentials(client_id=seed.CLIENT_ID, client_secret=seed.CLIENT_SECRET),
        login_url=org.url,
    )
    try:
        settings = EventSettings(channels=[channel])
        (finding,) = await about_channels(asked, settings.channels, api_version="66.0")
    finally:
        await asked.close()
    assert finding.passed or finding.mend
    return finding


def topic(org: Live, name: str, query: str, **values: Any) -> str:
    row = {"Name": name, "Query": query, "ApiVersion": 66.0, **values}
    org.sandbox.org.create("PushTopic", row, user_id=seed.ADMIN_USER_ID)
    return f"/topic/{name}"


@live()
async def test_channels_that_bring_what_is_needed_pass(org: Live) -> None:
    assert (await found(org, "/data/Ortoo__chn")).passed
    event = await found(org, "/event/Ortoo_Record__e")
    assert event.passed
    assert "RecordId__c" in event.text
    pushed = await found(org, topic(org, "Leads", "SELECT Status , Id FROM Lead"))
    assert pushed.passed
    assert "tells of Lead" in pushed.text


@live()
async def test_a_channel_that_is_not_there_fails_with_the_org_s_words(org: Live) -> None:
    for channel in ("/data/No__chn", "/event/No__e", "/event/ortoo_record__e", "/topic/No"):
        finding = await found(org, channel)
        assert not finding.passed
        assert channel in finding.text


@live()
async def test_a_platform_event_without_the_field_fails_and_names_its_fields(org: Live) -> None:
    finding = await found(org, {"channel": "/event/Ortoo_Record__e", "record_id": "Lead__c"})
    assert not finding.passed
    assert "no field Lead__c" in finding.text
    assert "Object__c, RecordId__c" in finding.text


@live()
async def test_a_push_topic_that_is_switched_off_does_not_pass(org: Live) -> None:
    finding = await found(org, topic(org, "Off", "SELECT Id FROM Lead", IsActive=False))
    assert not finding.passed
