"""What does the org look like: objects, fields, picklists, queues?

Read from the org's describe calls, or from a saved copy (``config/org.json``) so that policies can be
checked without a login. Pure: reading and writing the file is done by whoever has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """One field. ``type`` is the describe call's (string, picklist, reference, datetime, boolean ...).

    ``length`` is 0 where there is none; ``values`` are active picklist values; ``refers_to`` are the
    objects a reference may point at, ``relationship`` the name by which a path follows it.
    """

    name: str
    type: str
    length: int = 0
    values: tuple[str, ...] = ()
    restricted: bool = False
    refers_to: tuple[str, ...] = ()
    relationship: str | None = None
    createable: bool = True
    updateable: bool = True
    nillable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDescription:
    name: str
    label: str = ""
    fields: Mapping[str, FieldDescription] = field(default_factory=dict)

    @classmethod
    def from_describe(cls, answer: Mapping[str, Any]) -> "ObjectDescription":
        """From the JSON of ``GET /sobjects/{type}/describe``."""
        return cls(
            name=answer["name"],
            label=answer.get("label") or answer["name"],
            fields={f["name"]: _field(f) for f in answer["fields"]},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgDescription:
    """Objects by API name; queues by DeveloperName with the objects each may own; DeveloperNames of public
    groups, None where they were not asked for."""

    objects: Mapping[str, ObjectDescription] = field(default_factory=dict)
    queues: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: frozenset[str] | None = None

    def resolve(self, object_name: str, path: str) -> FieldDescription | None:
        """The field a path such as ``Account.Region__c`` ends in; None when any part is unknown.

        A polymorphic step (``Owner.Name``) is looked for in each object it may lead to.
        """
        first, _, rest = path.partition(".")
        described = self.objects.get(object_name)
        if described is None:
            return None
        if not rest:
            return described.fields.get(first)
        for step in described.fields.values():
            if step.relationship == first:
                found = (self.resolve(target, rest) for target in step.refers_to)
                return next((item for item in found if item is not None), None)
        return None

    def to_json(self) -> dict[str, Any]:
        """The saved form; `from_json` reads it back."""
        return {
            "objects": {
                name: [
                    {
                        "name": f.name,
                        "type": f.type,
                        "length": f.length,
                        "restrictedPicklist": f.restricted,
                        "picklistValues": [{"value": v, "active": True} for v in f.values],
                        "referenceTo": list(f.refers_to),
                        "relationshipName": f.relationship,
                        "createable": f.createable,
                        "updateable": f.updateable,
                        "nillable": f.nillable,
                    }
                    for f in described.fields.values()
                ]
                for name, described in sorted(self.objects.items())
            },
            "queues": {name: sorted(objects) for name, objects in sorted(self.queues.items())},
            **({} if self.groups is None else {"groups": sorted(self.groups)}),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "OrgDescription":
        """Raises KeyError or TypeError when the file has another shape."""
        return cls(
            objects={
                name: ObjectDescription(
                    name=name, label=name, fields={f["name"]: _field(f) for f in fields}
                )
                for name, fields in saved["objects"].items()
            },
            queues={name: frozenset(objects) for name, objects in saved["queues"].items()},
            groups=frozenset(saved["groups"]) if "groups" in saved else None,
        )


def _field(answer: Mapping[str, Any]) -> FieldDescription:
    return FieldDescription(
        name=answer["name"],
        type=answer["type"],
        length=answer.get("length") or 0,
        values=tuple(
            v["value"] for v in answer.get("picklistValues") or () if v.get("active", True)
        ),
        restricted=bool(answer.get("restrictedPicklist")),
        refers_to=tuple(answer.get("referenceTo") or ()),
        relationship=answer.get("relationshipName"),
        createable=bool(answer.get("createable", True)),
        updateable=bool(answer.get("updateable", True)),
        nillable=bool(answer.get("nillable", True)),
    )
