"""Which permission sets does a project's metadata declare, and what does each allow?

Reads Salesforce DX source format (`permissionsets/*.permissionset-meta.xml`). The sandbox keeps what
they allow as rows and lets everybody do everything.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.schema import PermissionSet

_SUFFIX = ".permissionset-meta.xml"
_OF_OBJECTS = {
    "allowRead": "PermissionsRead",
    "allowCreate": "PermissionsCreate",
    "allowEdit": "PermissionsEdit",
    "allowDelete": "PermissionsDelete",
    "viewAllRecords": "PermissionsViewAllRecords",
    "modifyAllRecords": "PermissionsModifyAllRecords",
}
_OF_FIELDS = {"readable": "PermissionsRead", "editable": "PermissionsEdit"}


def permission_sets(root: Path) -> tuple[PermissionSet, ...]:
    """All of them, by name. Raises SchemaError for a file that is no XML."""
    return tuple(_permission_set(path) for path in sorted(root.rglob(f"*{_SUFFIX}")))


def _permission_set(path: Path) -> PermissionSet:
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise SchemaError(f"{path}: {error}") from error
    name = path.name.removesuffix(_SUFFIX)
    return PermissionSet(
        name=name,
        label=_text(root, "label") or name,
        objects={
            _text(each, "object"): _rights(each, _OF_OBJECTS)
            for each in root.iterfind("{*}objectPermissions")
        },
        fields={
            _text(each, "field"): _rights(each, _OF_FIELDS)
            for each in root.iterfind("{*}fieldPermissions")
        },
        user=frozenset(
            _text(each, "name")
            for each in root.iterfind("{*}userPermissions")
            if _text(each, "enabled") == "true"
        ),
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _rights(element: ElementTree.Element, names: dict[str, str]) -> frozenset[str]:
    return frozenset(right for tag, right in names.items() if _text(element, tag) == "true")
