"""Did a person give the record to somebody whom its policy would not have given it to?

By territory: the rule that takes the record chooses a rooftop, and the holder's is none of those it could
choose, open or full. By limits: the holder, their team or their rooftop was full. Whoever works for no
rooftop, or is not on the roster, is outside no territory. Says so in the trace and in
``handling.overstepped``, and changes nothing.
"""

from dataclasses import replace

from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership.limits import (
    OPEN,
    LoadGate,
    OpenLimit,
    PersonRates,
    SiteLimits,
    TeamLimits,
)
from ortoo_daemon.ownership.rooftop import KIND, sites_in_reach
from ortoo_daemon.person import Person
from ortoo_daemon.policy.boundary_model import Boundaries, Boundary
from ortoo_daemon.records import RecordId


def look_at_boundaries(handling: Handling) -> None:
    """Note which boundaries of the policy the holder's assignment is outside of."""
    boundaries, directory = handling.policy.boundaries, handling.facts.directory
    holder = directory.people.get(RecordId(handling.facts.record.text("OwnerId")))
    if boundaries is None or holder is None:
        return
    if boundaries.when is not None and not boundaries.when.holds(handling.scope):
        return
    outside = _outside_territory(handling, boundaries, holder)
    if outside:
        handling.overstepped.append(Boundary.TERRITORY)
        handling.trace.notes.append(outside)
    full = _past_limits(handling, boundaries, holder)
    if full is not None:
        handling.overstepped.append(Boundary.LIMITS)
        handling.trace.remove("person", holder, full[0], detail=full[1])
        handling.trace.notes.append(f"{holder.name} was past a limit: {full[0]}, {full[1]}")
    if handling.overstepped:
        handling.place = boundaries.place


def _outside_territory(handling: Handling, boundaries: Boundaries, holder: Person) -> str:
    """Why the holder's rooftop could not have been chosen, empty when it could."""
    rule = handling.rule
    if Boundary.TERRITORY not in boundaries.of or rule is None or rule.assign.rooftop is None:
        return ""
    rooftop = handling.facts.directory.rooftops.get(holder.rooftop) if holder.rooftop else None
    if rooftop is None or rule.assign.target is not None:
        return ""
    sites = sites_in_reach(handling, replace(rule.assign.rooftop, open_now=False))
    if any(site.rooftop.id == rooftop.id for site in sites):
        return ""
    steps = handling.trace.candidates
    gates = [each for each in steps if each.kind == KIND and each.id == rooftop.id]
    why = f"{gates[0].removed_by}, {gates[0].detail}" if gates else "it is of another brand"
    return f"{holder.name} works for {rooftop.name}, which rule {rule.name} leaves out: {why}"


def _past_limits(
    handling: Handling, boundaries: Boundaries, holder: Person
) -> tuple[str, str] | None:
    """The limit that the holder, their team or their rooftop had reached, and how; None where there was room.

    A sweep asks when open work was counted since the change: the record itself does not count then. A
    colleague of whom the daemon had given it to adds nothing to their team and rooftop.
    """
    if Boundary.LIMITS not in boundaries.of:
        return None
    counted, directory = handling.facts.item.found_by_hand, handling.facts.directory
    if full := OpenLimit(handling, counted=counted).reached_by(holder):
        return OPEN, full
    rooftop = directory.rooftops.get(holder.rooftop) if holder.rooftop else None
    load = LoadGate(handling, counted=counted).failed(holder)
    if own := load or PersonRates(handling, rooftop).failed(holder):
        return own
    before = directory.people.get(handling.given_to) if handling.given_to else None
    same_site = before is not None and before.rooftop == holder.rooftop
    same_team = before is not None and same_site and _role(before) == _role(holder)
    team = None if same_team else TeamLimits(handling, rooftop, counted=counted).failed(holder)
    if team is not None or rooftop is None or same_site:
        return team
    site = SiteLimits(handling, counted=counted).failed(rooftop)
    return None if site is None else (f"{KIND}_{site[0]}", site[1])


def _role(person: Person) -> str:
    return (person.role or "").casefold()
