"""Did everything hold? Asks the org itself what stands on the records, not the daemon.

Everything here is read after the daemon has ended, from rows, histories and the org's log of calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.cli.launch_day.tally import Tally
from ortoo_daemon.decision import FOLLOW_UPS
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_OBJECTS = ("Lead", "Case")
_FOLLOW_UPS = frozenset(each.value for each in FOLLOW_UPS)
"""An answered lead's clock is stopped, a decision of its own beside the one about the owner."""

_NAMED = 5
"""So many records are named where a check fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold; ``detail`` says what was counted, or which records broke it."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Of the day's records: rows by id, their decisions, owner changes by user, the daemon's calls."""

    rows: Mapping[str, Mapping[str, Any]]
    decisions: Mapping[str, Sequence[Mapping[str, Any]]]
    owner_changes: Mapping[str, Sequence[str]]
    calls: Sequence[Mapping[str, Any]]
    daemon_user: str


async def gather(org: Org, *, calls: Sequence[Mapping[str, Any]], daemon_user: str) -> Evidence:
    """Read what the checks look at. Raises OrgError."""
    rows: dict[str, Mapping[str, Any]] = {}
    changes: dict[str, list[str]] = defaultdict(list)
    for name in _OBJECTS:
        stamps = ["Id", "OwnerId", "Ortoo_Decided_At__c", "Ortoo_Parked__c", "LastModifiedById"]
        rows |= {each["Id"]: each for each in await org.query(soql.select(name, stamps))}
        history = soql.select(
            f"{name}History", [f"{name}Id", "CreatedById"], where=[soql.equals("Field", "Owner")]
        )
        for change in await org.query(history):
            changes[change[f"{name}Id"]].append(change["CreatedById"])
    decisions: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    fields = ["Id", "Record_Id__c", "Outcome__c", "Owner_After__c", "Owner_Before__c", "Rule__c"]
    for decision in await org.query(soql.select("Ortoo_Decision__c", fields)):
        if decision["Outcome__c"] not in _FOLLOW_UPS:
            decisions[decision["Record_Id__c"]].append(decision)
    return Evidence(
        rows=rows,
        decisions=decisions,
        owner_changes=changes,
        calls=calls,
        daemon_user=daemon_user,
    )


def checks(evidence: Evidence, tally: Tally, *, exit_code: int, troubles: list[str]) -> list[Check]:
    """Every check, in the order of the promise."""
    return [
        _each("every record was created", _missing(evidence, tally), tally.planned),
        _each("every record was decided or parked once", _undecided(evidence), len(evidence.rows)),
        _each("owners changed once, never twice", _moved_otherwise(evidence), len(evidence.rows)),
        _each("owners stand as decided", _elsewhere(evidence, tally), len(evidence.rows)),
        _overridden(evidence, tally),
        _guarded(evidence),
        Check(
            name="the daemon ended in order, without an error in its log",
            holds=exit_code == 0 and not troubles,
            detail=f"exit code {exit_code}" + "".join(f"; {each[:300]}" for each in troubles[:3]),
        ),
    ]


def _each(name: str, broken: Iterable[str], of: int) -> Check:
    found = sorted(broken)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    told = f"not so: {', '.join(found[:_NAMED])}{more}" if found else f"{of} of {of}"
    return Check(name=name, holds=not found, detail=told)


def _missing(evidence: Evidence, tally: Tally) -> list[str]:
    """Ids that are gone, and one text when the day ended before everything came in."""
    missing = sorted(tally.created.keys() - evidence.rows.keys())
    short = tally.planned - len(tally.created)
    return [*missing, f"{short} never came in"] if short else missing


def _undecided(evidence: Evidence) -> list[str]:
    return [
        record
        for record, row in evidence.rows.items()
        if len(evidence.decisions.get(record, ())) != 1
        or not (row["Ortoo_Decided_At__c"] or row["Ortoo_Parked__c"])
    ]


def _moved_otherwise(evidence: Evidence) -> list[str]:
    """Records whose owner the daemon changed more or less often than their decisions say."""
    return [
        record
        for record in evidence.rows
        if evidence.owner_changes.get(record, []).count(evidence.daemon_user)
        != sum(
            each["Outcome__c"] == "assigned" and each["Owner_After__c"] != each["Owner_Before__c"]
            for each in evidence.decisions.get(record, ())
        )
    ]


def _elsewhere(evidence: Evidence, tally: Tally) -> list[str]:
    """Records that are not with the owner of their decision, those changed by hand left out."""
    return [
        record
        for record, row in evidence.rows.items()
        if record not in tally.overridden | tally.taken
        and any(
            each["Owner_After__c"] not in (None, row["OwnerId"])
            for each in evidence.decisions.get(record, ())
        )
    ]


def _overridden(evidence: Evidence, tally: Tally) -> Check:
    """People's choices stand, and after a change of the daemon's owner it never wrote again."""
    by_hand = tally.overridden | tally.taken
    broken = {
        record for record, owner in by_hand.items() if evidence.rows[record]["OwnerId"] != owner
    }
    broken |= {
        record
        for record in tally.overridden
        if evidence.rows[record]["LastModifiedById"] == evidence.daemon_user
    }
    found = _each("owners set by hand were left alone", broken, len(by_hand))
    if tally.overridden:
        return found
    return Check(name=found.name, holds=False, detail="no routed lead was there to be overridden")


def _guarded(evidence: Evidence) -> Check:
    """The header that keeps assignment rules off is on every write, composite's parts included."""
    writes = [write for call in evidence.calls for write in call["writes"]]
    bare = [f"{each['method']} {each['path']}" for each in writes if not each["guarded"]]
    return _each("every write carried Sforce-Auto-Assign: FALSE", bare, len(writes))
