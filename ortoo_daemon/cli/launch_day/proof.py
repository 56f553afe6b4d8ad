"""Did everything hold? Asks what stands in the org, not the daemon: rows, histories, its log of calls."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.cli.launch_day.editing import Editing
from ortoo_daemon.cli.launch_day.evidence import Evidence, OwnerChange
from ortoo_daemon.cli.launch_day.proof_of_clocks import answered_in_time, late_ones
from ortoo_daemon.cli.launch_day.proof_of_edit import edited
from ortoo_daemon.cli.launch_day.proof_of_leave import LeaveRule, away_and_back
from ortoo_daemon.cli.launch_day.tally import Tally
from ortoo_daemon.cli.launch_day.verdict import Check, each_of
from ortoo_daemon.outcomes import Outcome

_MOVES = frozenset({Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the daemon ended. ``troubles``: what its log says that it should not."""

    exit_code: int
    troubles: Sequence[str]


def checks(
    evidence: Evidence,
    tally: Tally,
    editing: Editing,
    ending: Ending,
    *,
    leave: LeaveRule | None,
) -> list[Check]:
    """Every check, in the order of the promise."""
    return [
        each_of("every record was created", _missing(evidence, tally), tally.planned),
        each_of(
            "every record was decided or parked once", _undecided(evidence), len(evidence.rows)
        ),
        each_of(
            "owners changed as often as decided", _moved_otherwise(evidence), len(evidence.rows)
        ),
        each_of("owners stand as decided", _elsewhere(evidence, tally), len(evidence.rows)),
        _split(evidence, tally),
        _overridden(evidence, tally),
        answered_in_time(evidence, tally),
        late_ones(evidence),
        away_and_back(evidence, tally, leave),
        edited(evidence, editing),
        _guarded(evidence),
        _ended(ending),
    ]


def _ended(ending: Ending) -> Check:
    told = "".join(f"; {each[:300]}" for each in ending.troubles[:3])
    return Check(
        name="the daemon ended in order, and its log has no error but the refused edit",
        holds=ending.exit_code == 0 and not ending.troubles,
        detail=f"exit code {ending.exit_code}{told}",
    )


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
    """Records whose owner the daemon changed otherwise than decisions and steps say, one after the other."""
    return [
        record
        for record in evidence.rows
        if [
            each.to for each in evidence.owner_changes.get(record, ()) if _by_daemon(each, evidence)
        ]
        != [
            each["Owner_After__c"]
            for each in evidence.decided(record)
            if each["Owner_After__c"] not in (None, each["Owner_Before__c"])
            and each["Outcome__c"] in _MOVES
        ]
    ]


def _elsewhere(evidence: Evidence, tally: Tally) -> list[str]:
    """Records that are not with the owner whom they were given last, those changed by hand left out."""
    return [
        record
        for record, row in evidence.rows.items()
        if record not in tally.overridden | tally.taken
        and (given := [each["Owner_After__c"] for each in evidence.decided(record)])
        and next((each for each in reversed(given) if each), row["OwnerId"]) != row["OwnerId"]
    ]


def _split(evidence: Evidence, tally: Tally) -> Check:
    """The org holds those cases of each e-mail that the daemon said it made, and each of them once."""
    found: dict[str, list[str]] = defaultdict(list)
    keys: Counter[str] = Counter()
    for record, row in evidence.rows.items():
        if row.get("Ortoo_Split_Key__c"):
            found[row["ParentId"]].append(record)
            keys[row["Ortoo_Split_Key__c"]] += 1
    broken = {
        parent
        for parent in found.keys() | tally.split.keys()
        if sorted(found.get(parent, ())) != sorted(tally.split.get(parent, ()))
    }
    broken |= {key for key, number in keys.items() if number > 1}
    return each_of("each request of an e-mail became one case", broken, sum(keys.values()))


def _overridden(evidence: Evidence, tally: Tally) -> Check:
    """People's choices stand, and the daemon never changed the owner after them."""
    by_hand = tally.overridden | tally.taken
    broken = {
        record for record, owner in by_hand.items() if evidence.rows[record]["OwnerId"] != owner
    }
    broken |= {
        record
        for record in by_hand
        if (changes := evidence.owner_changes.get(record)) and _by_daemon(changes[-1], evidence)
    }
    found = each_of("owners set by hand were left alone", broken, len(by_hand))
    if tally.overridden:
        return found
    return Check(name=found.name, holds=False, detail="no routed lead was there to be overridden")


def _by_daemon(change: OwnerChange, evidence: Evidence) -> bool:
    return change.by == evidence.daemon_user


def _guarded(evidence: Evidence) -> Check:
    """The header that keeps assignment rules off is on every write, composite's parts included."""
    writes = [write for call in evidence.calls for write in call["writes"]]
    bare = [f"{each['method']} {each['path']}" for each in writes if not each["guarded"]]
    return each_of("every write carried Sforce-Auto-Assign: FALSE", bare, len(writes))
