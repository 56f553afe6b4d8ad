"""Which object is reported on, what do its fields mean? From settings, directory file and org."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.action.stamps import POLICY, ROOFTOP, RULE
from ortoo_daemon.audit.record import LOOKUPS
from ortoo_daemon.daemon.asking.reports.conditions import (
    conditions_of,
    reported,
    unknown_fields,
)
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.descriptions import ObjectDescription
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.reporting.dimensions import Facets
from ortoo_daemon.reporting.tallies import Count
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.simulation.backtest.comparison import SOURCES

CREATED = "CreatedDate"

_GROUPED = frozenset({"picklist", "boolean", "reference", "int", "combobox"})
"""Types of fields with few values, by which the org may group."""

_COUNTED_BLANK = frozenset({"textarea", "multipicklist", "address", "base64", "location"})
"""Types of which the org does not say in a condition whether they are blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """``paths`` are the fields that place a record, by the name of the facet; ``duplicate`` the link to an
    earlier record. Fields the org lacks are left out. ``rowwise``: a condition asks for a field by which the
    org can't group, so that it can't count either."""

    object: str
    paths: Mapping[str, str]
    required: tuple[str, ...]
    duplicate: str | None
    conditions: Mapping[Count, Condition]
    fields: frozenset[str]
    rowwise: bool

    @property
    def lookup(self) -> str | None:
        """The relationship by which a decision record leads to the record; None: there is none."""
        field = LOOKUPS.get(self.object)
        return field and f"{field[:-3]}__r"

    @property
    def history(self) -> tuple[str, str]:
        """The object of its field history, and the relationship from there to the record."""
        if self.object.endswith("__c"):
            return f"{self.object[:-3]}__History", "Parent"
        return f"{self.object}History", self.object

    def facets(self, row: Mapping[str, Any], beyond: str = "") -> Facets:
        """What places the record of a row; ``beyond`` is the relationship that leads from the row to it."""
        prefix = f"{beyond}." if beyond else ""
        return Facets(**{name: row.get(prefix + path) for name, path in self.paths.items()})

    def placing_fields(self, beyond: str = "") -> list[str]:
        prefix = f"{beyond}." if beyond else ""
        return [prefix + path for path in self.paths.values()]


def subject_of(
    settings: Settings,
    mapping: DirectoryMapping,
    described: ObjectDescription,
    *,
    rowwise: bool = False,
) -> Subject:
    """``rowwise``: count nothing in the org, whatever the conditions ask for.

    Raises ConfigError for a condition that can't be read, or a field that the object has not.
    """
    name = described.name
    written, conditions = reported(settings, name), conditions_of(settings, name)
    if unknown := list(unknown_fields(settings, described)):
        raise ConfigError(unknown)
    named = {
        "brand": written.brand or _mapped(mapping, name, "brand"),
        "source": written.source or _mapped(mapping, name, "source") or SOURCES.get(name),
        "rooftop": ROOFTOP,
        "owner": "OwnerId",
        "policy": POLICY,
        "rule": RULE,
    }
    read = {field for each in conditions.values() for field in each.fields()}
    kinds = {name: each.type for name, each in described.fields.items()}
    return Subject(
        object=name,
        paths={key: path for key, path in named.items() if path and _has(described, path)},
        required=tuple(
            field for field in written.required if kinds.get(field) not in _COUNTED_BLANK
        ),
        duplicate=_known(described, _mapped(mapping, name, "duplicate_of")),
        conditions=conditions,
        fields=frozenset(described.fields),
        rowwise=rowwise
        or any(kinds.get(field) not in _GROUPED for field in read if "." not in field),
    )


def _mapped(mapping: DirectoryMapping, object_name: str, part: str) -> str | None:
    entry = mapping.customers.get(object_name)
    return getattr(entry.sources, part) if entry else None


def _known(described: ObjectDescription, field: str | None) -> str | None:
    return field if field and _has(described, field) else None


def _has(described: ObjectDescription, path: str) -> bool:
    return "." in path or path in described.fields
