"""A chain shows what was changed, taken away or put in, and not what was erased on purpose."""

from typing import Any

from ortoo_daemon.audit.chain import (
    ENVELOPE,
    HASH,
    PREVIOUS,
    TRACE_HASH,
    broken,
    examined,
    head_of,
    sealed,
)

LEAD = "00Q000000000001EAA"


def row(entry: str, second: int, **more: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(ENVELOPE),
        "Ortoo_Key__c": f"{LEAD}:{entry}",
        "Record_Id__c": LEAD,
        "Outcome__c": "assigned",
        "Owner_After__c": "005000000000001AAA",
        "Decided_At__c": f"2026-11-22T09:00:{second:02}.250Z",
        "Trace__c": "{}",
        "Facts__c": '{"v":1}',
        "Fields_Written__c": "{}",
        **more,
    }


def chain(*entries: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for second, entry in enumerate(entries):
        made = row(entry, second)
        rows.append(sealed(made, head_of(rows, made["Ortoo_Key__c"])))
    return rows


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    found = broken(map(examined, rows))
    return [(each.key.partition(":")[2], each.what) for each in found]


def test_a_chain_as_it_was_written_is_whole() -> None:
    rows = chain("first", "sla:1", "requeue")
    assert [each[PREVIOUS] for each in rows] == [None, rows[0][HASH], rows[1][HASH]]
    assert told(rows) == []


def test_what_the_org_makes_of_values_changes_no_hash() -> None:
    """Empty text becomes null, outer blanks go, a moment comes back in another form."""
    (written,) = [sealed(row("first", 1, Rule__c="EV launch ", Rooftop__c=""), None)]
    kept = {**written, "Rule__c": "EV launch", "Rooftop__c": None}
    kept["Decided_At__c"] = "2026-11-22T09:00:01.000+0000"
    assert told([kept]) == []


def test_every_field_of_the_envelope_counts() -> None:
    for name in ENVELOPE:
        if name in (PREVIOUS, TRACE_HASH, "Record_Id__c"):
            continue
        other = "2026-11-22T09:30:00Z" if name == "Decided_At__c" else "other"
        (only,) = chain("first")
        assert any("envelope" in what for _, what in told([{**only, name: other}])), name


def test_a_changed_trace_is_told_and_an_erased_one_is_not() -> None:
    first, second = chain("first", "second")
    assert told([{**first, "Trace__c": '{"x":1}'}, second]) == [
        ("first", "was changed: trace, facts or written values have another hash")
    ]
    nothing = {"Trace__c": None, "Facts__c": None, "Fields_Written__c": None}
    assert told([{**first, **nothing, "Erased_At__c": "2026-12-01T00:00:00Z"}, second]) == []
    assert told([{**first, **nothing}, second]), "emptied by hand"


def test_a_deleted_link_is_missed_by_the_one_after_it() -> None:
    first, _, third = chain("first", "second", "third")
    assert told([first, third]) == [
        ("third", "follows a decision that is not there: it was deleted, or its hash was changed")
    ]


def test_a_row_that_was_put_in_shows() -> None:
    first, second = chain("first", "second")
    beside = sealed(row("forged", 5), first[HASH])
    assert {key for key, _ in told([first, second, beside])} == {"second", "forged"}
    assert told([first, second, row("unsealed", 9)])[0][0] == "unsealed"


def test_rows_from_before_decisions_bore_hashes_come_first_and_are_well() -> None:
    old = row("first", 0)
    later = sealed(row("requeue", 5), head_of([old], f"{LEAD}:requeue"))
    assert told([old, later]) == []


def test_a_row_that_is_written_again_keeps_its_place() -> None:
    rows = chain("first", "second", "third")
    again = sealed(row("second", 1), head_of(rows, f"{LEAD}:second"))
    assert again == rows[1]


def test_half_a_surrogate_pair_is_no_hindrance() -> None:
    assert told([sealed(row("first", 0, Rule__c="\ud800"), None)]) == []
