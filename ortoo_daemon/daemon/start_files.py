"""What stood in the files when the daemon started? Settings and directory stay so until it ends."""

from dataclasses import dataclass
from pathlib import Path

from ortoo_daemon.daemon.checking import Parsed
from ortoo_daemon.daemon.policy_files import find_files, load_policies
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import read_mapping, validated
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFiles:
    """``digest`` is of the policies' files; ``parsed`` holds what edits are checked with."""

    mapping: DirectoryMapping
    policies: PolicySet
    folder: Path
    digest: str
    parsed: Parsed


def read_start_files(settings: Settings) -> StartFiles:
    """Directory and policies as they stand on disk. Raises ConfigError with located complaints."""
    node = read_mapping(settings.path(settings.directory))
    mapping = validated(node, DirectoryMapping.model_validate)
    folder = settings.path(settings.policies)
    # Taken before they are read: an edit in between is seen as one.
    digest = find_files(folder).digest
    return StartFiles(
        mapping=mapping,
        policies=load_policies(settings, mapping),
        folder=folder,
        digest=digest,
        parsed=Parsed(settings=settings, mapping=mapping, mapping_node=node, problems=[]),
    )
