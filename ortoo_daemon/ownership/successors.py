"""Which colleague takes a record over: at its rooftop, at another of its group or region, at a desk?

Found by the rule that gave the record to its owner, with the same gates, limits and rotation; never
whoever holds it, nor somebody from whom a clock took it lately, or who gave it back.
"""

from collections.abc import Iterator, Mapping

from ortoo_daemon.clocks import PastHolder
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling, SlaProgress
from ortoo_daemon.ownership import rules
from ortoo_daemon.ownership.geography import distance_km
from ortoo_daemon.ownership.limits import reserved
from ortoo_daemon.ownership.participation import takes_part
from ortoo_daemon.ownership.past_holders import barred
from ortoo_daemon.ownership.person import pick, pool_name
from ortoo_daemon.ownership.targets import person_owner
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.policy.ownership_model import PersonChoice, Rule, TeamChoice
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.sla_model import Reassign, Within
from ortoo_daemon.records import Owner, OwnerKind, RecordId
from ortoo_daemon.scope import rooftop_value

MOST_SITES = 10
"""So many other rooftops are asked."""


def to_colleague(handling: Handling, sla: SlaProgress, action: Reassign) -> bool:
    """Give the record to a colleague; False when there is none, and the trace says why."""
    rule = _rule_of(handling, sla.rule)
    handling.programme = rule.programme if rule is not None else None
    if action.desk is not None:
        where = PersonChoice(place=action.place)
        asked = TeamChoice(role=action.desk, place=action.place)
        return _try(handling, sla, asked, where, pool=f"{handling.policy.name}/desk {action.desk}")
    desk = rule is None or (rule.assign.rooftop is None and rule.assign.keep is None)
    place = None if desk else sla.place
    here = handling.facts.directory.rooftops.get(place) if place else None
    why = _no_team(rule, place, here)
    if rule is None or why:
        handling.trace.notes.append(why)
        return False
    choice = rule.assign.person or PersonChoice(place=rule.assign.place)
    for site in _sites(handling, action, here):
        if site is not None and not takes_part(handling, site):
            handling.trace.notes.append(f"{site.name}: takes no part in the programme")
            continue
        pool = pool_name(handling, rule, site)
        if _try(handling, sla, rule.assign.team, choice, pool=pool, site=site):
            return True
    return False


def kept_from(handling: Handling, sla: SlaProgress) -> Mapping[RecordId, str]:
    """Those who can't have the record, with the reason."""
    return barred(handling, sla.trail) | {holder_of(handling): "holds the record"}


def holder_of(handling: Handling) -> RecordId:
    """Who holds the record now."""
    return RecordId(handling.facts.record.text("OwnerId"))


def leave_trail(handling: Handling, sla: SlaProgress) -> None:
    """Whoever loses the record now has lost it to a clock, or gives it back."""
    holder = holder_of(handling)
    if holder and Owner.kind_of(holder) is not OwnerKind.QUEUE:
        gave_back = sla.due.returned is not None
        past = PastHolder(owner=holder, until=handling.facts.now, gave_back=gave_back)
        sla.trail.append(past)


def _try(
    handling: Handling,
    sla: SlaProgress,
    asked: TeamChoice | None,
    choice: PersonChoice,
    *,
    pool: str,
    site: Rooftop | None = None,
) -> bool:
    team = eligible_team(handling, asked, site, barred=kept_from(handling, sla))
    winner = pick(handling, choice, team, pool=pool)
    if winner is None:
        where = site.name if site else "the desk"
        handling.trace.notes.append(f"{where}: no colleague can take it")
        return False
    handling.scope.owner = person_owner(winner.person)
    handling.scope.person = winner.person
    if site is not None:
        sla.place, handling.scope.rooftop = site.id, site
    handling.reservation = reserved(handling, winner.reservation, winner.person)
    leave_trail(handling, sla)
    return True


def _sites(handling: Handling, action: Reassign, here: Rooftop | None) -> Iterator[Rooftop | None]:
    """Where a colleague is looked for, in order."""
    if action.within is Within.ROOFTOP:
        yield here
    elif here is None:
        handling.trace.notes.append(f"{action.place}: the record has no rooftop")
    elif action.back_up is not None:
        yield from _back_up(handling, action.back_up, here)
    else:
        found = _around(handling, action.within, here)
        if not found:
            where = action.within.value if action.within else ""
            handling.trace.notes.append(
                f"{here.name}: no other rooftop of its {where} has its brand"
            )
        yield from found[:MOST_SITES]


def _back_up(handling: Handling, name: str, here: Rooftop) -> Iterator[Rooftop]:
    text = rooftop_value(here, name)
    found = handling.facts.directory.rooftop_named(str(text)) if text else None
    if found is not None and found.id != here.id:
        yield found
    else:
        handling.trace.notes.append(f"{here.name}: names no other rooftop in {name}")


def _around(handling: Handling, within: Within | None, here: Rooftop) -> list[Rooftop]:
    """Other rooftops of the group or region with a brand of this one, nearest first."""
    directory = handling.facts.directory
    brands = {brand.casefold() for brand in here.brands}
    known = {
        site.id: site for brand in brands for site in directory.rooftops_by_brand.get(brand, ())
    }
    if not brands:
        known = dict(directory.rooftops)

    def belongs(site: Rooftop) -> bool:
        if site.id == here.id:
            return False
        if within is Within.GROUP:
            return here.group is not None and site.group == here.group
        return here.region is not None and site.region == here.region

    def away(site: Rooftop) -> tuple[float, str]:
        if site.point is None or here.point is None:
            return float("inf"), site.id
        return distance_km(here.point, site.point), site.id

    return sorted((site for site in known.values() if belongs(site)), key=away)


def _no_team(rule: Rule | None, place: RecordId | None, rooftop: Rooftop | None) -> str:
    """Why there is nobody to choose from, empty when there is."""
    if rule is None:
        return "no rule takes the record any more, so nobody knows who may have it"
    if rule.assign.target is not None:
        return f"rule {rule.name} names a fixed owner: there are no colleagues"
    if not rule.assign.chooses:
        return f"rule {rule.name} names no team: there are no colleagues"
    if place is not None and rooftop is None:
        return "the record's rooftop is no longer in the directory"
    if rule.assign.rooftop is not None and rooftop is None:
        return "the record has no rooftop"
    return ""


def _rule_of(handling: Handling, name: str) -> Rule | None:
    """The rule that gave the record to its owner; if it is gone, the one that would take it now."""
    for rule in rules_of(handling.policy):
        if rule.name == name:
            return rule
    return rules.first_match(handling)
