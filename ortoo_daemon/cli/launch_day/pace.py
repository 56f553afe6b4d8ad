"""How long does the demo wait for the daemon? Until it has made so many sweeps and has nothing in hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ortoo_daemon.cli.launch_day.scene import Scene
from ortoo_daemon.cli.launch_day.standing import standing

_SETTLED_WITHIN = 20.0
_LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Time that passes on this machine, with everyone watching."""

    scene: Scene

    def watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.scene.daemon.running:
            self.scene.look()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _LOOK_EVERY))

    def sweeps(self, name: str) -> int:
        """How often the daemon has made this sweep."""
        found = standing(self.scene.address)
        return found.sweeps.get(name, 0) if found else 0

    def settle(self, name: str, sweeps: int) -> None:
        """Until the daemon has made this sweep so often, and has done what it found."""
        deadline = time.monotonic() + _SETTLED_WITHIN
        while time.monotonic() < deadline and self.scene.daemon.running:
            found = standing(self.scene.address)
            if found and found.sweeps.get(name, 0) >= sweeps and found.idle:
                break
            self.watch(_LOOK_EVERY)
        self.scene.look()

    def until(self, done: Callable[[], bool]) -> None:
        """Until something was heard of the daemon, or there is no use in waiting."""
        deadline = time.monotonic() + _SETTLED_WITHIN
        while not done() and time.monotonic() < deadline and self.scene.daemon.running:
            self.watch(_LOOK_EVERY)

    def settle_again(self, name: str) -> None:
        """Until a sweep that begins from now on is over: the next one to end may be under way already."""
        self.settle(name, self.sweeps(name) + 2)
