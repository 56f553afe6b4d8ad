"""Which files make up the policies? Reads the folder; what they mean is `policy.load`'s to say."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import read_mapping, validated
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping

_SUFFIXES = frozenset({".yaml", ".yml", ".csv"})


def read_policy_files(folder: Path) -> dict[str, bytes]:
    """Policies, their tests and tables by path as a person would write it.

    Tables stand beside the policies or in a ``tables`` folder next to theirs. Raises ConfigError when
    the folder is not there.
    """
    if not folder.is_dir():
        problem = Problem(
            place=Place(str(folder)),
            rule="settings",
            message="there is no such folder of policies",
            mend="set policies: in ortoo.yaml",
        )
        raise ConfigError([problem])
    found = [*folder.rglob("*"), *(folder.parent / "tables").rglob("*.csv")]
    return {path.as_posix(): path.read_bytes() for path in _wanted(found)}


def read_directory_mapping(path: Path) -> DirectoryMapping:
    """The directory file. Raises ConfigError with located complaints."""
    return validated(read_mapping(path), DirectoryMapping.model_validate)


def load_policies(settings: Settings, mapping: DirectoryMapping) -> PolicySet:
    """The policies as they stand on disk. Raises ConfigError with every problem."""
    files = read_policy_files(settings.path(settings.policies))
    policies = load(files, settings.policy_order, _signals(mapping))
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


def _signals(mapping: DirectoryMapping) -> Mapping[str, str]:
    return dict(mapping.signals)


def _wanted(paths: Iterable[Path]) -> list[Path]:
    return sorted({p for p in paths if p.suffix in _SUFFIXES and p.is_file()})
