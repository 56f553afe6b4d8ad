"""How does the daemon start and stop?

Crash-only: every start is a recovery, by the files on disk or by those that were in force last. What happens
in between is `running`'s.
"""

import asyncio
from contextlib import AsyncExitStack

import structlog

from ortoo_daemon.daemon.budgets.allowance import BudgetWatch
from ortoo_daemon.daemon.loading.last_good import read_last_good
from ortoo_daemon.daemon.loading.policy_files import find_files
from ortoo_daemon.daemon.loading.start_files import StartFiles, start_files
from ortoo_daemon.daemon.memory import spare_what_is_loaded
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.org_clock import org_clock
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.running import Running
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from ortoo_daemon.daemon.steps import Steps
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.daemon.watching.watchdog import Watchdog
from ortoo_daemon.daemon.watching.watchers import watched
from ortoo_daemon.daemon.wiring import make_org, open_queue, utc_now
from ortoo_daemon.instants import instant_text
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.service")


class Service:
    """One run of the daemon. `run` returns when ``stop`` was set and everything is put away."""

    def __init__(self, settings: Settings, *, shadow: bool = False) -> None:
        self._settings = settings
        self._shadow = shadow
        self._settings_watch = SettingsWatch(settings)
        self._loaded_at = utc_now()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._notifier = Notifier.from_environment()

    def stop(self) -> None:
        """Ask the service to end; safe to call from a signal handler, more than once."""
        self._stop.set()

    def reload(self) -> None:
        """Ask for the policies' files to be looked through; safe to call from a signal handler."""
        self._reload.set()

    async def run(self) -> None:
        """Run until `stop`; a store that is away is waited for. Raises ConfigError and StateError at start;
        anything later that escapes is a defect, and the process should end so that it is started anew."""
        async with AsyncExitStack() as stack:
            steps, stop = Steps(self._notifier), self._stop
            queue = await steps.until_done(
                "open the store", lambda: open_queue(self._settings), stop
            )
            if queue is None:
                return
            stack.push_async_callback(queue.close)
            files = await steps.until_done(
                "read the last good files", lambda: self._files(queue), stop
            )
            if files is None or self._stop.is_set():
                return
            spare_what_is_loaded()
            org = make_org(self._settings)
            stack.push_async_callback(org.close)
            _log.info(
                "service.starting",
                revision=files.policies.revision,
                policies=[policy.name for policy in files.policies.policies],
                commit=str(files.commit) if files.commit else None,
                shadow=self._shadow,
            )
            parts = self._parts(queue, org, files)
            running = Running(self._settings, files, parts, self._notifier)
            await stack.enter_async_context(watched(parts, self._settings, now=org_clock(org)))
            await running.run(self._stop, shadow=self._shadow)
        _log.info("service.stopped")

    async def _files(self, queue: WorkQueue) -> StartFiles:
        """Those on disk, or those that were in force last. Raises ConfigError where neither will do."""
        settings = self._settings
        folder, directory = settings.path(settings.policies), settings.path(settings.directory)
        # Taken before they are understood: an edit in between is seen as one.
        found = await asyncio.to_thread(find_files, folder, directory)
        last = await read_last_good(queue)
        files = await asyncio.to_thread(start_files, settings, found, last)
        if last is not None and files.files is last.files:
            _log.warning(
                "policies.last_good_in_force",
                revision=files.policies.revision,
                passed_at=instant_text(last.passed_at),
            )
        return files

    def _parts(self, queue: WorkQueue, org: Org, files: StartFiles) -> Parts:
        """What there is before anything runs, for those who look on."""
        return Parts(
            queue=queue,
            org=org,
            budgets=BudgetWatch(
                org.rest, self._settings.budgets, notifier=self._notifier, clock=utc_now
            ),
            meters=Meters(org_clock(org)),
            watchdog=Watchdog(self._notifier),
            policies=files.policies,
            policies_loaded_at=self._loaded_at,
            settings_watch=self._settings_watch,
            commit_at_start=files.commit,
            started_at=self._loaded_at,
            shadow=self._shadow,
            stopping=self._stop,
            reload_asked=self._reload,
        )
