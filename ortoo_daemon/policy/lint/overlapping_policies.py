"""Two policies of one object let the same records in: the first one asked has them.

Told with a record that both let in. A policy that lets in everything that an earlier one does and more is
the usual way to write "the rest" and not told; one all of whose records an earlier one takes is a
mistake. Asked of policies that look at new records.

PASS::

    policy: fleets
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    enter: {FleetSize__c: {at_least: 10}}
    ownership: {otherwise: {queue: Fleet_Desk}}

    policy: the-rest
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    ownership: {otherwise: {queue: Unrouted_Leads}}

FAIL::

    policy: fleets
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    enter: {FleetSize__c: {at_least: 10}}
    ownership: {otherwise: {queue: Fleet_Desk}}

    policy: audi
    object: Lead
    take_from: 2026-11-23T00:00:00+01:00
    enter: {Brand__c: Audi}
    → 'fleets' is asked first and takes some of the records that this lets in, such as {Brand__c: Audi,
    … FleetSize__c: 10} (exclude them in one of the two, or see that policy_order is as you want it)
    ownership: {otherwise: {queue: Unrouted_Leads}}
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.coverage.diagrams import TooManyCombinations
from ortoo_daemon.policy.coverage.examples import Example, example
from ortoo_daemon.policy.coverage.regions import Region, regions_of
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.stages import Stage
from ortoo_daemon.policy.coverage.variables import Known
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.model import Policy

ID = "overlapping_policies"
NEEDS = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    looking = [each for each in subject.policies.policies if each.on.created or each.on.enters]
    for index, later in enumerate(looking):
        for earlier in looking[:index]:
            if earlier.object == later.object:
                try:
                    yield from _between(subject, earlier, later)
                except TooManyCombinations:
                    continue


def _between(subject: Subject, earlier: Policy, later: Policy) -> Iterator[Problem]:
    bare = replace(later, cleanse=(), require=None, enrichment=(), rules=())
    known = Known(since=later.take_from.date(), description=subject.description)
    space = Space(bare, [earlier.enter], known)
    first, second = (space.meeting(each.enter, Stage.ENTER) for each in (earlier, later))
    place = later.enter.place if later.enter is not None else later.place
    if space.sets.less(second, first) is False:
        yield Problem(
            place=place,
            rule=ID,
            message=f"{earlier.name!r} is asked first and takes every record that this lets in",
            mend="change the order in policy_order, or the conditions",
        )
        return
    if space.sets.less(first, second) is False:
        return
    found = _record(space, regions_of(space, second, first).found)
    if found is not None:
        fields = ", ".join(f"{name}: {value}" for name, value in sorted(found.fields.items()))
        yield Problem(
            place=place,
            rule=ID,
            message=f"{earlier.name!r} is asked first and takes some of the records that this "
            f"lets in, such as {{{fields}}}",
            mend="exclude them in one of the two, or see that policy_order is as you want it",
            level=Level.HINT,
        )


def _record(space: Space, regions: Iterable[Region]) -> Example | None:
    """A record of one of the regions; None when none could be built: they may be empty."""
    masks = (each for region in regions for each in region.examples)
    return next(filter(None, (example(space, each) for each in masks)), None)
