"""Which records are handed to which rooftop's own system, before and after an edit? Pure."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from ortoo_daemon.records import RecordId
from ortoo_daemon.simulation.backtest.placement import HandedTo, Placement


class HandedChange(StrEnum):
    """What is different. HELD: it waits for consent, and did not; FREED: it does not any more."""

    NEWLY = "newly_handed"
    NO_LONGER = "no_longer_handed"
    ELSEWHERE = "handed_elsewhere"
    OTHER_WAY = "handed_another_way"
    HELD = "newly_held"
    FREED = "no_longer_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedMover:
    """A record that is handed over differently; None: not at all."""

    object: str
    record: RecordId
    change: HandedChange
    before: HandedTo | None
    after: HandedTo | None


@dataclass(slots=True)
class HandedDifference:
    """How many of each kind, and the first ``most`` of them."""

    most: int
    counts: Counter[HandedChange] = field(default_factory=Counter)
    movers: list[HandedMover] = field(default_factory=list)

    def add(self, object_name: str, record: RecordId, before: Placement, after: Placement) -> None:
        change = handed_change(before.handed, after.handed)
        if change is None:
            return
        self.counts[change] += 1
        if len(self.movers) < self.most:
            self.movers.append(
                HandedMover(
                    object=object_name,
                    record=record,
                    change=change,
                    before=before.handed,
                    after=after.handed,
                )
            )


def handed_change(before: HandedTo | None, after: HandedTo | None) -> HandedChange | None:
    """The gravest difference; None where there is none."""
    if before is None or after is None:
        if before is after:
            return None
        return HandedChange.NEWLY if before is None else HandedChange.NO_LONGER
    if before.rooftop != after.rooftop:
        return HandedChange.ELSEWHERE
    if before.by != after.by:
        return HandedChange.OTHER_WAY
    if before.held != after.held:
        return HandedChange.HELD if after.held else HandedChange.FREED
    return None
