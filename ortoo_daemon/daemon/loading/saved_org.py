"""How is the org kept in files, so that policies can be checked and tried without a login?

Two files side by side: ``org.json`` (objects, fields, picklists, queues) and ``org_directory.json``
(rooftops, people, hours). Written by ``check --save-org``; read wherever no org is asked.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.campaign_model import CAMPAIGN
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.reach import fields_read
from ortoo_daemon.policy.share_model import share_object
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.simulation.snapshot import directory_from_json, directory_to_json

FILE = "org.json"

_MEND = "write it anew: ortoo-daemon check --org --save-org FILE"
_EMPTY: tuple[object, ...] = (None, "", 0, [], False)
_TRUE_IF_MISSING = ("createable", "updateable", "nillable")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrg:
    """What is known of the org, and from where: ``source`` is a file's name or "the org"."""

    description: OrgDescription
    directory: Directory
    source: str


def directory_file(file: Path) -> Path:
    """Where the directory stands that belongs to an org's description."""
    return file.with_name(f"{file.stem}_directory{file.suffix}")


def load_saved_org(file: Path) -> KnownOrg:
    """Both files. Raises ConfigError when one is missing or is no saved org."""
    try:
        description = OrgDescription.from_json(json.loads(_text(file)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"not a saved org: {type(error).__name__}: {error}"
        raise _problem(file, message) from error
    beside = directory_file(file)
    directory = directory_from_json(_text(beside), file=beside.as_posix())
    return KnownOrg(description=description, directory=directory, source=file.as_posix())


def save_org(known: KnownOrg, file: Path) -> None:
    """Write both files, one entry a line, the same text for the same org. Raises ConfigError."""
    try:
        file.write_text(_description_text(known.description), encoding="utf-8")
        directory_file(file).write_text(directory_to_json(known.directory), encoding="utf-8")
    except OSError as error:
        raise _problem(file, f"can't be written: {error.strerror}") from error


async def ask_org(org: Org, policies: PolicySet | None, mapping: DirectoryMapping) -> KnownOrg:
    """What the org itself says now. Raises OrgError."""
    directory = await DirectoryReader(org, mapping).read()
    description = await describe_org(org, policies, mapping)
    return KnownOrg(description=description, directory=directory, source="the org")


async def describe_org(
    org: Org, policies: PolicySet | None, mapping: DirectoryMapping
) -> OrgDescription:
    """Fields and queues of every object that the files are about, and public groups where records are shared.

    Raises OrgError."""
    found = await _described(org, set(objects_of(policies, mapping)), _paths(policies))
    shared = policies is not None and any(each.share for each in policies.policies)
    return replace(found, groups=await org.groups()) if shared else found


def objects_of(policies: PolicySet | None, mapping: DirectoryMapping) -> Iterator[str]:
    """Objects that policies route or write to, and that the directory is read from."""
    yield from (mapping.rooftops.source, mapping.people.source)
    yield from mapping.workload
    if policies is not None:
        for policy in policies.policies:
            yield policy.object
            yield from (rule.object for rule in policy.repeats)
            yield from (rule.event for rule in policy.publish)
            if policy.campaign is not None:
                yield CAMPAIGN
            if policy.share:
                yield share_object(policy.object)


async def _described(org: Org, objects: set[str], paths: set[str]) -> OrgDescription:
    """The objects, and those that the policies' paths lead to, step by step."""
    listed = await org.rest.call("GET", "sobjects")
    there = {entry["name"] for entry in listed["sobjects"]}
    wanted = objects & there
    while True:
        found = await org.description(wanted)
        beyond = set(_beyond(found, paths)) & there
        if beyond <= wanted:
            return found
        wanted |= beyond


def _paths(policies: PolicySet | None) -> set[str]:
    if policies is None:
        return set()
    found = (fields_read(policy, policies.signals) for policy in policies.policies)
    return {path for paths in found for path in paths if "." in path}


def _beyond(known: OrgDescription, paths: Iterable[str]) -> Iterator[str]:
    """Objects that any step of the paths may lead to."""
    steps = {step for path in paths for step in path.split(".")[:-1]}
    for described in known.objects.values():
        for field in described.fields.values():
            if field.relationship in steps:
                yield from field.refers_to


def _description_text(description: OrgDescription) -> str:
    saved = description.to_json()
    objects = ",\n".join(
        f"{json.dumps(name)}: [\n{_lines(fields)}\n]" for name, fields in saved["objects"].items()
    )
    queues = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(objects)}" for name, objects in saved["queues"].items()
    )
    groups = f',\n"groups": {json.dumps(saved["groups"])}' if "groups" in saved else ""
    return f'{{"objects": {{\n{objects}\n}},\n"queues": {{\n{queues}\n}}{groups}}}\n'


def _lines(fields: Iterable[dict[str, Any]]) -> str:
    """One field a line, without what its absence says."""
    return ",\n".join(json.dumps(_short(field), ensure_ascii=False) for field in fields)


def _short(field: dict[str, Any]) -> dict[str, Any]:
    short = {
        name: value
        for name, value in field.items()
        if (value is not True if name in _TRUE_IF_MISSING else value not in _EMPTY)
    }
    if "picklistValues" in short:
        short["picklistValues"] = [{"value": each["value"]} for each in short["picklistValues"]]
    return short


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise _problem(file, f"can't be read: {error.strerror}") from error


def _problem(file: Path, message: str) -> ConfigError:
    place = Place(file.as_posix())
    return ConfigError([Problem(place=place, rule="saved-org", message=message, mend=_MEND)])
