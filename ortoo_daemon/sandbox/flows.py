"""Which platform events do record-triggered flows publish when records change?

The flows are those of the deployed metadata (see `dx_flows`) and those set through the control
endpoint. Only active ones run, inside the transaction that changed the records: one that fails
undoes it. As on the platform, a flow runs after the record is saved and sees it as saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ortoo_daemon.sandbox.changes import Change, ChangeType
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.platform_events import Publishing
from ortoo_daemon.sandbox.schema import ObjectType, Schema
from ortoo_daemon.sandbox.unit import Unit

RECORD = "$Record."


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One entry condition: the record's field equals a value, or does not."""

    field: str
    equal: bool
    value: Any

    def passes(self, record: Mapping[str, Any]) -> bool:
        return (record[self.field] == self.value) is self.equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One record-triggered flow that publishes one event.

    `on` are the kinds of change that start it. `values` are the event's fields; text that begins
    with `$Record.` stands for a field of the record. All `tests` must pass.
    """

    name: str
    entity: str
    event: str
    on: frozenset[ChangeType]
    values: Mapping[str, Any]
    tests: tuple[Test, ...] = ()
    active: bool = False

    def starts(self, change: Change) -> bool:
        """Whether a change starts it, when it is active."""
        if change.entity != self.entity or change.change_type not in self.on:
            return False
        return all(test.passes(change.after) for test in self.tests)

    def filled(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The event's values for one record."""
        return {name: _value(value, record) for name, value in self.values.items()}

    def as_json(self) -> dict[str, Any]:
        """The flow as the control endpoint shows it."""
        tests = [{"field": t.field, "equal": t.equal, "value": t.value} for t in self.tests]
        return {
            "name": self.name,
            "object": self.entity,
            "event": self.event,
            "on": sorted(each.lower() for each in self.on),
            "values": dict(self.values),
            "tests": tests,
            "active": self.active,
        }


class Flows:
    """The org's record-triggered flows, run before each commit."""

    def __init__(self, schema: Schema, publishing: Publishing, flows: Iterable[Flow] = ()) -> None:
        self._schema = schema
        self._publishing = publishing
        self._flows: dict[str, Flow] = {}
        for flow in flows:
            self.set(flow)

    def __iter__(self) -> Iterator[Flow]:
        return iter(self._flows.values())

    def set(self, flow: Flow) -> Flow:
        """Add a flow, or replace the one of that name. Raises ValueError for one that can't be."""
        kind, event = self._schema.find(flow.entity), self._schema.event(flow.event)
        if kind is None:
            raise ValueError(f"flow {flow.name}: no object {flow.entity}")
        if event is None:
            raise ValueError(f"flow {flow.name}: no platform event {flow.event}")
        _check_names(flow, kind, event)
        known = replace(flow, entity=kind.name, event=event.name)
        self._flows[flow.name] = known
        return known

    def activate(self, name: str, *, active: bool) -> Flow:
        """Switch a flow on or off. Raises ValueError for an unknown one."""
        if name not in self._flows:
            known = ", ".join(sorted(self._flows)) or "none"
            raise ValueError(f"no flow {name}; known: {known}")
        return self.set(replace(self._flows[name], active=active))

    def run(self, unit: Unit) -> None:
        """Publish what the changes of a transaction call for. Raises OrgError."""
        started = [f for f in self._flows.values() if f.active]
        for change in tuple(unit.changes.values()) if started else ():
            for flow in started:
                if flow.starts(change):
                    self._publish(unit, flow, change)

    def _publish(self, unit: Unit, flow: Flow, change: Change) -> None:
        event = self._schema.events[flow.event]
        try:
            self._publishing.publish(unit, event, flow.filled(change.after))
        except OrgError as error:
            message = (
                "We can't save this record because the "
                f"“{flow.name}” process failed. {error.code}: {error.message}"
            )
            raise OrgError("CANNOT_EXECUTE_FLOW_TRIGGER", message) from error


def _check_names(flow: Flow, kind: ObjectType, event: ObjectType) -> None:
    read = [str(v).removeprefix(RECORD) for v in flow.values.values() if _is_reference(v)]
    for name in (*read, *(test.field for test in flow.tests)):
        if name not in kind.fields:
            raise ValueError(f"flow {flow.name}: no field {name} on {kind.name}")
    for name in flow.values:
        if name not in event.fields:
            raise ValueError(f"flow {flow.name}: no field {name} on {event.name}")


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(RECORD)


def _value(value: Any, record: Mapping[str, Any]) -> Any:
    return record[value.removeprefix(RECORD)] if _is_reference(value) else value
