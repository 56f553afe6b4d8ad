"""How does ``intake: {vehicle: …}`` become a VehicleStep?

::

    vehicle:
      when: {Vin__c: {blank: false}}
      vin: Vin__c
      object: Vehicle__c
      by: Vin__c
      set: {Vehicle__c: Id, Model__c: Model__c}
      only_empty: true
      make: {Brand__c: Brand__c}
"""

from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, name_in, text_in
from ortoo_daemon.policy.vehicle_model import VehicleStep

VEHICLE_KEYS = ("when", "vin", "object", "by", "set", "only_empty", "make")
LABEL = "vehicle"
"""By which tests answer the step."""


def read_vehicle(node: MapNode, conditions: ConditionReader) -> VehicleStep | None:
    """The step, or None when something in it is wrong (and noted)."""
    problems = conditions.problems
    section = Section(node, problems, what="'vehicle'", known=VEHICLE_KEYS)
    before = len(problems.found)
    vin = section.required("vin", "name the field that holds it, for example Vin__c")
    section.required("object", "the API name of the object, for example Vehicle__c or Asset")
    section.required("by", "the field of that object that holds the VIN")
    section.required("set", "write {Vehicle__c: Id}: field of the record, field of the vehicle")
    when, make = section.get("when"), section.get("make")
    read = name_in(vin, problems, what="'vin'", roots=conditions.roots) if vin else None
    object_name, by = section.text("object"), section.name("by")
    condition = None if when is None else conditions.read(when, what="'when' of the vehicle")
    sets = _pairs(section, "set")
    made = None if make is None else _pairs(section, "make")
    if object_name is not None and (not is_field_name(object_name) or "." in object_name):
        at = section.get("object") or node
        problems.add(at, "wrong_name", f"{object_name!r} is not the API name of an object")
    if len(problems.found) > before or read is None or object_name is None or by is None:
        return None
    return VehicleStep(
        vin=read,
        object=object_name,
        by=by,
        when=condition,
        sets=sets,
        only_empty=section.flag("only_empty", default=True),
        make=made,
        place=node.place,
    )


def _pairs(section: Section, key: str) -> tuple[tuple[str, str], ...]:
    """``{Field: Field}``: what is written, and what it is taken from. No paths on the left."""
    mapping, problems = section.mapping(key), section.problems
    found = []
    for name, (at, value) in mapping.entries.items() if mapping else ():
        if not is_field_name(name) or "." in name:
            problems.add(at, "wrong_name", f"{name!r} is not the API name of a field")
            continue
        taken = text_in(value, problems, what=f"{name!r}")
        if taken is not None and not is_field_name(taken):
            problems.add(value, "wrong_name", f"{taken!r} is not the API name of a field")
        elif taken is not None:
            found.append((name, taken))
    return tuple(found)
