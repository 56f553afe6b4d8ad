"""How is a permission set written as metadata, so that it can be deployed? As one file of XML."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ortoo_daemon.salesforce.permissions import Permissions, Right

_RIGHTS = {
    "allowCreate": Right.CREATE,
    "allowDelete": Right.DELETE,
    "allowEdit": Right.EDIT,
    "allowRead": Right.READ,
    "modifyAllRecords": Right.MODIFY_ALL,
    "viewAllRecords": Right.VIEW_ALL,
}


def permission_set_xml(permissions: Permissions, *, label: str, description: str) -> str:
    """The file's text, in the platform's own order; the same for the same permissions."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">',
        f"    <description>{escape(description)}</description>",
        *_fields(permissions),
        "    <hasActivationRequired>false</hasActivationRequired>",
        f"    <label>{escape(label)}</label>",
        *_objects(permissions),
        *_user(permissions),
        "</PermissionSet>",
    ]
    return "\n".join(lines) + "\n"


def _fields(permissions: Permissions) -> Iterator[str]:
    for name in sorted(permissions.readable | permissions.editable):
        yield "    <fieldPermissions>"
        yield f"        <editable>{_flag(name in permissions.editable)}</editable>"
        yield f"        <field>{escape(name)}</field>"
        yield "        <readable>true</readable>"
        yield "    </fieldPermissions>"


def _objects(permissions: Permissions) -> Iterator[str]:
    for name, rights in sorted(permissions.objects.items()):
        lines = {tag: _flag(right in rights) for tag, right in _RIGHTS.items()}
        lines["object"] = escape(name)
        yield "    <objectPermissions>"
        yield from (f"        <{tag}>{lines[tag]}</{tag}>" for tag in sorted(lines))
        yield "    </objectPermissions>"


def _user(permissions: Permissions) -> Iterator[str]:
    for name in sorted(permissions.user):
        yield "    <userPermissions>"
        yield "        <enabled>true</enabled>"
        yield f"        <name>{escape(name)}</name>"
        yield "    </userPermissions>"


def _flag(value: bool) -> str:
    return "true" if value else "false"
