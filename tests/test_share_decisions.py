"""Whom does a decision share its record with, and who owns it across organisations? Through `decide`."""

from __future__ import annotations

from typing import Any

import yaml

from ortoo_daemon.decision import Decision, RecordShare
from ortoo_daemon.flow import decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import Record
from tests.world import NOW, an_id, directory, facts, item, person, rooftop

HERE = rooftop(1, "Kervran Rennes", tags={"Partner": an_id("005", 9), "Partner_Account": "Acc"})
ANN = person(1, at=HERE)
PARTNER = person(9, username="pat@partner.example")
LEAD = an_id("00Q", 1)
ALL = {"rooftop": {"where": {"Name": HERE.name}}, "team": {"role": "sales_adviser"}}
GROUP = {"group": "Partners"}
NO_EMAIL = {"require": {"Email": {"blank": False}, "else": {"park": "no_email"}}}


def decided(
    action: dict[str, Any],
    *,
    assign: dict[str, Any] | None = None,
    intake: dict[str, Any] | None = None,
    **fields: Any,
) -> Decision:
    written = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "ownership": {
            "rules": [{"name": "all", "assign": assign or ALL}],
            "otherwise": {"queue": "Desk"},
        },
        "action": action,
        **({"intake": intake} if intake else {}),
    }
    record = Record(object="Lead", id=LEAD, fields={"CreatedDate": instant_text(NOW)} | fields)
    loaded = load({"policies/leads.yaml": yaml.safe_dump(written).encode()})
    given = facts(record, directory((HERE,), (ANN, PARTNER)), work=item(record))
    found = decide(loaded, given)
    assert isinstance(found, Decision)
    return found


def test_a_tag_of_the_rooftop_and_a_username_name_users_and_one_user_is_named_once() -> None:
    made = decided({"share": {"with": "$rooftop.Partner"}})
    assert made.shares == (RecordShare(name=PARTNER.id, to=PARTNER.id, access="read"),)
    made = decided({"share": {"with": {"user": "Pat@Partner.example"}, "access": "edit"}})
    assert [(each.to, each.access) for each in made.shares] == [(PARTNER.id, "edit")]
    twice = decided({"share": [{"with": dict(GROUP), "access": "edit"}, {"with": dict(GROUP)}]})
    assert twice.shares == (RecordShare(name="Partners", to=None, access="edit"),)


def test_the_trace_says_whom_it_is_shared_with_and_why_with_nobody() -> None:
    said = {
        "shared with Partners (read)": {"with": GROUP},
        "not shared, no consent: ": {"with": GROUP, "consent": {"Consent__c": True}},
        "not shared, nobody is named": {"with": "$rooftop.Nobody"},
        "not shared, 'Acc' is no id": {"with": "$rooftop.Partner_Account"},
        "not shared, the org has no user 'x@y.example'": {"with": {"user": "x@y.example"}},
    }
    for words, rule in said.items():
        made = decided({"share": rule}, Consent__c=False)
        (note,) = made.trace.notes
        assert words in note, note
        assert note.startswith("policies/leads.yaml:")
        assert bool(made.shares) == words.startswith("shared")


def test_the_owner_needs_no_share_and_a_record_that_is_parked_gets_none() -> None:
    owned = decided({"share": {"with": {"user": ANN.username}}})
    assert owned.owner is not None
    assert (owned.owner.id, owned.shares) == (ANN.id, ())
    parked = decided({"share": {"with": GROUP}}, intake=NO_EMAIL)
    assert (parked.parked_for, parked.shares) == ("no_email", ())


def test_a_partner_user_owns_the_record_and_its_partner_account_is_a_field_that_is_set() -> None:
    made = decided(
        {"set": {"PartnerAccountId": "$rooftop.Partner_Account"}},
        assign={"user": "pat@partner.example"},
    )
    assert made.owner is not None
    assert made.owner.id == PARTNER.id
    of_site = decided({"set": {"Partner_Account__c": "$rooftop.Partner_Account"}})
    assert of_site.fields["Partner_Account__c"] == "Acc"
