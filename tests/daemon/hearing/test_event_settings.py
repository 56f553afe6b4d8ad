"""Channels as admins write them: by name, or with what a platform event needs."""

import pytest
from pydantic import ValidationError

from ortoo_daemon.daemon.hearing.event_settings import Channel, EventSettings
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.errors import ConfigError


def test_a_channel_may_be_written_by_its_name_alone():
    settings = EventSettings(channels=["/data/Ortoo__chn", {"channel": "/event/New_Lead__e"}])
    assert settings.names == ("/data/Ortoo__chn", "/event/New_Lead__e")
    assert settings.channels[1].record_id == "RecordId__c"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("LeadChangeEvent", "write a channel such as"),
        ("/data/Lead ChangeEvent", "write a channel such as"),
        ("/u/Leads", "generic events name no record"),
        ("/event/New_Lead", "names end in __e or __chn"),
        ("/topic/" + "T" * 26, "25 characters"),
        ({"channel": "/data/LeadChangeEvent", "object": "Lead"}, "leave the rest out"),
        ({"channel": "/topic/Leads", "record_id": "Id"}, "names its record by Id"),
        ({"channel": "/event/New_Lead__e", "record_id": "Lead Id"}, "no API name"),
        ({"channel": "/event/New_Lead__e", "records": "LeadId__c"}, "Extra inputs"),
    ],
)
def test_what_is_no_channel_is_refused_with_what_to_write(channel, said):
    with pytest.raises(ValidationError) as caught:
        EventSettings(channels=[channel])
    assert said in str(caught.value)


def test_a_channel_listed_twice_is_refused():
    with pytest.raises(ValidationError, match="listed twice: /data/X__chn"):
        EventSettings(channels=["/data/X__chn", {"channel": "/data/X__chn"}])


@pytest.mark.parametrize(
    ("channel", "carries", "not_"),
    [
        ({"channel": "/data/LeadChangeEvent"}, "Lead", "Case"),
        ({"channel": "/data/Visit__ChangeEvent"}, "Visit__c", "Lead"),
        ({"channel": "/event/X__e", "object": "Case"}, "Case", "Lead"),
        ({"channel": "/data/Ortoo__chn"}, "Case", None),
        ({"channel": "/data/ChangeEvents"}, "Case", None),
        ({"channel": "/topic/NewLeads"}, "Case", None),
    ],
)
def test_a_channel_s_name_tells_as_far_as_it_can_what_it_may_carry(channel, carries, not_):
    found = Channel(**channel)
    assert found.may_carry(carries)
    assert not_ is None or not found.may_carry(not_)


def test_a_wrong_channel_is_shown_at_its_line(tmp_path):
    file = tmp_path / "ortoo.yaml"
    file.write_text(
        "org:\n"
        "  login_url: http://localhost\n"
        "  auth: {flow: client_credentials, client_id: x}\n"
        "events:\n"
        "  channels:\n"
        "    - /data/Ortoo__chn\n"
        "    - {channel: /u/Leads}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    (problem,) = caught.value.problems
    assert (problem.place.line, "generic events" in problem.message) == (7, True)
