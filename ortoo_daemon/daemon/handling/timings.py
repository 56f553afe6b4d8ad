"""How long did each step of one record's handling take?"""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timings:
    """Milliseconds by step, summed over rounds; a step begins where the one before ended."""

    steps: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def end(self, step: str) -> None:
        now = time.perf_counter()
        self.steps[step] = self.steps.get(step, 0.0) + (now - self._since) * 1000
        self._since = now
