"""How do edited policies come into force without a restart, and what becomes of an edit that is wrong?

An edit is read, linted, compared with the org and tried by its tests before anything changes; what fails
any of it leaves the policies in force. Edits are known by content, so a touched file is none, and a swapped
link is one. Records in hand are finished by the policies they were begun with.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from watchfiles import awatch

from ortoo_daemon.daemon.checking import Checkup, checkup, parse_anew
from ortoo_daemon.daemon.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.last_load import LastLoad
from ortoo_daemon.daemon.named_users import named_users
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.policy_files import FilesFound, find_files
from ortoo_daemon.daemon.policy_register import register_policies
from ortoo_daemon.daemon.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.saved_org import ask_org
from ortoo_daemon.daemon.start_files import StartFiles
from ortoo_daemon.errors import Level, OrgError, Place, Problem
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.policies")

_LOOK_EVERY = 5.0
"""Seconds; finds what no watch tells of: a swapped link, a file on another machine."""

_SETTLES_WITHIN = 0.3
"""An editor's several writes, or a checkout's files, are over when so long nothing changed."""

_AGAIN_AFTER = 30.0
_MOST_LOGGED = 20


@dataclass(slots=True, kw_only=True)
class Reloading:
    """Keeps the policies in force those of their folder.

    ``files`` are those of the start. Whoever sets ``asked`` has the files looked through even when nothing
    changed. ``last`` says what became of them.
    """

    org: Org
    knowledge: Knowledge
    roster: DirectoryReader
    notifier: Notifier
    files: StartFiles
    asked: asyncio.Event
    now: Callable[[], datetime]
    last: LastLoad
    shadow: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _again_at: float = 0.0
    _owed: bool = False
    _seen: str = field(init=False)

    def __post_init__(self) -> None:
        self._seen = self.files.digest

    async def run(self) -> None:
        """Look whenever there may be something to see, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(), name="ortoo-policy-watch")
            while True:
                await self._look()
                await self._something()

    @property
    def standing(self) -> str:
        """One line for the service manager: what is in force, and what is wrong with the files."""
        told = f"routing by revision {self.knowledge.policies.revision}"
        return f"{told}; {self.last.why}" if self.last.why else told

    async def _something(self) -> None:
        """Wait for a change, a request, or the time to look anyway."""
        waits = [asyncio.ensure_future(each.wait()) for each in (self.asked, self._changed)]
        try:
            await asyncio.wait(waits, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _watch(self) -> None:
        """The system's own word of changes. Where it has none, the looks by time are left."""
        told = ""
        while True:
            watched = self._folders()
            try:
                if watched:
                    await self._hear(watched)
                    continue
            except (OSError, RuntimeError) as error:
                if str(error) != told:
                    told = str(error)
                    _log.warning("policies.watch_failed", error=told, look_every=_LOOK_EVERY)
            await asyncio.sleep(_LOOK_EVERY)

    async def _hear(self, watched: list[Path]) -> None:
        """Pass on what is told of these folders, until others stand in their place."""
        told = awatch(
            *watched,
            watch_filter=None,
            step=100,
            rust_timeout=int(_LOOK_EVERY * 1000),
            yield_on_timeout=True,
        )
        async with aclosing(told):
            async for changes in told:
                if changes:
                    self._changed.set()
                if self._folders() != watched:
                    return

    def _folders(self) -> list[Path]:
        """Where the files are at the moment, links followed."""
        folder = self.files.folder
        return [each.resolve() for each in (folder, folder.parent / "tables") if each.is_dir()]

    async def _look(self) -> None:
        self._owed |= self.asked.is_set()
        if self.asked.is_set():
            self._again_at = 0.0
        self.asked.clear()
        self._changed.clear()
        if time.monotonic() < self._again_at:
            return
        found = await self._settled()
        owed = self._owed or self.last.waiting
        if found is None or (found.digest == self._seen and not owed):
            return
        self.notifier.reloading()
        try:
            await self._take(found)
        except OrgError as error:
            self._delay(error)
        except Exception as error:  # no edit ends the routing, not even by a defect of ours
            self._seen, self._owed = found.digest, False
            self._fail(error)
        else:
            self._seen, self._owed = found.digest, False
        finally:
            self.notifier.ready(self.standing)

    async def _settled(self) -> FilesFound | None:
        """The files once they no longer change; None while they do."""
        found = await asyncio.to_thread(find_files, self.files.folder)
        if found.digest == self._seen:
            return found
        for _ in range(20):
            await asyncio.sleep(_SETTLES_WITHIN)
            again = await asyncio.to_thread(find_files, self.files.folder)
            if again.digest == found.digest:
                return again
            found = again
        return None

    async def _take(self, found: FilesFound) -> None:
        """Bring the files into force, or say why not. Raises OrgError with everything as it was."""
        checked = await self._checked(found)
        if checked.policies is None or not checked.passed:
            self._refuse(checked)
            return
        before = self.knowledge.policies.policy_set
        if checked.policies.revision == before.revision:
            self.last = LastLoad(at=self.now())
            _log.info("policies.unchanged", revision=before.revision)
            return
        await self._bring_into_force(checked.policies)

    async def _checked(self, found: FilesFound) -> Checkup:
        if found.problems:
            return Checkup(problems=found.problems, policies=None, tests=None, checked_against=None)
        parsed = await asyncio.to_thread(parse_anew, self.files.parsed, found.contents)
        known = None
        if parsed.policies is not None:
            known = await ask_org(self.org, parsed.policies, self.files.mapping)
        return await asyncio.to_thread(checkup, parsed, known)

    async def _bring_into_force(self, policies: PolicySet) -> None:
        """All that the new policies need stands before the one assignment that puts them in force."""
        knowledge, before = self.knowledge, self.knowledge.policies
        after = Policies(policies, loaded_at=self.now())
        usernames = await named_users(self.org, policies)
        for name in sorted(after.objects - before.objects):
            people = knowledge.directory.people
            await knowledge.ledger.refresh(name, people, self.roster.workload_counts)
        if not len(knowledge.postal) and needs_geography(policies):
            knowledge.postal = await asyncio.to_thread(load_postal_index)
        if not self.shadow:
            await register_policies(self.org, policies)
        knowledge.usernames = {**knowledge.usernames, **usernames}  # records in hand need the old
        knowledge.policies = after
        self.last = LastLoad(at=self.now())
        _log.info(
            "policies.reloaded",
            before=before.revision,
            revision=after.revision,
            changed=_changed(before.policy_set, policies),
            removed=sorted(_names(before.policy_set) - _names(policies)),
        )

    def _refuse(self, checked: Checkup) -> None:
        problems = tuple(each for each in checked.problems if each.level is Level.ERROR)
        self.last = LastLoad(at=self.now(), problems=problems)
        _log.error(
            "policies.refused",
            revision=self.knowledge.policies.revision,
            count=len(problems),
            problems=[str(problem) for problem in problems[:_MOST_LOGGED]],
        )

    def _fail(self, error: Exception) -> None:
        problem = Problem(
            place=Place(self.files.folder.as_posix()),
            rule="defect",
            message=f"looking through the files failed: {type(error).__name__}",
            mend="policies.reload_failed in the log has the traceback; report it",
        )
        self.last = LastLoad(at=self.now(), problems=(problem,))
        _log.error("policies.reload_failed", exc_info=error)

    def _delay(self, error: OrgError) -> None:
        self._again_at = time.monotonic() + _AGAIN_AFTER
        self.last = LastLoad(at=self.last.at, problems=self.last.problems, waiting=str(error))
        _log.warning("policies.reload_delayed", error=str(error), again_in=_AGAIN_AFTER)


def _names(policies: PolicySet) -> set[str]:
    return {policy.name for policy in policies.policies}


def _changed(before: PolicySet, after: PolicySet) -> list[str]:
    """Policies that are new or other than they were, tables and lists they use included."""
    known = {policy.name: policy for policy in before.policies}
    return sorted(each.name for each in after.policies if known.get(each.name) != each)
