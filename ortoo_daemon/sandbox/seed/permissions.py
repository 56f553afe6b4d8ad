"""Who may do what in the seeded org?  The metadata's permission sets, as rows, and a profile.

The daemon's user has a profile that allows next to nothing, the shipped permission sets and the
example network's: what `doctor --permissions` compares with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import PermissionSet
from ortoo_daemon.sandbox.seed.identities import ADMIN_USER_ID, DAEMON_USER_ID
from ortoo_daemon.sandbox.seed.rows import created

_PROFILE = "Minimum Access - API Only Integrations"
_OF_THE_DAEMON = ("Ortoo_Daemon", "Ortoo_Daemon_More", "Ortoo_Network_Example")


def load_permissions(org: Org) -> None:
    """Every permission set of the schema; the daemon's user has its own."""
    ids = {each.name: _load(org, each) for each in org.schema.permission_sets}
    granted = [_load_profile(org), *(ids[name] for name in _OF_THE_DAEMON if name in ids)]
    rows = [{"PermissionSetId": each, "AssigneeId": DAEMON_USER_ID} for each in granted]
    created(org, "PermissionSetAssignment", rows, user_id=ADMIN_USER_ID)


def _load_profile(org: Org) -> str:
    """The daemon's profile: the permission set that stands behind it."""
    (profile,) = created(org, "Profile", [{"Name": _PROFILE}], user_id=ADMIN_USER_ID)
    org.storage.update("User", DAEMON_USER_ID, {"ProfileId": profile})
    row = {
        "Name": f"X{profile}",
        "Label": _PROFILE,
        "ProfileId": profile,
        "PermissionsApiEnabled": True,
        "PermissionsActivitiesAccess": True,
    }
    (id,) = created(org, "PermissionSet", [row], user_id=ADMIN_USER_ID)
    # No caller may say whom a permission set belongs to; this is set below the rules.
    org.storage.update("PermissionSet", id, {"IsOwnedByProfile": True})
    return id


def _load(org: Org, source: PermissionSet) -> str:
    known = org.schema.object("PermissionSet").fields
    of_user = (f"Permissions{name}" for name in source.user)
    row: dict[str, Any] = {"Name": source.name, "Label": source.label}
    row |= {name: True for name in of_user if name in known}
    (id,) = created(org, "PermissionSet", [row], user_id=ADMIN_USER_ID)
    objects = [
        {"ParentId": id, "SobjectType": name, **dict.fromkeys(rights, True)}
        for name, rights in source.objects.items()
    ]
    created(org, "ObjectPermissions", objects, user_id=ADMIN_USER_ID)
    created(org, "FieldPermissions", list(_fields(id, source)), user_id=ADMIN_USER_ID)
    return id


def _fields(parent: str, source: PermissionSet) -> Iterator[Mapping[str, Any]]:
    for name, rights in source.fields.items():
        object_name = name.partition(".")[0]
        rows = dict.fromkeys(rights, True)
        yield {"ParentId": parent, "SobjectType": object_name, "Field": name, **rows}
