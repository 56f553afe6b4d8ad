"""How does a soak go? Storm, calm seas with troubled waters, then stillness and the verdict.

At first processes are killed, stopped and paused, too; from two fifths of the time on they live, so that what
they hold can be compared. Faults, edits and load go on all the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.processes import wait_until
from tests.soak.place import INTAKE_OWNER, Place
from tests.soak.traffic import Traffic
from tests.soak.trouble import Trouble
from tests.soak.verdict import Claim, verdict
from tests.soak.watching import Watching

_LOOKS_EVERY = 2.0
_STORM = 0.4
_LONG = 15 * 60.0
"""Seconds; only so long a soak can wait for what waits five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """How it went. ``troubles`` are counted by name."""

    seed: int
    leads: int
    taken: int
    deleted: int
    lives: int
    writes: int
    troubles: dict[str, int]
    watching: Watching
    claims: list[Claim]

    @property
    def clean(self) -> bool:
        return all(each.holds for each in self.claims)


def soak(
    place: Place,
    *,
    lasts_for: float,
    seed: int,
    a_second: float = 8.0,
    say: Callable[[str], None] = print,
) -> Soaked:
    """Seconds of trouble, and as many as it takes until nothing is left."""
    dice = Random(seed)
    traffic = Traffic(place, Random(seed + 1), a_second=a_second)
    trouble = Trouble(place, dice, uses_up=lasts_for >= _LONG)
    watching = Watching(place)
    place.start()
    place.until_ready()
    traffic.start()
    began = time.monotonic()
    looked = 0.0
    while (passed := time.monotonic() - began) < lasts_for:
        trouble.kills = passed < lasts_for * _STORM
        say(f"{passed:7.1f} s  {trouble.stir()}, {len(traffic.ids)} leads")
        until = time.monotonic() + dice.uniform(0.3, 2.5)
        while time.monotonic() < until:
            trouble.end_what_is_over()
            if place.note_death():
                say("         the daemon died")
            time.sleep(0.05)
        if passed - looked > _LOOKS_EVERY:
            watching.look()
            looked = passed
    trouble.end_everything()
    traffic.finish()
    say("stillness: until nothing is left")
    until_nothing_is_left(place)
    watching.look()
    place.stop_all()
    return Soaked(
        seed=seed,
        leads=len(traffic.ids),
        taken=len(traffic.taken),
        deleted=len(traffic.deleted),
        lives=place.lives,
        writes=watching.writes,
        troubles=dict(sorted(trouble.said.items())),
        watching=watching,
        claims=verdict(place, traffic, watching),
    )


def until_nothing_is_left(place: Place, within: float = 420) -> None:
    """Every lead is decided, parked, or no longer the web forms'; each decision is proven."""
    company = f"Company = '{place.network.company}'"
    undecided = f"{company} AND Ortoo_Decided_At__c = null AND OwnerId = '{INTAKE_OWNER}'"

    def none_undecided() -> bool:
        found = place.sandbox.query(f"SELECT COUNT(Id) n FROM Lead WHERE {undecided}")
        return int(found[0]["n"]) == 0

    def all_proven() -> bool:
        stamped = f"{company} AND Ortoo_Decision_Key__c != null"
        rows = place.sandbox.query(f"SELECT Id FROM Lead WHERE {stamped}")
        return len(place.network.proofs([row["Id"] for row in rows])) == len(rows)

    wait_until(none_undecided, within, "every lead to be decided")
    wait_until(all_proven, within, "every decision to be proven")
