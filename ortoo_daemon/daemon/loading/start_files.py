"""By which files does the daemon start: those on disk, or those that were in force last?

Files on disk that are those of the last run have passed already. Others are looked through as every edit
is, as soon as the org can be asked; until then, and when they are wrong, the last ones that passed stand.
Where none ever did, what is wrong with the files ends the start.
"""

from dataclasses import dataclass, replace

from ortoo_daemon.daemon.loading.checking import Parsed, checkup, parse_anew
from ortoo_daemon.daemon.loading.checkout import Commit, commit_of
from ortoo_daemon.daemon.loading.last_good import LastGood
from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Level
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFiles:
    """What the daemon starts by. ``seen`` is the digest of files on disk that need no look; empty: all do.

    ``proven``: the files have passed everything once. Those that have not must, before anything is decided.
    ``returned_from`` and ``returned_why`` as in `LastGood`, where the files on disk are that edit.
    """

    settings: Settings
    files: FilesFound
    policies: PolicySet
    mapping: DirectoryMapping
    commit: Commit | None
    proven: bool
    seen: str
    returned_from: str = ""
    returned_why: str = ""


def start_files(settings: Settings, found: FilesFound, last: LastGood | None) -> StartFiles:
    """What to start by. Raises ConfigError with every problem that can be told without the org."""
    if last is not None:
        same = found.digest == last.files.digest
        files = found if same else last.files
        parsed = parse_anew(settings, files)
        if parsed.policies is not None and not parsed.problems:
            # Another version may read the same files with other eyes: it looks, with these in force.
            seen = last.files.digest if last.seen_by_this_version else ""
            start = _start(parsed, files, commit=last.commit, proven=True, seen=seen)
            if last.returned_from != found.digest:
                return start
            # Taken back once, and not edited since: it would only come to the same.
            why = last.returned_why
            return replace(start, seen=found.digest, returned_from=found.digest, returned_why=why)
    parsed = parse_anew(settings, found)
    checked = checkup(parsed, None)
    if not checked.passed:
        raise ConfigError(each for each in checked.problems if each.level is Level.ERROR)
    commit = commit_of(settings.path(settings.policies), found.contents)
    return _start(parsed, found, commit=commit, proven=False, seen="")


def _start(
    parsed: Parsed, files: FilesFound, *, commit: Commit | None, proven: bool, seen: str
) -> StartFiles:
    assert parsed.settings is not None
    assert parsed.policies is not None
    assert parsed.mapping is not None
    return StartFiles(
        settings=parsed.settings,
        files=files,
        policies=parsed.policies,
        mapping=parsed.mapping,
        commit=commit,
        proven=proven,
        seen=seen,
    )
