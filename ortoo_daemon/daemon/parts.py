"""Which parts has the running daemon, for those who look at it from outside? Changes none of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ortoo_daemon.daemon.budgets.allowance import BudgetWatch
from ortoo_daemon.daemon.calling.calls import Calls
from ortoo_daemon.daemon.candidate.loading import CandidateLoading
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.sharing import Sharing
from ortoo_daemon.daemon.hearing.events import Hearing
from ortoo_daemon.daemon.hearing.silence import Silence
from ortoo_daemon.daemon.leading import Leading
from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.loading.last_load import LastLoad
from ortoo_daemon.daemon.loading.reloading import Reloading
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.daemon.watching.watchdog import Watchdog
from ortoo_daemon.errors import StateError
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.stream.listener import Listener
from ortoo_daemon.work.claims import QueueStats
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.workers import Workers

_STORE_ANSWERS_WITHIN = 2.0


@dataclass(slots=True, kw_only=True)
class Parts:
    """Live parts; those that are None have not been made yet. ``policies`` are those of the start."""

    queue: WorkQueue
    org: Org
    budgets: BudgetWatch
    meters: Meters
    watchdog: Watchdog
    policies: PolicySet
    policies_loaded_at: datetime
    started_at: datetime
    settings_watch: SettingsWatch
    commit_at_start: Commit | None = None
    shadow: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    reload_asked: asyncio.Event = field(default_factory=asyncio.Event)
    leading: Leading = field(init=False)
    waiting_for: str = ""
    """What the start waits for, as told to the service manager; empty when it waits for nothing."""
    sharing: Sharing | None = None
    """Where several daemons may share the store."""
    knowledge: Knowledge | None = None
    sweeping: Sweeping | None = None
    hearing: Hearing | None = None
    silence: Silence | None = None
    listener: Listener | None = None
    workers: Workers | None = None
    reloading: Reloading | None = None
    delivery: Delivery | None = None
    calls: Calls | None = None
    candidate: CandidateLoading | None = None
    """Where the settings name candidate policies."""

    def __post_init__(self) -> None:
        self.leading = Leading(self.queue.leadership)

    @property
    def policies_in_force(self) -> PolicySet:
        return self.knowledge.policies.policy_set if self.knowledge else self.policies

    @property
    def revision(self) -> str:
        """The revision of the policies in force."""
        return self.policies_in_force.revision

    @property
    def commit(self) -> Commit | None:
        """Where the policies in force come from; None where their folder is no Git checkout."""
        return self.reloading.commit if self.reloading else self.commit_at_start

    @property
    def loaded_at(self) -> datetime:
        """When the policies in force were loaded."""
        loaded = self.knowledge.policies.loaded_at if self.knowledge else None
        return loaded or self.policies_loaded_at

    @property
    def last_load(self) -> LastLoad:
        """What became of the files when they were last looked through."""
        return self.reloading.last if self.reloading else LastLoad(at=self.policies_loaded_at)

    @property
    def handled(self) -> Mapping[str, int]:
        """Records handled, by outcome."""
        return self.meters.handled_by("outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The parts at one moment. ``queue`` is None when the store did not answer; ``trouble`` says why, or
    what it refuses to keep though it answers."""

    parts: Parts
    at: datetime
    queue: QueueStats | None
    trouble: str = ""

    @property
    def journal_is_well(self) -> bool:
        """It answers, and keeps what it is given."""
        return self.queue is not None and not self.trouble


async def looked_at(parts: Parts, at: datetime) -> View:
    """A view with the queue's figures. Never raises for a store that fails or hangs."""
    try:
        async with asyncio.timeout(_STORE_ANSWERS_WITHIN):
            stats = await parts.queue.stats()
            refused = parts.queue.refused
            trouble = f"the journal refuses what it is to keep: {refused}" if refused else ""
            return View(parts=parts, at=at, queue=stats, trouble=trouble)
    except TimeoutError:
        trouble = f"the store has not answered for {_STORE_ANSWERS_WITHIN:g} s"
    except StateError as error:
        trouble = str(error)
    return View(parts=parts, at=at, queue=None, trouble=trouble)
