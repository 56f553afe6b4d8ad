"""Which custom objects, fields and rules does a project's metadata declare?

Reads Salesforce DX source format (`objects/X/X.object-meta.xml`, `objects/X/fields/*`,
`objects/X/validationRules/*`). What it cannot honour it refuses, naming the file: a field that
deploys to a real org and is missing here would make the sandbox a liar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.formula import Formula, FormulaError, literal_default
from ortoo_daemon.sandbox.schema import Field, FieldType, ObjectType, ValidationRule
from ortoo_daemon.sandbox.standard import event_fields, parse_field, system_fields

_TYPES = {
    "Text": FieldType.STRING,
    "TextArea": FieldType.TEXTAREA,
    "LongTextArea": FieldType.TEXTAREA,
    "Html": FieldType.TEXTAREA,
    "Email": FieldType.EMAIL,
    "Phone": FieldType.PHONE,
    "Url": FieldType.URL,
    "Picklist": FieldType.PICKLIST,
    "MultiselectPicklist": FieldType.MULTIPICKLIST,
    "Checkbox": FieldType.BOOLEAN,
    "Number": FieldType.DOUBLE,
    "Currency": FieldType.CURRENCY,
    "Percent": FieldType.PERCENT,
    "Date": FieldType.DATE,
    "DateTime": FieldType.DATETIME,
    "Time": FieldType.TIME,
    "Lookup": FieldType.REFERENCE,
    "MasterDetail": FieldType.REFERENCE,
    "AutoNumber": FieldType.STRING,
}
_ACTIVITY, _ACTIVITIES = "Activity", ("Task", "Event")
"""Own fields of tasks and events are declared on this object, which is neither."""

_LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "AutoNumber": 30}
_LONG = frozenset({"LongTextArea", "Html"})
_EVENT_TYPES = frozenset({"Checkbox", "Date", "DateTime", "LongTextArea", "Number", "Text"})


def add_metadata(objects: Mapping[str, ObjectType], root: Path) -> dict[str, ObjectType]:
    """`objects` with everything declared anywhere below `root`."""
    result = dict(objects)
    value_sets = _global_value_sets(root)
    for path in sorted(root.rglob("*.object-meta.xml")):
        name = path.name.removesuffix(".object-meta.xml")
        if name.endswith("__c"):
            number = sum(each.custom for each in result.values())
            result[name] = _custom_object(name, _read(path), f"a{number:02d}")
        if name.endswith("__e"):
            number = sum(each.event for each in result.values())
            result[name] = _platform_event(name, path, f"e{number:02d}")
    for path in sorted(root.rglob("*.field-meta.xml")):
        added = _field(path, value_sets)
        if path.parent.parent.name == _ACTIVITY:
            for name in _ACTIVITIES:
                result[name] = result[name].with_fields({added.name: added})
            continue
        owner = _owner(path, result)
        if owner.event and _read(path).text("type") not in _EVENT_TYPES:
            allowed = ", ".join(sorted(_EVENT_TYPES))
            raise SchemaError(f"{path}: a platform event's field is one of {allowed}")
        result[owner.name] = owner.with_fields({added.name: added})
    # Rules come last: they may speak of any field.
    for path in sorted(root.rglob("*.validationRule-meta.xml")):
        owner = _owner(path, result)
        rule = _rule(path, owner)
        if rule is not None:
            rules = (*owner.validation_rules, rule)
            result[owner.name] = replace(owner, validation_rules=rules)
    return result


def _owner(path: Path, objects: Mapping[str, ObjectType]) -> ObjectType:
    name = path.parent.parent.name
    if name == _ACTIVITY:
        raise SchemaError(f"{path}: rules of Activity are not supported: declare them on Task")
    if name not in objects:
        raise SchemaError(f"{path}: no object {name}: add {name}.object-meta.xml beside it")
    return objects[name]


class _Element:
    """An XML element without its namespace."""

    def __init__(self, element: ElementTree.Element) -> None:
        self._element = element

    def text(self, path: str) -> str | None:
        found = self._element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
        return None if found is None else (found.text or "").strip()

    def flag(self, path: str) -> bool:
        return self.text(path) == "true"

    def number(self, path: str) -> int:
        return int(self.text(path) or 0)

    def all(self, path: str) -> list[_Element]:
        steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
        return [_Element(each) for each in self._element.findall(steps)]


def _read(path: Path) -> _Element:
    try:
        return _Element(ElementTree.parse(path).getroot())
    except ElementTree.ParseError as error:
        raise SchemaError(f"{path}: {error}") from error


def _global_value_sets(root: Path) -> dict[str, _Element]:
    return {
        path.name.removesuffix(".globalValueSet-meta.xml"): _read(path)
        for path in sorted(root.rglob("*.globalValueSet-meta.xml"))
    }


def _custom_object(name: str, xml: _Element, prefix: str) -> ObjectType:
    label = xml.text("label") or name
    number_format = xml.text("nameField/displayFormat")
    automatic = xml.text("nameField/type") == "AutoNumber"
    name_field = replace(
        parse_field("Name", "string(80) name"),
        label=xml.text("nameField/label") or "Name",
        auto_number=(number_format or "{0}") if automatic else None,
        createable=not automatic,
        updateable=not automatic,
        # An empty name is allowed: the platform then writes the record's id into it.
    )
    owner = parse_field("OwnerId", "reference(User|Group)")
    return ObjectType(
        name=name,
        label=label,
        plural=xml.text("pluralLabel") or label,
        prefix=prefix,
        fields={**system_fields(), "Name": name_field, "OwnerId": owner},
        custom=True,
    )


def _platform_event(name: str, path: Path, prefix: str) -> ObjectType:
    xml = _read(path)
    if xml.text("eventType") != "HighVolume":
        raise SchemaError(f"{path}: eventType must be HighVolume, the only kind still offered")
    behaviour = xml.text("publishBehavior") or "PublishAfterCommit"
    if behaviour not in ("PublishAfterCommit", "PublishImmediately"):
        raise SchemaError(f"{path}: no such publishBehavior: {behaviour}")
    label = xml.text("label") or name
    return ObjectType(
        name=name,
        label=label,
        plural=xml.text("pluralLabel") or label,
        prefix=prefix,
        fields=event_fields(),
        custom=True,
        event=True,
        at_once=behaviour == "PublishImmediately",
    )


def _field(path: Path, value_sets: Mapping[str, _Element]) -> Field:
    xml = _read(path)
    name, kind = xml.text("fullName"), xml.text("type")
    if name is None or path.name != f"{name}.field-meta.xml":
        raise SchemaError(f"{path}: fullName {name!r} differs from the file's name")
    if xml.text("formula") is not None or kind not in _TYPES:
        what = "a formula field" if xml.text("formula") is not None else f"type {kind}"
        raise SchemaError(f"{path}: {what} is not supported by the sandbox org")
    unique, required = xml.flag("unique"), xml.flag("required")
    external = xml.flag("externalId")
    automatic = kind == "AutoNumber"
    field = Field(
        name=name,
        type=_TYPES[kind],
        label=xml.text("label") or name,
        length=xml.number("length") or _LENGTHS.get(kind, 255 if "icklist" in kind else 0),
        precision=xml.number("precision"),
        scale=xml.number("scale"),
        required=required or kind == "MasterDetail",
        createable=not automatic,
        updateable=not automatic
        and not (kind == "MasterDetail" and not xml.flag("reparentableMasterDetail")),
        unique=unique,
        external_id=external,
        id_lookup=unique or external,
        case_sensitive=xml.flag("caseSensitive"),
        auto_number=(xml.text("displayFormat") or "{0}") if automatic else None,
        filterable=kind not in _LONG,
        custom=True,
    )
    return _with_type_details(field, xml, value_sets, path)


def _with_type_details(
    field: Field, xml: _Element, value_sets: Mapping[str, _Element], path: Path
) -> Field:
    if field.type is FieldType.REFERENCE:
        target = xml.text("referenceTo")
        if not target:
            raise SchemaError(f"{path}: a lookup needs referenceTo")
        relationship = re.sub(r"__c$", "__r", field.name)
        named = xml.text("relationshipName")
        return replace(
            field,
            reference_to=(target,),
            relationship=relationship,
            children=f"{named}__r" if named else None,
            length=18,
        )
    if field.type in (FieldType.PICKLIST, FieldType.MULTIPICKLIST):
        return _picklist(field, xml, value_sets, path)
    try:
        default = literal_default(xml.text("defaultValue"))
    except FormulaError as error:
        raise SchemaError(f"{path}: defaultValue: {error}") from error
    if field.type is FieldType.BOOLEAN:
        default = bool(default)
    return replace(field, default=default)


def _picklist(field: Field, xml: _Element, value_sets: Mapping[str, _Element], path: Path) -> Field:
    shared = xml.text("valueSet/valueSetName")
    if shared is not None:
        if shared not in value_sets:
            raise SchemaError(f"{path}: no global value set {shared}")
        values, restricted = value_sets[shared].all("customValue"), True
    else:
        values = xml.all("valueSet/valueSetDefinition/value")
        restricted = xml.flag("valueSet/restricted")
    active = [each for each in values if each.text("isActive") != "false"]
    names = tuple(each.text("fullName") or "" for each in active)
    default = next((each.text("fullName") for each in active if each.flag("default")), None)
    return replace(field, picklist=names, restricted=restricted, default=default)


def _rule(path: Path, owner: ObjectType) -> ValidationRule | None:
    xml = _read(path)
    if not xml.flag("active"):
        return None
    source = xml.text("errorConditionFormula") or ""
    try:
        condition = Formula.parse(source, known_field=_knows(owner))
    except FormulaError as error:
        raise SchemaError(f"{path}: errorConditionFormula: {error}") from error
    return ValidationRule(
        name=xml.text("fullName") or path.name,
        condition=condition,
        message=xml.text("errorMessage") or "",
        error_field=xml.text("errorDisplayField"),
    )


def _knows(owner: ObjectType) -> Callable[[str], Any]:
    return lambda name: owner.by_lower.get(name.lower())
