"""What does the daemon hold as time goes on, and does every write leave the org's own assignment alone?"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.soak.place import Host, Place

_MB = 1024**2


_LOOKED_BACK_FOR = 11 * 60.0
"""Seconds; the recovery looks ten minutes back: at a steady pace it reads more each time until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """``at`` is seconds since the soak began; memory in MB."""

    at: float
    host: int
    life: int
    memory: float
    files: float
    threads: float


@dataclass
class Watching:
    """Look as often as you like; what was seen is kept."""

    place: Place
    began: float = field(default_factory=time.monotonic)
    held: list[Held] = field(default_factory=list)
    writes: int = 0
    unguarded: list[str] = field(default_factory=list)
    _seen: int = -1

    def look(self) -> None:
        self._look_at_writes()
        found = (self._metrics(number, host) for number, host in enumerate(self.place.hosts))
        self.held += [each for each in found if each is not None]

    def warm(self, host: int) -> list[Held]:
        """The last life of a daemon, from when it held what it ever will: every pool and cache was used."""
        lives = self.place.hosts[host].lives
        last = [each for each in self.held if (each.host, each.life) == (host, lives)]
        if not last:
            return []
        lasted = last[-1].at - last[0].at
        since = last[0].at + max(lasted / 3, min(_LOOKED_BACK_FOR, lasted * 0.6))
        return [each for each in last if each.at >= since]

    def grown(self, name: str) -> float:
        """By how much a figure is more in the last third of the warm time than in the first, at most."""
        return max(self._grown(host, name) for host in range(len(self.place.hosts)))

    def _grown(self, host: int, name: str) -> float:
        figures = [getattr(each, name) for each in self.warm(host)]
        third = max(1, len(figures) // 3)
        return median(figures[-third:]) - median(figures[:third]) if figures else 0.0

    def _look_at_writes(self) -> None:
        for write in self.place.sandbox.writes(self._seen):
            self.writes += 1
            if (write["auto_assign"] or "").upper() != "FALSE":
                self.unguarded.append(f"{write['method']} {write['path']}")
        self._seen = self.place.sandbox.last_call()

    def _metrics(self, number: int, host: Host) -> Held | None:
        """None while the daemon starts, or stands still."""
        said = [] if host.asleep else host.daemon.events("watch.listening")
        if not said:
            return None
        try:
            answer = requests.get(f"http://{said[-1]['address']}/metrics", timeout=2)
        except requests.RequestException:
            return None
        found = {
            sample.name: sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }
        return Held(
            at=time.monotonic() - self.began,
            host=number,
            life=host.lives,
            memory=found["ortoo_process_resident_memory_bytes"] / _MB,
            files=found["ortoo_process_open_files"],
            threads=found["ortoo_process_threads"],
        )
