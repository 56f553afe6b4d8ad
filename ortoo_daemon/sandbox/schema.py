"""Which objects and fields does the org have?

Standard objects come from `standard_objects.yaml`, the project's own fields and objects from
Salesforce DX source format (see `dx_source`). The schema is values only: it knows no rows.
Platform events stand apart from the objects: they have fields, but neither rows nor queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ortoo_daemon.sandbox.errors import OrgError, SchemaError

if TYPE_CHECKING:
    from ortoo_daemon.sandbox.formula import Formula


class FieldType(StrEnum):
    """Field types in describe's words."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    ADDRESS = "address"


NUMBERS = frozenset({FieldType.INT, FieldType.DOUBLE, FieldType.CURRENCY, FieldType.PERCENT})
IDS = frozenset({FieldType.ID, FieldType.REFERENCE})
TEXTS = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
        FieldType.PICKLIST,
        FieldType.MULTIPICKLIST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object, as describe shows it.

    `relationship` names a reference's way up to the parent, `children` the parent's way down here.

    `length` counts characters of text; `precision` and `scale` digits of a number. `parts` are
    the member fields of a compound address. `default` is in API JSON form.
    """

    name: str
    type: FieldType
    label: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    required: bool = False
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    custom: bool = False
    name_field: bool = False
    auto_number: str | None = None
    filterable: bool = True
    default: Any = None
    parts: tuple[str, ...] = ()

    @property
    def polymorphic(self) -> bool:
        return len(self.reference_to) > 1


_WITHOUT_FIELD_PERMISSIONS = frozenset(
    {
        "Attachment",
        "ContentDocument",
        "ContentDocumentLink",
        "ContentVersion",
        "EmailMessageRelation",
    }
    | {
        "BusinessHours",
        "EmailMessage",
        "Event",
        "Group",
        "Holiday",
        "Organization",
        "PermissionSet",
    }
    | {"Profile", "Task", "User"}
)
"""Objects of whose standard fields none is withheld from anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where changes of watched fields are written down: field API name → name in the history."""

    entity: str
    parent_field: str
    tracks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A rule of the org's own: a write for which `condition` is true is refused."""

    name: str
    condition: Formula
    message: str
    error_field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """What a permission set allows. `objects` and `fields` hold rights as `ObjectPermissions` and
    `FieldPermissions` name them (`PermissionsRead`), by `Lead` and by `Lead.Email`; `user` holds
    names as `ApiEnabled`.
    """

    name: str
    label: str
    objects: Mapping[str, frozenset[str]]
    fields: Mapping[str, frozenset[str]]
    user: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """An sObject type. `fields` is in describe order, keyed by canonical API name.

    `event`: a platform event, published and never stored; `at_once`: as soon as it is published,
    also when the transaction around it is undone.
    """

    name: str
    label: str
    plural: str
    prefix: str
    fields: Mapping[str, Field]
    custom: bool = False
    person: bool = False
    deletable: bool = True
    written_by_org: bool = False
    closed_field: str = "Status"
    closed_values: frozenset[str] = frozenset()
    converted_status: str | None = None
    history: History | None = None
    validation_rules: tuple[ValidationRule, ...] = field(default=())
    event: bool = False
    at_once: bool = False

    @cached_property
    def by_lower(self) -> Mapping[str, Field]:
        """Fields by lower-case name: API names are matched without case."""
        return {name.lower(): each for name, each in self.fields.items()}

    @cached_property
    def relationships(self) -> Mapping[str, Field]:
        """Reference fields by lower-case relationship name (`owner`, `account`, `rooftop__r`)."""
        return {f.relationship.lower(): f for f in self.fields.values() if f.relationship}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        """The fields that have a column: all but compounds."""
        return tuple(f for f in self.fields.values() if f.type is not FieldType.ADDRESS)

    @cached_property
    def compounds(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.type is FieldType.ADDRESS)

    @cached_property
    def compound_of(self) -> Mapping[str, str]:
        """Which compound a field is a part of, by the part's name."""
        return {part: each.name for each in self.compounds for part in each.parts}

    def permissionable(self, field: Field) -> bool:
        """Whether access to the field can be given and withheld. Parts of a compound go with it;
        required fields, the org's own, and the standard ones of users are open to whoever sees the row.
        """
        if self.event or field.required or field.name_field or field.name in self.compound_of:
            return False
        if field.custom:
            return True
        # A status is never empty: the platform requires it without saying so in its label.
        own = field.name in ("Id", "OwnerId", "FirstName", "Salutation", "Status")
        kept_by_org = not field.updateable and field.type is not FieldType.ADDRESS
        return not (own or kept_by_org or self.name in _WITHOUT_FIELD_PERMISSIONS)

    @cached_property
    def name_field(self) -> Field | None:
        return next((f for f in self.fields.values() if f.name_field), None)

    def field(self, name: str) -> Field:
        """The field of that name, in any case. Raises INVALID_FIELD."""
        found = self.by_lower.get(name.lower())
        if found is None:
            raise OrgError(
                "INVALID_FIELD", f"No such column '{name}' on sobject of type {self.name}"
            )
        return found

    def lookup_field(self, name: str) -> Field:
        """A field by which rows can be addressed. Raises NOT_FOUND when it is none."""
        found = self.by_lower.get(name.lower())
        if found is None or not (found.external_id or found.id_lookup):
            raise OrgError(
                "NOT_FOUND",
                f"Provided external ID field does not exist or is not accessible: {name}",
                status=404,
            )
        return found

    def with_fields(self, extra: Mapping[str, Field]) -> ObjectType:
        return replace(self, fields={**self.fields, **extra})


class Schema:
    """All objects of the org, found by name (in any case) or key prefix; its platform events.

    `permission_sets` are those that the metadata declares; nobody has them yet.
    """

    def __init__(
        self,
        objects: Mapping[str, ObjectType],
        permission_sets: tuple[PermissionSet, ...] = (),
    ) -> None:
        self.permission_sets = permission_sets
        self.objects = {name: each for name, each in objects.items() if not each.event}
        self.events = {name: each for name, each in objects.items() if each.event}
        self._by_lower = {name.lower(): each for name, each in self.objects.items()}
        self._by_prefix = {each.prefix: each for each in self.objects.values()}
        self._check_references()

    @classmethod
    def load(cls, metadata_dir: Path | None = None) -> Schema:
        """Standard objects plus what lies below `metadata_dir` in DX source format.

        Raises SchemaError, with the file named, for metadata that the sandbox cannot honour.
        """
        # Imported here: both readers build on the values of this module.
        from ortoo_daemon.sandbox.dx_permissions import permission_sets
        from ortoo_daemon.sandbox.dx_source import add_metadata
        from ortoo_daemon.sandbox.standard import standard_objects

        objects = standard_objects()
        if metadata_dir is None:
            return cls(objects)
        return cls(add_metadata(objects, metadata_dir), permission_sets(metadata_dir))

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self.objects.values())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._by_lower

    def object(self, name: str) -> ObjectType:
        """The object of that name, in any case. Raises NOT_FOUND as REST does."""
        found = self._by_lower.get(name.lower())
        if found is None:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        return found

    def find(self, name: str) -> ObjectType | None:
        return self._by_lower.get(name.lower())

    def event(self, name: str) -> ObjectType | None:
        """The platform event of that name, in any case."""
        return next((e for n, e in self.events.items() if n.lower() == name.lower()), None)

    def of_id(self, record_id: str) -> ObjectType | None:
        """The object that an id's key prefix belongs to."""
        return self._by_prefix.get(record_id[:3])

    def _check_references(self) -> None:
        for each in self.objects.values():
            for f in each.fields.values():
                for target in f.reference_to:
                    if target not in self.objects:
                        raise SchemaError(
                            f"{each.name}.{f.name} refers to {target}: no such object"
                        )
