"""How is an org filled?  The parts of the seed in the order they refer to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.seed.automation import AUTOMATION
from ortoo_daemon.sandbox.seed.hours import load_hours
from ortoo_daemon.sandbox.seed.identities import ADMIN_USER_ID, DAEMON_USER_ID, FIXED_USERS
from ortoo_daemon.sandbox.seed.permissions import load_permissions
from ortoo_daemon.sandbox.seed.queues import load_queues
from ortoo_daemon.sandbox.seed.rooftops import load_rooftops
from ortoo_daemon.sandbox.seed.roster import load_roster
from ortoo_daemon.sandbox.seed.rows import created

_NOTICE_TYPE = {"DeveloperName": "Ortoo_Notice", "CustomNotifTypeName": "Ortoo Notice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSummary:
    """What the org holds; `people` are active roster users, `queues` ids by DeveloperName."""

    rooftops: int
    people: int
    queues: Mapping[str, str]


def load(org: Org) -> SeedSummary:
    """Fill an org, in one transaction, unless an earlier run did. Raises SeedError."""
    if org.read("User", DAEMON_USER_ID) is None:
        with org.transaction(user_id=org.system_user_id):
            _fill(org)
    org.told.invocables |= AUTOMATION
    queues = org.storage.find("Group", Type="Queue")
    people = org.storage.find("User", IsActive=True)
    return SeedSummary(
        rooftops=len(org.storage.find("Account", Type="Dealer")),
        people=sum(1 for each in people if each["Ortoo_Role__c"]),
        queues={str(each["DeveloperName"]): str(each["Id"]) for each in queues},
    )


def _fill(org: Org) -> None:
    _load_fixed_users(org)
    hours = load_hours(org)
    rooftops = load_rooftops(org, hours)
    load_roster(org, rooftops, hours)
    load_queues(org, (each.region for each in rooftops))
    load_permissions(org)
    created(org, "CustomNotificationType", [_NOTICE_TYPE], user_id=ADMIN_USER_ID)


def _load_fixed_users(org: Org) -> None:
    rows = [
        {
            "Id": each.id,
            "Username": each.username,
            "FirstName": each.first_name,
            "LastName": each.last_name,
            "Title": each.title,
            "Email": each.username,
            "TimeZoneSidKey": "UTC",
        }
        for each in FIXED_USERS
    ]
    created(org, "User", rows, user_id=org.system_user_id)
