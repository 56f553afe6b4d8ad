"""How do admins without a shell learn what became of their edit? A row in the org for each load.

Rows wait here until the org takes them, in order. Routing never waits for one, and an org that refuses
them for good costs the row alone. What the org does not take before the daemon stops is lost: the log has
the same words.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from ortoo_daemon.daemon.handling.fuses import FuseStanding
from ortoo_daemon.daemon.loading.last_load import LastLoad, LoadOutcome
from ortoo_daemon.errors import OrgError, PermanentOrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce.org import Org

OBJECT = "Ortoo_Policy_Load__c"
KEY = "Load_Key__c"
FIELDS = (
    KEY,
    "Outcome__c",
    "Loaded_At__c",
    "Summary__c",
    "Revision__c",
    "Revision_Before__c",
    "Changed_Files__c",
    "Commit__c",
    "Author__c",
    "Note__c",
    "Cases__c",
    "Problem_Count__c",
    "Problems__c",
)
"""Every field that is written."""

FUSE_BLOWN = "fuse_blown"
"""The outcome of a row that tells of a fuse instead of a load."""

_log = structlog.get_logger("ortoo_daemon.policies")

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_MOST_WAITING = 50
_LONGEST_TEXT, _LONGEST_LIST = 255, 32_768


@dataclass(slots=True, kw_only=True)
class LoadPosts:
    """Sends rows while `run` runs. In a shadow run nothing is written, so nothing is to be put here."""

    org: Org
    _waiting: deque[Mapping[str, FieldValue]] = field(
        default_factory=lambda: deque(maxlen=_MOST_WAITING)
    )
    _some: asyncio.Event = field(default_factory=asyncio.Event)
    _none: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, load: LastLoad) -> None:
        """Tell of a load as soon as may be."""
        self._put(load_row(load))

    def put_blown(self, standing: FuseStanding, revision: str) -> None:
        """Tell of a fuse that has blown, whoever edited what."""
        self._put(blown_row(standing, revision))

    def _put(self, row: Mapping[str, FieldValue]) -> None:
        self._waiting.append(row)
        self._none.clear()
        self._some.set()

    async def sent(self, *, within: float) -> None:
        """Return when no row waits any more, or after so many seconds."""
        if self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none.wait(), within)

    async def run(self) -> None:
        """Send until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            if not self._waiting:
                self._some.clear()
                self._none.set()
                await self._some.wait()
            row = self._waiting[0]
            try:
                await self.org.writer.upsert(OBJECT, KEY, [row])
            except PermanentOrgError as error:
                _log.error("policies.post_refused", code=error.code, error=error.message)
            except OrgError as error:
                _log.warning("policies.post_delayed", error=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            if self._waiting and self._waiting[0] is row:  # a full queue lets go of its first
                self._waiting.popleft()


def load_row(load: LastLoad) -> dict[str, FieldValue]:
    """The row as it stands in the org. The key is the load's own, so that it may be sent again."""
    commit = load.commit
    return {
        KEY: f"{instant_text(load.at)}:{load.digest[:12]}",
        "Outcome__c": load.outcome.value,
        "Loaded_At__c": instant_text(load.at),
        "Summary__c": _cut(summary(load), _LONGEST_TEXT),
        "Revision__c": load.revision,
        "Revision_Before__c": load.before,
        "Changed_Files__c": _lines(load.changed) or None,
        "Commit__c": commit.id if commit else None,
        "Author__c": commit.author if commit else None,
        "Note__c": commit.note if commit else None,
        "Cases__c": load.cases,
        "Problem_Count__c": len(load.problems),
        "Problems__c": _lines([str(problem) for problem in load.problems]) or None,
    }


def blown_row(standing: FuseStanding, revision: str) -> dict[str, FieldValue]:
    """The row of a fuse that has blown; one for each time it does."""
    at = instant_text(standing.blown_at) if standing.blown_at else None
    free = f", next at {instant_text(standing.free_at)}" if standing.free_at else ""
    return {
        KEY: f"{at}:fuse:{standing.fuse.of}",
        "Outcome__c": FUSE_BLOWN,
        "Loaded_At__c": at,
        "Summary__c": _cut(
            f"Fuse blown, the rest is parked: {standing.told()}{free}", _LONGEST_TEXT
        ),
        "Revision__c": revision,
        "Revision_Before__c": revision,
        "Problem_Count__c": 0,
    }


def summary(load: LastLoad) -> str:
    """One sentence for a list of loads."""
    cases = f", {load.cases} cases passed" if load.cases is not None else ""
    match load.outcome:
        case LoadOutcome.ACCEPTED:
            changes = f"; {', '.join(load.policies)}" if load.policies else ""
            return f"In force: revision {load.revision}{cases}{changes}"
        case LoadOutcome.UNCHANGED:
            return f"Revision {load.revision} stays in force: the files mean the same{cases}"
        case LoadOutcome.REFUSED:
            return f"Refused, revision {load.revision} stays in force: {load.problems[0]}"
        case LoadOutcome.UNPROVEN:
            return f"In force though not in order, revision {load.revision}: {load.problems[0]}"
        case LoadOutcome.RETURNED:
            return f"Taken back, revision {load.revision} is in force again: {load.problems[0]}"


def _lines(texts: list[str] | tuple[str, ...]) -> str:
    return _cut("\n".join(texts), _LONGEST_LIST)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
