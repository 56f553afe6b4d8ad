"""Which counters does a decision use up?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortoo_daemon.facts import FUSE_LEVEL, Given, Moved, Tally, Turns, Workload
from ortoo_daemon.records import RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Counters this decision uses up, taken before anything is written.

    ``person`` gets one more piece of open work (None: it went to a queue); ``pool`` moves on to ``turns``.
    ``given`` is what rate limits and fuses count of it, None where the policy has none. ``load`` is what the
    record weighs, None where the policy does not weigh.
    """

    person: RecordId | None
    pool: str | None = None
    turns: Turns | None = None
    given: Given | None = None
    load: float | None = None

    def counting(self, given: Given) -> "Reservation":
        """The same with what rate limits and fuses count of it."""
        return Reservation(
            person=self.person, pool=self.pool, turns=self.turns, given=given, load=self.load
        )

    def applied_to(self, workload: Workload) -> Workload:
        """The counters as they stand once this reservation is taken."""
        open_work, load = {**workload.open_work}, {**workload.load}
        if self.person is not None:
            open_work[self.person] = open_work.get(self.person, 0) + 1
            if self.load is not None:
                load[self.person] = load.get(self.person, 0.0) + self.load
        turns = {**workload.turns}
        if self.pool is not None and self.turns is not None:
            turns[self.pool] = self.turns
        return Workload(
            open_work=open_work,
            turns=turns,
            given=self._given(workload),
            load=load,
            moved=self._moved(workload),
        )

    def _moved(self, workload: Workload) -> Mapping[str, Moved]:
        tallies = self.given.tallies if self.given else ()
        names = {tally.policy for tally in tallies if tally.level == FUSE_LEVEL}
        return {
            name: moved._replace(had=moved.had + 1) if name in names else moved
            for name, moved in workload.moved.items()
        }

    def _given(self, workload: Workload) -> Mapping[Tally, Sequence[int]]:
        if self.given is None:
            return workload.given
        at, before = self.given.at, workload.given
        return {
            **before,
            **{tally: sorted((*before.get(tally, ()), at)) for tally in self.given.tallies},
        }
