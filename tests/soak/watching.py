"""What does the daemon hold as time goes on, and does every write leave the org's own assignment alone?"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.soak.place import Place

_MB = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """``at`` is seconds since the soak began; memory in MB."""

    at: float
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
        found = self._metrics()
        if found is not None:
            self.held.append(found)

    def warm(self) -> list[Held]:
        """The last life, from a third of its time on: by then every pool and cache was used."""
        last = [each for each in self.held if each.life == self.place.lives]
        return last[len(last) // 3 :]

    def grown(self, name: str) -> float:
        """By how much a figure is more in the last third of the warm time than in the first."""
        figures = [getattr(each, name) for each in self.warm()]
        third = max(1, len(figures) // 3)
        return median(figures[-third:]) - median(figures[:third]) if figures else 0.0

    def _look_at_writes(self) -> None:
        for write in self.place.sandbox.writes(self._seen):
            self.writes += 1
            if (write["auto_assign"] or "").upper() != "FALSE":
                self.unguarded.append(f"{write['method']} {write['path']}")
        self._seen = self.place.sandbox.last_call()

    def _metrics(self) -> Held | None:
        """None while the daemon starts, or stands still."""
        said = self.place.daemon.events("watch.listening")
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
            life=self.place.lives,
            memory=found["ortoo_process_resident_memory_bytes"] / _MB,
            files=found["ortoo_process_open_files"],
            threads=found["ortoo_process_threads"],
        )
