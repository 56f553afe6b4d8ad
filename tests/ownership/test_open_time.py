"""A claim about open time: it counts by the hours that the policy names, as the directory has them."""

from datetime import UTC, datetime

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.policy.load import load
from tests.policy.files import with_rules
from tests.world import decided, directory, facts, lead


def test_open_time_counts_by_the_hours_that_the_policy_names():
    weekdays = (*(((540, 1080),),) * 5, (), ())
    office = BusinessHours(name="Office", zone="UTC", windows=weekdays)
    text = with_rules(
        "    - {name: late, when: {CreatedDate: {older_than: 2 open hours}}, assign: {queue: Desk}}\n",
        before="hours: Office\n",
    )["config/policies/leads.yaml"].decode()
    text = text.replace("2026-11-23", "2026-11-01").replace("Unrouted_Leads", "Last")
    policies = load({"config/policies/leads.yaml": text.encode()})
    on_friday = lead(CreatedDate="2026-11-20T16:00:00Z")  # two open hours before the weekend
    for hours, rule_name in (({"Office": office}, None), ({}, "late")):
        monday = datetime(2026, 11, 23, 8, 59, tzinfo=UTC)
        found = decided(policies, facts(on_friday, directory(hours=hours), now=monday))
        assert found.rule == rule_name
