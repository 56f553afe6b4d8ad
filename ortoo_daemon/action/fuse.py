"""Has a policy moved as many records as its fuse lets pass? Then the rest waits.

A record is moved when it gets another owner, person or queue, by whatever way it came in. A requeue is a
person's word: it passes the fuse, and counts. Pure: how many were moved is a fact.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ortoo_daemon.action.stamps import OWNER
from ortoo_daemon.facts import Given, Moved, Tally
from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.literals import written_duration
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import WorkReason
from ortoo_daemon.reservation import Reservation

PARKED_FOR = "fuse"
"""The word of the park reason; the fuse's name stands behind it in brackets."""

_NONE: Sequence[int] = ()
_NOT_MOVED = Moved(had=0, free_at=None)


def stop_at_fuse(handling: Handling) -> None:
    """Park a record that would be moved past the fuse; count one that is moved."""
    fuses = _fuses(handling)
    if not fuses or not _is_moved(handling):
        return
    blown = _blown(handling, fuses)
    if blown is not None:
        handling.reason = ReasonCode.FUSE
        handling.place = blown.place
        handling.parked_for = parked_for(blown)
        return
    _count(handling, fuses)


def hold_step_at_fuse(handling: Handling) -> bool:
    """Whether a clock's step would move a record past the fuse: it is taken later. Else count it."""
    fuses = _fuses(handling)
    if not fuses or not _is_moved(handling):
        return False
    if _blown(handling, fuses) is not None:
        return True
    _count(handling, fuses)
    return False


def parked_for(fuse: Fuse) -> str:
    """As stamped on a record that the fuse stops."""
    return f"{PARKED_FOR} ({fuse.of})"


def tallies_of_move(policy: Policy, tags: Collection[str]) -> tuple[Tally, ...]:
    """What a record that the policy moves adds to; ``tags`` name the programme it is in."""
    its = (each.fuse for each in policy.programmes if each.tag in tags)
    return tuple(fuse.tally for fuse in (policy.fuse, *its) if fuse is not None)


def moved_lately(
    fuses: Iterable[Fuse], given: Mapping[Tally, Sequence[int]], now: datetime
) -> dict[str, Moved]:
    """How many records were moved within each fuse's time, and when it lets the next one pass."""
    second = int(now.timestamp())
    return {fuse.of: _moved(fuse, given.get(fuse.tally, _NONE), second) for fuse in fuses}


def _moved(fuse: Fuse, moments: Sequence[int], now: int) -> Moved:
    had = len(moments) - bisect_left(moments, now - fuse.seconds)
    free_at = moments[-fuse.at_most] + fuse.seconds + 1 if had >= fuse.at_most else None
    return Moved(had, free_at)


def _fuses(handling: Handling) -> list[Fuse]:
    """The policy's, and that of the programme in which the record is given."""
    policy, programme = handling.policy, handling.programme
    fuses = (policy.fuse, programme.fuse if programme is not None else None)
    return [fuse for fuse in fuses if fuse is not None]


def _is_moved(handling: Handling) -> bool:
    owner = handling.scope.owner
    return owner is not None and owner.id != handling.facts.record.text(OWNER)


def _blown(handling: Handling, fuses: Iterable[Fuse]) -> Fuse | None:
    """The fuse that stops the record; the trace says by how many, and until when."""
    if handling.facts.item.reason is WorkReason.REQUEUED:
        return None
    for fuse in fuses:
        moved = handling.facts.workload.moved.get(fuse.of, _NOT_MOVED)
        if moved.had >= fuse.at_most:
            handling.trace.notes.append(_told(fuse, moved))
            return fuse
    return None


def _told(fuse: Fuse, moved: Moved) -> str:
    told = f"fuse of {fuse.of}: moved {moved.had} of {fuse.at_most} within {written_duration(fuse.per)}"
    if moved.free_at is None:
        return told
    free = datetime.fromtimestamp(moved.free_at, UTC)
    return f"{told}, next free {free:%Y-%m-%d %H:%M:%S} UTC"


def _count(handling: Handling, fuses: Sequence[Fuse]) -> None:
    reservation, tallies = handling.reservation, tuple([fuse.tally for fuse in fuses])
    given = None if reservation is None else reservation.given
    tags = None if given is None else given.tags
    if tags is None and handling.policy.tags:
        tags = _tags(handling)
    if given is None:
        at = int(handling.facts.now.timestamp())
        given = Given(key=handling.key, at=at, tallies=tallies, tags=tags)
    else:
        given = Given(key=given.key, at=given.at, tallies=given.tallies + tallies, tags=tags)
    if reservation is None:
        handling.reservation = Reservation(person=None, given=given)
    else:
        handling.reservation = reservation.counting(given)


def _tags(handling: Handling) -> tuple[str, ...]:
    """Of a record that goes to a queue: no rate counts it, so that it is told by its programme alone."""
    programme = handling.programme
    return () if programme is None or programme.fuse is None else (programme.tag,)
