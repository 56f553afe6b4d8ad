"""Which files make up the policies? Reads the folder; what they mean is `policy.load`'s to say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ortoo_daemon.daemon.file_bytes import bytes_of
from ortoo_daemon.daemon.loading.shift_table import directory_mapping, on_disk
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import read_mapping
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.load import load, revision_of
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

_SUFFIXES = frozenset({".yaml", ".yml", ".csv"})


def read_policy_files(folder: Path) -> dict[str, bytes]:
    """Policies, their tests, tables and scorecards by path as a person would write it.

    Tables stand beside the policies or in a ``tables`` folder next to theirs. What is hidden, as a
    version control's or an editor's own files are, is left out. Raises ConfigError when the folder is
    not there or a file can't be read.
    """
    if not folder.is_dir():
        problem = Problem(
            place=Place(str(folder)),
            rule="settings",
            message="there is no such folder of policies",
            mend="set policies: in ortoo.yaml",
        )
        raise ConfigError([problem])
    tables = folder.parent / "tables"
    found = [*_shown(folder, "*"), *_shown(tables, "*.csv"), *_shown(tables, "*.yaml")]
    return {path.as_posix(): _bytes(path) for path in _wanted(found)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesFound:
    """The files at one moment, or why there are none to be had. Equal digests mean equal files.

    ``directory`` is the directory file's name and bytes; None where nobody asked for it.
    """

    digest: str
    contents: Mapping[str, bytes]
    directory: tuple[str, bytes] | None = None
    problems: tuple[Problem, ...] = ()


def find_files(folder: Path, directory: Path | None = None) -> FilesFound:
    """What `read_policy_files` finds, and the directory file; what is wrong instead of an error."""
    try:
        contents = read_policy_files(folder)
        beside = (directory.as_posix(), _bytes(directory)) if directory is not None else None
    except ConfigError as error:
        return FilesFound(digest=f"unreadable: {error}", contents={}, problems=error.problems)
    return files_of(contents, beside)


def files_of(contents: Mapping[str, bytes], directory: tuple[str, bytes] | None) -> FilesFound:
    """The files with the digest that their contents make."""
    digest = revision_of(contents)
    if directory is not None:
        digest = f"{digest}-{revision_of({'directory': directory[1]})}"
    return FilesFound(digest=digest, contents=contents, directory=directory)


def read_directory_mapping(path: Path) -> DirectoryMapping:
    """The directory file, with its table of shifts. Raises ConfigError with located complaints."""
    return directory_mapping(read_mapping(path), on_disk)


def load_policies(settings: Settings, mapping: DirectoryMapping) -> PolicySet:
    """The policies as they stand on disk. Raises ConfigError with every problem."""
    files = read_policy_files(settings.path(settings.policies))
    policies = load(files, settings.policy_order, mapping.signals, key_sources=mapping.key_sources)
    uncounted = [each for each in policies.policies if each.object not in mapping.workload]
    if uncounted:
        raise ConfigError(_uncounted(policy) for policy in uncounted)
    return policies


def _uncounted(policy: Policy) -> Problem:
    """Open work of every routed object is counted from the start on."""
    return Problem(
        place=policy.place,
        rule="unknown_workload",
        message=f"nothing says which {policy.object} records are open work",
        mend=f"add {policy.object}: {{field: value}} under workload in the directory file",
    )


def _shown(folder: Path, pattern: str) -> Iterator[Path]:
    """A mounted ConfigMap holds each file twice: in a hidden folder, and as a link to there."""
    for path in folder.rglob(pattern):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _bytes(path: Path) -> bytes:
    return bytes_of(path, rule="settings", what="the file", mend="let the daemon's user read it")


def _wanted(paths: Iterable[Path]) -> list[Path]:
    return sorted({p for p in paths if p.suffix in _SUFFIXES and p.is_file()})
