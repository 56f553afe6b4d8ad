"""Claims about fields that are filled and say nothing: whom nobody can reach is not routed."""

import pytest

from ortoo_daemon.flow import decide
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.load import load
from tests.world import directory, facts, lead

POLICY = """
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
intake:
  cleanse: {Email: email, Phone: {phone: {country: Country}}, LastName: name}
  require: {any: [Email, Phone], else: {park: no_contact}}
  govern:
    score: Quality__c
    rules:
      - {name: whole name, required: LastName, points: 20}
      - {name: place, required: PostalCode, points: 30}
      - {name: nobody, refuse: {LastName: Unknown}, points: 5}
ownership: {rules: [{name: all, assign: {queue: Desk}}], otherwise: {queue: Last}}
action: {sla: [{clock: first_response, target: 1h, hours: 24x7}]}
"""


def decided(**fields):
    policies = load({"policies/leads.yaml": POLICY.encode()})
    return decide(policies, facts(lead(Country="France", **fields), directory()))


@pytest.mark.parametrize(
    "contact",
    [
        {"Phone": "-"},
        {"Phone": "n/a"},
        {"Phone": "0000000000"},
        {"Email": "none@none.com"},
        {"Email": "NoReply@marketplace.example", "Phone": "x"},
        {"Email": "kein"},
        {"Email": "n.a."},
    ],
)
def test_whom_nobody_can_reach_is_parked_though_the_field_is_filled(contact):
    found = decided(LastName="Roy", **contact)
    assert (found.outcome, found.parked_for) == (Outcome.PARKED, "no_contact")
    assert not set(contact) & set(found.fields)  # what was typed stays for whoever looks
    assert all(name in found.trace.notes[0] for name in contact)


@pytest.mark.parametrize(
    "contact",
    [
        {"Phone": "06 12 34 56 7"},  # no number as it stands, but somebody may see what was meant
        {"Phone": "0612345678 / 0143215678"},
        {"Email": "ana@mail", "Phone": "n/a"},
        {"Email": "ana(at)mail.example"},
        {"Email": "0612345678"},  # in the wrong field
        {"Phone": "ana@mail.example"},
        {"Email": "none@none.com", "Phone": "06 12 34 56 78"},
    ],
)
def test_whoever_said_how_to_be_reached_is_routed(contact):
    assert decided(LastName="Roy", **contact).outcome is Outcome.ASSIGNED


@pytest.mark.parametrize(
    ("fields", "quality"),
    [
        ({"LastName": "Roy", "PostalCode": "69003"}, 100),
        ({"LastName": "[not provided]", "PostalCode": "69003"}, 80),
        ({"LastName": "Roy", "PostalCode": "n/a"}, 70),
        ({"LastName": "Roy", "PostalCode": "--"}, 70),
        ({"LastName": "Unknown", "PostalCode": "69003"}, 75),  # a rule that names the word sees it
    ],
)
def test_what_a_rule_requires_must_be_said(fields, quality):
    assert decided(Email="ana@mail.example", **fields).fields["Quality__c"] == quality
