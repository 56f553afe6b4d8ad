"""What is a fuse? The most records that may be moved to another owner within a time."""

from dataclasses import dataclass, field
from datetime import timedelta

from ortoo_daemon.errors import Place
from ortoo_daemon.facts import FUSE_LEVEL, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuse:
    """``fuse: {at_most: 2000, per: 1h}``. ``per`` rolls along with the clock.

    ``of`` is the name of a policy, or of a policy and one of its programmes (``leads/ev-launch``); by
    ``tally`` its records are counted.
    """

    of: str
    at_most: int
    per: timedelta
    place: Place
    seconds: int = field(init=False, repr=False, compare=False)
    tally: Tally = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", int(self.per.total_seconds()))  # asked for every record
        object.__setattr__(self, "tally", Tally(self.of, FUSE_LEVEL, ""))
