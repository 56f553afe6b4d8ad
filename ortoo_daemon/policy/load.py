"""Do these files make a set of policies? All of them, or a ConfigError with everything wrong in them.

Pure: the bytes are handed in by whoever read the folder.
"""

import hashlib
import posixpath
from collections.abc import Mapping, Sequence

from ortoo_daemon.errors import ConfigError, Place
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.other_files import other_kind
from ortoo_daemon.policy.parsing.policy_file import read_policy
from ortoo_daemon.policy.resources import Resources, in_tables
from ortoo_daemon.policy.uncollected import no_garbage_collection

ORDER_FILE = "ortoo.yaml"
"""Where the order of policies is written; problems with it are shown there."""


def load(
    files: Mapping[str, bytes],
    order: Sequence[str] | None = None,
    signals: Mapping[str, str] | None = None,
    *,
    key_sources: Mapping[str, KeySources] | None = None,
) -> PolicySet:
    """Read policies and their tables from files by relative name.

    ``order`` lists names of policies; those it leaves out follow in the order of their files.
    ``signals`` binds wishes such as ``customer_choice`` to names of the record, ``key_sources`` is what
    keys of customers are made from. Files of tests (``*_test.yaml``) are no policies. Raises ConfigError
    with every problem found.
    """
    problems = Problems()
    resources = Resources(files, problems)
    others: dict[str, str] = {}
    with no_garbage_collection():
        found = _policies(files, resources, problems, others)
    ordered = _in_order(found, order, problems)
    if problems.found:
        raise ConfigError(dict.fromkeys(problems.found))
    used = {file: files[file] for file in sorted(resources.used | {f for f, _ in found.values()})}
    return PolicySet(
        policies=ordered,
        revision=revision_of(_by_common_folder(used)),
        files=used,
        signals=dict(signals or {}),
        key_sources=dict(key_sources or {}),
        unused_files=tuple(
            sorted(name for name in files if name not in used and not is_test_file(name))
        ),
        other_files=others,
    )


def _policies(
    files: Mapping[str, bytes], resources: Resources, problems: Problems, others: dict[str, str]
) -> dict[str, tuple[str, Policy]]:
    """Policies by name, each with its file. What is another file of the daemon's is put to ``others``."""
    found: dict[str, tuple[str, Policy]] = {}
    for file in sorted(name for name in files if is_policy_file(name)):
        node = read_document(file, files[file], problems)
        if node is None:
            if not any(problem.place.file == file for problem in problems.found):
                problems.add(Place(file), "empty", "the file is empty", "remove it")
            continue
        if kind := other_kind(node):
            others[file] = kind
            continue
        policy = read_policy(node, problems, resources)
        if policy is not None:
            _note_policy(file, policy, found, problems)
    return found


def is_test_file(name: str) -> bool:
    return posixpath.splitext(name)[0].endswith("_test") and _is_yaml(name) and not in_tables(name)


def is_policy_file(name: str) -> bool:
    return _is_yaml(name) and not is_test_file(name) and not in_tables(name)


def _is_yaml(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _by_common_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Names without the folder that holds them all: the same files are the same revision anywhere."""
    folder = posixpath.commonpath([posixpath.dirname(name) for name in files]) if files else ""
    return {posixpath.relpath(name, folder or "."): data for name, data in files.items()}


def revision_of(files: Mapping[str, bytes]) -> str:
    """The first 12 hex digits of the SHA-256 over names and bytes, in the order of names.

    Names count from the files' common folder, so that a copy elsewhere is the same revision.
    """
    digest = hashlib.sha256()
    folder = posixpath.commonpath([posixpath.dirname(name) for name in files]) if files else ""
    for name in sorted(files):
        for part in (name.removeprefix(folder).lstrip("/").encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:12]


def _note_policy(
    file: str, policy: Policy, found: dict[str, tuple[str, Policy]], problems: Problems
) -> None:
    other = found.get(policy.name)
    if other is None:
        found[policy.name] = (file, policy)
        return
    message = f"a policy {policy.name!r} stands already in {other[0]}"
    problems.add(policy.place, "duplicate_name", message, "give it another name")


def _in_order(
    found: Mapping[str, tuple[str, Policy]], order: Sequence[str] | None, problems: Problems
) -> tuple[Policy, ...]:
    names = list(dict.fromkeys(order or ()))
    for name in names:
        if name not in found and not problems.found:
            message = f"the order of policies names {name!r}, which no file holds"
            problems.add(Place(ORDER_FILE), "unknown_name", message, did_you_mean(name, found))
    known = [name for name in names if name in found]
    rest = sorted((name for name in found if name not in known), key=lambda name: found[name][0])
    return tuple(found[name][1] for name in (*known, *rest))
