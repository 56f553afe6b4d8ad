"""Can people be told: the notification type, the tasks' key, e-mail alerts' names, channels' addresses?"""

from collections.abc import AsyncIterator, Sequence

from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.secrets import channel_urls
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, OrgError
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.notify_model import OrgWay
from ortoo_daemon.policy.reach import notifies_of
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import TASK_KEY
from ortoo_daemon.services.notify.channels import Channels

NAME = "notices"
_DEPLOY = "deploy config/salesforce/main and assign the permission set Ortoo_Daemon"


async def about_notices(
    org: Org, settings: Settings, policies: PolicySet
) -> AsyncIterator[Finding]:
    """Findings about the ways by which policies tell people; none where they tell nobody."""
    told = [(policy.object, entry) for policy in policies.policies for entry in notifies_of(policy)]
    ways = {entry.by for _, entry in told}
    by_itself = settings.notices.summaries.users or settings.notices.planned_absences
    if OrgWay.SALESFORCE in ways or by_itself:
        yield await _type(org, settings.notices.type)
    if OrgWay.TASK in ways:
        yield await _tasks(org)
    if OrgWay.EMAIL_ALERT in ways:
        objects = sorted({name for name, entry in told if entry.by == OrgWay.EMAIL_ALERT})
        for name in objects:
            if name not in settings.notices.email_alerts:
                mend = f"name one: notices.email_alerts: {{{name}: Its_Name}}"
                yield failed(NAME, f"no e-mail alert for {name}", mend)
    named = {*settings.notices.summaries.users, *(entry.user for _, entry in told if entry.user)}
    if named:
        yield await _users(org, sorted(named))
    if settings.notices.channels:
        yield _channels(settings)


async def _type(org: Org, name: str) -> Finding:
    where = [soql.equals("DeveloperName", name)]
    try:
        rows = await org.query(soql.select("CustomNotificationType", ["Id"], where=where))
    except OrgError as error:
        return failed(NAME, f"custom notification types can't be read ({error.code})", _DEPLOY)
    if not rows:
        return failed(NAME, f"the org has no custom notification type {name}", _DEPLOY)
    return passed(NAME, f"custom notification type {name}")


async def _tasks(org: Org) -> Finding:
    try:
        described = await org.rest.call("GET", "sobjects/Task/describe")
    except OrgError as error:
        return failed(NAME, f"tasks can't be made ({error.code})", "give create access to Task")
    fields = {field["name"]: field for field in described["fields"]}
    if TASK_KEY not in fields or not fields[TASK_KEY]["createable"]:
        return failed(NAME, f"Task has no field {TASK_KEY} that may be written", _DEPLOY)
    return passed(NAME, f"tasks with {TASK_KEY}")


async def _users(org: Org, names: Sequence[str]) -> Finding:
    """Those who are told by name."""
    where = [soql.one_of("Username", names), soql.equals("IsActive", True)]
    rows = await org.query(soql.select("User", ["Username"], where=where))
    known = {str(row["Username"]).casefold() for row in rows}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        message = f"no active user {', '.join(unknown)}, who is to be told"
        return failed(NAME, message, "correct notices.summaries.users, or the policies' notify")
    return passed(NAME, f"told by name: {', '.join(names)}")


def _channels(settings: Settings) -> Finding:
    try:
        channels = Channels(channel_urls(settings))
    except ConfigError as error:
        problem = error.problems[0]
        return failed(NAME, problem.message, problem.mend)
    wrong = channels.wrong()
    if wrong:
        return failed(NAME, "; ".join(wrong), "correct the addresses, or install the notify extra")
    return passed(NAME, f"channels {', '.join(sorted(channels.names))}")
