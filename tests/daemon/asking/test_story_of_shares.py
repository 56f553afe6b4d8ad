"""Who saw a record, and since and until when, is told out of decisions and changes of its owner."""

import json
from datetime import UTC, datetime

from ortoo_daemon.daemon.asking.story_of_shares import ids_in, told_of_shares

ANN, BEN = "005000000000001AAA", "005000000000002AAA"
PARTNERS = {"with": "Partners", "access": "read", "place": "policies/leads.yaml:9:5"}


def at(minute: int) -> datetime:
    return datetime(2026, 11, 23, 9, minute, tzinfo=UTC)


def decision(minute: int, *shares, before=ANN, after=ANN, owner="Ann"):
    return {
        "Decided_At__c": f"2026-11-23T09:{minute:02}:00.000Z",
        "Owner_Before__c": before,
        "Owner_After__c": after,
        "Owner_Name__c": owner,
        "Fields_Written__c": json.dumps({"written": {}, "shared": list(shares)} if shares else {}),
    }


def told(rows, *changes, names=None):
    found = told_of_shares(rows, changes, names or {})
    return [(each.at.minute, each.text, each.by) for each in found]


def test_each_share_is_told_with_its_line_and_each_refusal_with_its_code():
    shares = (
        PARTNERS,
        {"with": ANN, "access": "edit"},
        {"with": "Gone", "access": "read", "refused": "UNKNOWN_GROUP"},
    )
    rows = [decision(1, *shares)]
    assert list(ids_in(rows)) == [ANN]
    assert told(rows, names={ANN: "Ann Partner"}) == [
        (1, "with Partners (read) (policies/leads.yaml:9:5)", "the daemon"),
        (1, "with Ann Partner (edit)", "the daemon"),
        (1, "not with Gone: the org refused it (UNKNOWN_GROUP)", "the daemon"),
    ]


def test_whoever_gives_it_to_another_owner_ends_what_was_shared_once():
    rows = [decision(1, PARTNERS)]
    changes = [(at(5), "Nina"), (at(6), "Nina")]
    assert told(rows, *changes)[1:] == [
        (5, "no longer with Partners: another owner ends what was shared", "Nina")
    ]


def test_the_daemons_own_move_ends_only_what_it_does_not_share_anew():
    other = {"with": "Other", "access": "read"}
    rows = [decision(1, PARTNERS, other), decision(8, other, before=ANN, after=BEN)]
    assert told(rows)[2:] == [
        (8, "with Other (read)", "the daemon"),
        (8, "no longer with Partners: another owner ends what was shared", "the daemon"),
    ]
    moved_by_hand = told(rows, (at(4), "Nina"))
    assert [text for _, text, by in moved_by_hand if by == "Nina"] == [
        "no longer with Other, Partners: another owner ends what was shared"
    ]
    assert moved_by_hand[-1] == (8, "with Other (read)", "the daemon")


def test_who_waits_for_consent_or_lost_it_had_nothing_to_end():
    held, withdrawn = (
        {"with": "Partners", "access": "read", word: "no consent"} for word in ("held", "withdrawn")
    )
    for share, text in (
        (held, "not with Partners yet: no consent"),
        (withdrawn, "no longer with Partners: no consent"),
    ):
        rows = (
            [decision(1, PARTNERS), decision(3, share, owner=None)]
            if share is withdrawn
            else [decision(3, share)]
        )
        assert told(rows, (at(9), "Nina"))[-1] == (3, text, "the daemon")


def test_a_decision_record_that_was_cut_tells_nothing_of_shares():
    row = decision(1) | {"Fields_Written__c": None}
    assert told([row]) == []
