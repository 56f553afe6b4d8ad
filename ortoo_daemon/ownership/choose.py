"""Who gets the record? Rule, then rooftop, team and person; where nobody can, the way out that is written.

A rule that matches and finds nobody goes to its own or its ancestor's ``else``, then to ``otherwise``:
never on to the next rule.
"""

from collections.abc import Iterator, Sequence

from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership import rules
from ortoo_daemon.ownership.absence import returning
from ortoo_daemon.ownership.keeping import keeper
from ortoo_daemon.ownership.past_holders import barred, past_places
from ortoo_daemon.ownership.person import pick, pool_name
from ortoo_daemon.ownership.relaxing import Ladder, hold, ladder
from ortoo_daemon.ownership.rooftop import Site, ordered_sites
from ortoo_daemon.ownership.sticky import keep_sticky, sticky_person
from ortoo_daemon.ownership.targets import give, take_target
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.policy.ownership_model import PersonChoice, Rule, Target, TeamChoice
from ortoo_daemon.reservation import Reservation

MOST_HOPS = 5
"""So many rooftops are asked in order, where a rule does not say, before it has found nobody."""


def find_rule(handling: Handling) -> None:
    """The rule that takes the record; none leaves it to ``otherwise``."""
    rule = rules.first_match(handling)
    handling.rule = rule
    if rule is not None and rule.programme is not None:
        handling.programme = rule.programme
        handling.trace.notes.append(f"in the programme {rule.programme.name}")
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
        give(handling, Reservation(person=kept.person.id), kept.person, kept.rooftop)
        return True
    return assign.chooses and returning(handling.facts) is None and _choose(handling, rule)


def _choose(handling: Handling, rule: Rule) -> bool:
    """Compare rooftops and people; where wishes are not met yet, let the record wait."""
    assign = rule.assign
    person = sticky_person(handling, assign)
    if handling.questions:
        return False
    sites: list[Site | None] = [None]
    if assign.rooftop is not None:
        sites = list(ordered_sites(handling, assign.rooftop))
    if keep_sticky(handling, assign, sites, person):
        return True
    step = ladder(handling, rule)
    team = assign.team if step is None else step.team
    hops = assign.rooftop.hops if assign.rooftop is not None else None
    in_reach = _within_hops(handling, sites, hops)
    if any(_try_site(handling, rule, team, site) for site in in_reach):
        return True
    return step is not None and bool(sites) and _wait(handling, rule, step, sites[0])


def _wait(handling: Handling, rule: Rule, step: Ladder, first: Site | None) -> bool:
    """Until it has an owner, the record counts for the first rooftop in order, by whose hours clocks run."""
    if not hold(handling, rule, step):
        return False
    handling.reason = ReasonCode.WAITING
    handling.scope.rooftop = first.rooftop if first else None
    return True


def _within_hops(
    handling: Handling, sites: Sequence[Site | None], hops: int | None
) -> Iterator[Site | None]:
    """Sites in order, up to the most that may be asked; those that have lost the record count, too."""
    past = past_places(handling) if handling.trail else frozenset()
    most = hops or MOST_HOPS
    left = most - len(past)
    for number, site in enumerate(sites):
        if site is not None and site.rooftop.id not in past:
            left -= 1
        if left < 0:
            already = f", {len(past)} of them before" if past else ""
            handling.trace.notes.append(
                f"stopped after {most} rooftops{already}; {len(sites) - number} more were in order"
            )
            return
        yield site
        if site is not None:
            handling.trace.notes.append(f"{site.rooftop.name}: nobody there can take it")


def _try_site(handling: Handling, rule: Rule, asked: TeamChoice | None, site: Site | None) -> bool:
    rooftop = site.rooftop if site else None
    team = eligible_team(handling, asked, rooftop, barred=barred(handling, handling.trail))
    choice = rule.assign.person or PersonChoice(place=rule.assign.place)
    pool = pool_name(handling, rule, rooftop)
    winner = pick(handling, choice, team, pool=pool)
    if winner is None:
        return False
    give(handling, winner.reservation, winner.person, rooftop)
    return True
