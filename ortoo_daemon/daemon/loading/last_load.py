"""What became of the policies' files when they were last looked through?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.errors import Problem

_LONGEST = 300


class LoadOutcome(StrEnum):
    """``unchanged``: the files are in order and mean what is in force already. ``unproven``: they are in
    force for want of any that passed, and not in order. ``returned``: they were in order and in force, and
    sent so many records to the default queue that those before them are in force again."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNPROVEN = "unproven"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLoad:
    """``problems`` kept an edit out of force, or are in force with it (`LoadOutcome.UNPROVEN`);
    ``waiting`` says why one could not be looked through yet.

    ``revision`` is the one in force afterwards, ``before`` the one until then; ``changed`` names files that
    differ from those in force until then, ``policies`` the policies that do. ``cases`` is how many cases of
    the tests were run; None: they were not. ``digest`` is of the files that were looked through, ``commit``
    theirs.
    """

    at: datetime
    outcome: LoadOutcome = LoadOutcome.ACCEPTED
    problems: tuple[Problem, ...] = ()
    waiting: str = ""
    revision: str = ""
    before: str = ""
    digest: str = ""
    commit: Commit | None = None
    changed: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    cases: int | None = None

    @property
    def successful(self) -> bool:
        """Whether the files of that moment are in force and in order; an edit that waits still is."""
        return not self.problems

    @property
    def why(self) -> str:
        """One short line about what is wrong; empty when nothing is."""
        if self.waiting:
            return _short(f"an edit waits for the org: {self.waiting}")
        if not self.problems:
            return ""
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        what = _WRONG.get(self.outcome, "an edit was refused")
        return f"{what}: {_short(str(self.problems[0]))}{more}"


_WRONG = {
    LoadOutcome.UNPROVEN: "the policies in force are not in order",
    LoadOutcome.RETURNED: "an edit was taken back",
}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
