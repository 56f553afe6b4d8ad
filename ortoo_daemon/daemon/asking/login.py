"""How does a verb of the command line come to know what the daemon knows? One login while it runs.

Looks only: a store that is not there is not made, and nothing is written to the org.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from ortoo_daemon.daemon.current import load_reader
from ortoo_daemon.daemon.handling.given_lately import GivenLately
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.loading.named_users import named_users
from ortoo_daemon.daemon.loading.policy_files import load_policies, read_directory_mapping
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.wiring import make_org, open_queue, utc_now
from ortoo_daemon.errors import OrtooError, StateError
from ortoo_daemon.facts import Turns
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.store import state_file

STANDARD_OBJECTS: Mapping[str, str] = {
    "00Q": "Lead",
    "500": "Case",
    "006": "Opportunity",
    "00T": "Task",
}
"""Objects of well-known key prefixes; others are looked up in the org."""


class UnknownIdError(OrtooError):
    """Nothing in the org has ids that begin like this."""


@asynccontextmanager
async def logged_in(settings: Settings) -> AsyncIterator[Org]:
    """The org, logged in; closed at the end. Raises ConfigError and LoginError."""
    org = make_org(settings)
    try:
        await org.tokens.get()
        yield org
    finally:
        await org.close()


@asynccontextmanager
async def beside_daemon(settings: Settings) -> AsyncIterator[WorkQueue]:
    """The daemon's work queue, whether it runs or not. Raises StateError."""
    queue = await open_queue(settings, exclusive=False)
    try:
        yield queue
    finally:
        await queue.close()


def has_store(settings: Settings) -> bool:
    """Whether there is a store to look into. Looking alone must not make one, least of all as root."""
    file = state_file(settings.state)
    return file is None or file.is_file()


def policies_of(settings: Settings) -> PolicySet:
    """The policies on disk. Raises ConfigError."""
    return load_policies(settings, read_directory_mapping(settings.path(settings.directory)))


def postal_index(policies: PolicySet) -> PostalIndex:
    """Centres of postal codes, loaded only where some rule measures a distance."""
    return load_postal_index() if needs_geography(policies) else PostalIndex.empty()


async def know(
    settings: Settings, org: Org, object_name: str, *, policies: PolicySet | None = None
) -> Knowledge:
    """What the daemon would know when it decided about a record of the object, by the policies on disk or
    others. Raises OrtooError."""
    mapping = read_directory_mapping(settings.path(settings.directory))
    policies = policies or load_policies(settings, mapping)
    roster = DirectoryReader(org, mapping)
    directory = await roster.read()
    ledger = Ledger(await _rotations(settings))
    if object_name in mapping.workload:
        await ledger.refresh(object_name, directory.people, roster.workload_counts)
    if object_name in Policies(policies).weighed:
        await ledger.refresh_load(object_name, directory.people, load_reader(roster))
    await GivenLately(org, ledger.rates, now=utc_now).read(policies, directory.people)
    return Knowledge(
        policies=Policies(policies),
        directory=directory,
        ledger=ledger,
        daemon_user=await org.identity(),
        postal=postal_index(policies),
        usernames=await named_users(org, policies),
    )


async def object_of(id: RecordId, org: Org) -> str:
    """The object a record id belongs to. Raises UnknownIdError."""
    if id[:3] in STANDARD_OBJECTS:
        return STANDARD_OBJECTS[id[:3]]
    listed = await org.rest.call("GET", "sobjects")
    for entry in listed["sobjects"]:
        if entry.get("keyPrefix") == id[:3]:
            return str(entry["name"])
    raise UnknownIdError(f"{id}: no object of the org has ids that begin with {id[:3]}")


async def _rotations(settings: Settings) -> dict[str, Turns]:
    """Where the daemon's rotations stand; from the beginning where its store can't be looked at."""
    if not has_store(settings):
        return {}
    try:
        async with beside_daemon(settings) as queue:
            return await queue.rotations()
    except StateError:
        return {}
