"""Is everything there that the daemon needs, here and in the org? Each finding with its fix.

Changes nothing but a note of its own in the work queue's store.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

from ortoo_daemon.daemon.asking import diagnosis_org
from ortoo_daemon.daemon.asking.diagnosis_channels import about_channels
from ortoo_daemon.daemon.asking.diagnosis_files import about_files
from ortoo_daemon.daemon.asking.diagnosis_notices import about_notices
from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.asking.login import beside_daemon, logged_in, policies_of
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.daemon.wiring import utc_now
from ortoo_daemon.errors import ConfigError, LoginError, OrgError, StateError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.allocations import (
    PERIODS,
    Allocation,
    AllocationUse,
    read_allocations,
)
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.transport import ON_EVERY_WRITE, Request, guarded
from ortoo_daemon.work.store import state_file

_TOO_SKEWED = timedelta(seconds=60)
_NOTE = "doctor_at"

_LOGIN_MENDS = {
    "invalid_client_id": "org.auth.client_id must be the consumer key of the connected app",
    "invalid_client": "check client_id and client_secret of the connected app",
    "invalid_grant": "approve the app for the daemon's user (permission set, pre-authorised), and "
    "check username, certificate and this machine's clock",
    "LOGIN_UNREACHABLE": "check org.login_url and that this machine may reach it over https",
    "PRIVATE_KEY_UNUSABLE": "org.auth.private_key_file must hold the whole PEM file of the RSA key, from "
    "-----BEGIN to END-----, without a passphrase",
    "INSECURE_URL": "org.login_url must begin with https://",
}


async def diagnose(config: Path) -> AsyncIterator[Finding]:
    """Findings as they are made. What can't be looked at without an earlier one is left out."""
    try:
        settings = load_settings(config)
    except ConfigError as error:
        yield failed("settings", str(error), "mend the settings file")
        return
    yield passed("settings", f"{config}")
    yield about_files(settings, config)
    policies = None
    try:
        policies = policies_of(settings)
        names = ", ".join(policy.name for policy in policies.policies)
        yield passed("policies", f"{names}, revision {policies.revision}")
    except ConfigError as error:
        text = f"{len(error.problems)} problems, the first: {error.problems[0]}"
        yield failed("policies", text, "see them all with: ortoo-daemon check")
    yield await _store(settings)
    yield _assignment_header()
    async with AsyncExitStack() as stack:
        try:
            org = await stack.enter_async_context(logged_in(settings))
        except ConfigError as error:
            problem = error.problems[0]
            yield failed("login", f"{problem.place}: {problem.message}", problem.mend)
            return
        except LoginError as error:
            yield failed(
                "login", str(error), _LOGIN_MENDS.get(error.code, "check org: in settings")
            )
            return
        async for finding in _about_org(settings, policies, org):
            yield finding


async def _about_org(
    settings: Settings, policies: PolicySet | None, org: Org
) -> AsyncIterator[Finding]:
    other_version = await _version(org)
    if other_version is not None:
        yield other_version
        return
    for step in (_identity, _limits):
        for finding in await step(org, settings):
            yield finding
    yield _clock(org)
    if policies is not None:
        async for finding in diagnosis_org.about(org, settings, policies):
            yield finding
        async for finding in about_notices(org, settings, policies):
            yield finding
    channels, version = settings.events.channels, settings.org.api_version
    for finding in await about_channels(org, channels, api_version=version):
        yield finding


async def _version(org: Org) -> Finding | None:
    """An org that does not speak our version of the API says of everything that it does not exist."""
    ours = org.rest.api_version
    try:
        versions = await org.rest.versions()
    except OrgError:
        return None  # what keeps it from answering is for the other checks to say
    if not versions or ours in versions:
        return None
    text = f"the org does not speak {ours}, but {versions[0]} to {versions[-1]}"
    return failed("API version", text, f'set org.api_version: "{versions[-1]}" in the settings')


async def _identity(org: Org, _: Settings) -> list[Finding]:
    try:
        user = await org.identity()
        where = [soql.equals("Id", user)]
        rows = await org.query(soql.select("User", ["Username", "IsActive"], where=where))
    except OrgError as error:
        return [failed("login", str(error), "the connected app needs the scopes api and id")]
    if not rows:
        mend = "give the daemon's user the permission View All Users"
        return [failed("login", f"logged in as {user}, who does not see their own user", mend)]
    return [passed("login", f"as {rows[0]['Username']} ({user})")]


async def _limits(org: Org, settings: Settings) -> list[Finding]:
    try:
        found = await read_allocations(org.rest)
    except OrgError as error:
        return [failed("API budget", str(error), "give the daemon's user API Enabled")]
    low = settings.budgets.short_from / 100
    return [_budget(allocation, use, low) for allocation, use in found.items()]


_BUDGETS: Mapping[Allocation, tuple[str, str, str]] = {
    Allocation.API_CALLS: ("API budget", "calls", "look for what else calls the org's API"),
    Allocation.DELIVERED_EVENTS: (
        "event budget",
        "delivered events",
        "narrow the channel's filter, or buy more events",
    ),
    Allocation.STREAMING_EVENTS: (
        "PushTopic budget",
        "PushTopic events",
        "narrow the queries of the PushTopics, or listen to a change event channel instead",
    ),
    Allocation.PUBLISHED_EVENTS: (
        "publishing budget",
        "published events",
        "look for flows and integrations that publish events",
    ),
}


def _budget(allocation: Allocation, use: AllocationUse, low: float) -> Finding:
    check, noun, mend = _BUDGETS[allocation]
    hours = PERIODS[allocation].total_seconds() / 3600
    within = "24 hours" if hours == 24 else "hour"
    text = f"{use.used:,} of {use.allowed:,} {noun} used in the last {within} ({use.share:.1%})"
    return passed(check, text) if use.share < low else failed(check, text, mend)


def _clock(org: Org) -> Finding:
    skew = org.rest.clock_skew
    if skew is None:
        return failed("clock", "the org's answers carry no time", "look for a proxy in between")
    seconds = skew.total_seconds()
    text = f"this machine is {abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} the org"
    if abs(skew) > _TOO_SKEWED:
        return failed("clock", text, "let this machine's clock be set by NTP")
    return passed("clock", text)


async def _store(settings: Settings) -> Finding:
    """A store that is there is written to; one that is not must be the daemon's own to make."""
    file = state_file(settings.state)
    if file is not None and not file.exists():
        if os.access(file.parent, os.W_OK | os.X_OK):
            return passed("state", f"{file} will be made at the first start")
        mend = "make that folder, owned by the daemon's user, or set state: in the settings"
        return failed("state", f"{file.parent} is not there or not writable", mend)
    try:
        async with beside_daemon(settings) as queue:
            said = instant_text(utc_now())
            await queue.note(_NOTE, said)
            stats = await queue.stats()
            if await queue.noted(_NOTE) != said:
                return failed("state", "a note was not kept", "look at the store's disk")
    except StateError as error:
        return failed("state", str(error), "")
    text = f"writable; {stats.ready} waiting, {stats.parked} parked{_since(stats.oldest_ready_at)}"
    return passed("state", text)


def _since(oldest: datetime | None) -> str:
    return f", the oldest since {instant_text(oldest)}" if oldest else ""


def _assignment_header() -> Finding:
    """Each shape of write is made ready for sending, and looked at instead of being sent."""
    single = Request(method="PATCH", path="sobjects/Lead/00Q", body={"OwnerId": "005"})
    part = {"method": "PATCH", "url": "/sobjects/Lead/00Q", "referenceId": "a", "body": {}}
    composite = Request(method="POST", path="composite", body={"compositeRequest": [part]})
    rows = Request(method="PATCH", path="composite/sobjects", body={"records": []})
    every = [guarded(request) for request in (single, composite, rows)]
    sent = [request.headers for request in every]
    sent += [part["httpHeaders"] for part in every[1].body["compositeRequest"]]
    name, value = next(iter(ON_EVERY_WRITE.items()))
    if all(headers.get(name) == value for headers in sent):
        text = f"{name}: {value} goes with every write, composite subrequests included"
        return passed("assignment rules", text)
    mend = "this build is broken: do not run it"
    return failed("assignment rules", f"a write would go without {name}: {value}", mend)
