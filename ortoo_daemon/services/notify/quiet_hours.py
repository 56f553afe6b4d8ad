"""Is it too late or too early to disturb somebody, and until when?"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"\s*([01]\d|2[0-3]):([0-5]\d)\s*\.\.\s*([01]\d|2[0-3]):([0-5]\d)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From one time of day to another, which may lie on the next day."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """``20:00 .. 07:00``. Raises ValueError."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"not quiet hours: {text!r}; write 20:00 .. 07:00")
        hours = [int(each) for each in found.groups()]
        begins, ends = time(hours[0], hours[1]), time(hours[2], hours[3])
        if begins == ends:
            raise ValueError(f"quiet hours of no length: {text!r}; leave them out")
        return cls(begins=begins, ends=ends)

    def end_after(self, at: datetime, zone: str) -> datetime | None:
        """When the quiet hours that hold at this moment end, aware UTC; None when none do."""
        local = at.astimezone(ZoneInfo(zone))
        clock = local.time()
        if self.begins < self.ends:
            quiet, next_day = self.begins <= clock < self.ends, False
        else:
            quiet, next_day = clock >= self.begins or clock < self.ends, clock >= self.begins
        if not quiet:
            return None
        day = local.date() + timedelta(days=1) if next_day else local.date()
        return datetime.combine(day, self.ends, tzinfo=ZoneInfo(zone)).astimezone(UTC)
