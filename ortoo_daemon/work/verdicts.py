"""What may come of handling one item? The handler says, the workers settle it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Finished:
    """Done; ``outcome`` is a reason code, ``note`` a few words for people."""

    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Can't be done now, for a reason outside the record: try again in ``after``, without limit."""

    after: timedelta
    note: str = ""


@dataclass(frozen=True, slots=True)
class Park:
    """Can't be done at all before somebody changes something."""

    reason: str
    note: str = ""


Verdict = Finished | Retry | Park
