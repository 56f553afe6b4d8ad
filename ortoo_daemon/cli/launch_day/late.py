"""How does the time after the rush go? Minutes pass in leaps; people answer what they hold, or don't.

What is left lying is warned about, handed to a colleague, and to the manager in the end.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from ortoo_daemon.cli.launch_day.leave import Leave
from ortoo_daemon.cli.launch_day.pace import Pace
from ortoo_daemon.cli.launch_day.proof_of_leave import LeaveRule
from ortoo_daemon.cli.launch_day.scene import Scene
from ortoo_daemon.cli.launch_day.standing import SLA
from ortoo_daemon.cli.launch_day.tally import Handled

LEAPS = (1.0,) * 6 + (5.0,) * 7 + (10.0,) * 3
"""Minutes. Short ones first: a test drive is to be answered within five."""

_ANSWERED_SHARES = {1.0: 0.22, 5.0: 0.30, 10.0: 0.4}
"""By the length of a leap: so many of those who hold a lead answer it meanwhile."""

_CASES_SLOWER = 0.4
_CLOSE_STEPS = 1.0
"""Within leaps of so many minutes each step is waited for: the next one of the same record is near."""

_URGENT_BY, _AWAY_FROM, _BACK_BY = 6, 11, 13
"""After so many leaps what is urgent is late; what is not has become late, too, and some advisers go away;
they are back before it is a manager's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The time after the day. ``leap_for``: seconds that each leap is watched. ``leave``: what the
    policies let go of those who are away, if anything."""

    scene: Scene
    dice: Random
    leap_for: float
    leave: LeaveRule | None

    def run(self) -> datetime:
        """Leap by leap; steps that fell due until the moment that is returned should have been taken."""
        pace = Pace(scene=self.scene)
        limit = self.leave.open_limit if self.leave else None
        leave = Leave(scene=self.scene, pace=pace, open_limit=limit)
        if self.leave:
            leave.prepare()
        for number, minutes in enumerate(LEAPS):
            if number == _URGENT_BY:
                leave.leave_out_urgent()
            if self.leave and number == _AWAY_FROM:
                pace.settle_again(SLA)
                leave.begin()
            self._answer(_ANSWERED_SHARES[minutes], leave)
            self.scene.org_time.pass_by(minutes)
            looked = pace.sweeps(SLA)
            pace.watch(self.leap_for)
            if minutes <= _CLOSE_STEPS:
                pace.settle(SLA, looked + 1)
            if self.leave and number + 1 == _BACK_BY:
                leave.end()
        until = datetime.fromtimestamp(self.scene.org_time.now(), UTC)
        pace.settle_again(SLA)
        return until

    def _answer(self, share: float, leave: Leave) -> None:
        """Some of those who hold a record that waits for an answer give it."""
        for owner, records in self._answers(share, leave).items():
            self.scene.answer(owner, records)

    def _answers(self, share: float, leave: Leave) -> dict[str, list[Handled]]:
        """By owner: records that get an answer. Nobody answers who is away."""
        found: dict[str, list[Handled]] = defaultdict(list)
        for each in self.scene.tally.unanswered():
            is_case = each.object == "Case"
            answers = self.dice.random() < share * (_CASES_SLOWER if is_case else 1.0)
            if answers and not leave.keeps_waiting(each.id):
                found[self.scene.tally.holder(each.id)].append(each)
        return found
