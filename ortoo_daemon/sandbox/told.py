"""Whom has the org told of what, and which actions were started?  They leave no rows in a real org either.

Kept in memory for tests and demos, which ask `GET /sandbox/told`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """One custom notification as its recipients see it."""

    type_id: str
    recipients: tuple[str, ...]
    title: str
    body: str
    target: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One e-mail alert that was asked for: `name` is `Lead.Its_Name`."""

    name: str
    record: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocable:
    """An action that the org has: its outputs, or the status code by which it fails; `needs` are inputs that
    it can't do without. It fills `fills` of the record that the input `recordId` names."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    fails: str | None = None
    needs: tuple[str, ...] = ()
    fills: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """`alerts_known` are the e-mail alerts that the org has, as `Lead.Its_Name`; `invocables` flows, Apex,
    agents and actions of the platform, as `flow/Its_Name`. `started` are their runs."""

    bells: list[Bell] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    alerts_known: set[str] = field(default_factory=set)
    invocables: dict[str, Invocable] = field(default_factory=dict)
    started: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def ring(self, bell: Bell) -> None:
        self.bells.append(bell)
        del self.bells[:-_KEPT]

    def alert(self, alert: Alert) -> None:
        self.alerts.append(alert)
        del self.alerts[:-_KEPT]

    def start(self, name: str, given: Mapping[str, Any]) -> None:
        self.started.append((name, given))
        del self.started[:-_KEPT]

    def as_json(self) -> dict[str, Any]:
        return {
            "bells": [
                {
                    "type": each.type_id,
                    "recipients": list(each.recipients),
                    "title": each.title,
                    "body": each.body,
                    "target": each.target,
                    "at": each.at,
                }
                for each in self.bells
            ],
            "alerts": [
                {"name": each.name, "record": each.record, "at": each.at} for each in self.alerts
            ],
            "started": [{"name": name, "inputs": dict(given)} for name, given in self.started],
        }
