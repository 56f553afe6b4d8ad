"""Which counters has a decision looked at? Noted as it looks, so that nothing need be known of its rules.

Names of counters are the same in every daemon: they tell daemons that share a store whose decision stands.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ortoo_daemon.facts import Moved, Tally, Workload
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class Look:
    """One decision's; ``seen`` is how far the log of reservations was known then.

    ``rooms``: of a fuse only whether there is room.
    """

    seen: int = 0
    counters: set[str] = field(default_factory=set)
    rooms: dict[str, int] = field(default_factory=dict)

    def of(self, object_name: str, workload: Workload, *, seen: int) -> Workload:
        """The same counters, looked at from now on; what an earlier look saw no longer counts."""
        self.seen = seen
        self.counters.clear()
        self.rooms.clear()
        held = _Held(object_name)
        return Workload(
            open_work=_Noted(workload.open_work, held, self.counters),
            load=_Noted(workload.load, held, self.counters),
            turns=_Noted(workload.turns, _pool, self.counters),
            given=_Noted(workload.given, _tally, self.counters),
            moved=workload.moved,
        )

    def at_fuses(self, fuses: tuple[Fuse, ...], moved: Mapping[str, Moved]) -> None:
        for fuse in fuses:
            self.rooms[_tally(fuse.tally)] = fuse.at_most - moved[fuse.of].had


def counters_of(object_name: str, reservation: Reservation) -> tuple[str, ...]:
    """What it adds to, by name."""
    found = [_tally(each) for each in reservation.given.tallies] if reservation.given else []
    if reservation.person is not None:
        found.append(_Held(object_name)(reservation.person))
    if reservation.pool is not None:
        found.append(_pool(reservation.pool))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Held:
    """What somebody holds of an object: open work and its weight move together."""

    object: str

    def __call__(self, person: RecordId) -> str:
        return f"held|{self.object}|{person}"


def _pool(name: str) -> str:
    return f"pool|{name}"


def _tally(tally: Tally) -> str:
    return "|".join(("given", *tally))


class _Noted(Mapping[Key, Value]):
    """A mapping that notes which keys were asked for."""

    __slots__ = ("_live", "_name", "_noted")

    def __init__(
        self, live: Mapping[Key, Value], name: Callable[[Key], str], noted: set[str]
    ) -> None:
        self._live = live
        self._name = name
        self._noted = noted

    def __getitem__(self, key: Key) -> Value:
        self._noted.add(self._name(key))
        return self._live[key]

    def __iter__(self) -> Iterator[Key]:
        for key in self._live:
            self._noted.add(self._name(key))
            yield key

    def __len__(self) -> int:
        return len(self._live)
