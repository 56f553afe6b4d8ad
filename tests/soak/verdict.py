"""Did all guarantees hold? Asked of the org after everything is over, each with what contradicts it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ortoo_daemon.sandbox.seed import identities as seed
from tests.emitted import lines_of
from tests.processes import ROOT, Row
from tests.soak.place import PERSONAL, Place
from tests.soak.traffic import Traffic
from tests.soak.watching import Watching

DEFECTS = frozenset(
    {"work.handle_failed", "work.worker_failed", "watchdog.not_fed", "record_given_up"}
)
MEMORY_GROWS = 12.0
"""MB over the warm part of the last life; what the collector has not come round to yet."""

FEW = 12
_SHOWN = 5
_LONGEST_TITLE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One guarantee, and what was found against it."""

    text: str
    against: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.against

    def __str__(self) -> str:
        if self.holds:
            return f"holds  {self.text}"
        more = len(self.against) - _SHOWN
        shown = "\n       ".join(self.against[:_SHOWN])
        return f"BROKEN {self.text}\n       {shown}" + (
            f"\n       and {more} more" if more > 0 else ""
        )


def verdict(place: Place, traffic: Traffic, watching: Watching) -> list[Claim]:
    """Every claim; the org must answer, and nothing may be under way any more."""
    ids = [id for id in traffic.ids if id not in traffic.deleted]
    leads = {row["Id"]: row for row in _rows(place, ids)}
    proofs = place.network.proofs(ids)
    changes = place.network.owner_changes(ids)
    claims = [
        ("every record is decided, parked with a reason, or a person's", _decided(leads, traffic)),
        ("no record was assigned twice for one handling", _once(changes, proofs)),
        ("a person's change of owner stands", _persons(leads, changes, traffic)),
        ("each assignment has its decision record", _proven(leads, proofs)),
        ("decision records follow one another unbroken", _chained(place)),
        ("assignment rules act on no write", watching.unguarded),
        ("a value that the org refuses costs no owner", _not_parked(leads)),
        ("a wrong edit never comes into force", _by_wrong_rules(leads)),
        ("no personal data in log and journal", _leaks(place)),
        ("no defect, no end that nobody asked for", [*_defects(place), *place.ended_wrong]),
        ("memory and open files are flat", _grown(watching)),
    ]
    return [Claim(text=text, against=tuple(against)) for text, against in claims]


def _rows(place: Place, ids: Sequence[str]) -> list[Row]:
    names = ("Id", "OwnerId", "Ortoo_Decision_Key__c", "Ortoo_Assigned_Owner__c", "Ortoo_Rule__c")
    return place.sandbox.rows_of(
        "Lead", (*names, "Ortoo_Decided_At__c", "Ortoo_Parked__c", "Description"), ids, "Id"
    )


def _decided(leads: dict[str, Row], traffic: Traffic) -> Iterator[str]:
    for id, lead in leads.items():
        if not (lead["Ortoo_Decided_At__c"] or lead["Ortoo_Parked__c"] or id in traffic.taken):
            yield f"{id}: owner {lead['OwnerId']}, no decision"
    for id in set(traffic.ids) - traffic.deleted - leads.keys():
        yield f"{id}: gone"


def _once(changes: dict[str, list[Row]], proofs: dict[str, list[Row]]) -> Iterator[str]:
    """The daemon changed the owner once at most: nobody asked for a second decision."""
    for id, rows in changes.items():
        ours = [row["NewValue"] for row in rows if row["CreatedById"] == seed.DAEMON_USER_ID]
        if len(ours) > 1:
            yield f"{id}: {' then '.join(ours)}"
    for id, rows in proofs.items():
        gave = [
            row["Ortoo_Key__c"] for row in rows if row["Owner_Before__c"] != row["Owner_After__c"]
        ]
        if len(gave) > 1:
            yield f"{id}: decisions {', '.join(gave)}"


def _persons(
    leads: dict[str, Row], changes: dict[str, list[Row]], traffic: Traffic
) -> Iterator[str]:
    for id in traffic.taken & leads.keys():
        if leads[id]["OwnerId"] != seed.DISPATCHER_USER_ID:
            story = [f"{row['NewValue']} by {row['CreatedById']}" for row in changes.get(id, ())]
            yield f"{id}: {', '.join(story)}"


def _proven(leads: dict[str, Row], proofs: dict[str, list[Row]]) -> Iterator[str]:
    for id, lead in leads.items():
        keys = {row["Ortoo_Key__c"] for row in proofs.get(id, ())}
        if lead["Ortoo_Decision_Key__c"] and lead["Ortoo_Decision_Key__c"] not in keys:
            yield f"{id}: {lead['Ortoo_Decision_Key__c']} is not among {sorted(keys)}"


def _chained(place: Place) -> Iterator[str]:
    command = (sys.executable, "-m", "ortoo_daemon", "audit", "verify", "--config")
    done = subprocess.run(
        [*command, str(place.hosts[0].network.folder / "ortoo.yaml")],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        yield from (done.stdout + done.stderr).strip().splitlines()


def _not_parked(leads: dict[str, Row]) -> Iterator[str]:
    """Titles were refused; owners were not."""
    for id, lead in leads.items():
        if "STRING_TOO_LONG" in (lead["Ortoo_Parked__c"] or ""):
            yield f"{id}: parked as {lead['Ortoo_Parked__c']}"
    if not any(len(lead["Description"]) > _LONGEST_TITLE for lead in leads.values()):
        yield "no value was refused"


def _by_wrong_rules(leads: dict[str, Row]) -> Iterator[str]:
    for id, lead in leads.items():
        if (lead["Ortoo_Rule__c"] or "").startswith("wrong"):
            yield f"{id}: by {lead['Ortoo_Rule__c']}"


def _leaks(place: Place) -> Iterator[str]:
    for name, content in place.kept():
        text = content.lower()
        for personal in PERSONAL:
            at = text.find(personal.lower().encode())
            if at >= 0:
                around = text[max(0, at - 80) : at + 80].decode("utf-8", "replace")
                yield f"{name}: {personal} in …{around}…"


def _defects(place: Place) -> Iterator[str]:
    """Of all lives: the log goes on from one to the next."""
    found: dict[str, int] = defaultdict(int)
    for event in _events(place):
        if event in DEFECTS:
            found[event] += 1
    yield from (f"{number} times {event}" for event, number in sorted(found.items()))


def _events(place: Place) -> Iterator[str]:
    lines = (line for host in place.hosts for line in lines_of(host.daemon.log, 0))
    for line in lines:
        try:
            yield str(json.loads(line)["event"])
        except (ValueError, KeyError, TypeError):
            yield "a line that is no JSON" if line.startswith("Traceback") else ""


def _grown(watching: Watching) -> Iterator[str]:
    if watching.grown("memory") > MEMORY_GROWS:
        yield f"memory grew by {watching.grown('memory'):.1f} MB"
    for name in ("files", "threads"):
        if watching.grown(name) > FEW:
            yield f"{name} grew by {watching.grown(name):.0f}"
