"""Whom has the org told of what?  Bells and e-mail alerts leave no rows in a real org either.

Kept in memory for tests and demos, which ask `GET /sandbox/told`.
"""

from __future__ import annotations

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


@dataclass(slots=True)
class Told:
    """`alerts_known` are the e-mail alerts that the org has, as `Lead.Its_Name`."""

    bells: list[Bell] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    alerts_known: set[str] = field(default_factory=set)

    def ring(self, bell: Bell) -> None:
        self.bells.append(bell)
        del self.bells[:-_KEPT]

    def alert(self, alert: Alert) -> None:
        self.alerts.append(alert)
        del self.alerts[:-_KEPT]

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
        }
