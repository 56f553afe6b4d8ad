"""Who hears what became of an edit, and how? The log, those who look on, and the admins in the org."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.loading.in_force import InForce
from ortoo_daemon.daemon.loading.last_load import LastLoad, LoadOutcome
from ortoo_daemon.daemon.loading.load_posts import LoadPosts
from ortoo_daemon.daemon.loading.policy_changes import (
    changed_files,
    changed_policies,
    names_of,
    policies_changed,
)
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.loading.returning import Risen
from ortoo_daemon.errors import OrgError, Place, Problem
from ortoo_daemon.policy.model import PolicySet

_log = structlog.get_logger("ortoo_daemon.policies")

_MOST_LOGGED = 20
_MEND_RETURNED = "mend the edit, or raise reload.return_when.otherwise_above in the settings"


@dataclass(frozen=True, slots=True)
class Edition:
    """Files, and whose they are."""

    files: FilesFound
    commit: Commit | None


@dataclass(slots=True, kw_only=True)
class Telling:
    """``last`` is what became of the files when they were last looked through; ``posts`` tells the org,
    save in a shadow run."""

    in_force: InForce
    posts: LoadPosts
    now: Callable[[], datetime]
    last: LastLoad
    shadow: bool = False

    def accepted(
        self,
        edition: Edition,
        *,
        instead_of: Edition,
        before: PolicySet | None,
        cases: int | None,
        outcome: LoadOutcome,
    ) -> None:
        """Files that are in order; ``before`` are the policies that they replaced, if they did."""
        after = self.in_force.policies
        load = self.last = replace(
            self._load(outcome, edition, instead_of=instead_of),
            before=(before or after).revision,
            policies=policies_changed(before or after, after),
            cases=cases,
        )
        if before is not None:
            _log.info(
                "policies.reloaded",
                before=before.revision,
                revision=after.revision,
                commit=_said(edition.commit),
                files=load.changed,
                changed=changed_policies(before, after),
                removed=sorted(names_of(before) - names_of(after)),
            )
        elif outcome is LoadOutcome.UNCHANGED:
            _log.info("policies.unchanged", revision=after.revision)

    def refused(
        self,
        problems: tuple[Problem, ...],
        edition: Edition,
        *,
        instead_of: Edition,
        in_force: bool,
    ) -> None:
        """What is wrong with files; ``in_force``: there is nothing better than themselves."""
        outcome = LoadOutcome.UNPROVEN if in_force else LoadOutcome.REFUSED
        self.last = self._load(outcome, edition, instead_of=instead_of, problems=problems)
        what = [str(problem) for problem in problems[:_MOST_LOGGED]]
        count, by, revision = len(problems), _said(edition.commit), self.last.revision
        if in_force:
            _log.error(
                "policies.unproven", revision=revision, commit=by, count=count, problems=what
            )
        else:
            _log.error("policies.refused", revision=revision, commit=by, count=count, problems=what)
        self.post()

    def returned(
        self, edit: Edition, *, instead_of: Edition, wrong: PolicySet, risen: Risen
    ) -> None:
        """An edit was taken back, and those before it are in force again."""
        problem = Problem(
            place=next(each.place for each in wrong.policies if each.name == risen.policy),
            rule=LoadOutcome.RETURNED.value,
            message=str(risen),
            mend=_MEND_RETURNED,
        )
        self.last = replace(
            self._load(LoadOutcome.RETURNED, edit, instead_of=instead_of, problems=(problem,)),
            before=wrong.revision,
        )
        _log.error(
            "policies.returned",
            before=wrong.revision,
            revision=self.last.revision,
            commit=_said(edit.commit),
            policy=risen.policy,
            otherwise=risen.otherwise,
            records=risen.records,
            otherwise_before=risen.otherwise_before,
            records_before=risen.records_before,
        )
        self.post()

    def still_returned(self, digest: str, why: str, folder: Path) -> None:
        """The files on disk are an edit that an earlier run has taken back."""
        problem = Problem(
            place=Place(folder.as_posix()),
            rule=LoadOutcome.RETURNED.value,
            message=why,
            mend=_MEND_RETURNED,
        )
        edit = Edition(FilesFound(digest=digest, contents={}), None)
        found = self._load(LoadOutcome.RETURNED, edit, problems=(problem,))
        self.last = found

    def failed(self, error: Exception, edition: Edition, folder: Path) -> None:
        """A defect of ours met the files."""
        problem = Problem(
            place=Place(folder.as_posix()),
            rule="defect",
            message=f"looking through the files failed: {type(error).__name__}",
            mend="policies.reload_failed in the log has the traceback; report it",
        )
        _log.error("policies.reload_failed", exc_info=error)
        self.last = self._load(LoadOutcome.REFUSED, edition, problems=(problem,))
        self.post()

    def delayed(self, error: OrgError, again_in: float) -> None:
        self.last = replace(self.last, waiting=str(error))
        _log.warning("policies.reload_delayed", error=str(error), again_in=again_in)

    def post(self) -> None:
        """Let the org know, too."""
        if not self.shadow:
            self.posts.put(self.last)

    def _load(
        self,
        outcome: LoadOutcome,
        edition: Edition,
        *,
        instead_of: Edition | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> LastLoad:
        """What became of files just now, with the policies in force as they are."""
        revision = self.in_force.policies.revision
        changed = changed_files(instead_of.files, edition.files) if instead_of else ()
        return LastLoad(
            at=self.now(),
            outcome=outcome,
            problems=problems,
            revision=revision,
            before=revision,
            digest=edition.files.digest,
            commit=edition.commit,
            changed=changed,
        )


def _said(commit: Commit | None) -> str | None:
    return str(commit) if commit else None
