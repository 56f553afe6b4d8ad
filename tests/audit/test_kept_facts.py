"""Claims about what is kept of the facts of a decision, so that it can be decided again."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from ortoo_daemon.audit.kept_facts import LONGEST_VALUE, MOST_PEOPLE, value_hash
from ortoo_daemon.audit.record import LENGTHS, decision_row
from ortoo_daemon.directory import Point, person_of
from ortoo_daemon.json_text import json_text
from ortoo_daemon.policy.ownership_model import RooftopChoice
from tests.world import (
    PLACE,
    decided,
    directory,
    facts,
    lead,
    person,
    policy,
    rooftop,
    rule,
    to_people,
)

SITE = rooftop(1, "Site One", at=(45.0, 4.0))
OTHER = rooftop(2, "Site Two", at=(48.0, 4.0))
STAFF = (
    person(1, at=SITE, role="manager"),
    person(2, at=SITE, skills=("ev", "fleet"), weight=0.5, fields={"City": "Lyon"}),
    person(3, at=SITE, availability="Away", away_until=datetime(2026, 11, 23, 12, tzinfo=UTC)),
    person(4, at=OTHER),
)
POLICY = policy(
    rule("network", assign=to_people(rooftop=RooftopChoice(brand="Brand__c", place=PLACE)))
)


def kept(record, people=STAFF):
    given = facts(record, directory((SITE, OTHER), people), intake_owners=frozenset({"005x"}))
    row = decision_row(decided(POLICY, given), given, timings={})
    assert len(row["Facts__c"]) <= LENGTHS["Facts__c"]
    return json.loads(row["Facts__c"])


def a_lead(**fields):
    return lead(Brand__c="Peugeot", Latitude=45.1, Longitude=4.0, **fields)


def test_what_stood_in_the_record_is_kept_and_what_was_empty_is_not():
    found = kept(a_lead(LastName="Durand", City=None, Score__c=0, IsConverted=False))
    assert found["fields"] == {
        "CreatedDate": "2026-11-23T09:10:00.000+0000",
        "Brand__c": "Peugeot",
        "Latitude": 45.1,
        "Longitude": 4.0,
        "LastName": "Durand",
        "Score__c": 0,
        "IsConverted": False,
    }
    assert (found["item"], found["intake_owners"]) == ({"reason": "created"}, ["005x"])


def test_a_long_value_is_kept_as_its_hash():
    text = "é" * (LONGEST_VALUE + 1)
    found = kept(a_lead(Description=text))
    assert found["hashes"] == {"Description": value_hash(text)}
    assert "Description" not in found["fields"]


def test_everybody_of_the_place_that_was_asked_is_kept_so_that_they_can_be_read_again():
    found = kept(a_lead())
    assert [person_of(json.loads(json_text(each))) for each in found["people"]] == list(STAFF[:3])
    assert set(found["rooftops"]) == {SITE.id, OTHER.id}


def test_a_fingerprint_changes_with_anything_known_of_a_rooftop():
    moved = replace(SITE, point=Point(latitude=45.0, longitude=4.0000001))
    prints = [directory((each,)).fingerprint(each) for each in (SITE, moved, OTHER)]
    assert len(set(prints)) == 3
    assert prints[0] == kept(a_lead())["rooftops"][SITE.id]


def test_of_a_large_place_those_in_the_trace_are_kept_and_the_rest_counted():
    found = kept(a_lead(), tuple(person(n, at=SITE) for n in range(1, 200)))
    assert len(found["people"]) <= MOST_PEOPLE
    assert found["more_people"] == 199 - len(found["people"])


def test_what_is_too_long_is_left_out_and_named():
    found = kept(a_lead(**{f"Text{n}__c": "x" * LONGEST_VALUE for n in range(40)}))
    assert found["cut"] == ["people", "rooftops", "fields"]
    assert "fields" not in found
    assert found["now"] == "2026-11-23T09:15:00.000Z"
