"""How do edited policies come into force without a restart, and what becomes of an edit that is wrong?

An edit of policies, tests, tables or the directory file is read, linted, compared with the org and tried
by its tests before anything changes; what fails any of it leaves what is in force. Edits are known by
content, so a touched file is none, and a swapped link is one. Records in hand are finished by the policies
they were begun with.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.loading.checking import parse_anew
from ortoo_daemon.daemon.loading.checkout import Commit, commit_of
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.last_good import LastGood, keep_last_good
from ortoo_daemon.daemon.loading.last_load import LastLoad, LoadOutcome
from ortoo_daemon.daemon.loading.load_posts import LoadPosts
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.daemon.loading.org_checking import check_by_org
from ortoo_daemon.daemon.loading.policy_changes import (
    changed_files,
    changed_policies,
    names_of,
    policies_changed,
)
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.policy_register import register_policies
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.errors import (
    ConfigError,
    Level,
    LoginError,
    OrgError,
    Place,
    Problem,
    StateError,
    TemporaryOrgError,
)
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.policies")

_AGAIN_AFTER = 30.0
_MOST_LOGGED = 20

_NOTHING_WORKS = frozenset({"unknown_field", "missing_stamps", "directory_refused"})
"""Rules whose problems let no record be read or stamped. Under any other a record still finds an owner."""


@dataclass(slots=True, kw_only=True)
class Reloading:
    """Keeps the policies in force those of their files.

    ``start`` is what the daemon started by. ``last`` says what became of the files when they were last
    looked through. In a shadow run the org is told nothing.
    """

    org: Org
    queue: WorkQueue
    knowledge: Knowledge
    sweeping: Sweeping
    notifier: Notifier
    watch: FileWatch
    settings_watch: SettingsWatch
    start: StartFiles
    now: Callable[[], datetime]
    last: LastLoad
    shadow: bool = False
    commit: Commit | None = field(init=False)
    """Of the files in force."""
    _posts: LoadPosts = field(init=False)
    _ready: bool = False
    _again_at: float = 0.0
    _owed: bool = False
    _proven: bool = field(init=False)
    _seen: str = field(init=False)
    _files: FilesFound = field(init=False)
    _mapping: DirectoryMapping = field(init=False)

    def __post_init__(self) -> None:
        self.commit = self.start.commit
        self._posts = LoadPosts(org=self.org)
        self._seen, self._proven = self.start.seen, self.start.proven
        self._files, self._mapping = self.start.files, self.start.mapping

    async def run(self) -> None:
        """Look whenever there may be something to see, until cancelled."""
        self._ready = True
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.watch.run(), name="ortoo-policy-watch")
            tasks.create_task(self._posts.run(), name="ortoo-policy-posts")
            while True:
                await self.look()
                await self.watch.wait()

    async def prove(self) -> None:
        """Files that never passed are looked through before anything is decided by them.

        With nothing else to go by, the daemon starts by them whatever the org says, and tells it, unless
        no record could be handled: then it raises ConfigError. TemporaryOrgError and LoginError when the
        org can't be asked.
        """
        if self._proven:
            return
        found = None
        while found is None:
            found = await self.watch.settled(self._files.digest)
        try:
            await self._take(found)
        except (TemporaryOrgError, LoginError):
            raise
        except OrgError as error:
            self._delay(error)
        else:
            self._seen = found.digest

    async def register(self) -> None:
        """Keep the policies in force in the org. Raises OrgError."""
        await register_policies(self.org, self.knowledge.policies.policy_set)

    @property
    def standing(self) -> str:
        """One line for the service manager: what is in force, and what is wrong with the files."""
        told = (f"routing by revision {self.knowledge.policies.revision}", self.last.why)
        return "; ".join(filter(None, (*told, self.settings_watch.why)))

    async def look(self) -> None:
        """Take up what was edited. Raises nothing for what is wrong with it."""
        await self._look_at_settings()
        self._owed |= self.watch.asked.is_set()
        if self.watch.asked.is_set():
            self._again_at = 0.0
        self.watch.begin_look()
        if time.monotonic() < self._again_at:
            return
        found = await self.watch.settled(self._seen)
        owed = self._owed or self.last.waiting
        if found is None or (found.digest == self._seen and not owed):
            return
        if self._ready:
            self.notifier.reloading()
        try:
            await self._take(found)
        except OrgError as error:
            self._delay(error)
        except Exception as error:  # no edit ends the routing, not even by a defect of ours
            self._fail(error, found)
            self._seen, self._owed = found.digest, False
        else:
            self._seen, self._owed = found.digest, False
        finally:
            if self._ready:  # before the first record can be decided nobody may be told so
                self.notifier.ready(self.standing)

    async def _look_at_settings(self) -> None:
        before = self.settings_watch.why
        await self.settings_watch.look()
        if self._ready and self.settings_watch.why != before:
            self.notifier.status(self.standing)

    async def _take(self, found: FilesFound) -> None:
        """Bring the files into force, or say why not. Raises OrgError with everything as it was, and
        ConfigError for a first start with files by which nothing works."""
        parsed = await asyncio.to_thread(parse_anew, self.start.settings, found)
        checked = await check_by_org(self.org, parsed)
        errors = tuple(each for each in checked.problems if each.level is Level.ERROR)
        hopeless = [each for each in errors if each.rule in _NOTHING_WORKS]
        if hopeless and not self._proven and not self._ready:
            raise ConfigError(hopeless)
        commit = await asyncio.to_thread(commit_of, self.watch.folder, found.contents)
        if errors or parsed.policies is None or parsed.mapping is None:
            self._refuse(errors, found, commit)
            return
        before = self.knowledge.policies.policy_set
        new = before.revision != parsed.policies.revision or parsed.mapping != self._mapping
        if new:
            await self._bring_into_force(parsed.policies, parsed.mapping)
        self.commit = commit
        cases = len(checked.tests.results) if checked.tests else None
        self._accept(found, before, cases=cases, new=new)
        await self._keep(found)

    async def _bring_into_force(self, policies: PolicySet, mapping: DirectoryMapping) -> None:
        """All that the new policies need stands before the assignments that put them in force."""
        knowledge, before = self.knowledge, self.knowledge.policies
        after = Policies(policies, loaded_at=self.now())
        usernames = await named_users(self.org, policies)
        roster, reading = self.sweeping.roster, None
        if mapping != self._mapping:
            roster = DirectoryReader(self.org, mapping)
            reading = await self.sweeping.reading_by(roster)
        people = reading.directory.people if reading else knowledge.directory.people
        for name in sorted(after.objects if reading else after.objects - before.objects):
            await knowledge.ledger.refresh(name, people, roster.workload_counts)
        if not len(knowledge.postal) and needs_geography(policies):
            knowledge.postal = await asyncio.to_thread(load_postal_index)
        if not self.shadow:
            await register_policies(self.org, policies)
        await self.sweeping.count_loads(after, people, roster)
        await self.sweeping.count_given(policies, people)
        if reading:
            self.sweeping.take(reading)
        knowledge.usernames = {**knowledge.usernames, **usernames}  # records in hand need the old
        knowledge.policies = after
        self._mapping = mapping

    def _accept(
        self, found: FilesFound, before: PolicySet, *, cases: int | None, new: bool
    ) -> None:
        """Files that are in order: what they changed, in the log and for the admins."""
        revision = self.knowledge.policies.revision
        load = self.last = LastLoad(
            at=self.now(),
            outcome=LoadOutcome.ACCEPTED if new or not self._proven else LoadOutcome.UNCHANGED,
            revision=revision,
            before=before.revision,
            digest=found.digest,
            commit=self.commit,
            changed=changed_files(self._files, found),
            policies=policies_changed(before, self.knowledge.policies.policy_set),
            cases=cases,
        )
        self._files, self._proven = found, True
        if new:
            after = self.knowledge.policies.policy_set
            _log.info(
                "policies.reloaded",
                before=before.revision,
                revision=revision,
                commit=_said(self.commit),
                files=load.changed,
                changed=changed_policies(before, after),
                removed=sorted(names_of(before) - names_of(after)),
            )
        elif load.outcome is LoadOutcome.UNCHANGED:
            _log.info("policies.unchanged", revision=revision)
        if new or found.digest != self._seen:
            self._post()

    async def _keep(self, found: FilesFound) -> None:
        """For a start that finds worse files. Without it this run is none the worse."""
        try:
            good = LastGood(files=found, commit=self.commit, passed_at=self.now())
            await keep_last_good(self.queue, good)
        except StateError as error:
            _log.error("policies.not_kept", error=str(error))

    def _refuse(
        self, problems: tuple[Problem, ...], found: FilesFound, commit: Commit | None = None
    ) -> None:
        """Tell what is wrong. Files that nothing better than themselves was there for stay in force."""
        revision = self.knowledge.policies.revision
        in_force = not self._proven and found.digest == self._files.digest
        self.last = LastLoad(
            at=self.now(),
            outcome=LoadOutcome.UNPROVEN if in_force else LoadOutcome.REFUSED,
            problems=problems,
            revision=revision,
            before=revision,
            digest=found.digest,
            commit=commit,
            changed=changed_files(self._files, found),
        )
        what = [str(problem) for problem in problems[:_MOST_LOGGED]]
        count, by = len(problems), _said(commit)
        if in_force:
            _log.error(
                "policies.unproven", revision=revision, commit=by, count=count, problems=what
            )
        else:
            _log.error("policies.refused", revision=revision, commit=by, count=count, problems=what)
        self._post()

    def _post(self) -> None:
        if not self.shadow:
            self._posts.put(self.last)

    def _fail(self, error: Exception, found: FilesFound) -> None:
        problem = Problem(
            place=Place(self.watch.folder.as_posix()),
            rule="defect",
            message=f"looking through the files failed: {type(error).__name__}",
            mend="policies.reload_failed in the log has the traceback; report it",
        )
        _log.error("policies.reload_failed", exc_info=error)
        revision = self.knowledge.policies.revision
        self.last = LastLoad(
            at=self.now(),
            outcome=LoadOutcome.REFUSED,
            problems=(problem,),
            revision=revision,
            before=revision,
            digest=found.digest,
        )
        self._post()

    def _delay(self, error: OrgError) -> None:
        self._again_at = time.monotonic() + _AGAIN_AFTER
        self.last = replace(self.last, waiting=str(error))
        _log.warning("policies.reload_delayed", error=str(error), again_in=_AGAIN_AFTER)


def _said(commit: Commit | None) -> str | None:
    return str(commit) if commit else None
