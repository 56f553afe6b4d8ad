"""Which decisions hand a record to its rooftop's own system, and which take that back? Through `decide`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ortoo_daemon.action.handoff import NO_CONSENT
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.flow import decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_TO
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record
from tests.world import NOW, an_id, directory, facts, item, person, rooftop

HERE = rooftop(1, "Kervran Rennes", tags={"Crm": "adf"})
THERE = rooftop(2, "Garage Roy", tags={"Crm": "none"})
ANN, BOB = person(1, at=HERE), person(2, at=THERE)
LEAD = an_id("00Q", 1)
HANDED = {
    "when": {"$rooftop.Crm": "adf"},
    "consent": {"Consent__c": True},
    "send": "adf",
    "by": "smtp",
    "to": "$rooftop.Address",
}


def policies(**handoff: Any) -> PolicySet:
    given = {name: value for name, value in (HANDED | handoff).items() if value is not None}
    written = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "ownership": {
            "rules": [
                {
                    "name": "all",
                    "assign": {
                        "rooftop": {"where": {"Name": "{}"}},
                        "team": {"role": "sales_adviser"},
                    },
                }
            ],
            "otherwise": {"queue": "Desk"},
        },
        "action": {"handoff": given},
    }
    return load({"policies/leads.yaml": yaml.safe_dump(written).encode()})


def decided(
    site: Any, *, world: Directory | None = None, explained: bool = False, **fields: Any
) -> Decision:
    values = {"CreatedDate": instant_text(NOW), "Consent__c": True} | fields
    record = Record(object="Lead", id=LEAD, fields=values)
    loaded = load(
        {name: data.replace(b"'{}'", site.name.encode()) for name, data in policies().files.items()}
    )
    given = facts(record, world or directory((HERE, THERE), (ANN, BOB)), work=item(record))
    found = decide(loaded, given, whole_trace=explained)
    assert isinstance(found, Decision)
    return found


def test_a_lead_that_comes_to_a_dealer_with_a_system_is_due_in_the_same_write() -> None:
    made = decided(HERE)
    assert made.handoff is not None
    assert (made.handoff.rooftop, made.handoff.by, made.handoff.held) == (HERE.id, "smtp", False)
    assert made.fields[HANDOFF] == "Due"


def test_without_consent_it_is_held_and_says_so() -> None:
    made = decided(HERE, Consent__c=False)
    assert made.handoff is not None
    assert made.handoff.held
    assert made.fields[HANDOFF] == NO_CONSENT
    assert any("no consent" in note for note in made.trace.notes)


def test_a_dealer_without_a_system_gets_none_and_what_was_open_is_withdrawn() -> None:
    assert decided(THERE).handoff is None
    assert HANDOFF not in decided(THERE).fields
    again = decided(THERE, **{HANDOFF: "Due"})
    assert (again.handoff, again.fields[HANDOFF]) == (None, "Withdrawn")


def test_a_dealer_that_has_it_gets_it_no_second_time() -> None:
    before = {HANDOFF: "Sent", HANDOFF_TO: HERE.id, HANDOFF_AT: instant_text(NOW)}
    made = decided(HERE, **before)
    assert made.handoff is None
    assert HANDOFF not in made.fields


def test_who_asks_is_told_why_a_record_is_not_handed_over() -> None:
    (why,) = decided(THERE, explained=True).trace.notes
    assert "not handed over" in why
    assert "policies/leads.yaml:" in why
    before = {HANDOFF: "Sent", HANDOFF_TO: HERE.id, HANDOFF_AT: instant_text(NOW)}
    (has,) = decided(HERE, explained=True, **before).trace.notes
    assert has.endswith(f"{HERE.name} was handed the record before")
    assert decided(THERE).trace.notes == ()


def test_the_next_dealer_gets_it_under_an_id_of_its_own() -> None:
    before = {HANDOFF: "Sent", HANDOFF_TO: THERE.id, HANDOFF_AT: instant_text(NOW)}
    first, second = decided(HERE), decided(HERE, **before)
    assert first.handoff is not None
    assert second.handoff is not None
    assert first.handoff.key != second.handoff.key
    assert first.handoff.key == (decided(HERE).handoff or first.handoff).key


def test_nobody_s_record_is_handed_to_no_one() -> None:
    made = decided(HERE, world=directory((HERE,), ()))
    assert made.handoff is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": "fax"}, "'by' is not 'fax'"),
        ({"send": "csv"}, "'send' is not 'csv'"),
        ({"to": None}, "a handoff needs 'to'"),
        ({"map": {"colour": "Color__c"}}, "ADF has no 'colour' to be sent"),
        ({"exclusive_for": "soon"}, "exclusive_for"),
        ({"via": "smtp"}, "a handoff has no key 'via'"),
        ({"replies": [{"says": ["x"]}]}, "a reply needs 'set'"),
        ({"replies": [{"says": "x", "set": {"A__c": 1}}]}, "'says' must be a list"),
        ({"replies": [{"says": ["x"], "set": {"A__c": [1]}}]}, "a reply sets a constant"),
        (
            {"by": "file", "replies": [{"says": ["x"], "set": {"A__c": 1}}]},
            "only what is handed over by e-mail (by: smtp) is answered by e-mail",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        policies(**wrong)
    assert said in str(error.value)
    assert "policies/leads.yaml:" in str(error.value)


def test_a_file_needs_no_address() -> None:
    (policy,) = policies(by="file", to=None).policies
    assert policy.handoff is not None
    assert policy.handoff.to is None
