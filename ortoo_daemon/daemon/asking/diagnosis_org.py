"""Does the org hold what the policies need: objects, access to fields, sites, people, queues?"""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from ortoo_daemon.action.stamps import OWNER, read_of, stamps_of
from ortoo_daemon.audit import record as audit
from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.loading import policy_revisions
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.directory import Directory, Queue
from ortoo_daemon.errors import ConfigError, OrgError
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY
from ortoo_daemon.policy.lint.subject import targets_of
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.ownership_model import QueueTarget
from ortoo_daemon.policy.reach import fields_written
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org

_DEPLOY = "deploy config/salesforce/main and assign the permission set Ortoo_Daemon"
_GRANT = "give the daemon's user edit access to these fields"

_OWN: Mapping[str, tuple[str, frozenset[str]]] = {
    audit.OBJECT: (
        audit.KEY,
        frozenset(audit.LENGTHS).union(
            audit.LOOKUPS.values(), ("Decided_At__c", "API_Calls__c", audit.COUNTED)
        ),
    ),
    policy_revisions.OBJECT: (
        policy_revisions.KEY,
        frozenset(policy_revisions.FIELDS) - {policy_revisions.KEY},
    ),
}
"""The daemon's own objects: the external id, and what else is written."""


async def about(org: Org, settings: Settings, policies: PolicySet) -> AsyncIterator[Finding]:
    """Findings about everything the policies lean on."""
    known = Policies(policies)
    for name in sorted(known.objects):
        yield await _routed(org, known, name)
    for name, (key, fields) in _OWN.items():
        yield await _own(org, name, key, fields)
    directory, finding = await _directory(org, settings)
    yield finding
    if directory is not None:
        yield await _queues(org, policies, directory)


async def _routed(org: Org, policies: Policies, name: str) -> Finding:
    """Reads of all that policies read, writes of owner, stamps and what policies write."""
    described = await _described(org, name)
    if isinstance(described, Finding):
        return described
    fields = {field["name"]: field for field in described["fields"]}
    stamps = sorted((stamps_of(name) | read_of(name)) - fields.keys())
    if stamps:
        return failed(name, f"the daemon's own fields are missing: {', '.join(stamps)}", _DEPLOY)
    own = {path for path in policies.fields(name) if "." not in path}
    unread = sorted(own - fields.keys())
    if unread:
        mend = "correct the policies (ortoo-daemon check --org), or give read access"
        return failed(name, f"can't be read: {', '.join(unread)}", mend)
    keys = policies.policy_set.key_fields(name) & {EMAIL_KEY, PHONE_KEY, NAME_KEY}
    written = {OWNER, *stamps_of(name), *keys}.union(
        *(fields_written(policy) for policy in policies.of(name))
    )
    locked = sorted(field for field in written & fields.keys() if not fields[field]["updateable"])
    if locked:
        return failed(name, f"can't be written: {', '.join(locked)}", _GRANT)
    if not described.get("updateable", True):
        return failed(name, "the object can't be edited", f"give edit access to {name}")
    return passed(name, f"{len(own)} fields readable, {len(written)} writable")


async def _own(org: Org, name: str, key: str, wanted: frozenset[str]) -> Finding:
    described = await _described(org, name)
    if isinstance(described, Finding):
        return described
    fields = {field["name"]: field for field in described["fields"]}
    missing = sorted({*wanted, key} - fields.keys())
    if missing:
        return failed(name, f"fields are missing: {', '.join(missing)}", _DEPLOY)
    locked = sorted(field for field in wanted if not fields[field]["createable"])
    if locked or not described.get("createable", True):
        return failed(name, f"can't be created: {', '.join(locked) or 'the object'}", _DEPLOY)
    if not fields[key].get("externalId"):
        return failed(name, f"{key} is no external id", _DEPLOY)
    return passed(name, f"{len(wanted) + 1} fields, upserted on {key}")


async def _described(org: Org, name: str) -> dict[str, Any] | Finding:
    try:
        found: dict[str, Any] = await org.rest.call("GET", f"sobjects/{soql.name(name)}/describe")
    except OrgError as error:
        return failed(name, f"the object is not there or not accessible ({error.code})", _DEPLOY)
    return found


async def _directory(org: Org, settings: Settings) -> tuple[Directory | None, Finding]:
    path = settings.path(settings.directory)
    try:
        directory = await DirectoryReader(org, read_directory_mapping(path)).read()
    except (OrgError, ConfigError) as error:
        return None, failed("directory", str(error), f"correct the names in {path}")
    people = sum(person.active for person in directory.people.values())
    text = f"{len(directory.rooftops)} rooftops, {people} active people"
    if not directory.rooftops or not people:
        return directory, failed("directory", text, f"look at `where` in {path}")
    return directory, passed("directory", f"{text}, {len(directory.queues)} queues")


async def _queues(org: Org, policies: PolicySet, directory: Directory) -> Finding:
    """Each queue a policy names is there, takes the object, and has somebody who looks into it."""
    used, wrong = _used_queues(policies, directory)
    if wrong:
        return failed("queues", "; ".join(wrong), "correct the policies, or the queues in Setup")
    if not used:
        return passed("queues", "no policy names one")
    try:
        members = await _members(org, used)
    except OrgError as error:
        return failed("queues", str(error), "give the daemon's user the permission View All Users")
    empty = sorted(queue.name for queue in used if not members.get(queue.id))
    if empty:
        mend = "add members in Setup, or nobody sees what is given to them"
        return failed("queues", f"without members: {', '.join(empty)}", mend)
    return passed("queues", f"{len(used)} used by policies, all with members")


def _used_queues(policies: PolicySet, directory: Directory) -> tuple[list[Queue], list[str]]:
    used: dict[str, Queue] = {}
    wrong: dict[str, None] = {}
    for policy in policies.policies:
        for target in targets_of(policy):
            if not isinstance(target, QueueTarget):
                continue
            queue = directory.queues.get(target.queue)
            if queue is None:
                wrong[f"there is no {target.queue} ({target.place})"] = None
            elif policy.object not in queue.objects:
                wrong[f"{target.queue} may not hold {policy.object} ({target.place})"] = None
            else:
                used[queue.name] = queue
    return list(used.values()), list(wrong)


async def _members(org: Org, queues: Iterable[Queue]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in soql.chunks(sorted(queue.id for queue in queues)):
        text = soql.select(
            "GroupMember",
            ["GroupId", "COUNT(Id)"],
            where=[soql.one_of("GroupId", part)],
            group_by=["GroupId"],
        )
        found |= {row["GroupId"]: int(row["expr0"]) for row in await org.query(text)}
    return found
