"""How do edited policies come into force without a restart, and what becomes of an edit that is wrong?

An edit of policies, tests, tables or the directory file is read, linted, compared with the org and tried
by its tests before anything changes; what fails any of it leaves what is in force. Edits are known by
content, so a touched file is none, and a swapped link is one. Records in hand are finished by the policies
they were begun with.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ortoo_daemon.daemon.handling.fuses import FuseStanding
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handoffs.ways import Ways
from ortoo_daemon.daemon.loading.checking import parse_anew
from ortoo_daemon.daemon.loading.checkout import Commit, commit_of
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.in_force import InForce
from ortoo_daemon.daemon.loading.last_good import LastGood, keep_last_good
from ortoo_daemon.daemon.loading.last_load import LastLoad, LoadOutcome
from ortoo_daemon.daemon.loading.load_posts import LoadPosts
from ortoo_daemon.daemon.loading.org_checking import check_by_org
from ortoo_daemon.daemon.loading.policy_changes import (
    changed_policies,
    names_of,
)
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.policy_register import register_policies
from ortoo_daemon.daemon.loading.returning import OtherwiseWatch, Risen
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.loading.telling import Edition, Telling
from ortoo_daemon.daemon.noticing.rewording import Rewording
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.settings_watch import SettingsWatch, with_handoff
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import (
    ConfigError,
    Level,
    LoginError,
    OrgError,
    StateError,
    TemporaryOrgError,
)
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.policies")

_AGAIN_AFTER = 30.0

_NOTHING_WORKS = frozenset({"unknown_field", "missing_stamps", "directory_refused"})
"""Rules whose problems let no record be read or stamped. Under any other a record still finds an owner."""


@dataclass(slots=True, kw_only=True)
class Reloading:
    """Keeps the policies in force those of their files.

    ``start`` is what the daemon started by. In a shadow run the org is told nothing. ``returns`` counts
    edits that were taken back.
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
    last_at_start: LastLoad
    shadow: bool = False
    returns: int = 0
    rewording: Rewording | None = None
    """Keeps words and channels of notices; looked at first, as edited policies may need edited words."""
    ways: Ways | None = None
    """Keeps the ways of handoffs, likewise."""
    otherwise: OtherwiseWatch = field(init=False)
    _in_force: InForce = field(init=False)
    _edition: Edition = field(init=False)
    _edition_before: Edition = field(init=False)
    """Those in force before the edit that is watched."""
    _returned: LastLoad | None = None
    """An edit that was taken back stays so until its files change."""
    _posts: LoadPosts = field(init=False)
    _telling: Telling = field(init=False)
    _ready: bool = False
    _again_at: float = 0.0
    _owed: bool = False
    _proven: bool = field(init=False)
    _seen: str = field(init=False)

    def __post_init__(self) -> None:
        start = self.start
        self._edition = self._edition_before = Edition(start.files, start.commit)
        self._posts = LoadPosts(org=self.org)
        self._seen, self._proven = start.seen, start.proven
        self._in_force = InForce(
            org=self.org,
            knowledge=self.knowledge,
            sweeping=self.sweeping,
            now=self.now,
            mapping=start.mapping,
            shadow=self.shadow,
        )
        self._telling = Telling(
            in_force=self._in_force,
            posts=self._posts,
            now=self.now,
            last=self.last_at_start,
            shadow=self.shadow,
        )
        self.otherwise = OtherwiseWatch(start.settings.reload.return_when)
        if start.returned_from:
            self._telling.still_returned(start.returned_from, start.returned_why, self.watch.folder)
            self._returned = self.last

    @property
    def last(self) -> LastLoad:
        """What became of the files when they were last looked through."""
        return self._telling.last

    @property
    def commit(self) -> Commit | None:
        """Of the files in force."""
        return self._edition.commit

    def note(self, decision: Decision) -> None:
        """A record was decided: was it the one by which an edit must go?"""
        if self.otherwise.note(decision):
            self.watch.wake()

    def tell_of_fuse(self, standing: FuseStanding) -> None:
        """A fuse has blown: a row for the admins."""
        if not self.shadow:
            self._posts.put_blown(standing, self.knowledge.policies.revision)

    async def told(self, *, within: float) -> None:
        """Wait for rows for the admins that are on their way, but not for long."""
        await self._posts.sent(within=within)

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
            found = await self.watch.settled(self._edition.files.digest)
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
        return "; ".join(filter(None, (*told, self.settings_watch.why, self._why_words)))

    @property
    def _why_words(self) -> str:
        whys = (part.why for part in (self.rewording, self.ways) if part is not None)
        return "; ".join(filter(None, whys))

    async def look(self) -> None:
        """Take up what was edited. Raises nothing for what is wrong with it."""
        await self._look_at_settings()
        self._owed |= self.watch.asked.is_set()
        if self.watch.asked.is_set():
            self._again_at = 0.0
        self.watch.begin_look()
        if time.monotonic() < self._again_at:
            return
        if self.otherwise.risen is not None:
            await self._take_back(self.otherwise.risen)
        found = await self.watch.settled(self._seen)
        owed = self._owed or self.last.waiting
        if found is None or (found.digest == self._seen and not owed):
            return
        if self._returned is not None and self._returned.digest == found.digest:
            self._telling.last, self._seen, self._owed = self._returned, found.digest, False
            return
        if self._ready:
            self.notifier.reloading()
        try:
            await self._take(found)
        except OrgError as error:
            self._delay(error)
        except Exception as error:  # no edit ends the routing, not even by a defect of ours
            self._telling.failed(error, Edition(found, None), self.watch.folder)
            self._seen, self._owed = found.digest, False
        else:
            self._seen, self._owed = found.digest, False
        finally:
            if self._ready:  # before the first record can be decided nobody may be told so
                self.notifier.ready(self.standing)

    async def _look_at_settings(self) -> None:
        before = self.settings_watch.why, self._why_words
        await self.settings_watch.look()
        for part in (self.rewording, self.ways):
            if part is not None and await part.look():
                # Policies that were refused may have lacked just these words, this channel or this way.
                self._owed |= self.last.outcome is LoadOutcome.REFUSED
        if self._ready and (self.settings_watch.why, self._why_words) != before:
            self.notifier.status(self.standing)

    @property
    def _settings(self) -> Settings:
        """With the channels of notices and the ways of handoffs that are in use."""
        settings = self.rewording.settings if self.rewording else self.start.settings
        return with_handoff(settings, self.ways.settings.handoff) if self.ways else settings

    async def _take(self, found: FilesFound) -> None:
        """Bring the files into force, or say why not. Raises OrgError with everything as it was, and
        ConfigError for a first start with files by which nothing works."""
        parsed = await asyncio.to_thread(parse_anew, self._settings, found)
        checked = await check_by_org(self.org, parsed)
        errors = tuple(each for each in checked.problems if each.level is Level.ERROR)
        hopeless = [each for each in errors if each.rule in _NOTHING_WORKS]
        if hopeless and not self._proven and not self._ready:
            raise ConfigError(hopeless)
        commit = await asyncio.to_thread(commit_of, self.watch.folder, found.contents)
        edition, stands = Edition(found, commit), self._edition
        if errors or parsed.policies is None or parsed.mapping is None:
            alone = not self._proven and found.digest == stands.files.digest
            self._telling.refused(errors, edition, instead_of=stands, in_force=alone)
            return
        before = None
        if self._in_force.differs(parsed.policies, parsed.mapping):
            before = self._in_force.policies
            await self._in_force.bring(parsed.policies, parsed.mapping)
            self._begin_to_watch(before)
        unchanged = before is None and self._proven
        self._edition, self._returned, self._proven = edition, None, True
        self._telling.accepted(
            edition,
            instead_of=stands,
            before=before,
            cases=len(checked.tests.results) if checked.tests else None,
            outcome=LoadOutcome.UNCHANGED if unchanged else LoadOutcome.ACCEPTED,
        )
        if before is not None or found.digest != self._seen:
            self._telling.post()
        await self._keep()

    def _begin_to_watch(self, before: PolicySet) -> None:
        """Edits that follow each other before the first was judged are judged as one."""
        if not self.otherwise.judging:
            self._edition_before = self._edition
        after = self._in_force.policies
        edited = changed_policies(before, after) if before.revision != after.revision else None
        judged = names_of(before) & (names_of(after) if edited is None else set(edited))
        self.otherwise.begin(after.revision, judged)

    async def _take_back(self, risen: Risen) -> None:
        """Bring those before the edit into force again; the edit stays out until its files change."""
        edit, before, wrong = self._edition, self._edition_before, self._in_force.policies
        parsed = await asyncio.to_thread(parse_anew, self._settings, before.files)
        assert parsed.policies is not None  # they were in force
        assert parsed.mapping is not None
        try:
            await self._in_force.bring(parsed.policies, parsed.mapping)
        except OrgError as error:
            self._delay(error)
            return
        self.otherwise.end()
        self.returns += 1
        self._edition = before
        self._telling.returned(edit, instead_of=before, wrong=wrong, risen=risen)
        self._returned = self.last
        await self._keep()
        self.notifier.ready(self.standing)

    async def _keep(self) -> None:
        """For a start that finds worse files. Without it this run is none the worse."""
        returned = self._returned
        try:
            good = LastGood(
                files=self._edition.files,
                commit=self.commit,
                passed_at=self.now(),
                returned_from=returned.digest if returned else "",
                returned_why=returned.problems[0].message if returned else "",
            )
            await keep_last_good(self.queue, good)
        except StateError as error:
            _log.error("policies.not_kept", error=str(error))

    def _delay(self, error: OrgError) -> None:
        self._again_at = time.monotonic() + _AGAIN_AFTER
        self._telling.delayed(error, _AGAIN_AFTER)
