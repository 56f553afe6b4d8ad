"""How do candidate policies come to be tried, and what becomes of those that are wrong?

Looked through as an edit of the live ones is: parsed, linted, compared with the org, tried by their tests.
One with a problem is told and not tried; the live policies never know.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from ortoo_daemon.daemon.candidate.deciding import Candidate, CandidatePolicies
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.loading.candidate_folder import candidate_folder
from ortoo_daemon.daemon.loading.checking import parse_anew
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.daemon.loading.org_checking import check_by_org
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Level, OrgError, Place, Problem
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.candidate")

_LOOK_EVERY = 5.0
_AGAIN_AFTER = 30.0
_MOST_LOGGED = 20


@dataclass(slots=True, kw_only=True)
class CandidateLoading:
    """Keeps what is tried that of the files in ``folder``. `run` ends by being cancelled only."""

    settings: Settings
    folder: Path
    org: Org
    candidate: Candidate
    now: Callable[[], datetime]
    problems: tuple[Problem, ...] = ()
    """What keeps the files from being tried."""
    waiting: str = ""
    """Why they could not be looked through yet."""
    loaded_at: datetime | None = None
    _seen: str = ""
    _again_at: float = field(default=0.0)

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except (
                Exception
            ) as error:  # no candidate ends the routing, not even by a defect of ours
                _log.error("candidate.failed", exc_info=error)
                self._refuse([self._problem("defect", f"looking through it failed: {error!r}")])
                self._again_at = time.monotonic() + _AGAIN_AFTER
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        """Take up what was edited. Raises nothing for what is wrong with it."""
        if time.monotonic() < self._again_at:
            return
        try:
            settings, folder = await asyncio.to_thread(candidate_folder, self.settings, self.folder)
        except ConfigError as error:
            if self._seen != str(error):
                self._seen = str(error)
                self._refuse(error.problems)
            return
        directory = settings.path(settings.directory)
        watch = FileWatch(folder=folder, directory=directory, asked=asyncio.Event())
        found = await watch.settled(self._seen)
        if found is None or found.digest == self._seen:
            return
        try:
            await self._take(settings, found)
        except OrgError as error:
            self.waiting, self._again_at = str(error), time.monotonic() + _AGAIN_AFTER
            _log.warning("candidate.delayed", error=str(error), again_in=_AGAIN_AFTER)
        else:
            self._seen, self.waiting = found.digest, ""

    def document(self) -> dict[str, Any]:
        """For those who look on: what is tried, what is wrong with it, what came of it so far."""
        trying, found = self.candidate.trying, self.candidate.comparison
        return {
            "folder": self.folder.as_posix(),
            "revision": trying.revision if trying else None,
            "loaded_at": instant_text(self.loaded_at) if self.loaded_at else None,
            "in_order": self.in_order,
            "problems": [str(problem) for problem in self.problems],
            "why": self.candidate.aside
            or (f"waits for the org: {self.waiting}" if self.waiting else ""),
            "since": instant_text(found.since) if found else None,
            "records": found.records if found else 0,
            "changes": found.changes() if found else {},
            "not_compared": dict(found.not_compared) if found else {},
        }

    @property
    def in_order(self) -> bool:
        """Whether the candidate is being compared."""
        return self.candidate.trying is not None and not self.problems

    async def _take(self, settings: Settings, found: FilesFound) -> None:
        """Try the files, or say why not. Raises OrgError with everything as it was."""
        parsed = await asyncio.to_thread(parse_anew, settings, found)
        checked = await check_by_org(self.org, parsed)
        errors = [each for each in checked.problems if each.level is Level.ERROR]
        if errors or parsed.policies is None:
            self._refuse(errors)
            return
        self.candidate.take_up(await self._made(parsed.policies))
        self.problems, self.loaded_at = (), self.now()
        _log.info(
            "candidate.compares",
            revision=parsed.policies.revision,
            policies=[policy.name for policy in parsed.policies.policies],
            cases=len(checked.tests.results) if checked.tests else None,
        )

    async def _made(self, policies: PolicySet) -> CandidatePolicies:
        usernames = await named_users(self.org, policies)
        postal = None
        if needs_geography(policies):
            postal = await asyncio.to_thread(load_postal_index)
        return CandidatePolicies(
            policies=Policies(policies, loaded_at=self.now()), usernames=usernames, postal=postal
        )

    def _refuse(self, problems: "list[Problem] | tuple[Problem, ...]") -> None:
        """Nothing is tried: an earlier state of the files is no candidate any more."""
        self.problems = tuple(problems)
        self.candidate.take_up(None)
        told = [str(problem) for problem in problems[:_MOST_LOGGED]]
        _log.error("candidate.refused", count=len(problems), problems=told)

    def _problem(self, rule: str, message: str) -> Problem:
        return Problem(place=Place(self.folder.as_posix()), rule=rule, message=message)
