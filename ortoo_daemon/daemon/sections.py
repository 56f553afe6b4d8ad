"""What have the sections of the settings in common? Strictness, and durations with their unit."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ortoo_daemon.policy.literals import duration


def _duration(value: object) -> object:
    """``30s``, ``5m``, ``2d`` as admins write them elsewhere; plain numbers are refused as unclear."""
    if isinstance(value, timedelta):
        return value
    found = duration(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("write a duration with its unit, such as 30s, 5m, 2h or 7d")
    return found


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Section(BaseModel):
    """A section: keys that are not known are refused, and what was read stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)
