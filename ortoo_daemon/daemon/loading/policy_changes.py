"""What is different between two sets of files, in words for the log and for admins?"""

from collections.abc import Iterator, Mapping
from posixpath import abspath, commonpath, dirname, relpath

from ortoo_daemon.daemon.loading.policy_files import FilesFound
from ortoo_daemon.policy.model import PolicySet


def names_of(policies: PolicySet) -> set[str]:
    return {policy.name for policy in policies.policies}


def changed_policies(before: PolicySet, after: PolicySet) -> list[str]:
    """Policies that are new or other than they were, tables and lists they use included."""
    known = {policy.name: policy for policy in before.policies}
    return sorted(each.name for each in after.policies if known.get(each.name) != each)


def policies_changed(before: PolicySet, after: PolicySet) -> tuple[str, ...]:
    """One phrase a policy that is added, edited (its tables and lists included) or removed."""
    old, new = names_of(before), names_of(after)
    found = {name: "edited" if name in old else "added" for name in changed_policies(before, after)}
    found |= dict.fromkeys(old - new, "removed")
    return tuple(f"{name} {what}" for name, what in sorted(found.items()))


def changed_files(before: FilesFound, after: FilesFound) -> tuple[str, ...]:
    """One line a file that is added, edited or removed, by its name from the folder that holds all."""
    old, new = _by_short_name(before), _by_short_name(after)
    return tuple(_changes(old, new))


def _changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield f"{name} added"
        elif name not in new:
            yield f"{name} removed"
        elif old[name] != new[name]:
            yield f"{name} edited"


def _by_short_name(files: FilesFound) -> dict[str, bytes]:
    """All files by the shortest name that tells them apart, wherever the folder itself stands."""
    found = {abspath(name): data for name, data in files.contents.items()}
    if files.directory is not None:
        name, data = files.directory
        found[abspath(name)] = data
    folder = commonpath([dirname(name) for name in found]) if found else "/"
    return {relpath(name, folder): data for name, data in found.items()}
