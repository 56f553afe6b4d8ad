"""What follows from an enquiry in ADF, through the whole of `decide`."""

from __future__ import annotations

import pytest
import yaml

from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.facts import Facts
from ortoo_daemon.flow import decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, WorkItem, WorkReason
from tests.intake.adf.samples import document, prospect
from tests.world import NOW, an_id, directory, rooftop

LEAD = an_id("00Q", 1)
KERVRAN = rooftop(1, "Kervran Rennes", code="R00013812")
OTHER = rooftop(2, "Garage Roy", code="R00013815")
MAP = b"""field,from,type,length,longer,values,only_empty
LastName,last_name,,,,,
Email,email,,,,,
Model__c,model,,,,,
Price__c,price,,,,,
Asked_At__c,requested_at,,,,,
Trade__c,trade_in,,,,,
Request__c,interest,,,,test-drive=test_drive; *=quote,
"""
ADF = {"from": "Description", "keep": "Raw__c", "map": "tables/adf.csv", "vendor": "Dealer__c"}
RULES = [
    {"name": "wrong", "when": {"$adf.wrong_site": True}, "assign": {"queue": "Last"}},
    {"name": "broken", "when": {"$adf.unreadable": True}, "assign": {"queue": "Last"}},
    {"name": "again", "when": {"$adf.resend": True}, "assign": {"queue": "Desk"}},
]


def policies(**adf: object) -> PolicySet:
    written = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"adf": ADF | adf},
        "ownership": {"rules": RULES, "otherwise": {"queue": "Desk"}},
    }
    files = {"policies/leads.yaml": yaml.safe_dump(written).encode(), "tables/adf.csv": MAP}
    return load(files)


def facts(text: str, *, reason: WorkReason = WorkReason.CREATED, **fields: object) -> Facts:
    values = {"CreatedDate": instant_text(NOW), "Description": text, "LastName": "Feed"} | fields
    item = WorkItem(object="Lead", record_id=LEAD, reason=reason, entry="first", heard_at=NOW)
    record = Record(object="Lead", id=LEAD, fields=values)
    return Facts(item=item, record=record, now=NOW, directory=directory((KERVRAN, OTHER)))


def decided(text: str, *, given: Facts | None = None, **adf: object) -> Decision:
    found = decide(policies(**adf), given or facts(text))
    assert isinstance(found, Decision)
    return found


def test_what_the_enquiry_says_is_written_with_its_types_and_the_document_is_kept():
    text = document()
    made = decided(text)
    assert made.fields["LastName"] == "Le Goff"
    assert made.fields["Model__c"] == "E-308"
    assert made.fields["Price__c"] == 38990
    assert made.fields["Trade__c"] is True
    assert made.fields["Request__c"] == "quote"
    assert made.fields["Asked_At__c"] == "2026-11-23T09:15:00.000Z"
    assert made.fields["Raw__c"] == text.strip()


def test_the_same_text_gives_the_same_decision():
    assert decided(document()) == decided(document())


def test_a_record_without_a_document_is_left_as_it_is():
    made = decided("I like the prospect of an E-308, with an adf logo")
    assert "LastName" not in made.fields
    assert made.rule is None


def test_what_people_have_written_since_then_stays():
    given = facts(
        document(),
        reason=WorkReason.CHANGED,
        LastName="Le Goff-Martin",
        Ortoo_Decided_At__c=instant_text(NOW),
        Ortoo_Decision_Key__c="before",
    )
    found = decide(policies(), given)
    assert isinstance(found, Decision)
    assert "LastName" not in found.fields


def test_a_document_that_can_t_be_read_is_parked_with_its_text_untouched():
    made = decided("<!DOCTYPE adf [<!ENTITY a 'b'>]><adf><prospect/></adf>")
    assert (made.outcome, made.reason) == (Outcome.PARKED, ReasonCode.ADF_UNREADABLE)
    assert made.parked_for == "adf_unreadable"
    assert "Description" not in made.fields
    assert any("declares entities" in note for note in made.trace.notes)


def test_a_policy_may_give_another_reason_or_leave_it_to_rules():
    bomb = "<!DOCTYPE adf [<!ENTITY a 'b'>]><adf><prospect/></adf>"
    assert decided(bomb, unreadable={"park": "look at it"}).parked_for == "look at it"
    made = decided(bomb, unreadable="pass")
    assert made.rule == "broken"


def test_another_dealer_than_the_one_it_came_in_for_is_told():
    assert decided("", given=facts(document(), Dealer__c=OTHER.id)).rule == "wrong"
    assert decided("", given=facts(document(), Dealer__c=KERVRAN.id)).rule is None
    assert decided("", given=facts(document().replace("R00013812", "X-1").replace("Kervran", "X"),
                                   Dealer__c=OTHER.id)).rule is None  # fmt: skip


def test_an_enquiry_that_came_again_is_told():
    assert decided(document(prospect(status="resend"))).rule == "again"


def test_further_prospects_become_leads_of_their_own_each_once():
    text = document(prospect(id="A"), prospect(id="B"), prospect(id="C"))
    made = decided(text, split={"copy": ["LeadSource"]})
    assert [child.key_field for child in made.children] == ["Ortoo_Split_Key__c"] * 2
    assert len({child.key for child in made.children}) == 2
    again = decided(text, split={"copy": ["LeadSource"]})
    assert [child.key for child in again.children] == [child.key for child in made.children]
    assert all(len(child.key) <= 120 for child in made.children)


def test_a_further_prospect_carries_its_own_document_and_nothing_of_the_others():
    text = document(prospect(id="A"), prospect(id="B"))
    given = facts(text, LeadSource="Market", Secret__c="no")
    made = decided(text, given=given, split={"copy": ["LeadSource"]})
    (child,) = made.children
    assert child.fields["LeadSource"] == "Market"
    assert "Secret__c" not in child.fields
    (alone,) = read_adf(str(child.fields["Raw__c"])).prospects
    assert alone.ids[0].value == "B"
    assert child.fields["LastName"] == "Le Goff"


def test_a_child_is_not_split_again():
    text = document(prospect(id="A"), prospect(id="B"))
    (child,) = decided(text, split={"copy": []}).children
    again = decided("", given=facts("", **dict(child.fields)), split={"copy": []})
    assert again.children == ()
    assert again.fields.get("LastName", child.fields["LastName"]) == "Le Goff"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from": "$match.Id"}, "not known here"),
        ({"map": "tables/none.csv"}, "no file"),
        ({"set": {"Model__c": "$adf.modell"}}, "$adf has no 'modell' (did you mean model?)"),
        ({"keep": "Account.Name"}, "can't be written"),
        ({"unreadable": {"drop": "x"}}, "no key 'drop'"),
        ({"form": "x"}, "did you mean from?"),
    ],
)
def test_what_is_wrong_in_the_policy_is_told(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        policies(**wrong)
    assert said in str(error.value)


def test_findings_are_known_only_where_the_policy_reads_them():
    written = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "enter": {"$adf.make": "Peugeot"},
        "ownership": {"otherwise": {"queue": "Desk"}},
    }
    with pytest.raises(ConfigError, match=r"comes after 'enter'"):
        load({"policies/leads.yaml": yaml.safe_dump(written).encode()})
