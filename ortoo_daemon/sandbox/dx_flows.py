"""Which record-triggered flows does a project's metadata declare?

Reads `*.flow-meta.xml` of the one shape that the sandbox runs: after save of a record on create,
update or both, with entry conditions that all must hold, one step: create one platform event.
What goes beyond it is refused, naming the file. A flow that is not Active is loaded and does not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ortoo_daemon.sandbox.changes import ChangeType
from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.flows import RECORD, Flow, Test

_SUFFIX = ".flow-meta.xml"
_TRIGGERS = {
    "Create": frozenset({ChangeType.CREATE}),
    "Update": frozenset({ChangeType.UPDATE}),
    "CreateAndUpdate": frozenset({ChangeType.CREATE, ChangeType.UPDATE}),
}
_OPERATORS = {"EqualTo": True, "NotEqualTo": False}
_KNOWN = frozenset(
    {
        "apiVersion",
        "description",
        "environments",
        "interviewLabel",
        "label",
        "processMetadataValues",
        "processType",
        "recordCreates",
        "start",
        "status",
    }
)


def load_flows(root: Path) -> Iterator[Flow]:
    """The flows below `root`. Raises SchemaError."""
    for path in sorted(root.rglob(f"*{_SUFFIX}")):
        try:
            yield _flow(path)
        except (ElementTree.ParseError, ValueError) as error:
            raise SchemaError(f"{path}: {error}") from error


def _flow(path: Path) -> Flow:
    root = ElementTree.parse(path).getroot()
    beyond = {_tag(each) for each in root} - _KNOWN
    if beyond:
        raise ValueError(f"not supported by the sandbox org: {', '.join(sorted(beyond))}")
    start, create = _only(root, "start"), _only(root, "recordCreates")
    if _text(start, "triggerType") != "RecordAfterSave":
        raise ValueError("triggerType must be RecordAfterSave")
    if start.find("{*}filterFormula") is not None:
        raise ValueError("filterFormula is not supported: use filters")
    if _text(start, "connector/targetReference") != _text(create, "name"):
        raise ValueError("the start must lead to the one step that creates the event")
    trigger = _text(start, "recordTriggerType")
    if trigger not in _TRIGGERS:
        raise ValueError(f"recordTriggerType must be one of {', '.join(_TRIGGERS)}")
    return Flow(
        name=path.name.removesuffix(_SUFFIX),
        entity=_text(start, "object"),
        event=_text(create, "object"),
        on=_TRIGGERS[trigger],
        values={
            _text(each, "field"): _value(each) for each in create.findall("{*}inputAssignments")
        },
        tests=tuple(_tests(start)),
        active=_text(root, "status") == "Active",
    )


def _tests(start: ElementTree.Element) -> Iterator[Test]:
    filters = start.findall("{*}filters")
    if filters and _text(start, "filterLogic") != "and":
        raise ValueError("filterLogic must be and")
    for each in filters:
        operator = _text(each, "operator")
        if operator not in _OPERATORS:
            raise ValueError(f"operator must be one of {', '.join(_OPERATORS)}")
        yield Test(field=_text(each, "field"), equal=_OPERATORS[operator], value=_value(each))


def _value(holder: ElementTree.Element) -> Any:
    value = _only(_only(holder, "value"), "*")
    kind, text = _tag(value), (value.text or "").strip()
    if kind == "elementReference" and text.startswith(RECORD):
        return text
    if kind == "stringValue":
        return text
    if kind == "booleanValue":
        return text == "true"
    if kind == "numberValue":
        return float(text)
    raise ValueError(f"a value must be text, a number, a truth value or {RECORD}Field: {text!r}")


def _only(element: ElementTree.Element, name: str) -> ElementTree.Element:
    found = element.findall(f"{{*}}{name}") if name != "*" else list(element)
    if len(found) != 1:
        raise ValueError(f"{_tag(element)} must have exactly one {name}")
    return found[0]


def _text(element: ElementTree.Element, path: str) -> str:
    found = element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found or "").strip()


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
