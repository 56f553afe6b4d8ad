"""Which fuses have blown, and since when? Said once when one does, and once when it lets records pass again.

What counts is in the ledger's log of what was given; here is only what was told of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from ortoo_daemon.action.fuse import moved_lately
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Moved, Tally
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.literals import written_duration
from ortoo_daemon.policy.model import PolicySet

_log = structlog.get_logger("ortoo_daemon.policies")


@dataclass(frozen=True, slots=True, kw_only=True)
class FuseStanding:
    """One fuse at a moment. ``blown_at`` is when it stopped the first record, None while it lets pass."""

    fuse: Fuse
    moved: Moved
    blown_at: datetime | None

    @property
    def room(self) -> int:
        """How many records may be moved now."""
        return max(self.fuse.at_most - self.moved.had, 0)

    @property
    def free_at(self) -> datetime | None:
        """When the next record may be moved; None while there is room."""
        free_at = self.moved.free_at
        return None if free_at is None else datetime.fromtimestamp(free_at, UTC)

    def told(self) -> str:
        """In words, for those who look on."""
        fuse = self.fuse
        return (
            f"{fuse.of}: moved {self.moved.had} of {fuse.at_most} in {written_duration(fuse.per)}"
        )


Tell = Callable[[FuseStanding], None]


@dataclass(slots=True, kw_only=True)
class Fuses:
    """The fuses of the policies in force. ``on_blown`` is told of each that blows."""

    policies: Callable[[], PolicySet]
    given: Callable[[], Mapping[Tally, Sequence[int]]]
    on_blown: Tell = lambda standing: None
    owing: bool = False
    """Whether records may be parked that a fuse has stopped."""
    _blown: dict[str, datetime] = field(default_factory=dict)

    def standing(self, now: datetime) -> tuple[FuseStanding, ...]:
        """Every fuse, by name."""
        fuses = self._fuses()
        moved = moved_lately(fuses, self.given(), now)
        return tuple(
            FuseStanding(fuse=fuse, moved=moved[fuse.of], blown_at=self._blown.get(fuse.of))
            for fuse in sorted(fuses, key=lambda each: each.of)
        )

    def note(self, decision: Decision) -> None:
        """A record was decided: it may be the first that a fuse stops."""
        if decision.reason is not ReasonCode.FUSE:
            return
        self.owing = True
        for standing in self.standing(decision.decided_at):
            if standing.blown_at is None and not standing.room:
                self._blow(standing, decision.decided_at)

    def _blow(self, standing: FuseStanding, now: datetime) -> None:
        fuse = standing.fuse
        self._blown[fuse.of] = now
        _log.error(
            "fuse.blown",
            fuse=fuse.of,
            at_most=fuse.at_most,
            per=written_duration(fuse.per),
            next_at=_text(standing.free_at),
        )
        self.on_blown(replace(standing, blown_at=now))

    def look(self, now: datetime) -> None:
        """Tell which of those that blew let records pass again, or are gone with an edit."""
        room = {standing.fuse.of: standing.room for standing in self.standing(now)}
        for name in [name for name in self._blown if room.get(name, 1)]:
            blown_at = self._blown.pop(name)
            _log.info("fuse.passing", fuse=name, blown_at=instant_text(blown_at))

    def _fuses(self) -> tuple[Fuse, ...]:
        policies = self.policies()
        found = (policies.fuses(name) for name in {each.object for each in policies.policies})
        return _once(fuse for each in found for fuse in each)


def _once(fuses: Iterable[Fuse]) -> tuple[Fuse, ...]:
    return tuple({fuse.of: fuse for fuse in fuses}.values())


def _text(moment: datetime | None) -> str | None:
    return instant_text(moment) if moment else None
