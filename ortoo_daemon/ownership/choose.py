"""Who gets the record? Rule, then rooftop, team and person; where nobody can, the way out that is written.

A rule that matches and finds nobody goes to its own or its ancestor's ``else``, then to ``otherwise``:
never on to the next rule.
"""

from collections.abc import Iterator

from ortoo_daemon.decision import ReasonCode, Reservation
from ortoo_daemon.directory import Person, Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership import rules
from ortoo_daemon.ownership.keeping import keeper
from ortoo_daemon.ownership.limits import reserved
from ortoo_daemon.ownership.person import Winner, pick, pool_name, report_not_asked, sticky_owner
from ortoo_daemon.ownership.rooftop import Site, ordered_sites
from ortoo_daemon.ownership.targets import person_owner, take_target
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.policy.ownership_model import Assignment, PersonChoice, Rule, Target

MOST_HOPS = 5
"""So many rooftops are asked in order before a rule counts as having found nobody."""


def find_rule(handling: Handling) -> None:
    """The rule that takes the record; none leaves it to ``otherwise``."""
    rule = rules.first_match(handling)
    handling.rule = rule
    if rule is None:
        handling.trace.notes.append("no rule matched")
    else:
        handling.place = rule.assign.place
        handling.reason = ReasonCode.RULE


def choose_owner(handling: Handling) -> None:
    """Find the owner, or ask what must be known first; park when no written way out can own it."""
    rule = handling.rule
    if rule is not None:
        if _assign(handling, rule) or handling.questions:
            return
        rules.nobody(handling, rule)
        if rule.orelse is not None and _fall_to(handling, rule.orelse, ReasonCode.RULE_ELSE):
            return
    otherwise = handling.policy.otherwise
    if not _fall_to(handling, otherwise, ReasonCode.OTHERWISE):
        handling.place = otherwise.place
        handling.reason = ReasonCode.NO_TARGET
        handling.parked_for = f"no_target ({otherwise.place})"


def _fall_to(handling: Handling, target: Target, reason: ReasonCode) -> bool:
    if not take_target(handling, target):
        return False
    handling.place = target.place
    handling.reason = reason
    return True


def _assign(handling: Handling, rule: Rule) -> bool:
    assign = rule.assign
    if assign.target is not None:
        return take_target(handling, assign.target)
    if (kept := keeper(handling, assign)) is not None:
        handling.reason = ReasonCode.KEPT
        _take_without_turn(handling, kept.person, kept.rooftop)
        return True
    if not assign.chooses:
        return False
    person = _sticky(handling, assign)  # before rooftops are compared, which costs most
    if handling.questions:
        return False
    sites: list[Site | None] = [None]
    if assign.rooftop is not None:
        sites = list(ordered_sites(handling, assign.rooftop))
    if _keep_sticky(handling, assign, sites, person):
        return True
    return any(_try_site(handling, rule, site) for site in _within_hops(handling, sites))


def _sticky(handling: Handling, assign: Assignment) -> Person | None:
    """To whom an earlier record of the same customer went; None when to nobody, or it must be asked first."""
    if assign.person is None or assign.person.sticky is None:
        return None
    return sticky_owner(handling, assign.person.sticky)


def _within_hops(handling: Handling, sites: list[Site | None]) -> Iterator[Site | None]:
    for site in sites[:MOST_HOPS]:
        yield site
        if site is not None:
            handling.trace.notes.append(f"{site.rooftop.name}: nobody there can take it")
    if len(sites) > MOST_HOPS:
        left = len(sites) - MOST_HOPS
        handling.trace.notes.append(
            f"stopped after {MOST_HOPS} rooftops; {left} more were in order"
        )


def _try_site(handling: Handling, rule: Rule, site: Site | None) -> bool:
    rooftop = site.rooftop if site else None
    team = eligible_team(handling, rule.assign.team, rooftop)
    choice = rule.assign.person or PersonChoice(place=rule.assign.place)
    pool = pool_name(handling, rule, rooftop)
    winner = pick(handling, choice, team, pool=pool)
    if winner is None:
        return False
    _take(handling, winner, rooftop)
    return True


def _keep_sticky(
    handling: Handling, assign: Assignment, sites: list[Site | None], person: Person | None
) -> bool:
    """Give the record to whom an earlier one of the same customer went, if that person is eligible."""
    if assign.person is None or assign.person.sticky is None or not sites:
        return False
    if person is None:
        report_not_asked(handling, assign.person.sticky)
        return False
    allowed = _allowed(sites)
    if None not in allowed and person.rooftop not in allowed:
        handling.trace.notes.append(f"{person.name} had it before; works at none of these rooftops")
        return False
    rooftop = allowed.get(person.rooftop)
    team = eligible_team(handling, assign.team, rooftop, only=person)
    if not team.people:
        handling.trace.notes.append(f"{person.name} had it before; is not eligible now")
        return False
    handling.reason = ReasonCode.STICKY
    _take_without_turn(handling, person, rooftop)
    return True


def _allowed(sites: list[Site | None]) -> dict[str | None, Rooftop | None]:
    """Rooftops a sticky owner may work at: a customer who chose one wants no other."""
    chosen = [site for site in sites if site is not None and site.chosen_by_customer]
    wanted = chosen or sites
    return {site.rooftop.id if site else None: site.rooftop if site else None for site in wanted}


def _take_without_turn(handling: Handling, person: Person, rooftop: Rooftop | None) -> None:
    reservation = Reservation(person=person.id)
    _take(handling, Winner(person=person, reservation=reservation), rooftop)


def _take(handling: Handling, winner: Winner, rooftop: Rooftop | None) -> None:
    handling.scope.owner = person_owner(winner.person)
    handling.scope.person = winner.person
    handling.scope.rooftop = rooftop
    handling.reservation = reserved(handling, winner.reservation, winner.person)
