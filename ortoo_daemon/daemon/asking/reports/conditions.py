"""What counts as a chance, a contact, an appointment, a sale? The conditions of the settings, located."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ortoo_daemon.daemon.asking.reports.report_settings import ReportedObject
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import place_of, read_mapping
from ortoo_daemon.descriptions import ObjectDescription
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.reporting.tallies import Count

RULE = "report"

_SETTING_OF = {
    Count.VALID: "valid",
    Count.CONTACTED: "contacted",
    Count.APPOINTMENTS: "appointment",
    Count.WON: "won",
}
_WON = {"Lead": {"IsConverted": True}, "Case": {"IsClosed": True}}
"""What counts as won where the settings do not say."""


def reported(settings: Settings, object_name: str) -> ReportedObject:
    return settings.report.objects.get(object_name, ReportedObject())


def conditions_of(settings: Settings, object_name: str) -> dict[Count, Condition]:
    """By the count they stand for. Raises ConfigError for what can't be read."""
    written, problems = reported(settings, object_name), Problems()
    reader = ConditionReader(problems, Definitions(problems))
    at = _node(settings)
    found: dict[Count, Condition] = {}
    for count, key in _SETTING_OF.items():
        value = getattr(written, key)
        if value is None and count is Count.WON:
            value = _WON.get(object_name)
        if value is None:
            continue
        node = _below(at, "objects", object_name, key) or _document(value, problems)
        what = f"report.objects.{object_name}.{key}"
        condition = None if node is None else reader.read(node, what=what)
        if condition is not None:
            found[count] = condition
    if problems.found:
        raise ConfigError(problems.found)
    return found


def fields_of(settings: Settings, object_name: str) -> set[str]:
    """Every field the settings name for an object. Raises ConfigError."""
    written = reported(settings, object_name)
    found = {name for name in (written.brand, written.source, *written.required) if name}
    for condition in conditions_of(settings, object_name).values():
        found |= condition.fields()
    return found


def unknown_fields(settings: Settings, described: ObjectDescription) -> Iterator[Problem]:
    """Those that the object has not, or that may not be read; paths to parents aside. Raises ConfigError."""
    name = described.name
    node = _below(_node(settings), "objects", name)
    for field in sorted(fields_of(settings, name)):
        if "." not in field and field not in described.fields:
            yield Problem(
                place=_place(settings, node, field),
                rule=RULE,
                message=f"{name} has no field {field}, or it may not be read",
                mend=did_you_mean(field, described.fields) or f"mend report.objects.{name}",
            )


def _place(settings: Settings, node: Node | None, field: str) -> Place:
    """Where the field is named, as far as the file tells."""
    if node is None:
        return Place(str(settings.file))
    found = _naming(node, field)
    return found or place_of(node, [])


def _naming(node: Node, field: str) -> Place | None:
    if isinstance(node, MapNode):
        for name, (key, value) in node.entries.items():
            if name == field:
                return key.place
            if found := _naming(value, field):
                return found
        return None
    items = getattr(node, "items", None)
    if items is not None:
        return next((found for each in items if (found := _naming(each, field))), None)
    return node.place if getattr(node, "value", None) == field else None


def _node(settings: Settings) -> Node | None:
    """The section as it stands in the file; None where the environment or nobody wrote it."""
    if not settings.file.is_file():
        return None
    return _below(read_mapping(settings.file), "report")


def _below(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.get(key) if isinstance(node, MapNode) else None
    return node


def _document(value: Mapping[str, Any], problems: Problems) -> Node | None:
    return read_document("report", json.dumps(value).encode(), problems)
