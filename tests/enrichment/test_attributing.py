"""Where records came from: one set of words, the campaign of the visit, the first touch and the last."""

import pytest

from ortoo_daemon.enrichment.attributing import utm_of
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.flow import decide
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import WorkReason
from tests.world import directory, facts, item, lead

SOURCES = b"written,source,channel\nPortal,Marketplace,marketplace\ngoogle,Search,media\n"
STEP = """
    table: tables/sources.csv
    from: LeadSource
    url: Page__c
    utm: {source: Utm_Source__c, campaign: Utm_Campaign__c}
    into: {source: Source__c, channel: Channel__c}
    first_touch: First__c
    last_touch: Last__c
"""


def policies(step=STEP):
    text = f"""
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
on: [created, {{changed: [Brand__c]}}]
enrichment:
- attribution:{step}
ownership: {{rules: [{{name: all, assign: {{queue: Desk}}}}], otherwise: {{queue: Last}}}}
"""
    return load({"policies/leads.yaml": text.encode(), "policies/tables/sources.csv": SOURCES})


def decided(step=STEP, **fields):
    return decide(policies(step), facts(lead(**fields), directory()))


def test_every_way_to_write_an_entry_point_is_one_in_the_taxonomy():
    found = decided(LeadSource=" PORTAL ").fields
    assert (found["Source__c"], found["Channel__c"]) == ("Marketplace", "marketplace")


def test_the_campaign_is_read_from_the_address_and_never_overwrites_what_is_there():
    page = "https://x.example/car?utm_source=google&UTM_Campaign=spring%20sale&utm_source=other"
    found = decided(Page__c=page).fields
    assert (found["Utm_Source__c"], found["Utm_Campaign__c"]) == ("google", "spring sale")
    assert found["Source__c"] == "Search"
    kept = decided(Page__c=page, Utm_Campaign__c="autumn").fields
    assert "Utm_Campaign__c" not in kept


def test_the_first_touch_is_written_once_and_the_last_is_this_enquirys():
    found = decided(LeadSource="Portal", Utm_Campaign__c="launch").fields
    assert found["First__c"] == found["Last__c"]
    assert found["First__c"].endswith("Z / Marketplace / launch")
    again = decided(LeadSource="google", First__c=found["First__c"], Last__c=found["Last__c"])
    assert "First__c" not in again.fields
    assert again.fields["Last__c"].endswith("Z / Search")


def test_a_record_that_is_decided_again_is_no_new_touch():
    record = lead(
        LeadSource="Portal", Last__c="then", Ortoo_Decided_At__c="2026-11-20T10:00:00.000Z"
    )
    work = item(record, reason=WorkReason.REQUEUED, entry="again")
    found = decide(policies(), facts(record, directory(), work=work))
    assert found.outcome is Outcome.ASSIGNED
    assert "Last__c" not in found.fields


def test_a_source_that_nobody_knows_is_told_and_leaves_the_fields_alone():
    found = decided(LeadSource="Pigeon")
    assert "Source__c" not in found.fields
    assert [each.code for each in found.trace.reports] == ["source_unknown"]
    assert found.fields["First__c"].endswith("Z / Pigeon")


def test_records_for_which_the_step_is_not_are_left_alone():
    found = decided(STEP + "    when: {Country: France}\n", LeadSource="Portal")
    assert found.fields == {}


@pytest.mark.parametrize(
    "address", ["", "not an address", "http://[broken", "https://x/?a=1", "?&=&"]
)
def test_an_address_that_says_nothing_is_no_harm(address):
    assert utm_of(address) == {}


def test_what_an_address_may_say_is_bounded():
    many = "https://x.example/?" + "&".join(f"utm_a{n}=1" for n in range(1_000))
    assert utm_of(many) == {}
    assert len(utm_of("https://x.example/?utm_source=" + "x" * 1_000)["source"]) == 80


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (STEP.replace("source: Source__c", "medium: Medium__c"), "has no column 'medium'"),
        (STEP.replace("campaign:", "campain:"), "did you mean campaign"),
        (STEP.replace("    from: LeadSource\n", ""), "needs 'from'"),
    ],
)
def test_what_can_not_be_meant_is_told(step, wrong):
    with pytest.raises(ConfigError) as told:
        policies(step)
    assert any(wrong in f"{each.message} {each.mend}" for each in told.value.problems)
