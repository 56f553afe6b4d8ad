"""What do Salesforce's own objects look like?  Reads `standard_objects.yaml`.

The file explains its one-line field notation; this module turns each line into a `Field`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.schema import NUMBERS, Field, FieldType, History, ObjectType

_LINE = re.compile(r"(?P<type>\w+)(?:\((?P<arg>[^)]*)\))?(?P<flags>(?:\s+\S+)*)")
_LENGTHS = {FieldType.EMAIL: 80, FieldType.PHONE: 40, FieldType.URL: 255, FieldType.PICKLIST: 255}
_ADDRESS_PARTS = {
    "Street": "textarea(255)",
    "City": "string(40)",
    "State": "string(80)",
    "PostalCode": "string(20)",
    "Country": "string(80)",
    "Latitude": "double(18,15)",
    "Longitude": "double(18,15)",
    "GeocodeAccuracy": "picklist(Address|NearAddress|Block|Street|ExtendedZip|Zip|City|County|State|Unknown)",
}


def standard_objects() -> dict[str, ObjectType]:
    """Salesforce's own objects by name."""
    text = files("ortoo_daemon.sandbox").joinpath("standard_objects.yaml").read_text("utf-8")
    declared: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return {name: _object(name, spec) for name, spec in declared.items()}


def system_fields() -> dict[str, Field]:
    """The fields that every object has, kept by the org itself."""
    lines = {
        "Id": "id idlookup",
        "IsDeleted": "boolean",
        "CreatedDate": "datetime",
        "CreatedById": "reference(User)",
        "LastModifiedDate": "datetime",
        "LastModifiedById": "reference(User)",
        "SystemModstamp": "datetime",
    }
    return {name: parse_field(name, f"{line} readonly") for name, line in lines.items()}


def event_fields() -> dict[str, Field]:
    """The fields that every platform event has."""
    lines = {
        "ReplayId": "string(1000)",
        "CreatedDate": "datetime",
        "CreatedById": "reference(User)",
        "EventUuid": "string(36)",
    }
    return {name: parse_field(name, f"{line} readonly") for name, line in lines.items()}


def parse_field(name: str, line: str) -> Field:
    """A `Field` from its one-line notation, e.g. `string(80) required`."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise SchemaError(f"standard_objects.yaml: {name}: cannot read {line!r}")
    kind = FieldType(match["type"])
    flags, _, default = match["flags"].partition("default=")
    words = flags.split()
    named = {k: v for k, _, v in (w.partition("=") for w in words)}
    changes: dict[str, Any] = _argument(kind, match["arg"] or "")
    if kind is FieldType.REFERENCE:
        changes["relationship"] = named.get("as") or name.removesuffix("Id")
        changes["children"] = named.get("children")
    if default or kind is FieldType.BOOLEAN:
        changes["default"] = _default(kind, default)
    return Field(
        name=name,
        type=kind,
        label=_label(name),
        required="required" in words,
        createable="readonly" not in words and "derived" not in words,
        updateable=not {"readonly", "createonly", "derived"} & set(words),
        unique="unique" in words,
        id_lookup="idlookup" in words,
        restricted="restricted" in words,
        name_field="name" in words,
        auto_number="{00000000}" if "autonumber" in words else None,
        filterable="nofilter" not in words,
        **changes,
    )


def _argument(kind: FieldType, arg: str) -> dict[str, Any]:
    if kind is FieldType.REFERENCE:
        return {"reference_to": tuple(arg.split("|")), "length": 18}
    if kind in (FieldType.PICKLIST, FieldType.MULTIPICKLIST):
        return {"picklist": tuple(arg.split("|")) if arg else (), "length": 255}
    if kind in NUMBERS:
        precision, _, scale = arg.partition(",")
        return {"precision": int(precision or 18), "scale": int(scale or 0)}
    if kind is FieldType.ID:
        return {"length": 18}
    return {"length": int(arg) if arg else _LENGTHS.get(kind, 0)}


def _default(kind: FieldType, text: str) -> Any:
    if kind is FieldType.BOOLEAN:
        return text.strip() == "true"
    return text.strip() or None


def _label(name: str) -> str:
    if name == "Id":
        return "Record ID"
    stem = name[:-2] + "ID" if name.endswith("Id") else name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem)


def _object(name: str, spec: Mapping[str, Any]) -> ObjectType:
    fields = system_fields()
    for each, line in spec["fields"].items():
        fields[each] = parse_field(each, line)
    for prefix in spec.get("addresses", ()):
        fields |= _address(prefix)
    history = spec.get("history")
    return ObjectType(
        name=name,
        label=_label(name),
        plural=spec["plural"],
        prefix=spec["prefix"],
        fields=fields,
        person=spec.get("person", False),
        deletable=spec.get("deletable", True),
        written_by_org=spec.get("written_by_org", False),
        closed_field=spec.get("closed_status_field", "Status"),
        closed_values=frozenset(spec.get("closed_status", ())),
        converted_status=spec.get("converted_status"),
        history=history
        and History(
            entity=history["object"], parent_field=history["parent"], tracks=history["tracks"]
        ),
    )


def _address(prefix: str) -> dict[str, Field]:
    parts = {f"{prefix}{part}": line for part, line in _ADDRESS_PARTS.items()}
    fields = {name: parse_field(name, line) for name, line in parts.items()}
    compound = f"{prefix}Address"
    fields[compound] = Field(
        name=compound,
        type=FieldType.ADDRESS,
        label=_label(compound),
        createable=False,
        updateable=False,
        filterable=False,
        parts=tuple(parts),
    )
    return fields
