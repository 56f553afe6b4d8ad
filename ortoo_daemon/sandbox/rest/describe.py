"""What does an object look like to a client?  Describe, describe global, and the way in."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.schema import NUMBERS, TEXTS, Field, FieldType, ObjectType

_RESOURCES = ("sobjects", "query", "queryAll", "composite", "limits")
_SOAP_TYPES = {
    FieldType.BOOLEAN: "xsd:boolean",
    FieldType.INT: "xsd:int",
    FieldType.DATE: "xsd:date",
    FieldType.DATETIME: "xsd:dateTime",
    FieldType.TIME: "xsd:time",
    FieldType.ADDRESS: "urn:address",
    FieldType.ID: "tns:ID",
    FieldType.REFERENCE: "tns:ID",
}


def resources(_org: Org, call: Call) -> Answer:
    return Answer(body={name: f"{call.base}/{name}" for name in _RESOURCES})


def limits(_org: Org, call: Call) -> Answer:
    known = {} if call.usage is None else call.usage.limits()
    return Answer(body={n: {"Max": most, "Remaining": left} for n, (most, left) in known.items()})


def describe_global(org: Org, call: Call) -> Answer:
    kinds = (*org.schema, *org.schema.events.values())
    sobjects = [_summary(kind, call.base) for kind in kinds]
    return Answer(body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects})


def basic(org: Org, call: Call) -> Answer:
    kind = _described(org, call)
    return Answer(body={"objectDescribe": _summary(kind, call.base), "recentItems": []})


def describe(org: Org, call: Call) -> Answer:
    kind = _described(org, call)
    return Answer(
        body={
            **_summary(kind, call.base),
            "fields": [_field(kind, field) for field in kind.fields.values()],
            "recordTypeInfos": _record_types(org, kind, call.base),
            "childRelationships": _children(org, kind),
        }
    )


def _described(org: Org, call: Call) -> ObjectType:
    return org.schema.event(call.path[1]) or org.schema.object(call.path[1])


def _summary(kind: ObjectType, base: str) -> dict[str, Any]:
    url = f"{base}/sobjects/{kind.name}"
    stored = not kind.event  # an event can be published, and that is all
    writable = stored and not kind.written_by_org
    return {
        "name": kind.name,
        "label": kind.label,
        "labelPlural": kind.plural,
        "keyPrefix": kind.prefix,
        "custom": kind.custom,
        "queryable": stored,
        "retrieveable": stored,
        "createable": writable or kind.event,
        "updateable": writable,
        "deletable": writable and kind.deletable,
        "undeletable": writable and kind.deletable,
        "triggerable": True,
        "searchable": False,
        "layoutable": writable,
        "urls": {
            "sobject": url,
            "describe": f"{url}/describe",
            "rowTemplate": f"{url}/{{ID}}",
        },
    }


def _field(kind: ObjectType, field: Field) -> dict[str, Any]:
    sortable = field.filterable and field.type is not FieldType.ADDRESS
    return {
        "name": field.name,
        "label": field.label,
        "type": str(field.type),
        "soapType": _SOAP_TYPES.get(
            field.type, "xsd:double" if field.type in NUMBERS else "xsd:string"
        ),
        "length": field.length,
        "byteLength": field.length * 3,
        "digits": field.precision if field.type is FieldType.INT else 0,
        "precision": field.precision if field.type is not FieldType.INT else 0,
        "scale": field.scale,
        "custom": field.custom,
        "nillable": not field.required and field.type not in (FieldType.BOOLEAN, FieldType.ID),
        "createable": field.createable,
        "updateable": field.updateable,
        "defaultedOnCreate": field.default is not None
        or not field.createable
        or field.name == "OwnerId",
        "defaultValue": field.default,
        "calculated": False,
        "compoundFieldName": kind.compound_of.get(field.name),
        "permissionable": kind.permissionable(field),
        "autoNumber": field.auto_number is not None,
        "nameField": field.name_field,
        "unique": field.unique,
        "externalId": field.external_id,
        "idLookup": field.id_lookup,
        "caseSensitive": field.case_sensitive,
        "filterable": field.filterable and field.type is not FieldType.ADDRESS,
        "sortable": sortable,
        "groupable": sortable
        and field.type not in (FieldType.DATETIME, FieldType.MULTIPICKLIST)
        and (field.type not in NUMBERS or field.type is FieldType.INT),
        "aggregatable": sortable and (field.type in TEXTS or field.type in NUMBERS),
        "restrictedPicklist": field.restricted,
        "picklistValues": [
            {"active": True, "defaultValue": value == field.default, "label": value, "value": value}
            for value in field.picklist
        ],
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "polymorphicForeignKey": field.polymorphic,
    }


def _record_types(org: Org, kind: ObjectType, base: str) -> list[dict[str, Any]]:
    master = {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": "012000000000000AAA",
        "urls": {"layout": f"{base}/sobjects/{kind.name}/describe/layouts/012000000000000AAA"},
    }
    own = [
        {
            **master,
            "active": row["IsActive"],
            "defaultRecordTypeMapping": False,
            "developerName": row["DeveloperName"],
            "master": False,
            "name": row["Name"],
            "recordTypeId": row["Id"],
            "urls": {"layout": f"{base}/sobjects/{kind.name}/describe/layouts/{row['Id']}"},
        }
        for row in org.storage.find("RecordType", SobjectType=kind.name)
    ]
    return [*own, master]


def _children(org: Org, kind: ObjectType) -> list[dict[str, Any]]:
    """Who refers to this object, and by which name a query finds them from here."""
    return [
        {
            "childSObject": child.name,
            "field": field.name,
            "relationshipName": field.children,
            "cascadeDelete": False,
            "deprecatedAndHidden": False,
        }
        for child in org.schema
        for field in child.fields.values()
        if kind.name in field.reference_to
    ]
