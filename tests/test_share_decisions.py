"""Whom does a decision share its record with, and who owns it across organisations? Through `decide`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.consequences import RecordShare, ShareState
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.flow import decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.reach import fields_read
from ortoo_daemon.policy.share_model import SHARING
from ortoo_daemon.records import Record, WorkReason
from tests.world import NOW, an_id, directory, facts, item, person, rooftop

HERE = rooftop(1, "Kervran Rennes", tags={"Partner": an_id("005", 9), "Partner_Account": "Acc"})
ANN = person(1, at=HERE)
PARTNER = person(9, username="pat@partner.example")
LEAD = an_id("00Q", 1)
ALL = {"rooftop": {"where": {"Name": HERE.name}}, "team": {"role": "sales_adviser"}}
GROUP = {"group": "Partners"}
NO_EMAIL = {"require": {"Email": {"blank": False}, "else": {"park": "no_email"}}}


def policies_of(
    action: dict[str, Any],
    *,
    assign: dict[str, Any] | None = None,
    intake: dict[str, Any] | None = None,
) -> PolicySet:
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
    return load({"policies/leads.yaml": json.dumps(written).encode()})


def decided(
    action: dict[str, Any],
    *,
    assign: dict[str, Any] | None = None,
    intake: dict[str, Any] | None = None,
    **fields: Any,
) -> Decision:
    record = Record(object="Lead", id=LEAD, fields={"CreatedDate": instant_text(NOW)} | fields)
    given = facts(record, directory((HERE,), (ANN, PARTNER)), work=item(record))
    found = decide(policies_of(action, assign=assign, intake=intake), given)
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
        "not shared with Partners, no consent: ": {"with": GROUP, "consent": {"Consent__c": True}},
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


GATED = {"with": GROUP, "consent": {"Consent__c": True}}


def later(action: dict[str, Any], first: Decision, **changed: Any) -> Decision:
    """What comes of a record that stands as the first decision left it, and of which fields then change."""
    fields = {"CreatedDate": instant_text(NOW), "Ortoo_Policy__c": "leads", "Consent__c": False}
    before = Record(object="Lead", id=LEAD, fields=fields)
    fields |= owner_write(first, before).whole
    record = Record(object="Lead", id=LEAD, fields=fields | changed)
    work = item(record, reason=WorkReason.CHANGED, changed_fields=frozenset(changed))
    given = facts(record, directory((HERE,), (ANN, PARTNER)), work=work)
    found = decide(policies_of(action), given)
    assert isinstance(found, Decision)
    return found


def test_the_record_says_who_waits_and_consent_that_comes_shares_it_once() -> None:
    action = {"share": GATED}
    first = decided(action, Consent__c=False)
    assert first.fields["Ortoo_Sharing__c"] == "Held: no consent: Partners"
    assert [(each.name, each.state) for each in first.withheld] == [("Partners", ShareState.HELD)]
    agreed = later(action, first, Consent__c=True)
    assert (agreed.outcome, agreed.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.CONSENT_CHANGED)
    assert agreed.owner is None, "nobody else gets the record"
    assert [each.name for each in agreed.shares] == ["Partners"]
    assert agreed.fields["Ortoo_Sharing__c"] == "Shared: Partners"
    assert agreed.rule == first.rule
    assert summary(agreed) == "shared with Partners: consent has changed"
    again = later(action, first, Consent__c=True, Ortoo_Sharing__c="Shared: Partners")
    assert again.outcome is Outcome.NOTHING


def test_consent_that_is_taken_back_takes_the_share_back_and_nothing_else() -> None:
    action = {"share": [GATED, {"with": {"user": "pat@partner.example"}}]}
    shared = {"Ortoo_Sharing__c": "Shared: Partners"}
    made = later(action, decided(action, Consent__c=True), Consent__c=False, **shared)
    assert [(each.name, each.state) for each in made.withheld] == [
        ("Partners", ShareState.WITHDRAWN)
    ]
    assert made.shares == ()
    assert made.fields["Ortoo_Sharing__c"] == "Held: no consent: Partners"
    assert "no longer shared with Partners" in summary(made)


def test_who_sees_it_by_another_entry_keeps_that_when_consent_goes() -> None:
    action = {"share": [GATED | {"access": "edit"}, {"with": GROUP}]}
    made = later(action, decided(action, Consent__c=True), Consent__c=False)
    assert [(each.name, each.access) for each in made.shares] == [("Partners", "read")]
    assert made.withheld == ()


def test_a_record_that_a_person_has_given_to_somebody_is_left_alone() -> None:
    action = {"share": GATED}
    held = decided(action, Consent__c=False)
    assert later(action, held, Consent__c=True, OwnerId=PARTNER.id).outcome is Outcome.NOTHING


def test_a_change_of_the_owner_by_the_daemon_asks_for_consent_anew() -> None:
    """What was shared goes with the old owner, so that nothing is to be taken back."""
    made = decided({"share": GATED}, Consent__c=False, Ortoo_Sharing__c="Shared: Partners")
    assert [each.state for each in made.withheld] == [ShareState.HELD]
    assert made.fields["Ortoo_Sharing__c"] == "Held: no consent: Partners"


def test_where_nobody_is_asked_the_record_says_nothing() -> None:
    assert "Ortoo_Sharing__c" not in decided({"share": {"with": GROUP}}).fields
    assert SHARING not in fields_read(policies_of({"share": {"with": GROUP}}).policies[0])


def test_a_queue_stands_for_its_members_unless_it_owns_the_record() -> None:
    (share,) = decided({"share": {"with": {"queue": "Desk"}}}).shares
    assert (share.name, share.to, share.queue) == ("Desk", None, True)
    owned = decided({"share": {"with": {"queue": "Desk"}}}, assign={"queue": "Desk"})
    assert owned.owner is not None
    assert (owned.owner.name, owned.shares) == ("The desk", ())


def test_more_names_than_the_record_has_room_for_are_refused_with_a_place() -> None:
    names = [f"Partners_{number:02}_{'x' * 30}" for number in range(7)]
    with pytest.raises(ConfigError) as refused:
        policies_of({"share": [GATED | {"with": {"group": name}} for name in names]})
    (problem,) = refused.value.problems
    assert "characters" in problem.message
    assert "one group of them all" in str(problem)
    assert problem.place.line


def test_with_names_one_receiver() -> None:
    with pytest.raises(ConfigError, match="one user, one public group or one queue"):
        policies_of({"share": {"with": {"group": "A", "queue": "B"}}})
