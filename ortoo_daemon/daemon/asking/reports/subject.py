"""Which object is reported on, what do its fields mean? From settings, directory file and org."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.action.stamps import POLICY, ROOFTOP, RULE
from ortoo_daemon.audit.record import LOOKUPS
from ortoo_daemon.daemon.asking.reports.report_settings import ReportedObject
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.yaml_settings import read_mapping
from ortoo_daemon.descriptions import ObjectDescription
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.reporting.dimensions import Facets
from ortoo_daemon.reporting.tallies import Count
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.simulation.backtest.comparison import SOURCES

CREATED = "CreatedDate"

_SETTING_OF = {
    Count.VALID: "valid",
    Count.CONTACTED: "contacted",
    Count.APPOINTMENTS: "appointment",
    Count.WON: "won",
}
_WON = {"Lead": {"IsConverted": True}, "Opportunity": {"IsWon": True}, "Case": {"IsClosed": True}}
"""What counts as won where the settings do not say."""

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
    written = settings.report.objects.get(name, ReportedObject())
    conditions = _conditions(settings, name, written)
    named = {
        "brand": written.brand or _mapped(mapping, name, "brand"),
        "source": written.source or _mapped(mapping, name, "source") or SOURCES.get(name),
        "rooftop": ROOFTOP,
        "owner": "OwnerId",
        "policy": POLICY,
        "rule": RULE,
    }
    read = {field for each in conditions.values() for field in each.fields()}
    _refuse_unknown(settings, described, {*written.required, *read})
    kinds = {field: described.fields[field].type for field in read if "." not in field}
    return Subject(
        object=name,
        paths={key: path for key, path in named.items() if path and _has(described, path)},
        required=tuple(
            field
            for field in written.required
            if described.fields[field].type not in _COUNTED_BLANK
        ),
        duplicate=_known(described, _mapped(mapping, name, "duplicate_of")),
        conditions=conditions,
        fields=frozenset(described.fields),
        rowwise=rowwise or any(kinds.get(field) not in _GROUPED for field in read),
    )


def _mapped(mapping: DirectoryMapping, object_name: str, part: str) -> str | None:
    entry = mapping.customers.get(object_name)
    return getattr(entry.sources, part) if entry else None


def _known(described: ObjectDescription, field: str | None) -> str | None:
    return field if field and _has(described, field) else None


def _has(described: ObjectDescription, path: str) -> bool:
    return "." in path or path in described.fields


def _conditions(settings: Settings, name: str, written: ReportedObject) -> dict[Count, Condition]:
    problems = Problems()
    reader = ConditionReader(problems, Definitions(problems))
    found: dict[Count, Condition] = {}
    for count, key in _SETTING_OF.items():
        value = getattr(written, key)
        if value is None and count is Count.WON:
            value = _WON.get(name)
        if value is None:
            continue
        node = _node(settings, name, key) or _document(value, problems)
        condition = None if node is None else reader.read(node, what=f"report.objects.{name}.{key}")
        if condition is not None:
            found[count] = condition
    if problems.found:
        raise ConfigError(problems.found)
    return found


def _node(settings: Settings, *keys: str) -> Node | None:
    """Where it stands in the settings file; None where the environment or nobody wrote it."""
    if not settings.path(settings.file.absolute()).is_file():
        return None
    node: Node | None = read_mapping(settings.file)
    for key in ("report", "objects", *keys):
        node = node.get(key) if isinstance(node, MapNode) else None
    return node


def _document(value: Mapping[str, Any], problems: Problems) -> Node | None:
    return read_document("report", json.dumps(value).encode(), problems)


def _refuse_unknown(settings: Settings, described: ObjectDescription, names: set[str]) -> None:
    unknown = sorted(each for each in names if not _has(described, each))
    if unknown:
        raise ConfigError(
            Problem(
                place=Place(str(settings.file)),
                rule="report",
                message=f"{described.name} has no field {each}, or it may not be read",
                mend=f"mend report.objects.{described.name}, or give access to the field",
            )
            for each in unknown
        )
