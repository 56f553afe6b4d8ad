"""What may a user do in the org? Rights as permission sets give them, and what the org says was given.

A profile is a permission set, too. Nothing here knows what the daemon needs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_PREFIX = "Permissions"
_COLUMNS_IN_A_QUERY = 100
"""An org knows some 400 rights of users: their names would not fit one address."""


class Right(StrEnum):
    """Rights to an object; the values are the columns of ObjectPermissions without their prefix."""

    READ = "Read"
    CREATE = "Create"
    EDIT = "Edit"
    DELETE = "Delete"
    VIEW_ALL = "ViewAllRecords"
    MODIFY_ALL = "ModifyAllRecords"


IMPLIED: Mapping[Right, frozenset[Right]] = {
    Right.CREATE: frozenset({Right.READ}),
    Right.EDIT: frozenset({Right.READ}),
    Right.DELETE: frozenset({Right.READ, Right.EDIT}),
    Right.VIEW_ALL: frozenset({Right.READ}),
    Right.MODIFY_ALL: frozenset({Right.READ, Right.EDIT, Right.DELETE, Right.VIEW_ALL}),
}
"""What the platform wants beside a right: a permission set without it is refused."""

NO_OBJECT_RIGHTS = frozenset(
    {
        "BusinessHours",
        "EmailMessage",
        "EmailMessageRelation",
        "Event",
        "Group",
        "GroupMember",
        "Holiday",
        "Organization",
    }
    | {"QueueSobject", "ServicePresenceStatus", "Task", "User", "UserLogin", "UserServicePresence"}
)
"""Objects that permission sets open by rights of the user, or that are open to all."""

_ACTIVITIES = ("Task.", "Event.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """``readable`` and ``editable`` are fields as ``Lead.Email``; what is editable is readable, too.

    ``user`` are rights of the user, as ``ApiEnabled``.
    """

    objects: Mapping[str, frozenset[Right]] = field(default_factory=dict)
    readable: frozenset[str] = frozenset()
    editable: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()

    def rights(self) -> Iterator[tuple[str, str]]:
        """Each right once: of whom or what it is, and its name."""
        for name, rights in sorted(self.objects.items()):
            yield from ((name, str(right)) for right in Right if right in rights)
        yield from ((name, "read") for name in sorted(self.readable))
        yield from ((name, "edit") for name in sorted(self.editable))
        yield from (("", name) for name in sorted(self.user))


def in_declared_form(name: str) -> str:
    """Own fields of tasks and events are declared on Activity: ``Task.My__c`` is ``Activity.My__c``."""
    if name.endswith("__c") and name.startswith(_ACTIVITIES):
        return f"Activity.{name.partition('.')[2]}"
    return name


async def granted(org: Org, user: RecordId) -> dict[str, Permissions]:
    """What each permission set and the profile of a user give, by the set's label. Raises OrgError.

    A group's sets come as one, named as the group is.
    """
    sets = await _sets(org, user)
    found = {label: Permissions() for label in sets.values()}
    if not sets:
        return found
    objects = await _object_rights(org, sets)
    fields = await _field_rights(org, sets)
    users = await _user_rights(org, sets)
    for id_, label in sets.items():
        readable, editable = fields.get(id_, (frozenset(), frozenset()))
        found[label] = Permissions(
            objects=objects.get(id_, {}),
            readable=readable,
            editable=editable,
            user=users.get(id_, frozenset()),
        )
    return found


async def _sets(org: Org, user: RecordId) -> dict[str, str]:
    """Labels of permission sets by their ids; that of a profile's bears the profile's name."""
    label, profile = "PermissionSet.Label", "PermissionSet.Profile.Name"
    where = [soql.equals("AssigneeId", user)]
    fields = ["PermissionSetId", label, profile]
    rows = await org.query(soql.select("PermissionSetAssignment", fields, where=where))
    return {
        str(row["PermissionSetId"]): f"profile {row[profile]}" if row.get(profile) else row[label]
        for row in rows
    }


async def _object_rights(
    org: Org, sets: Mapping[str, str]
) -> dict[str, dict[str, frozenset[Right]]]:
    columns = {right: f"{_PREFIX}{right}" for right in Right}
    fields = ["ParentId", "SobjectType", *columns.values()]
    found: dict[str, dict[str, frozenset[Right]]] = {}
    for row in await _of_sets(org, "ObjectPermissions", fields, sets):
        rights = frozenset(right for right, column in columns.items() if row[column])
        if rights:
            found.setdefault(str(row["ParentId"]), {})[str(row["SobjectType"])] = rights
    return found


async def _field_rights(
    org: Org, sets: Mapping[str, str]
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    fields = ["ParentId", "Field", "PermissionsRead", "PermissionsEdit"]
    readable: dict[str, set[str]] = {id_: set() for id_ in sets}
    editable: dict[str, set[str]] = {id_: set() for id_ in sets}
    for row in await _of_sets(org, "FieldPermissions", fields, sets):
        name = in_declared_form(str(row["Field"]))
        if row["PermissionsRead"]:
            readable[str(row["ParentId"])].add(name)
        if row["PermissionsEdit"]:
            editable[str(row["ParentId"])].add(name)
    return {id_: (frozenset(readable[id_]), frozenset(editable[id_])) for id_ in sets}


async def _user_rights(org: Org, sets: Mapping[str, str]) -> dict[str, frozenset[str]]:
    described = await org.rest.call("GET", "sobjects/PermissionSet/describe")
    names = sorted(
        each["name"]
        for each in described["fields"]
        if each["name"].startswith(_PREFIX) and each["type"] == "boolean"
    )
    found: dict[str, set[str]] = {id_: set() for id_ in sets}
    for start in range(0, len(names), _COLUMNS_IN_A_QUERY):
        some = names[start : start + _COLUMNS_IN_A_QUERY]
        where = [soql.one_of("Id", sorted(sets))]
        for row in await org.query(soql.select("PermissionSet", ["Id", *some], where=where)):
            given = (name.removeprefix(_PREFIX) for name in some if row[name])
            found[str(row["Id"])].update(given)
    return {id_: frozenset(rights) for id_, rights in found.items()}


async def _of_sets(
    org: Org, object_name: str, fields: Iterable[str], sets: Mapping[str, str]
) -> list[dict[str, Any]]:
    where = [soql.one_of("ParentId", sorted(sets))]
    return await org.query(soql.select(object_name, fields, where=where))
