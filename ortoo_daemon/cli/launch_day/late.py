"""How does the time after the rush go? Minutes pass in leaps; people answer what they hold, or don't.

What is left lying is warned about, handed to a colleague, and to the manager in the end.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from ortoo_daemon.cli.launch_day.people import ANSWERED
from ortoo_daemon.cli.launch_day.scene import Scene
from ortoo_daemon.cli.launch_day.standing import standing
from ortoo_daemon.cli.launch_day.tally import Handled

LEAPS = (1.0,) * 6 + (5.0,) * 7 + (10.0,) * 3
"""Minutes. Short ones first: a test drive is to be answered within five."""

_ANSWERED_SHARES = {1.0: 0.22, 5.0: 0.30, 10.0: 0.4}
"""By the length of a leap: so many of those who hold a lead answer it meanwhile."""

_CASES_SLOWER = 0.4
_USER = "005"
"""How the ids of people begin; a queue's begin otherwise, and nobody answers there on this day."""

_CLOSE_STEPS = 1.0
"""Within leaps of so many minutes each step is waited for: the next one of the same record is near."""

_SETTLED_WITHIN = 20.0
_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """The time after the day. ``leap_for``: seconds that each leap is watched."""

    scene: Scene
    dice: Random
    leap_for: float

    def run(self) -> datetime:
        """Leap by leap; steps that fell due until the moment that is returned should have been taken."""
        for minutes in LEAPS:
            self._answer(_ANSWERED_SHARES[minutes])
            self.scene.org_time.pass_by(minutes)
            looked = self._sweeps()
            self._watch(self.leap_for)
            if minutes <= _CLOSE_STEPS:
                self._settle(looked + 1)
        until = datetime.fromtimestamp(self.scene.org_time.now(), UTC)
        self._settle(self._sweeps() + 2)  # the next one may be under way already
        return until

    def _settle(self, sweeps: int) -> None:
        """Until the daemon has looked so often for steps that are due, and has taken those it found."""
        deadline = time.monotonic() + _SETTLED_WITHIN
        while time.monotonic() < deadline and self.scene.daemon.running:
            found = standing(self.scene.address)
            if found and found.sweeps >= sweeps and found.idle:
                break
            self._watch(_LOOK_EVERY)
        self.scene.look()

    def _sweeps(self) -> int:
        found = standing(self.scene.address)
        return found.sweeps if found else 0

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.scene.daemon.running:
            self.scene.look()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _LOOK_EVERY))

    def _answer(self, share: float) -> None:
        """Some of those who hold a record that waits for an answer give it."""
        for owner, statuses in self._answers(share).items():
            at = self.scene.org_time.now()
            for record in self.scene.people.change(owner, statuses):
                self.scene.tally.answered[record] = at

    def _answers(self, share: float) -> dict[str, dict[str, str]]:
        """By owner: records and the status that their answer gives them."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for each in self._waiting():
            is_case = each.object == "Case"
            if self.dice.random() < share * (_CASES_SLOWER if is_case else 1.0):
                owner = self.scene.tally.holder(each.id)
                found[owner][each.id] = ANSWERED[each.object]
        return found

    def _waiting(self) -> Iterator[Handled]:
        """Records with a person, not answered yet; those changed by hand are left to their clock."""
        tally = self.scene.tally
        done = {*tally.answered, *tally.taken, *tally.overridden}
        for each in sorted(tally.handled.values(), key=lambda each: each.id):
            if each.id not in done and tally.holder(each.id).startswith(_USER):
                yield each
