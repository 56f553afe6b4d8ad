"""How is a set of records told to people? In few regions, with the values of every field that matters."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ortoo_daemon.policy.contradictions import Literal, cannot_hold
from ortoo_daemon.policy.coverage.diagrams import Diagram, Mask, Node, indexes
from ortoo_daemon.policy.coverage.space import Space

MOST_REGIONS = 2_000
"""Sets that fall into more pieces are told by so many; the others are only counted."""

_EXAMPLES = 6

Masks = Mapping[int, Mask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Every combination of these values; variables left out may have any.

    ``size`` counts the combinations that can come up. ``examples`` are some of them more narrowly.
    """

    masks: Masks
    size: int
    examples: tuple[Masks, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Largest first. ``left_out`` is whether there are more than could be listed."""

    found: tuple[Region, ...]
    left_out: bool


def regions_of(space: Space, among: Diagram, lacking: Diagram) -> Regions:
    """The records of the first set that are in the second, told by what sets them apart in the first."""
    sets = space.sets
    usual = _projected(space, among)
    listed = list(islice(sets.paths(lacking), MOST_REGIONS + 1))
    pieces: list[Region] = []
    for path in listed[:MOST_REGIONS]:
        here = among
        for level, mask in path.items():
            here = sets.both(here, sets.one_of(level, mask))
        examples = [] if here is False else list(_possible(space, here))
        if examples:
            masks = _told(path, _projected(space, here), usual)
            pieces.append(Region(masks=masks, size=sets.count(here), examples=tuple(examples)))
    found = _merged(pieces, usual)
    found.sort(key=lambda region: (-region.size, sorted(region.masks.items())))
    return Regions(found=tuple(found), left_out=len(listed) > MOST_REGIONS)


def words(space: Space, region: Region) -> str:
    """``Brand__c Kia, Seat · PostalCode FR 57*``; ``every record`` where nothing matters."""
    parts = [
        space.variables.domains[level].words(mask) for level, mask in sorted(region.masks.items())
    ]
    return " · ".join(parts) or "every record"


def _told(path: Masks, here: Sequence[Mask], usual: Sequence[Mask]) -> Masks:
    """What sets the path apart: values that come up, of variables that are not free anyway."""
    return {level: here[level] for level, mask in path.items() if usual[level] & ~mask}


def _projected(space: Space, found: Diagram) -> list[Mask]:
    """For each variable the values with which the set holds some combination."""
    full = space.sets.full
    masks = [0] * len(full)
    seen: set[Diagram] = set()
    pending = [(found, 0)]
    free = [False] * len(full)
    while pending:
        each, level = pending.pop()
        until = each.level if isinstance(each, Node) else len(full)
        if each is False:
            continue
        for skipped in range(level, until):
            free[skipped] = True
        if isinstance(each, Node) and each not in seen:
            seen.add(each)
            for mask, child in each.edges:
                if child is not False:
                    masks[each.level] |= mask
                    pending.append((child, each.level + 1))
    return [full[i] if free[i] else mask for i, mask in enumerate(masks)]


def _possible(space: Space, found: Diagram) -> Iterator[Masks]:
    """Some pieces of the set that are not refuted; none when all are."""
    shown = 0
    for path in space.sets.paths(found):
        if not _is_refuted(space, path):
            yield path
            shown += 1
            if shown == _EXAMPLES:
                return


def _merged(pieces: Sequence[Region], usual: Sequence[Mask]) -> list[Region]:
    """Regions that differ in one variable only become one, until nothing changes."""
    current = list(pieces)
    while True:
        before = len(current)
        for level in sorted({level for each in current for level in each.masks}, reverse=True):
            current = list(_merged_at(level, current, usual[level]))
        if len(current) == before:
            return current


def _merged_at(level: int, regions: Sequence[Region], usual: Mask) -> Iterator[Region]:
    alike: dict[tuple[tuple[int, Mask], ...], list[Region]] = defaultdict(list)
    for region in regions:
        alike[tuple(sorted((at, m) for at, m in region.masks.items() if at != level))].append(
            region
        )
    for rest, found in alike.items():
        mask = 0
        for region in found:
            mask |= region.masks.get(level, usual)
        yield Region(
            masks=dict(rest) if not usual & ~mask else {**dict(rest), level: mask},
            size=sum(region.size for region in found),
            examples=tuple(each for region in found for each in region.examples)[:_EXAMPLES],
        )


def _is_refuted(space: Space, masks: dict[int, Mask]) -> bool:
    """Whether certainly no record is so; values that can't be are taken out of the masks.

    Tests that are variables of their own are held against each other and against the values of their
    field.
    """
    answers: dict[tuple[str, int], list[Literal]] = defaultdict(list)
    for level, key, test in space.variables.hard_tests():
        if level in masks:
            answers[key].append(Literal(test, masks[level] == 0b10))
    for key, literals in answers.items():
        if cannot_hold(literals):
            return True
        level = space.variables.level_of(key)
        possible = 0
        for index in indexes(masks.get(level, space.sets.full[level])):
            if not cannot_hold([*literals, *_literals(space, key, level, index)]):
                possible |= 1 << index
        if not possible:
            return True
        if level in masks:
            masks[level] = possible
    return False


def _literals(space: Space, key: tuple[str, int], level: int, index: int) -> Iterator[Literal]:
    """The answers to the field's other tests, for one of its values."""
    for test in space.variables.tests(key[0]):
        if not space.variables.is_hard(key, test):
            yield Literal(test, bool(space.variables.domains[level].mask(test) >> index & 1))
